"""From the paths of an exploration to one answer per obligation."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from z3 import And, BoolVal, Not, Or, is_true

from verifier.engines.symbolic.explore import Claim, Exploration, PathRecord
from verifier.engines.symbolic.solve import Solved, Solver, script, solve
from verifier.engines.symbolic.storage import Journal
from verifier.engines.symbolic.stored import StoredWord, look
from verifier.engines.symbolic.witness import playable, scene_of, terms_of
from verifier.engines.symbolic.world import Environment

LONGEST_SHOWN = 8192  # bits of a number that people see
LOOKING_S = 6.0  # of an exploration, on models for people: later ones stay as yices gave them


@dataclass(slots=True)
class Finding:
    """One obligation's answer in one exploration, ready for JSON.

    `model` belongs to the path that violates (or, for `reachable`, shows) it.
    """

    obligation: str
    outcome: str  # holds, violated, vacuous, unknown
    strength: str = "proof"
    reason: str = ""
    bound: str = ""
    model: dict[str, int] = field(default_factory=dict)
    storage: list[StoredWord] = field(default_factory=list)  # of the state in which the call that violates it begins
    scene: dict[str, Any] | None = None
    time_s: float = 0.0

    def row(self) -> dict[str, Any]:
        return asdict(self)


def asks_whether_reachable(id: str) -> bool:
    """Tell whether an obligation asks for a witness, not for a proof."""
    return id.endswith(".reachable") and ".lemma." not in id


@dataclass(slots=True)
class _Account:
    """What is known of each obligation so far: answers, time, and the storage of the state that violates it."""

    answers: dict[str, list[Solved]]
    spent: dict[str, float]
    stored: dict[str, list[StoredWord]] = field(default_factory=dict)
    looked_s: float = 0.0  # spent on models for people


def decide(
    exploration: Exploration, expected: Sequence[str], solver: Solver, deadline: float, fatal: Collection[str] = ()
) -> list[Finding]:
    """Decide every expected obligation. `expected` are the ids that this exploration speaks of.

    What everything leans on comes first, and then what a cut loop does not concern, since time may run out. Once something `fatal` is
    violated, that alone is told; the claims of a path are asked in the order of `expected` then, and before everything else.
    """
    account = _Account({id: [] for id in expected}, dict.fromkeys(expected, 0.0))
    before = _before(exploration, expected, solver, deadline) if not fatal else None
    answers = account.answers
    claims = [_claims(path, answers) for path in exploration.paths]
    whole = _whole(exploration, claims)
    known = bool(whole) and solver.knows(whole)
    for path, mine in zip(exploration.paths, claims, strict=True):
        if known:
            for c in mine:
                answers[c.obligation].append(Solved("valid"))
        else:
            ordered = sorted(mine, key=lambda c: expected.index(c.obligation)) if fatal else mine
            _decide_path(path, ordered, account, exploration.journal, solver, deadline, fatal)
            killed = next((id for id in fatal if any(x.answer == "violated" for x in answers.get(id, ()))), None)
            if killed is not None:
                return [Finding(killed, "violated")]
    if whole and all(x.answer == "valid" for found in answers.values() for x in found):
        solver.remember(whole)
    reached, unbounded = before or _before(exploration, expected, solver, deadline)
    out = []
    for id in expected:
        begun = time.monotonic()
        bounds = [*exploration.bounds, *([exploration.loops] if exploration.loops and id not in unbounded else [])]
        finding = reached[id] if id in reached else _summarise(exploration, id, answers[id], tuple(dict.fromkeys(bounds)))
        finding.storage = account.stored.get(id, [])
        finding.time_s = round(finding.time_s + account.spent[id] + time.monotonic() - begun, 3)
        out.append(finding)
    return out


def _claims(path: PathRecord, expected: Collection[str]) -> list[Claim]:
    return [c for c in path.claims if c.obligation in expected and not asks_whether_reachable(c.obligation)]


def _whole(exploration: Exploration, claims: Sequence[Sequence[Claim]]) -> str:
    """Return one query that has a model exactly where some claim fails on its path; "" where a claim could not be stated."""
    broken = []
    for path, mine in zip(exploration.paths, claims, strict=True):
        stated = [c.formula for c in mine if c.formula is not None]
        if len(stated) < len(mine):
            return ""
        open_ones = [x for x in stated if not is_true(x)]
        if open_ones:
            broken.append(And(*path.conditions, Not(And(*open_ones))))
    return script([Or(*broken)], {})


def _decide_path(
    path: PathRecord,
    claims: Sequence[Claim],
    account: _Account,
    journal: Journal,
    solver: Solver,
    deadline: float,
    fatal: Collection[str] = (),
) -> None:
    """Decide the claims of a path one by one, up to the first violation that is `fatal`; many are settled by their form."""
    answers = account.answers
    open_claims: list[Claim] = []
    for c in claims:
        if c.formula is None:
            answers[c.obligation].append(Solved("unknown", reason=c.reason))
        elif is_true(c.formula):
            answers[c.obligation].append(Solved("valid"))
        else:
            open_claims.append(c)
    for c in open_claims:
        if any(x.answer == "violated" for x in answers[c.obligation]):
            continue  # one violation decides
        begun = time.monotonic()
        left = deadline - begun
        assert c.formula is not None
        answer = (
            solve(solver, path.conditions, c.formula, path.witness, min(left, solver.time_s))
            if left > 0
            else Solved("unknown", reason="time limit")
        )
        if answer.answer == "violated" and c.obligation in fatal:
            answers[c.obligation].append(answer)
            return
        if answer.answer == "violated" and account.looked_s < LOOKING_S:
            found = time.monotonic()
            model, account.stored[c.obligation] = look(journal, path, c.formula, answer.model)
            answer = replace(answer, model=model)
            account.looked_s += time.monotonic() - found
        answers[c.obligation].append(answer)
        account.spent[c.obligation] += time.monotonic() - begun


def _before(
    exploration: Exploration, expected: Sequence[str], solver: Solver, deadline: float
) -> tuple[dict[str, Finding], frozenset[str]]:
    """Return what can be reached, and what a cut loop does not concern."""
    reached = {id: _reachable(exploration, id, solver, deadline) for id in expected if asks_whether_reachable(id)}
    return reached, _unbounded(exploration, expected, solver, deadline)


def _unbounded(exploration: Exploration, expected: Sequence[str], solver: Solver, deadline: float) -> frozenset[str]:
    """Return the obligations that say nothing of any path on which a loop was cut off: for them that is no bound."""
    kept = {c.obligation for cut in exploration.cuts[:1] for c in cut.claims} & {*expected}
    for cut in exploration.cuts:
        mine = {id: [c for c in cut.claims if c.obligation == id] for id in sorted(kept)}
        kept = {id for id, claims in mine.items() if claims and all(_is_valid(cut, c, solver, deadline) for c in claims)}
    return frozenset(kept)


def _is_valid(path: PathRecord, claim: Claim, solver: Solver, deadline: float) -> bool:
    left = deadline - time.monotonic()
    if claim.formula is None or left <= 0:
        return False
    return is_true(claim.formula) or solve(solver, path.conditions, claim.formula, {}, min(left, solver.time_s)).answer == "valid"


def _summarise(exploration: Exploration, id: str, answers: Sequence[Solved], bounds: Sequence[str]) -> Finding:
    if not answers and not id.endswith("@callout"):
        return Finding(id, "unknown", "none", "no path speaks of it")
    violated = next((a for a in answers if a.answer == "violated"), None)
    if violated is not None:
        return Finding(id, "violated", model=dict(violated.model))
    unknown = next((a for a in answers if a.answer == "unknown"), None)
    if unknown is not None:
        return Finding(id, "unknown", "none", unknown.reason)
    if exploration.incomplete:
        return Finding(id, "unknown", "none", exploration.incomplete[0])
    if bounds:
        return Finding(id, "holds", "bounded", "; ".join(bounds), bound="; ".join(bounds))
    return Finding(id, "holds")


def _reachable(exploration: Exploration, id: str, solver: Solver, deadline: float) -> Finding:
    """A function can succeed where a successful path has a model; one that a test can play is preferred, and is played."""
    undecided, begun = "", time.monotonic()
    for path in exploration.paths:
        if path.at_callout or not any(c.obligation == id for c in path.claims):
            continue
        left = deadline - time.monotonic()
        if left <= 0:
            undecided = "time limit"
            break
        limit = min(left, solver.time_s)
        scene = None
        if path.stage is not None:
            env = Environment("_c")
            terms = path.witness | terms_of(path.stage, exploration.journal, env)
            answer = solve(solver, (*path.conditions, *playable(path.stage, env)), BoolVal(False), terms, limit)
            scene = scene_of(path.stage, exploration.journal, answer.model) if answer.answer == "violated" else None
        if scene is None:
            answer = solve(solver, path.conditions, BoolVal(False), path.witness, limit)
        if answer.answer == "violated":
            shown = {k: x for k, x in answer.model.items() if x.bit_length() <= LONGEST_SHOWN}
            return Finding(id, "holds", model=shown, scene=scene, time_s=time.monotonic() - begun)
        undecided = undecided or answer.reason
    if undecided:
        return Finding(id, "unknown", "none", f"no successful call was found: {undecided}")
    if exploration.incomplete:
        return Finding(id, "unknown", "none", exploration.incomplete[0])
    return Finding(id, "vacuous", "none", exploration.never)
