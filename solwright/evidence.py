"""Put together what a bundle holds: what was promised, what was judged, what each engine said, and how it came about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from feedback.judging import JudgementLike
from feedback.report import Report
from solwright.report.json import to_json
from solwright.report.markdown import render_markdown
from solwright.version import version_line
from specs.specification import Specification
from toolchain.solc import Compilation, Contract
from verifier.judge import Judgement
from verifier.result import Result

SCHEMA_VERSION = 1


def bundle_files(
    specification: Specification, source: str, judgement: JudgementLike, report: Report, transcript: Path
) -> Mapping[str, bytes]:
    """Return the bundle's files by relative name; the transcript is copied as it was recorded (redacted)."""
    assert isinstance(judgement, Judgement), "bundles are made of real judgements"
    name = specification.name
    files = {
        "certificate.json": _json(_certificate(judgement, report)),
        f"{name}.spec.sol": specification.text,
        f"{name}.sol": source,
        "compiler-input.json": _json(judgement.compilation.input),
        "artifact.json": _json(_artifact(judgement.compilation, judgement.contract)),
        "evidence/results.json": _json([_result(r) for r in judgement.results]),
        "evidence/static.json": _json(to_json(report)["findings"]),
        "report.json": _json(to_json(report)),
        "report.md": render_markdown(report, f"{name}.sol"),
    }
    for r in judgement.results:
        if r.counterexample is not None and r.counterexample.test:
            files[f"replays/{len(files):03}.t.sol"] = r.counterexample.test
    if transcript.is_file():
        files["transcript.jsonl"] = transcript.read_text(encoding="utf-8")
    return {path: text.encode("utf-8", "backslashreplace") for path, text in files.items()}


def _certificate(judgement: Judgement, report: Report) -> Mapping[str, Any]:
    """Return what is claimed, of what, by whom; `statedByMaker` holds what nobody can recompute."""
    contract = judgement.contract
    value = to_json(report)
    return {
        "schemaVersion": SCHEMA_VERSION,
        "maker": version_line(),
        "verdict": value["verdict"],
        "specification": value["specification"],
        "artifact": {
            "contract": contract.name,
            "path": contract.path,
            "compiler": judgement.compilation.version,
            "settings": judgement.compilation.input["settings"],
            "creationDigest": contract.creation_digest,
            "runtimeDigest": contract.runtime_digest,
        },
        "ledger": {"specification": judgement.ledger.specification, "artifact": judgement.ledger.artifact},
        "obligations": value["obligations"],
        "assumptions": value["assumptions"],
        "canaries": value["canaries"],
        "findings": value["findings"],
        "tools": value["tools"],
        "statedByMaker": {"sandbox": value["sandbox"], "time_s": value["time_s"]},
    }


def _artifact(compilation: Compilation, contract: Contract) -> Mapping[str, Any]:
    return {
        "compiler": compilation.version,
        "contract": contract.name,
        "path": contract.path,
        "abi": list(contract.abi),
        "creation": contract.creation,
        "runtime": contract.runtime,
        "immutableReferences": contract.immutable_references,
        "storageLayout": contract.storage_layout,
    }


def _result(r: Result) -> Mapping[str, Any]:
    s = r.stamp
    return {
        "obligation": r.obligation,
        "engine": r.engine,
        "outcome": r.outcome,
        "strength": r.strength,
        "bound": r.bound,
        "reason": r.reason,
        "time_s": round(r.time_s, 3),
        "cached": r.cached,
        "stamp": {"specification": s.specification, "artifact": s.artifact, "harness": s.harness, "engine": s.engine, "options": s.options},
    }


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, default=dict) + "\n"
