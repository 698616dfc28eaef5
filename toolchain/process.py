"""Run a command under limits, and never leave anything of it behind.

Each command runs under a launcher (`toolchain.launcher`) that holds the other end of a socket: when the socket closes, because we
cancel or because we are dead, the launcher kills the command with everything that it started.
"""

from __future__ import annotations

import atexit
import contextlib
import marshal
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from toolchain.errors import ToolCrashed

Reason = Literal["time", "memory", "output", "interrupted"]
PACKAGE_ROOT = Path(__file__).resolve().parent.parent
BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from toolchain.launcher import main; main(int(sys.argv[2]), int(sys.argv[3]))"
FAREWELL_S = 10
PID_BYTES = 8
ALLOWED_ENVIRONMENT = ("PATH", "LANG")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound one command with all its descendants; `file_bytes` bounds each file that it writes."""

    time_s: float = 120
    memory_mb: int = 4096
    output_bytes: int = 64 << 20
    file_bytes: int = 512 << 20


@dataclass(frozen=True, slots=True)
class Confinement:
    """Say what a command may reach: a program to put before it (bubblewrap) or Landlock paths, and a system-call filter."""

    rung: str
    prefix: tuple[str, ...] = ()
    landlock: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | None = None  # readable, listable, writable
    seccomp: bytes = b""


@dataclass(frozen=True, slots=True)
class Finished:
    """Hold how a command ended; `reason` is None when it ended by itself, a negative exit code is a signal."""

    exit_code: int
    stdout: bytes
    stderr: bytes
    time_s: float
    reason: Reason | None
    peak_mb: int


class Child:
    """Hold one running command; `stop` kills its whole tree, and so does our own death."""

    def __init__(
        self, command: Sequence[str | Path], cwd: Path, limits: Limits, env: Mapping[str, str], confine: Confinement | None
    ) -> None:
        confine = confine or Confinement("none")
        words = [*confine.prefix, *map(str, command)]
        task = {
            "command": words,
            "cwd": str(cwd),
            "env": dict(env),
            "memory_kb": limits.memory_mb << 10,
            "data_bytes": (limits.memory_mb << 21) + (1 << 30),  # the launcher ends what grows; this ends what grows faster than it looks
            "file_bytes": limits.file_bytes,
            "landlock": None if confine.landlock is None else [list(paths) for paths in confine.landlock],
            "seccomp": confine.seccomp,
        }
        self.name = Path(command[0]).name
        if _closed:
            raise ToolCrashed(f"{self.name} was not started: the program is ending", "run the command again")
        self._heard = b""
        self.control, theirs = socket.socketpair()
        with theirs:
            self._launcher = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", BOOT, str(PACKAGE_ROOT), str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd="/",
                env={"LANG": "C.UTF-8"},
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        assert self._launcher.stdin and self._launcher.stdout and self._launcher.stderr
        self.stdin, self.stdout, self.stderr = self._launcher.stdin, self._launcher.stdout, self._launcher.stderr
        for pipe in (self.stdin, self.stdout, self.stderr):
            os.set_blocking(pipe.fileno(), False)
        with _registry:
            _live.add(self)
            late = _closed
        if late:
            self.stop()
        text = marshal.dumps(task)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the missing report tells
            self.control.sendall(len(text).to_bytes(8, "big") + text)

    def stop(self) -> None:
        """Ask the launcher to kill the tree; returns at once, from any thread."""
        with contextlib.suppress(OSError):  # the launcher hung up: the tree is gone
            self.control.shutdown(socket.SHUT_WR)

    def is_alive(self) -> bool:
        """Tell whether the launcher still runs."""
        return self._launcher.poll() is None

    def wait(self, deadline: float) -> tuple[int, Reason | None, int]:
        """Wait until nothing of the tree is left (it is stopped at the deadline) and return exit code, reason and peak in MB.

        Raises: ToolCrashed when the command could not be started or its launcher was killed.
        """
        late = False
        try:
            if not self._hear_out(deadline):
                late = True
                self.stop()
                self._hear_out(time.monotonic() + FAREWELL_S)
        finally:
            self._discard()
        if len(self._heard) <= PID_BYTES:
            raise self._loss()
        status, reason, peak_kb = marshal.loads(self._heard[PID_BYTES:])
        if status is None:
            raise ToolCrashed(f"{self.name} could not be started: {reason}", "run: solwright doctor")
        return status, "time" if late else reason or None, peak_kb // 1024

    def hear(self) -> bool:
        """Read what the launcher says (the command's process number, then its report); True when it hung up: the tree is gone."""
        try:
            chunk = self.control.recv(65536)
        except ConnectionResetError:
            return True
        self._heard += chunk
        return not chunk

    def _hear_out(self, deadline: float) -> bool:
        while True:
            self.control.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                if self.hear():
                    return True
            except TimeoutError:
                return False

    def _loss(self) -> ToolCrashed:
        """Kill what a killed launcher could not: at least the command's own group."""
        if len(self._heard) == PID_BYTES:
            with contextlib.suppress(OSError):  # nobody of its group is left
                os.killpg(int.from_bytes(self._heard, "big"), signal.SIGKILL)
        return ToolCrashed(f"{self.name} was lost: its launcher ended without a report", "try again; run: solwright doctor")

    def forget(self) -> None:
        """Close our ends in a forked copy of this process, without a word to the launcher."""
        for pipe in (self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(OSError):  # what was not sent has no reader any more
                pipe.close()
        self.control.close()
        self._launcher.returncode = 0

    def _discard(self) -> None:
        with _registry:
            _live.discard(self)
        for pipe in (self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(OSError):  # what was not sent has no reader any more
                pipe.close()
        self.control.close()
        try:
            self._launcher.wait(FAREWELL_S)
        except subprocess.TimeoutExpired:
            self._launcher.kill()
            self._launcher.wait()


_live: set[Child] = set()
_registry = threading.RLock()
_closed = False  # we are on the way out


def close() -> None:
    """Kill every command that runs now, and start none any more: whoever waits for one is told, and ends soon."""
    global _closed
    _closed = True
    kill_all()


def kill_all() -> None:
    """Kill every command that runs now, with its descendants, and wait until the launchers are gone."""
    with _registry:
        children = tuple(_live)
    for child in children:
        child.stop()
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):  # _discard kills a launcher that stays
            child._launcher.wait(FAREWELL_S)


def _end() -> None:
    kill_all()
    for child in tuple(_live):
        child._discard()


def _forget_all() -> None:
    global _registry
    _registry = threading.RLock()
    for child in _live:
        child.forget()
    _live.clear()


atexit.register(_end)
os.register_at_fork(after_in_child=_forget_all)


def allowed_environment(home: Path) -> dict[str, str]:
    """Return the only variables that a tool gets to see; HOME and TMPDIR lie in `home`."""
    kept = {name: os.environ[name] for name in ALLOWED_ENVIRONMENT if name in os.environ}
    return {"PATH": os.defpath, "LANG": "C.UTF-8"} | kept | {"HOME": str(home), "TMPDIR": str(home), "NO_COLOR": "1"}


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    limits: Limits = Limits(),
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    confine: Confinement | None = None,
    on_line: Callable[[bytes], None] | None = None,
) -> Finished:
    """Run a command to its end; `env` is all that it sees, `on_line` gets each full line of stdout as it comes.

    Raises: ToolCrashed when it could not be started.
    """
    started = time.monotonic()
    deadline = started + limits.time_s
    child = Child(command, cwd, limits, allowed_environment(cwd) if env is None else env, confine)
    try:
        stdout, stderr, ours = _converse(child, stdin, deadline, limits.output_bytes, on_line)
    except BaseException:  # an interrupt, too, must leave no survivors
        child.stop()
        with contextlib.suppress(ToolCrashed):  # what went wrong first is what is told
            child.wait(deadline)
        raise
    exit_code, reason, peak_mb = child.wait(deadline)
    return Finished(exit_code, stdout, stderr, time.monotonic() - started, ours or reason, peak_mb)


def _converse(
    child: Child, stdin: bytes, deadline: float, output_bytes: int, on_line: Callable[[bytes], None] | None
) -> tuple[bytes, bytes, Reason | None]:
    """Feed and read the pipes until both outputs are closed; stop the child when it takes too long or says too much."""
    outputs: dict[object, bytearray] = {child.stdout: bytearray(), child.stderr: bytearray()}
    unsent, line_start, gone = memoryview(stdin), 0, False
    reason: Reason | None = None
    with selectors.DefaultSelector() as selector:
        for source in (child.stdout, child.stderr, child.control):
            selector.register(source, selectors.EVENT_READ)
        if unsent:
            selector.register(child.stdin, selectors.EVENT_WRITE)
        else:
            child.stdin.close()
        while child.stdout in selector.get_map() or child.stderr in selector.get_map():
            ready = selector.select(0 if gone else max(0.0, deadline - time.monotonic()))
            if not ready and (gone or reason):
                break  # the tree is gone; who still holds its pipes is no part of it
            if not ready:
                reason, deadline = "time", time.monotonic() + FAREWELL_S
                child.stop()
            for key, _ in ready:
                if key.fileobj is child.stdin:
                    unsent = _feed(child, unsent, selector)
                elif key.fileobj is child.control:
                    gone = child.hear()
                    if gone:
                        selector.unregister(child.control)
                else:
                    buffer = outputs[key.fileobj]
                    chunk = os.read(key.fd, 1 << 18)
                    if not chunk:
                        selector.unregister(key.fileobj)
                    if len(buffer) + len(chunk) > output_bytes and not reason:
                        reason, deadline = "output", time.monotonic() + FAREWELL_S
                        child.stop()
                    buffer += chunk[: output_bytes - len(buffer)]
                    if on_line and key.fileobj is child.stdout:
                        line_start = _tell_lines(buffer, line_start, on_line)
    return bytes(outputs[child.stdout]), bytes(outputs[child.stderr]), reason


def _feed(child: Child, unsent: memoryview, selector: selectors.BaseSelector) -> memoryview:
    try:
        unsent = unsent[os.write(child.stdin.fileno(), unsent[:65536]) :]
    except BrokenPipeError:
        unsent = unsent[:0]  # it does not want to read: its own business
    if not unsent:
        selector.unregister(child.stdin)
        child.stdin.close()
    return unsent


def _tell_lines(buffer: bytearray, start: int, on_line: Callable[[bytes], None]) -> int:
    while (end := buffer.find(b"\n", start)) >= 0:
        on_line(bytes(buffer[start:end]))
        start = end + 1
    return start


@contextlib.contextmanager
def _temporary_beside(path: Path) -> Iterator[tuple[int, Path]]:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        yield descriptor, Path(name)
    finally:
        os.close(descriptor)
        Path(name).unlink(missing_ok=True)


def atomic_write(path: Path, content: bytes) -> None:
    """Write a file so that its name never shows half of the content.

    Raises: OSError; the old file, if any, is untouched then.
    """
    with _temporary_beside(path) as (descriptor, temporary):
        unwritten = memoryview(content)
        while unwritten:
            unwritten = unwritten[os.write(descriptor, unwritten) :]
        os.fchmod(descriptor, 0o644)
        os.fsync(descriptor)
        temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
