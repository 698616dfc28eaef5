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

from verifier.canary import Canary
from verifier.certificate.found import Differs
from verifier.certificate.names import file_name
from verifier.certificate.rebuild import HORN, Rebuilt
from verifier.certificate.strict import malformed, read_json
from verifier.certificate.versions import version_of
from verifier.result import Result, Stamp

LONGEST = 64 << 20
GOOD, BAD, FAILED = "canary:right", "canary:wrong", "failed"
NO_ROW: Mapping[str, Any] = {"verdict": "missing"}
FIELDS = {"obligation": str, "clauses": int, "checkedBy": str, "system": str, "invariant": str}
CHECKER = f"cvc5 {version_of('cvc5')}"
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


def read_invariants(r: Rebuilt) -> Sequence[Record]:
    """Return what a bundle holds of the Horn engine's proofs. Raises: CertificateError for a record that is none; Differs."""
    records = [_record(name, raw) for name, raw in sorted(r.files.items()) if name.startswith(HORN)]
    _compare_with_results(r, records)
    return records


def confirm_invariants(r: Rebuilt, records: Sequence[Record]) -> Confirmed:
    """Check every invariant of a bundle. Raises ToolError."""
    if not records:
        return Confirmed((), {}, ())
    refused, rows = _asked(r, records)
    results = []
    for x in (x for x in records if x.name not in refused):
        why = _doubt(r, x, rows)
        if why:
            refused[x.name] = why
        else:
            results.append(_proof(r, x))
    canaries = (
        Canary("horn", "an invariant", "valid", rows.get(GOOD, NO_ROW)["verdict"]),
        Canary("horn", "no invariant", "wrong", rows.get(BAD, NO_ROW)["verdict"]),
    )
    return Confirmed(tuple(results), refused, canaries)


def _asked(r: Rebuilt, records: Sequence[Record]) -> tuple[dict[str, str], Mapping[str, Mapping[str, Any]]]:
    """Make the systems again, and ask about each invariant of one that is the same; return what is refused, and the answers."""
    from verifier.engines.horn.engine import ask_process, state
    from verifier.engines.horn.system import System
    from verifier.engines.horn.worker import Rework

    job = r.case.job
    stated = state(job.specification, job.compilation, job.contract, job.ledger.obligations, [x.obligation for x in records])
    systems = {s.obligation: s for b in stated.batches for s in b.systems}
    refused: dict[str, str] = {}
    given = [(System(GOOD, SMALL), RIGHT), (System(BAD, SMALL), WRONG)]
    for x in records:
        system = systems.get(x.obligation)
        if system is None:
            refused[x.name] = f"the engine makes no system of {x.obligation}: {stated.refused.get(x.obligation, 'it is not offered')}"
        elif system.text != x.system:
            refused[x.name] = "its system is not the one that solc makes of the sources"
        else:
            given.append((system, x.invariant))
    work = Rework(tuple(given), job.effort.memory_mb, job.effort.jobs)
    return refused, {row.get("obligation", FAILED): row for row in ask_process("recheck", work, job.effort)}


def _doubt(r: Rebuilt, x: Record, rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Return why an invariant is not one, "" where every clause was confirmed."""
    from verifier.engines.horn.engine import limit_of

    row = rows.get(x.obligation)
    if row is None:
        return f"the engine's process failed: {rows.get(FAILED, {}).get('failed', 'it said nothing')}"
    if row["verdict"] != "valid":
        return f"its invariant is not confirmed: {row['detail']}"
    if row["clauses"] != x.clauses:
        return f"its system has {row['clauses']} clauses, not {x.clauses}"
    return limit_of(r.case, r.ledger.obligation(x.obligation))


def _proof(r: Rebuilt, x: Record) -> Result:
    stamp = Stamp(r.specification.digest, r.ledger.artifact, r.specification.digest, r.certificate.engines["horn"], "")
    return Result(x.obligation, "horn", "holds", "proof", stamp)


def _record(name: str, raw: bytes) -> Record:
    value = read_json(name, raw)
    if not isinstance(value, dict) or set(value) != set(FIELDS) or any(type(value[k]) is not t for k, t in FIELDS.items()):
        raise malformed(name, f"it is no object with {', '.join(FIELDS)}")
    if name != f"{HORN}{file_name(value['obligation'])}.json":
        raise Differs(name, f"it speaks of another obligation, {value['obligation'][:80]}")
    if value["checkedBy"] != CHECKER:
        raise Differs(name, f"it was not checked by {CHECKER}, as it is here")
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
