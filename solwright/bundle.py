"""Write what leaves: the verified contract under its name, and beside it the bundle of evidence. Both appear whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from toolchain.errors import SolwrightError, UsageError
from toolchain.process import atomic_write


def refuse_collisions(out: Path, name: str) -> None:
    """Refuse to write over files that are there.

    Raises: UsageError naming them.
    """
    taken = [p.name for p in (out / f"{name}.sol", out / f"{name}.bundle") if p.exists()]
    if taken:
        raise UsageError(f"{out} holds {' and '.join(taken)} already", "choose another folder with --out (and continue with --resume)")


def write_bundle(out: Path, name: str, source: str, files: Mapping[str, bytes]) -> tuple[Path, Path]:
    """Write `name`.bundle with these files (relative name → content), then `name`.sol; return both paths.

    Raises: SolwrightError; then neither name is there.
    """
    target, contract = out / f"{name}.bundle", out / f"{name}.sol"
    try:
        out.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{name}.bundle.", dir=out))
        try:
            for relative, content in files.items():
                path = temporary / relative
                path.parent.mkdir(parents=True, exist_ok=True)
                _write(path, content)
            temporary.chmod(0o755)
            _sync(temporary)
            temporary.rename(target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        try:
            atomic_write(contract, source.encode())
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise
    except OSError as error:
        raise SolwrightError(
            f"cannot write {target}: {error.strerror or error}",
            "free space or choose another folder with --out, then continue with --resume",
        ) from None
    return contract, target


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
