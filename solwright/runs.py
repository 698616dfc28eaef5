"""Keep what a command found in a folder of its own, each file whole or not at all."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Mapping
from pathlib import Path

from toolchain.errors import SolwrightError
from toolchain.process import atomic_write

RUNS = Path(".solwright") / "runs"


def fresh_run(label: str, base: Path | None = None) -> Path:
    """Make a new folder under .solwright/runs of the current folder (or `base`) and return it.

    Raises: SolwrightError where it cannot be made.
    """
    runs = (base or Path.cwd()) / RUNS
    stem = f"{time.strftime('%Y%m%dT%H%M%S')}-{file_name(label)}"
    try:
        runs.mkdir(parents=True, exist_ok=True)
        ignore = runs.parent / ".gitignore"
        if not ignore.exists():
            atomic_write(ignore, b"*\n")
        for number in itertools.count(1):
            folder = runs / (stem if number == 1 else f"{stem}-{number}")
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
    except OSError as error:
        raise SolwrightError(
            f"cannot write into {runs}: {error.strerror or error}", "free space, or choose another folder with --out"
        ) from None
    raise AssertionError("unreachable: the numbers do not end")


def save(folder: Path, files: Mapping[str, str]) -> None:
    """Write files (relative name → text) into a folder.

    Raises: SolwrightError naming the folder and what went wrong.
    """
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise SolwrightError(
            f"cannot write into {folder}: {error.strerror or error}", "free space, or choose another folder with --out"
        ) from None


def file_name(text: str) -> str:
    """Return a file name for text of others: letters, digits, dots, @ and dashes only, never a hidden or endless one."""
    name = re.sub(r"[^A-Za-z0-9.@-]+", "_", text).strip("._-")[:80]
    return name or "unnamed"
