"""What all results together mean. Total, independent of order, never optimistic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal as Choice

from verifier.counterexample import Counterexample
from verifier.obligation import Ledger, Obligation
from verifier.result import EngineId, Result

Status = Choice["PROVED", "BOUNDED", "TESTED", "REFUTED", "VACUOUS", "UNKNOWN", "CONFLICT"]

#: The engines that can prove; why those did not comes first.
PROVING: Mapping[EngineId, int] = {"symbolic": 0, "horn": 1}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one obligation. `proved_by` names the engines whose proof counts; `reason` says why it is not PROVED."""

    obligation: str
    status: Status
    proved_by: tuple[EngineId, ...] = ()
    reason: str = ""
    counterexample: Counterexample | None = None


def combine(obligation: str, results: Iterable[Result]) -> Verdict:
    """Combine what the engines said of one obligation.

    No result → UNKNOWN. A replayed counterexample from a deployment refutes; against a proof it is CONFLICT. A counterexample that was not
    reached is no dissent.
    """
    rows = sorted((r for r in results if r.obligation == obligation), key=lambda r: (r.engine, r.outcome, r.reason))
    proofs = tuple(dict.fromkeys(r.engine for r in rows if r.outcome == "holds" and r.strength == "proof"))
    refuting = [r for r in rows if r.refutes]
    shown = [r for r in rows if r.outcome == "violated" and r not in refuting]
    doubted = [r for r in shown if r.counterexample is not None and r.counterexample.reached]
    if any(r.engine == "static" and r.outcome == "violated" for r in rows):
        return Verdict(obligation, "REFUTED", (), next(r.reason for r in rows if r.engine == "static" and r.outcome == "violated"))
    torn = [r for r in rows if r.outcome == "conflict"]
    if torn:
        return Verdict(obligation, "CONFLICT", (), f"{torn[0].engine}: {torn[0].reason}")
    if refuting:
        witness = refuting[0].counterexample
        found = witness.message if witness else ""
        if proofs:
            return Verdict(
                obligation, "CONFLICT", proofs, f"{', '.join(proofs)} proved it, {refuting[0].engine} refuted it: {found}", witness
            )
        return Verdict(obligation, "REFUTED", (), found, witness)
    if doubted:
        witness = doubted[0].counterexample
        why = "that did not replay on the EVM" if witness is None or witness.compiled else "whose test did not compile"
        return Verdict(obligation, "UNKNOWN", (), f"{doubted[0].engine} found a counterexample {why}", witness)
    if proofs:
        return Verdict(obligation, "PROVED", proofs)
    vacuous = [r for r in rows if r.outcome == "vacuous"]
    if vacuous:
        return Verdict(obligation, "VACUOUS", (), vacuous[0].reason)
    if shown:
        induction = [r for r in shown if r.counterexample is not None and not r.counterexample.reached]
        first = (induction or shown)[0]
        reason = first.reason or ("not inductive" if induction else "the counterexample did not replay on the EVM")
        return Verdict(obligation, "UNKNOWN", (), reason, first.counterexample)
    silent = sorted((r for r in rows if r.outcome in {"unknown", "failed"}), key=lambda r: PROVING.get(r.engine, len(PROVING)))
    said = "; ".join(f"{r.engine}: {r.reason or r.outcome}" for i, r in enumerate(silent) if r.engine in PROVING or i == 0)
    bounded = [r for r in rows if r.outcome == "holds" and r.strength == "bounded"]
    if bounded:
        why = bounded[0].reason or f"holds up to a bound only: {bounded[0].bound}"
        return Verdict(obligation, "BOUNDED", (), f"{why}; {said}" if any(r.engine in PROVING for r in silent) else why)
    if silent:
        return Verdict(obligation, "UNKNOWN", (), said)
    if any(r.outcome == "holds" and r.strength == "test" for r in rows):
        return Verdict(obligation, "TESTED", (), "no counterexample in the samples; no engine proved it")
    return Verdict(obligation, "UNKNOWN", (), "no engine answered")


def _settle(alone: Mapping[str, Verdict], ledger: Ledger, o: Obligation) -> Verdict:
    """Call no dissent what is none: a proof that leans on something broken says nothing against a counterexample."""
    verdict = alone[o.id]
    if verdict.status != "CONFLICT" or verdict.counterexample is None:
        return verdict
    if all(x in alone and alone[x].status in {"PROVED", "CONFLICT"} for x in ledger.leaned_on(o)):
        return verdict
    return Verdict(o.id, "REFUTED", (), verdict.counterexample.message, verdict.counterexample)


def conclude(ledger: Ledger, results: Iterable[Result]) -> Mapping[str, Verdict]:
    """Return the verdict on every obligation of the ledger; PROVED means proved together with everything it leans on."""
    rows = tuple(results)
    alone = {o.id: combine(o.id, rows) for o in ledger.obligations}
    out = {o.id: _settle(alone, ledger, o) for o in ledger.obligations}
    changed = True
    while changed:
        changed = False
        for o in ledger.obligations:
            if out[o.id].status != "PROVED":
                continue
            missing = next((x for x in ledger.leaned_on(o) if x not in out or out[x].status != "PROVED"), None)
            if missing is not None:
                status = out[missing].status if missing in out else "missing"
                out[o.id] = Verdict(o.id, "UNKNOWN", (), f"its proof leans on {missing}, which is {status}")
                changed = True
    return out
