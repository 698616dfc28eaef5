"""Check the invariants of a bundle clause by clause, against systems that are made again from the sources.

The stored systems are only compared. What is asked along with them: an invariant that is one and an invariant that is none, so that a
solver which agrees with everything, or with nothing, is noticed.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.certificate.found import Differs
from verifier.certificate.names import file_name
from verifier.certificate.rebuild import HORN, Rebuilt
from verifier.certificate.strict import malformed, read_json
from verifier.engines.horn.engine import ask_process, limit_of, state, version
from verifier.engines.horn.systems import System
from verifier.engines.horn.worker import Rework
from verifier.judge import Canary
from verifier.result import Result, Stamp

LONGEST = 64 << 20
FIELDS = {"obligation": str, "way": str, "clauses": int, "checkedBy": str, "system": str, "invariant": str}
#: p holds from 0 upwards; the error is a p below 0.
SMALL = """(set-logic HORN)
(declare-fun p (Int) Bool)
(assert (p 0))
(assert (forall ((x Int)) (=> (p x) (p (+ x 1)))))
(assert (forall ((x Int)) (=> (and (p x) (< x 0)) false)))"""
RIGHT, WRONG = "(define-fun p ((x Int)) Bool (>= x 0))", "(define-fun p ((x Int)) Bool (>= x (- 1)))"


@dataclass(frozen=True, slots=True)
class Record:
    """What a bundle holds of one proof of the Horn engine."""

    name: str
    obligation: str
    clauses: int
    system: str
    invariant: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came of the invariants: a proof for each that stands; `refused` says of the others' files why not."""

    results: tuple[Result, ...]
    refused: Mapping[str, str]
    canaries: tuple[Canary, ...]


def confirm_invariants(r: Rebuilt) -> Confirmed:
    """Check every invariant of a bundle. Raises: CertificateError for a record that is none; ToolError."""
    records = [_record(name, raw) for name, raw in sorted(r.files.items()) if name.startswith(HORN)]
    _compare_with_results(r, records)
    if not records:
        return Confirmed((), {}, ())
    job = r.case.job
    mine = {x.obligation for x in records}
    asked = [o for o in job.ledger.obligations if o.id in mine]
    stated = state(job.specification, job.compilation, job.contract, asked)
    systems = {s.obligation: s for b in stated.batches for s in b.systems}
    refused: dict[str, str] = {}
    given: list[tuple[System, str]] = [(System("canary:right", SMALL), RIGHT), (System("canary:wrong", SMALL), WRONG)]
    for x in records:
        system = systems.get(x.obligation)
        if system is None:
            refused[x.name] = f"the engine makes no system of {x.obligation}: {stated.refused.get(x.obligation, 'it is not offered')}"
        elif system.text != x.system:
            refused[x.name] = "its system is not the one that solc makes of the sources"
        else:
            given.append((system, x.invariant))
    rows = {
        row.get("obligation", ""): row
        for row in ask_process("recheck", Rework(tuple(given), job.effort.memory_mb, job.effort.jobs), job.effort)
    }
    failed = rows.get("", {}).get("failed", "it said nothing")
    stamp = Stamp(job.specification.digest, job.ledger.artifact, job.specification.digest, version(), "")
    results: list[Result] = []
    for x in records:
        row = rows.get(x.obligation)
        limit = limit_of(r.case, job.ledger.obligation(x.obligation))
        if x.name in refused:
            continue
        if row is None or row["verdict"] != "valid":
            refused[x.name] = "its invariant is not confirmed: " + (row["detail"] if row else f"the engine's process failed: {failed}")
        elif row["clauses"] != x.clauses:
            refused[x.name] = f"its system has {row['clauses']} clauses, not {x.clauses}"
        elif limit:
            refused[x.name] = limit
        else:
            results.append(Result(x.obligation, "horn", "holds", "proof", stamp))
    seen = {id: row["verdict"] for id, row in rows.items() if id.startswith("canary:")}
    canaries = (
        Canary("invariants", "known to be one", "valid", seen.get("canary:right", "missing")),
        Canary("invariants", "known to be none", "wrong", seen.get("canary:wrong", "missing")),
    )
    return Confirmed(tuple(results) if all(c.expected == c.found for c in canaries) else (), refused, canaries)


def _record(name: str, raw: bytes) -> Record:
    value = read_json(name, raw)
    if not isinstance(value, dict) or set(value) != set(FIELDS) or any(type(value[k]) is not t for k, t in FIELDS.items()):
        raise malformed(name, f"it is no object with {', '.join(FIELDS)}")
    if name != f"{HORN}{file_name(value['obligation'])}.json":
        raise Differs(name, f"it speaks of another obligation, {value['obligation'][:80]}")
    return Record(name, value["obligation"], value["clauses"], _unpacked(name, value["system"]), _unpacked(name, value["invariant"]))


def _unpacked(name: str, text: Any) -> str:
    """Return a text that was packed, if it is not larger than any that we make."""
    try:
        unpacking = zlib.decompressobj()
        raw = unpacking.decompress(base64.b64decode(text, validate=True), LONGEST)
        if not unpacking.eof or unpacking.unused_data:
            raise malformed(name, "what is packed in it is cut, too long, or has something behind it")
        return raw.decode()
    except (binascii.Error, zlib.error, ValueError) as error:
        raise malformed(name, f"what is packed in it cannot be unpacked ({type(error).__name__})") from None


def _compare_with_results(r: Rebuilt, records: Sequence[Record]) -> None:
    """Hold the records against the proofs that the certificate states: one for each."""
    wanted = set(_stated(r))
    for x in records:
        if x.obligation not in wanted:
            raise Differs(x.name, "the certificate states no proof by it")
    missing = sorted(wanted - {x.obligation for x in records})
    if missing:
        raise Differs(f"{HORN}{file_name(missing[0])}.json", "it is missing")


def _stated(r: Rebuilt) -> Iterator[str]:
    for o in r.certificate.obligations:
        if any(x.engine == "horn" for x in o.results):
            yield o.id
