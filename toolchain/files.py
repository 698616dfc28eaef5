"""Read a file of a folder that is not trusted: regular, small, UTF-8, and inside."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from toolchain.errors import SourceError


def shown(text: str, longest: int = 160) -> str:
    """Return a name as one harmless line."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text)
    return line if len(line) <= longest else f"{line[:longest]}…"


def read_regular(path: Path, root: Path, max_bytes: int) -> str:
    """Return the text of a file that lies, links resolved, inside the root.

    Raises: SourceError, which names the path and never shows content.
    """
    try:
        name = shown(str(path.relative_to(root)))
    except ValueError:
        name = shown(str(path))
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # missing, no permission, a loop of links, a NUL in the name
        raise SourceError(f"{name} does not exist or cannot be reached", "correct the path") from None
    if not real.is_relative_to(root.resolve()):
        raise SourceError(f"{name} leads out of the project {shown(str(root))}", "copy the file into the project")
    try:
        descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise SourceError(f"{name} cannot be read: {error.strerror}", "correct its permissions or leave it out") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(f"{name} is not a regular file", "name a .sol file")
        if status.st_size > max_bytes:
            raise SourceError(f"{name} has {status.st_size} bytes, at most {max_bytes} are read", "split the file")
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(max_bytes + 1)
    finally:
        os.close(descriptor)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(f"{name} is not UTF-8 text (byte {error.start})", "save it as UTF-8") from None
