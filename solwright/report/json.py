"""Write a report as the object that `--json` prints and `report.json` holds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from feedback.report import ObligationReport, Report
from solwright.report.strength import strength_json
from verifier.counterexample import Call, Counterexample
from verifier.finding import Finding


def to_json(report: Report) -> dict[str, Any]:
    """Return the object; a new `schemaVersion` where a field changes its meaning or goes away."""
    return {
        "schemaVersion": report.schema_version,
        "verdict": report.verdict,
        "open": list(report.open),
        "specification": {
            "name": report.specification.name,
            "path": report.specification.path,
            "digest": report.specification.digest,
            "warnings": list(report.specification.warnings),
        },
        "artifact": {"contract": report.artifact.contract, "creationDigest": report.artifact.creation_digest},
        "obligations": [_obligation(o) for o in report.obligations],
        "findings": [_finding(f) for f in report.findings],
        "assumptions": list(report.assumptions),
        "canaries": [asdict(c) for c in report.canaries],
        "tools": dict(report.tools),
        "sandbox": report.sandbox,
        "strength": strength_json(report.strength) if report.strength is not None else None,
        "answersOfAnEarlierRun": report.known,
        "time_s": round(report.time_s, 3),
    }


def _obligation(o: ObligationReport) -> dict[str, Any]:
    return {
        "id": o.id,
        "kind": o.kind,
        "clause": o.clause,
        "words": o.words,
        "function": o.function,
        "line": o.line,
        "file": o.file,
        "verdict": o.verdict,
        "provedBy": list(o.proved_by),
        "reason": o.reason,
        "premises": list(o.premises),
        "leansOn": list(o.leans_on),
        "counterexample": _counterexample(o.counterexample) if o.counterexample else None,
    }


def _counterexample(c: Counterexample) -> dict[str, Any]:
    return {
        "message": c.message,
        "lines": list(c.lines()),
        "reached": c.reached,
        "replayed": c.replayed,
        "foundBy": c.found_by,
        "calls": [_call(call) for call in c.calls],
        "observations": [{"getter": o.getter, "before": o.before, "after": o.after} for o in c.observations],
        "state": dict(c.state),
        "storage": dict(c.storage),
        "notes": list(c.notes),
        "test": c.test,
    }


def _call(call: Call) -> dict[str, Any]:
    return {
        "kind": call.kind,
        "text": call.text,
        "sender": call.sender,
        "value": str(call.value),  # wei: larger than what readers of JSON keep exact
        "data": call.data,
        "timestamp": call.environment.timestamp,
        "blockNumber": call.environment.number,
        "succeeded": call.succeeded,
        "outcome": call.outcome,
        "callback": _call(call.callback) if call.callback else None,
    }


def _finding(f: Finding) -> dict[str, Any]:
    return {"severity": f.severity, "check": f.check, "message": f.message, "path": f.path, "line": f.line, "suppressed": f.suppressed}
