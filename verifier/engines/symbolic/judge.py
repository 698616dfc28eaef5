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

    Once something `fatal` is violated, that alone is told; the claims of a path are asked in the order of `expected` then.
    """
    account = _Account({id: [] for id in expected}, dict.fromkeys(expected, 0.0))
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
    out = []
    for id in expected:
        begun = time.monotonic()
        finding = _reachable(exploration, id, solver, deadline) if asks_whether_reachable(id) else _summarise(exploration, id, answers[id])
        finding.storage = account.stored.get(id, [])
        finding.time_s = round(account.spent[id] + time.monotonic() - begun, 3)
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


def _summarise(exploration: Exploration, id: str, answers: Sequence[Solved]) -> Finding:
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
    if exploration.bounds:
        return Finding(
            id, "holds", "bounded", "; ".join(dict.fromkeys(exploration.bounds)), bound="; ".join(dict.fromkeys(exploration.bounds))
        )
    return Finding(id, "holds")


def _reachable(exploration: Exploration, id: str, solver: Solver, deadline: float) -> Finding:
    """A function can succeed where a successful path has a model; one that a test can play is preferred, and is played."""
    undecided = ""
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
            return Finding(id, "holds", model={k: x for k, x in answer.model.items() if x.bit_length() <= LONGEST_SHOWN}, scene=scene)
        undecided = undecided or answer.reason
    if undecided:
        return Finding(id, "unknown", "none", f"no successful call was found: {undecided}")
    if exploration.incomplete:
        return Finding(id, "unknown", "none", exploration.incomplete[0])
    return Finding(id, "vacuous", "none", "it can never succeed: every call reverts")
