"""Start the program, and end it cleanly whatever happens."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import time
from types import FrameType

FAREWELL_S = 3.0
SOON_S = 0.01
GARBAGE = 50_000  # objects more, before they are searched for cycles: imports alone make that many, and few are garbage
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run the command line and return its exit code; nothing but messages reaches the user."""
    for number in ENDING:
        signal.signal(number, _leave)
    gc.set_threshold(GARBAGE)
    try:
        from solwright.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return _interrupted(signal.SIGINT)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 0


def _leave(number: int, at: FrameType | None) -> None:
    """End our tools, then ourselves; a second signal finds us on the way out.

    An exception within an import can be lost, or be taken by Python for one that nobody handles: it is raised as soon as that is over.
    """
    if _is_importing(at):
        signal.signal(signal.SIGALRM, lambda _, later: _leave(number, later))
        signal.setitimer(signal.ITIMER_REAL, SOON_S)
        return
    _ignore_signals()
    processes = sys.modules.get("toolchain.process")
    if processes is not None:
        processes.close()
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(_interrupted(number))


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None


def _ignore_signals() -> None:
    for number in (*ENDING, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)


def _interrupted(number: int) -> int:
    code = 128 + number
    shown = b"\x1b[?25h" if os.isatty(2) else b""  # the cursor, which progress may have hidden
    with contextlib.suppress(OSError):  # the terminal is gone: nobody is there to be told
        os.write(2, shown + b"\nsolwright: interrupted\n")
        if "--json" in sys.argv:
            from solwright.terminal import failure_json

            os.write(1, failure_json("interrupted", "run the command again", "Interrupted", code).encode())
    return code


def start() -> None:
    """Exit with the code of `main`; the console script."""
    try:
        code = main()
        _ignore_signals()  # what is left is short, and an answer that was given stays the answer
    except KeyboardInterrupt:
        code = _interrupted(signal.SIGINT)
    try:
        sys.stdout.flush() if sys.stdout else None
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whoever read us is gone: nothing to say any more
    if code > 128:
        _part(code)
    sys.exit(code)


def _part(code: int) -> None:
    """Give interrupted work a moment to remove its temporary files, then leave it behind; its tools are dead already."""
    until = time.monotonic() + FAREWELL_S
    workers = [t for t in threading.enumerate() if t is not threading.main_thread() and not t.daemon]
    for worker in workers:
        worker.join(max(0.0, until - time.monotonic()))
    if any(worker.is_alive() for worker in workers):
        os._exit(code)


if __name__ == "__main__":
    start()
