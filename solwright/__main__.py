"""Start the program, and end it cleanly whatever happens."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130


def main() -> int:
    """Run the command line and return its exit code; nothing but messages reaches the user."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        from solwright.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return _interrupted()


def _leave(number: int, _: FrameType | None) -> None:
    """End as Ctrl-C does, with the exit code of this signal; our children die with us."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _interrupted() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not become a traceback
    with contextlib.suppress(OSError):
        os.write(2, b"\nsolwright: interrupted\n")
    return INTERRUPTED


def start() -> None:
    """Exit with the code of `main`; the console script."""
    code = main()
    try:
        sys.stdout.flush() if sys.stdout else None
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whoever read us is gone: nothing to say any more
    sys.exit(code)


if __name__ == "__main__":
    start()
