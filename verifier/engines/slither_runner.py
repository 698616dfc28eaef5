"""Run Slither on compiler output that exists already: a job as JSON on stdin, findings as JSON on stdout.

Run as a script in a directory of its own, `python -I slither_runner.py < job.json`. No compiler is started, and no configuration, triage
database or plugin is looked for. Comments that ask for silence are read only to flag what they would have hidden.

The job: `{"builds": [{"name", "sources": {path: text}, "output": {"sources", "contracts"}, "version", "contract": {"path", "name"}}]}`.
The answer: `{"slither": version, "builds": [{"name", "contracts": [names], "results": [{"check", "impact", "message", "places",
"suppressed", "reached"}]}]}`; `reached`: whether an entry of the named contract can run the code; `places`: path, line of each element, the
finding's own first.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import inspect
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crytic_compile import CryticCompile
from crytic_compile.compilation_unit import CompilationUnit
from crytic_compile.compiler.compiler import CompilerVersion
from crytic_compile.platform.solc_standard_json import SolcStandardJson, parse_standard_json_output
from slither import Slither
from slither.core.declarations import Contract, Function
from slither.detectors import all_detectors
from slither.detectors.abstract_detector import AbstractDetector
from slither.exceptions import SlitherException


class Build(SolcStandardJson):
    """Hand crytic-compile the output of our own compiler run."""

    def __init__(self, output: dict[str, Any], version: str) -> None:
        super().__init__({})
        self.output = output
        self.version = version

    def compile(self, crytic_compile: CryticCompile, **_: Any) -> None:
        unit = CompilationUnit(crytic_compile, "build")
        unit.compiler_version = CompilerVersion(compiler="solc", version=self.version, optimized=False)
        parse_standard_json_output(self.output, unit)


class Analysis(Slither):
    """Keep comments from hiding findings, and broken comments from stopping the analysis."""

    def parse_ignore_comments(self, file: str) -> None:
        with contextlib.suppress(SlitherException):  # unbalanced comments; what was read up to there still flags
            super().parse_ignore_comments(file)


def main() -> int:
    """Answer one job."""
    logging.disable(logging.CRITICAL)
    answer = sys.stdout
    sys.stdout = sys.stderr  # whatever Slither prints is talk
    job = json.load(sys.stdin)
    builds = [_analyse(build) for build in job["builds"]]
    json.dump({"slither": importlib.metadata.version("slither-analyzer"), "builds": builds}, answer)
    return 0


def _analyse(build: dict[str, Any]) -> dict[str, Any]:
    directory = Path.cwd() / build["name"]
    directory.mkdir()
    os.chdir(directory)
    for name, text in build["sources"].items():
        path = directory / name
        if not path.resolve().is_relative_to(directory):
            raise ValueError(f"a source leaves the directory: {name!r}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    compiled = CryticCompile(Build(build["output"], build["version"]))
    slither = Analysis(compiled, disallow_partial=True, show_ignored_findings=True, triage_database=os.devnull)
    for detector in _detectors():
        slither.register_detector(detector)
    judged = [c for c in slither.contracts if c.name == build["contract"]["name"] and _path(c) == build["contract"]["path"]]
    reached = {f.canonical_name for c in judged for f in _reached(c)}
    raw = [r for found in slither.run_detectors() for r in found]
    os.chdir(directory.parent)
    return {
        "name": build["name"],
        "contracts": [f"{_path(c)}:{c.name}" for c in slither.contracts],
        "results": [_result(r, slither, reached) for r in raw],
    }


def _detectors() -> list[type[AbstractDetector]]:
    found = [getattr(all_detectors, name) for name in dir(all_detectors)]
    return [d for d in found if inspect.isclass(d) and issubclass(d, AbstractDetector) and d is not AbstractDetector]


def _path(contract: Contract) -> str:
    return str(contract.source_mapping.filename.relative)


def _reached(contract: Contract) -> Iterator[Function]:
    """Yield the functions and modifiers that an entry of the contract can run."""
    pending: list[Any] = [*contract.functions_entry_points, *contract.constructors]
    seen: set[Any] = set()
    while pending:
        function = pending.pop()
        if function in seen or not isinstance(function, Function):
            continue
        seen.add(function)
        yield function
        pending.extend(function.modifiers)
        pending.extend(call.function for call in (*function.internal_calls, *function.library_calls))


def _result(raw: dict[str, Any], slither: Analysis, reached: set[str]) -> dict[str, Any]:
    places = [
        (str(e["source_mapping"]["filename_relative"]), int(e["source_mapping"]["lines"][0]))
        for e in raw["elements"]
        if e.get("source_mapping", {}).get("lines")
    ]
    return {
        "check": raw["check"],
        "impact": raw["impact"],
        "message": " ".join(str(raw["description"]).split()),
        "places": places,
        "suppressed": bool(slither.has_ignore_comment(raw)),
        "reached": any(name in reached for e in raw["elements"] for name in _functions(e)),
    }


def _functions(element: dict[str, Any]) -> Iterator[str]:
    """Yield the canonical names of the function that an element is, or lies in."""
    holder = element if element["type"] == "function" else element.get("type_specific_fields", {}).get("parent", {})
    if holder.get("type") == "function":
        fields = holder["type_specific_fields"]
        yield f"{fields['parent']['name']}.{fields['signature']}"


if __name__ == "__main__":
    sys.exit(main())
