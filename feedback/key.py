"""Name what a step depends on by one digest."""

from __future__ import annotations

import hashlib


def key_of(*parts: str) -> str:
    """Return a digest of what a step depends on."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
