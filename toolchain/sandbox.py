"""Confine tools to their workspace: bubblewrap, else Landlock with seccomp, else nothing, and then say so.

Each rung is tried out before it is believed: a probe inside it must be able to work in the workspace, and must fail to read a canary
outside, to write outside, to open a network socket, and to see a canary variable.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import secrets
import shutil
import socket
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from toolchain import install, lockdown, node
from toolchain.errors import SettingsError, SolwrightError, ToolCrashed, ToolError, ToolNotFound
from toolchain.launcher import FILTER_FD
from toolchain.process import PACKAGE_ROOT, Confinement, Limits, allowed_environment, run
from toolchain.seccomp import build_filter

RungName = Literal["bubblewrap", "landlock", "none"]
RUNGS: tuple[Literal["bubblewrap", "landlock"], ...] = ("bubblewrap", "landlock")
CHOICE = "SOLWRIGHT_SANDBOX"
CANARY = "SANDBOX_CANARY"
PACKAGES = ("solwright", "tui", "feedback", "codegen", "verifier", "specs", "toolchain")
SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime", "/etc/ssl/openssl.cnf")
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
PROBE = Path(__file__).with_name("sandbox_probe.py")
EXPECTED = "works, cannot read, cannot write, no network, no canary"


@dataclass(frozen=True, slots=True)
class Rung:
    """Name the strongest confinement that works here, and why each stronger one does not."""

    name: RungName
    why_not_higher: str


def ladder() -> Rung:
    """Return the highest rung that passes its self-test, tried once in each process; SOLWRIGHT_SANDBOX chooses one.

    Raises: SettingsError for a choice that there is not, ToolError when the chosen rung does not work.
    """
    with _climbing:  # engines ask side by side
        return _climb()


def begin_to_climb() -> None:
    """Try the rungs out while other work goes on; `ladder` then waits for the answer, and says what went wrong."""

    def climb() -> None:
        with contextlib.suppress(SolwrightError):  # whoever asks climbs again, and hears of it
            ladder()

    threading.Thread(target=climb, name="solwright-sandbox").start()


_climbing = threading.Lock()


@functools.cache
def _climb() -> Rung:
    chosen = os.environ.get(CHOICE, "")
    if chosen not in ("", "none", *RUNGS):
        raise SettingsError(f"{CHOICE} is {chosen!r}", f"set it to one of {', '.join(RUNGS)}, none")
    if chosen == "none":
        return Rung("none", f"{CHOICE}=none")
    reasons: list[str] = []
    for name in RUNGS:
        problem = f"{CHOICE}={chosen}" if chosen not in ("", name) else _problem(name)
        if not problem:
            return Rung(name, "; ".join(reasons))
        reasons.append(f"{name}: {problem}")
    why = "; ".join(reasons)
    if sys.platform.startswith("linux"):
        raise ToolError(f"no sandbox works here ({why})", f"install bubblewrap, or set {CHOICE}=none to run without one")
    return Rung("none", why)


def confine(workspace: Path | None, *, readable: Iterable[Path] = (), rung: RungName | None = None) -> Confinement:
    """Confine a command to one writable folder (or none), the installed tools and what else is named readable.

    Raises: ToolError when there is no rung and the user did not allow to run bare.
    """
    name = rung or ladder().name
    if name == "none":
        return Confinement("none")
    paths = tuple(dict.fromkeys((*_tool_folders(), *(str(Path(path).resolve()) for path in readable))))
    own = (str(workspace.resolve()),) if workspace else ()
    if name == "bubblewrap":
        return Confinement(name, prefix=_bubblewrap(paths, own), seccomp=build_filter(inside_bubblewrap=True))
    reading = (*SYSTEM_FOLDERS, *SYSTEM_FILES, *DEVICES, "/proc", *paths)
    return Confinement(name, landlock=(reading, (str(PACKAGE_ROOT),), (*own, "/dev/null")), seccomp=build_filter())


@functools.cache
def _tool_folders() -> tuple[str, ...]:
    """List what our own tools are made of: this Python, our packages, node, what `solwright setup` installed."""
    folders = {Path(sys.prefix), Path(sys.base_prefix), *(Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib", "platlib"))}
    folders |= {PACKAGE_ROOT / name for name in PACKAGES}
    folders.add(install.home() / "packages")
    folders.add(install.home() / "solc")
    with contextlib.suppress(ToolNotFound):  # then no tool of ours needs its folder
        program = node.locate_node().path.resolve()
        folders |= {program, program.parent.parent}
    links = folders | {folder.resolve() for folder in folders}
    return tuple(sorted(str(folder) for folder in links if folder.exists() and not _is_too_wide(folder)))


def _is_too_wide(folder: Path) -> bool:
    """Tell folders that hold a user's own files, or that are open anyway."""
    return str(folder) in SYSTEM_FOLDERS or Path.home().is_relative_to(folder)


def _bubblewrap(readable: tuple[str, ...], writable: tuple[str, ...]) -> tuple[str, ...]:
    program = shutil.which("bwrap") or "bwrap"
    words = [program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--seccomp", str(FILTER_FD)]
    for path in SYSTEM_FOLDERS:
        words += ["--symlink", os.readlink(path), path] if os.path.islink(path) else ["--ro-bind-try", path, path]
    for path in (*SYSTEM_FILES, *readable):
        words += ["--ro-bind-try", path, path]
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/dev/shm"]
    for path in writable:
        words += ["--bind", path, path]
    return (*words, "--remount-ro", "/", "--")


def _problem(name: Literal["bubblewrap", "landlock"]) -> str:
    """Return why a rung cannot be used here; empty when its self-test passed."""
    if not sys.platform.startswith("linux"):
        return f"there is none on {sys.platform}"
    if name == "bubblewrap" and shutil.which("bwrap") is None:
        return "bwrap is not installed"
    if name == "landlock" and not build_filter():
        return f"no system-call filter for {os.uname().machine}"
    if name == "landlock" and lockdown.landlock_abi(ctypes.CDLL(None, use_errno=True)) < 1:
        return "this kernel has no Landlock"
    with _canaries() as (workspace, outside), socket.create_server(("127.0.0.1", 0)) as server:
        try:
            return _self_test(name, workspace, outside, server.getsockname()[1])
        except ToolCrashed as crash:
            return str(crash)


def _self_test(name: RungName, workspace: Path, outside: Path, port: int) -> str:
    done = run(
        [sys.executable, "-I", "-S", PROBE, str(outside), str(os.getpid()), str(port)],
        cwd=workspace,
        limits=Limits(time_s=20),
        env=allowed_environment(workspace),
        confine=confine(workspace, rung=name),
    )
    answer = done.stdout.decode(errors="replace").strip()
    if done.exit_code == 0 and answer == EXPECTED and not (outside / "written").exists():
        return ""
    return f"self-test: {answer or done.stderr.decode(errors='replace').strip()[-200:] or f'exit code {done.exit_code}'}"


@contextlib.contextmanager
def _canaries() -> Iterator[tuple[Path, Path]]:
    """Lay a secret beside a workspace and into our own environment for the time of a self-test."""
    with tempfile.TemporaryDirectory(prefix="solwright-probe-") as folder:
        workspace, outside = Path(folder) / "workspace", Path(folder) / "outside"
        workspace.mkdir()
        outside.mkdir()
        secret = secrets.token_hex(8)
        (outside / "canary").write_text(secret)
        os.environ[CANARY] = secret
        try:
            yield workspace, outside
        finally:
            os.environ.pop(CANARY, None)
