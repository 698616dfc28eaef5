"""Supervise one command and everything that it starts, in a process of its own that outlives neither side.

Run by `toolchain.process` as `python -I -S -c …`; imports as little as possible, because each launch pays for it. It reads a marshalled
task from the control socket, starts the command, and kills the whole tree (daemons too: it is their subreaper) when the command ends,
when the control socket closes, when our parent is gone, or when the tree holds too much memory. It says the command's process number
(8 bytes) and at the end `(status, reason, peak_kb)`, or `(None, message, 0)` when the command could not be started.
"""

from __future__ import annotations

import ctypes
import marshal
import os
import resource
import select
import sys

from toolchain import lockdown

TYPE_CHECKING = False  # importing `typing` would double the cost of a launch
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SIGKILL, SIGPIPE, SIGSTOP = 9, 13, 19
LINUX = sys.platform == "linux"
FIRST_TICK_S, LAST_TICK_S = 0.02, 0.1
OPEN_FILES = 4096
FILTER_FD = 9

_reaped: dict[int, int] = {}  # the command's status, where it can only be asked for once


def main(control: int, parent: int) -> None:
    """Do the task that stands in the control socket."""
    os.set_inheritable(control, False)
    task = marshal.loads(_receive(control))
    libc = ctypes.CDLL(None, use_errno=True)
    if LINUX:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    child, failure = _start(task, libc, control)
    if failure:
        _report(control, (None, failure, 0))
        return
    for descriptor in (0, 1, 2):
        os.close(descriptor)
    reason, peak_kb = _watch(child, control, parent, task["memory_kb"])
    status = _kill_tree(child)
    peak_kb = max(peak_kb, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // (1 if LINUX else 1024))
    _report(control, (status, reason, peak_kb))


def _receive(control: int) -> bytes:
    text = b""
    while len(text) < 8 or len(text) < 8 + int.from_bytes(text[:8], "big"):
        chunk = os.read(control, 65536)
        if not chunk:
            os._exit(1)
        text += chunk
    return text[8:]


def _report(control: int, answer: tuple[int | None, str, int]) -> None:
    try:
        os.write(control, marshal.dumps(answer))
    except OSError:
        pass  # nobody is there any more: the tree is gone, which is all that is left to do


def _start(task: dict[str, Any], libc: Any, control: int) -> tuple[int, str]:
    """Fork and exec the command; a message comes back when it could not be started."""
    told, tell = os.pipe()
    supervisor = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.write(control, os.getpid().to_bytes(8, "big"))
            _become(task, libc, supervisor, tell)
        except BaseException as error:  # noqa: BLE001 — a forked child must not return into its parent's code
            os.write(tell, str(error).encode() or repr(error).encode())
        os._exit(127)
    os.close(tell)
    failure = b""
    while chunk := os.read(told, 4096):
        failure += chunk
    os.close(told)
    if failure:
        os.waitpid(child, 0)
    return child, failure.decode(errors="replace")


def _become(task: dict[str, Any], libc: Any, supervisor: int, tell: int) -> None:
    if LINUX:
        libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
        if os.getppid() != supervisor:
            os._exit(127)
    libc.signal(SIGPIPE, 0)
    os.closerange(3, tell)
    os.closerange(tell + 1, 256)
    os.chdir(task["cwd"])
    os.umask(0o077)
    limits = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, task["file_bytes"]), (resource.RLIMIT_NOFILE, OPEN_FILES)]
    if LINUX:
        limits.append((resource.RLIMIT_DATA, task["data_bytes"]))
    for which, limit in limits:
        hard = resource.getrlimit(which)[1]
        value = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(which, (value, value))
    if task["landlock"] is not None:
        readable, listable, writable = task["landlock"]
        lockdown.restrict(libc, readable, listable, writable, task["seccomp"])
    elif task["seccomp"]:
        source, sink = os.pipe()
        os.write(sink, task["seccomp"])
        os.close(sink)
        os.dup2(source, FILTER_FD, inheritable=True)
    os.execvpe(task["command"][0], task["command"], task["env"])


def _watch(child: int, control: int, parent: int, memory_kb: int) -> tuple[str, int]:
    """Wait for the command; return why it must be killed (empty: it ended by itself) and the tree's largest size."""
    waiting = [control]
    ended = os.pidfd_open(child) if hasattr(os, "pidfd_open") else -1
    if ended >= 0:
        waiting.append(ended)
    tick, peak_kb = FIRST_TICK_S, 0
    while True:
        ready = select.select(waiting, [], [], tick)[0]
        if ended in ready or (ended < 0 and _has_ended(child)):
            return "", peak_kb
        if control in ready or os.getppid() != parent:
            return "interrupted", peak_kb
        tick = min(tick * 1.02, LAST_TICK_S)
        size_kb = _size_kb() if LINUX else 0
        peak_kb = max(peak_kb, size_kb)
        if size_kb > memory_kb:
            return "memory", peak_kb


def _has_ended(child: int) -> bool:
    """Ask whether the command ended, where the kernel has no descriptor to wait for."""
    if hasattr(os, "waitid"):
        return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    process, code = os.waitpid(child, os.WNOHANG)
    if process == child:
        _reaped[child] = os.waitstatus_to_exitcode(code)
    return process == child


def _descendants() -> list[int]:
    children_of = _children if os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/children") else _scan()
    found: list[int] = []
    waiting = [os.getpid()]
    while waiting:
        children = children_of(waiting.pop())
        waiting += children
        found += children
    return found


def _children(process: int) -> list[int]:
    try:
        found: list[int] = []
        for thread in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{thread}/children") as children:
                found += [int(child) for child in children.read().split()]
        return found
    except (FileNotFoundError, ProcessLookupError):
        return []


def _scan() -> Callable[[int], list[int]]:
    """Read every process's parent, for kernels that do not list children."""
    families: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            families.setdefault(parent, []).append(int(name))
    return lambda process: families.get(process, [])


def _size_kb() -> int:
    """Return what all descendants hold together, without pages of files."""
    pages = 0
    for process in _descendants():
        try:
            with open(f"/proc/{process}/statm") as file:
                numbers = file.read().split()
            pages += int(numbers[1]) - int(numbers[2])
        except (FileNotFoundError, ProcessLookupError):
            pass  # it ended meanwhile, and holds nothing
    return pages * resource.getpagesize() // 1024


def _kill_tree(child: int) -> int:
    """Kill every descendant, wait until none is left, return the command's own status (negative: the signal)."""
    status = _reaped.get(child, 0)
    while True:
        if LINUX:
            for signal in (SIGSTOP, SIGKILL):  # what is stopped cannot fork meanwhile
                for process in _descendants():
                    _signal(process, signal)
        else:
            try:
                os.killpg(child, SIGKILL)
            except OSError:
                pass  # nobody of its group is left
        try:
            process, code = os.waitpid(-1, 0)
        except ChildProcessError:
            return status
        if process == child:
            status = os.waitstatus_to_exitcode(code)


def _signal(process: int, signal: int) -> None:
    try:
        os.kill(process, signal)
    except OSError:
        pass  # it ended meanwhile
