"""Say which solwright this is."""

from __future__ import annotations

import importlib.metadata


def version_line() -> str:
    """Return the program's name and version."""
    try:
        return f"solwright {importlib.metadata.version('solwright')}"
    except importlib.metadata.PackageNotFoundError:
        return "solwright (not installed: run from its source)"
