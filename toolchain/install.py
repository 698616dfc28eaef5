"""Keep the pinned tools in a per-user cache and say where each one lies."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import platformdirs

from toolchain.errors import ToolNotFound

NEXT_STEP = "run: solwright setup"


def home() -> Path:
    """Return the folder that holds everything installed (SOLWRIGHT_HOME, else the user's cache)."""
    chosen = os.environ.get("SOLWRIGHT_HOME")
    return Path(chosen).absolute() if chosen else Path(platformdirs.user_cache_dir("solwright"))


def locate_package(name: str, version: str) -> Path:
    """Return the folder of one installed npm package.

    Raises: ToolNotFound.
    """
    folder = home() / "packages" / f"{name.lstrip('@').replace('/', '-')}-{version}"
    if not folder.is_dir():
        raise ToolNotFound(f"{name} {version} is not installed", NEXT_STEP)
    return folder


def pinned_version(name: str) -> str:
    """Return the version of a package."""
    return {"@openzeppelin/contracts": "5.7.0", "solady": "0.1.26"}[name]


def locate_soljson() -> Path:
    """Return the compiler's soljson.js. Raises: ToolNotFound."""
    return locate_package("solc", "0.8.37") / "soljson.js"


def locate_forge() -> Path:
    """Return the forge program. Raises: ToolNotFound."""
    machine = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(
        platform.machine().lower(), platform.machine()
    )
    system = "darwin" if sys.platform == "darwin" else "linux"
    return locate_package(f"@foundry-rs/forge-{system}-{machine}", "1.7.1") / "bin" / "forge"
