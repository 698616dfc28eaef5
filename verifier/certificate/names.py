"""Names of files in a bundle."""

from __future__ import annotations

import re


def file_name(text: str) -> str:
    """Return a file's name for an obligation or an exploration, whose names are made of names and types of Solidity.

    No two of them have the same: names have no hyphen.
    """
    return re.sub(r"[^A-Za-z0-9_.$@]", "-", text)
