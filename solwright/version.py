"""Say which solwright this is."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
from pathlib import Path

#: What decides what stands in a bundle: every package but the one that asks the model.
PACKAGES = ("feedback", "solwright", "specs", "toolchain", "verifier")


def version_line() -> str:
    """Return the program's name and version."""
    try:
        return f"solwright {importlib.metadata.version('solwright')}"
    except importlib.metadata.PackageNotFoundError:
        return "solwright (not installed: run from its source)"


@functools.cache
def program_line() -> str:
    """Return the program's name, its release where it is one, and the digest of its source: another source writes other bundles."""
    root = Path(__file__).resolve().parents[1]
    paths = (p for package in PACKAGES for p in (root / package).rglob("*") if p.is_file() and p.suffix != ".pyc")
    lines = sorted(f"{p.relative_to(root).as_posix()} {hashlib.sha256(p.read_bytes()).hexdigest()}" for p in paths)
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return f"{version_line().partition(' (')[0]} (source {digest[:12]})"
