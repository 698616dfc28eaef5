"""Ask Slither about the source of an artifact.

Slither reads the output of our own compiler run, in an empty directory of its own: no configuration, database or compiler of anybody else
is met. Its answers prove nothing; those that refute make a run not verified. With each artifact it gets a contract known to be bad: if it
misses that one, nothing it says counts.
"""

from __future__ import annotations

import functools
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from toolchain.errors import ToolError
from toolchain.process import Limits, run
from toolchain.sandbox import confine
from toolchain.solc import Compilation, Contract, compile_sources
from verifier.finding import Finding, Severity

RUNNER = Path(__file__).with_name("slither_runner.py")
CANARY = Path(__file__).with_name("canary.sol")
DETECTORS = Path(__file__).with_name("detectors.json")
LIMITS = Limits(time_s=120, memory_mb=2048)


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the static engine said of one artifact.

    `failed` says why there is no answer, and is "" where there is one; `canary`: the bad contract was found.
    """

    findings: tuple[Finding, ...]
    failed: str
    canary: bool
    engine: str  # Slither's version, "" where it did not say
    time_s: float


class _Row(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    check: str
    impact: str
    message: str
    places: list[tuple[str, int]]
    suppressed: bool
    reached: bool


class _Build(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    name: str
    contracts: list[str]
    results: list[_Row]


class _Answer(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    slither: str
    builds: list[_Build]


def analyse(compilation: Compilation, contract: Contract, limits: Limits = LIMITS) -> Analysis:
    """Return Slither's findings on the contract and everything it is compiled with.

    A tool that crashes, hangs, prints something else, analyses nothing or misses the canary makes a failed analysis, never an exception.
    """
    job = {"builds": [_build("canary", *_canary()), _build("judged", compilation, contract)]}
    with tempfile.TemporaryDirectory(prefix="solwright-static-") as place:
        directory = Path(place)
        try:
            confinement = confine(directory)
            command = [sys.executable, "-I", str(RUNNER)]
            done = run(command, cwd=directory, limits=limits, stdin=json.dumps(job).encode(), confine=confinement)
        except ToolError as error:
            return Analysis((), str(error), False, "", 0.0)
    if done.reason or done.exit_code:
        how = {"time": "took too long", "memory": "took too much memory", "output": "said too much"}.get(str(done.reason), "crashed")
        return Analysis((), f"Slither {how}: {_last_line(done.stderr)}", False, "", done.time_s)
    return read_answer(done.stdout, contract, done.time_s)


def read_answer(text: bytes, contract: Contract, time_s: float) -> Analysis:
    """Return the analysis that the runner's output means; text that is not understood is a failure."""
    try:
        answer = _Answer.model_validate_json(text)
    except ValidationError as error:
        return Analysis((), f"Slither's answer is not understood: {error.errors()[0]['msg']}", False, "", time_s)
    engine = answer.slither
    builds = {b.name: b for b in answer.builds}
    canary = "canary" in builds and any(f.check == "slither:suicidal" and f.severity == "refutes" for f in _findings(builds["canary"]))
    if not canary:
        return Analysis((), "Slither missed a contract that is known to be bad, so that its answers do not count", False, engine, time_s)
    if "judged" not in builds or f"{contract.path}:{contract.name}" not in builds["judged"].contracts:
        return Analysis(
            (),
            f"Slither analysed {len(builds['judged'].contracts) if 'judged' in builds else 0} contracts, not this one",
            True,
            engine,
            time_s,
        )
    return Analysis(_findings(builds["judged"]), "", True, engine, time_s)


@functools.cache
def detectors() -> Mapping[str, str]:
    """Return what each detector's finding does: `refutes`, `informs` or (shown nowhere) `style`."""
    table = json.loads(DETECTORS.read_text())
    return {check: effect for effect in ("refutes", "informs", "style") for check in table[effect]}


def _findings(build: _Build) -> tuple[Finding, ...]:
    found = []
    for row in build.results:
        effect = detectors().get(row.check, "informs")
        path, line = row.places[0] if row.places else ("", 0)
        if effect != "style":
            severity: Severity = "refutes" if effect == "refutes" and row.reached else "informs"
            found.append(Finding(severity, f"slither:{row.check}", row.message, path, line, row.suppressed))
    return tuple(sorted(found, key=lambda f: (f.severity == "informs", f.path, f.line, f.check)))


def _build(name: str, compilation: Compilation, contract: Contract) -> dict[str, Any]:
    contracts: dict[str, dict[str, Any]] = {}
    for c in compilation.contracts:
        contracts.setdefault(c.path, {})[c.name] = c.raw
    return {
        "name": name,
        "sources": {path: source["content"] for path, source in compilation.input["sources"].items()},
        "output": {
            "sources": {p: {"ast": ast, "id": compilation.source_ids[p]} for p, ast in compilation.asts.items()},
            "contracts": contracts,
        },
        "version": compilation.version.split("+")[0],
        "contract": {"path": contract.path, "name": contract.name},
    }


@functools.cache
def _canary() -> tuple[Compilation, Contract]:
    compilation = compile_sources({"Canary.sol": CANARY.read_text()})
    return compilation, compilation.contract("Canary")


def _last_line(text: bytes) -> str:
    lines = text.decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "it said nothing"
