"""Write what leaves: the verified contract under its name, and beside it the bundle of evidence. Both appear whole, or not at all.

Read the bundles of others, too: a folder of small regular files with plain names, and nothing outside of it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from solwright.runs import refuse_unwritable
from toolchain.errors import CertificateError, SolwrightError, UsageError
from toolchain.files import shown
from toolchain.process import atomic_write
from verifier.certificate.contents import clashing, is_plain
from verifier.certificate.schema import CERTIFICATE

MOST_FILES = 4000
MOST_FOLDERS = 1000
LARGEST_FILE = 32 << 20
LARGEST_BUNDLE = 256 << 20
NO_BUNDLE = "name the folder Name.bundle itself; if this is it, get it again from whoever made it"
NEXT_STEP = "get the bundle again from whoever made it"


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
    write_folder(target, files)
    try:
        atomic_write(contract, source.encode())
    except BaseException as error:
        shutil.rmtree(target, ignore_errors=True)
        if isinstance(error, OSError):
            raise _no_room(contract, error) from None
        raise
    return contract, target


def refuse_place(target: Path) -> None:
    """Refuse a place where no new folder can be made, before anything is judged.

    Raises: UsageError.
    """
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target} is there already", "choose another folder with --bundle")
    refuse_unwritable(target.parent, "--bundle")


def write_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder that is not there yet, whole or not at all. Raises: SolwrightError."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
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
    except OSError as error:
        raise _no_room(target, error) from None


def _no_room(path: Path, error: OSError) -> SolwrightError:
    return SolwrightError(
        f"cannot write {path}: {error.strerror or error}",
        "free space or choose another folder (--out with --resume for `new`, --bundle for `verify`)",
    )


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


def read_bundle(folder: Path) -> Mapping[str, bytes]:
    """Return the files of a bundle by relative name.

    Raises: UsageError where there is no such folder; CertificateError for a link, a device, an odd name, too much of anything.
    """
    try:
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(f"{shown(str(folder))} is no folder that can be read: {error.strerror}", "name a bundle, Name.bundle") from None
    files: dict[str, bytes] = {}
    size = 0
    try:
        os.stat(CERTIFICATE, dir_fd=root, follow_symlinks=False)
    except OSError:
        os.close(root)
        raise CertificateError(f"{shown(str(folder))} is no bundle: it has no {CERTIFICATE}", NO_BUNDLE) from None
    for name, content in _read_folder(root, "", [MOST_FOLDERS]):
        files[name] = content
        size += len(content)
        if len(files) > MOST_FILES or size > LARGEST_BUNDLE:
            raise CertificateError(f"the bundle holds more than {MOST_FILES} files or {LARGEST_BUNDLE >> 20} MB", NEXT_STEP)
    return files


def _read_folder(descriptor: int, prefix: str, left: list[int]) -> Iterator[tuple[str, bytes]]:
    """Yield the files below an open folder, which is closed at the end; links are not followed, whatever happens meanwhile."""
    try:
        left[0] -= 1
        if left[0] < 0:
            raise CertificateError(f"the bundle holds more than {MOST_FOLDERS} folders", NEXT_STEP)
        with os.scandir(descriptor) as entries:
            names = sorted(name for name, _ in zip((e.name for e in entries), range(MOST_FILES + 1), strict=False))
        for entry in names:
            name = prefix + entry
            if not is_plain(name):
                raise CertificateError(f"{shown(name)} has no name that a bundle's file can have", NEXT_STEP)
        twice = clashing(names)
        if twice:
            raise CertificateError(f"{shown(prefix + twice[0])} stands there twice, in other case", NEXT_STEP)
        for entry in names:
            name = prefix + entry
            yield from _read_entry(descriptor, entry, name, left)
    finally:
        os.close(descriptor)


def _read_entry(folder: int, entry: str, name: str, left: list[int]) -> Iterator[tuple[str, bytes]]:
    try:
        descriptor = os.open(entry, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        why = "it is a link" if _is_link(folder, entry) else error.strerror
        raise CertificateError(f"{shown(name)} cannot be read: {why}", NEXT_STEP) from None
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        yield from _read_folder(descriptor, f"{name}/", left)
        return
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(status.st_mode):
            raise CertificateError(f"{shown(name)} is not a regular file", NEXT_STEP)
        try:
            content = file.read(LARGEST_FILE + 1)
        except OSError as error:
            raise CertificateError(f"{shown(name)} cannot be read: {error.strerror}", NEXT_STEP) from None
    if len(content) > LARGEST_FILE:
        raise CertificateError(f"{shown(name)} is larger than {LARGEST_FILE >> 20} MB", NEXT_STEP)
    yield name, content


def _is_link(folder: int, entry: str) -> bool:
    try:
        return stat.S_ISLNK(os.stat(entry, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False
