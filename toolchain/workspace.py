"""Give tools a fresh folder with nothing of anybody's configuration in it."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from toolchain.errors import ToolError
from toolchain.process import allowed_environment, atomic_write

PREFIX = "solwright-work-"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Name one folder: `root` is where tools work, HOME and TMPDIR lie inside it."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return all the variables that a tool gets to see here."""
        return allowed_environment(self.root / ".home") | {"TMPDIR": str(self.root / ".tmp")}

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file under a relative name and return its path.

        Raises: ValueError for a name that leaves the workspace, ToolError when the disk is full.
        """
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts or not relative.parts:
            raise ValueError(f"{name!r} is no name inside a workspace")
        path = self.root / relative
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(path, content.encode() if isinstance(content, str) else content)
        except OSError as error:
            raise _no_room(error) from error
        return path


@contextlib.contextmanager
def fresh_workspace() -> Iterator[Workspace]:
    """Make an empty workspace, and remove it at the end whatever tools did to it.

    Raises: ToolError where none can be made.
    """
    try:
        _sweep()
        root = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")).resolve()
    except OSError as error:
        raise _no_room(error) from error
    try:
        for name in (".home", ".tmp"):
            (root / name).mkdir()
        yield Workspace(root)
    finally:
        _remove(root)


def _no_room(error: OSError) -> ToolError:
    return ToolError(f"cannot write the workspace: {error.strerror}", "free or choose a folder for temporary files: set TMPDIR")


def _sweep() -> None:
    """Remove the workspaces of runs of this user that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):  # another run was faster, or it is not ours: it is in nobody's way
            if pid.isdigit() and not _is_alive(int(pid)) and folder.lstat().st_uid == os.getuid():
                _remove(folder)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove(folder: Path) -> None:
    def open_up(again: Callable[..., Any], path: str, _error: Any) -> None:
        for closed in (os.path.dirname(path), path):
            if not os.path.islink(closed):
                os.chmod(closed, stat.S_IRWXU)
        again(path)

    with contextlib.suppress(FileNotFoundError):  # it is gone already
        shutil.rmtree(folder, onerror=open_up)
