"""Each module imports alone, in a fresh interpreter, and brings no library along that is not its own business."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("solwright", "tui", "feedback", "codegen", "verifier", "specs", "toolchain")
ENGINES = "verifier.engines."
# library: the modules that may load it
OWNERS = {
    "openai": ("codegen.providers.",),
    "httpx2": ("codegen.providers.",),
    "halmos": (f"{ENGINES}symbolic",),
    "z3": (f"{ENGINES}symbolic", f"{ENGINES}horn"),
    "bitwuzla": (f"{ENGINES}symbolic",),
    "cvc5": (f"{ENGINES}symbolic", f"{ENGINES}horn"),
    "slither": (f"{ENGINES}slither_runner",),
    "crytic_compile": (f"{ENGINES}slither_runner",),
    "solc_select": (f"{ENGINES}slither_runner",),  # crytic-compile does
    "textual": ("tui",),
    "typer": ("solwright",),
    "jinja2": ("solwright.report", "verifier.harness", "codegen"),
    "pytest": (),
}
# Importing these alone loads next to nothing of them.
WHOLE = {"halmos": "halmos.__main__"}
# A fork for each module, of an interpreter that has imported only what is nobody's in particular, and what these modules may load.
DRIVER = """
import asyncio, dataclasses, email, http.client, importlib, json, os, ssl, sys, typing, urllib.request
import eth_hash.auto, lark, platformdirs, pydantic
for library in sys.argv[1].split():
    importlib.import_module(library)
for module in sys.argv[2:]:
    reader, writer = os.pipe()
    if os.fork() == 0:
        failure = ""
        try:
            __import__(module)
        except BaseException as error:
            failure = f"{type(error).__name__}: {error}"
        os.write(writer, json.dumps([module, failure, sorted({name.partition(".")[0] for name in sys.modules})]).encode())
        os._exit(0)
    os.close(writer)
    answer = b""
    while chunk := os.read(reader, 65536):
        answer += chunk
    os.close(reader)
    os.wait()
    print(answer.decode() or json.dumps([module, "died", []]))
"""


def modules() -> list[str]:
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            if not name.endswith("__main__"):
                found.append(name.removesuffix(".__init__"))
    return found


def may_load(module: str, owners: tuple[str, ...]) -> bool:
    return any(f"{module}.".startswith(owner if owner.endswith(".") else f"{owner}.") for owner in owners)


def import_each(libraries: tuple[str, ...], names: list[str]) -> list[tuple[str, str, list[str]]]:
    """Return each module with what went wrong and what is loaded then."""
    command = [sys.executable, "-c", DRIVER, " ".join(WHOLE.get(x, x) for x in libraries), *names]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]


def test_each_module_imports_alone_and_loads_only_its_own_libraries() -> None:
    names = modules()
    assert len(names) > 20
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        groups.setdefault(tuple(library for library, owners in OWNERS.items() if may_load(name, owners)), []).append(name)
    assert () in groups
    answers = [answer for libraries, group in groups.items() for answer in import_each(libraries, group)]
    assert sorted(module for module, _, _ in answers) == sorted(names)
    assert [(module, failure) for module, failure, _ in answers if failure] == []
    strays = [
        f"{module} loads {library}"
        for module, _, loaded in answers
        for library, owners in OWNERS.items()
        if library in loaded and not may_load(module, owners)
    ]
    assert strays == []


def test_engines_never_import_each_other() -> None:
    folder = ROOT / "verifier" / "engines"
    strays = []
    for path in sorted(folder.rglob("*.py")):
        engine = path.relative_to(folder).parts[0].removesuffix(".py")
        allowed = {engine, "job"} | ({"slither_runner"} if engine == "static" else set())
        for name in re.findall(r"verifier\.engines\.(\w+)", path.read_text()):
            if name not in allowed:
                strays.append(f"{path.relative_to(ROOT)} speaks of {name}")
    assert strays == []
