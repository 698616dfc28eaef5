"""From the paths of an exploration to one answer per obligation."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from z3 import And, BoolRef, BoolVal, Not, is_true

from verifier.engines.symbolic.clock import worked_s
from verifier.engines.symbolic.explore import Claim, Exploration, PathRecord
from verifier.engines.symbolic.solve import Solved, Solver, script, solve
from verifier.engines.symbolic.storage import Journal
from verifier.engines.symbolic.stored import StoredWord, look
from verifier.engines.symbolic.witness import hashes_in, hashes_of, like_hashes, playable, scene_of, terms_of
from verifier.engines.symbolic.world import Environment

CHOSEN_HASH = "only data with a certain hash leads there, and nobody can be asked for it"
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
    return id.endswith(".reachable")


class Violated(Exception):
    """Say that something fatal is violated; nothing else need be known of the contract."""

    def __init__(self, obligation: str) -> None:
        super().__init__(obligation)
        self.obligation = obligation


class Account:
    """What is known so far of the obligations that one exploration speaks of.

    `fatal` are those of which one violation is enough: it raises Violated. The claims of a path are asked in the order of `expected` then,
    and paths as soon as they are found. `deadline` is of `worked_s`.
    """

    def __init__(self, expected: Sequence[str], solver: Solver, deadline: float, fatal: Collection[str] = ()) -> None:
        self.expected = expected
        self.solver = solver
        self.deadline = deadline
        self.fatal = fatal
        self.decided = 0  # paths
        self.answers: dict[str, list[Solved]] = {id: [] for id in expected}
        self.spent = dict.fromkeys(expected, 0.0)
        self.stored: dict[str, list[StoredWord]] = {}  # the storage of the state that violates it
        self.looked_s = 0.0  # spent on models for people

    def decide(self, path: PathRecord, journal: Journal | None = None) -> None:
        """Decide the claims of a path one by one; many are settled by their form. `journal`: people will look at what is violated.

        Raises: Violated.
        """
        self.decided += 1
        mine = [c for c in path.claims if c.obligation in self.answers and not asks_whether_reachable(c.obligation)]
        if self.fatal:
            mine.sort(key=lambda c: self.expected.index(c.obligation))
        whole = _whole(path, mine) if self.solver.known or not self.fatal else ""
        if whole and self.solver.knows(whole):
            for c in mine:
                self.answers[c.obligation].append(Solved("valid"))
            return
        answers = [self._decide(path, c, journal) for c in mine]
        if whole and all(x is not None and x.answer == "valid" for x in answers):
            self.solver.remember(whole)

    def _decide(self, path: PathRecord, c: Claim, journal: Journal | None) -> Solved | None:
        """Decide one claim, unless it is known to be violated elsewhere: one violation decides."""
        answers = self.answers[c.obligation]
        if c.formula is None:
            answers.append(Solved("unknown", reason=c.reason))
        elif is_true(c.formula):
            answers.append(Solved("valid"))
        elif any(x.answer == "violated" for x in answers):
            return None
        else:
            begun = time.monotonic()
            answer = self._solve(path, c.formula)
            if answer.answer == "violated" and c.obligation in self.fatal:
                raise Violated(c.obligation)
            if answer.answer == "violated" and journal is not None and self.looked_s < LOOKING_S:
                found = time.monotonic()
                model, self.stored[c.obligation] = look(journal, path, c.formula, answer.model)
                answer = replace(answer, model=model)
                self.looked_s += time.monotonic() - found
            answers.append(answer)
            self.spent[c.obligation] += time.monotonic() - begun
        return answers[-1]

    def _solve(self, path: PathRecord, claim: BoolRef) -> Solved:
        left = self.deadline - worked_s()
        if left <= 0:
            return Solved("unknown", reason="time limit")
        return solve(self.solver, path.conditions, claim, path.witness, min(left, self.solver.time_s))


def decide(exploration: Exploration, account: Account) -> list[Finding]:
    """Decide every expected obligation.

    What everything leans on comes first, and then what a cut loop does not concern, since time may run out; unless something is fatal:
    then that comes before everything else. Raises: Violated.
    """
    expected, solver, deadline = account.expected, account.solver, account.deadline
    before = _before(exploration, expected, solver, deadline) if not account.fatal else None
    for path in exploration.paths[account.decided :]:
        account.decide(path, exploration.journal)
    reached, unbounded = before or _before(exploration, expected, solver, deadline)
    out = []
    for id in expected:
        begun = time.monotonic()
        bounds = [*exploration.bounds, *([exploration.loops] if exploration.loops and id not in unbounded else [])]
        found = account.answers[id]
        finding = reached[id] if id in reached else _summarise(exploration, id, found, tuple(dict.fromkeys(bounds)))
        finding.storage = account.stored.get(id, [])
        finding.time_s = round(finding.time_s + account.spent[id] + time.monotonic() - begun, 3)
        out.append(finding)
    return out


def _whole(path: PathRecord, claims: Sequence[Claim]) -> str:
    """Return one query that has a model exactly where some claim fails on the path.

    It is "" where a claim could not be stated, and where fewer than two are open: one is a query of its own.
    """
    stated = [c.formula for c in claims if c.formula is not None]
    open_ones = [x for x in stated if not is_true(x)]
    if len(stated) < len(claims) or len(open_ones) < 2:
        return ""
    return script([*path.conditions, Not(And(*open_ones))], {})


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
    left = deadline - worked_s()
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


def _unplayed(path: PathRecord, solver: Solver, limit_s: float) -> Solved:
    """Look for a model of a path that no test plays. To a solver a hash may be any word: here it is none that somebody chose."""
    hashes = like_hashes(hashes_in(path.conditions))
    answer = solve(solver, (*path.conditions, *hashes), BoolVal(False), path.witness, limit_s)
    if answer.answer == "valid" and hashes and solve(solver, path.conditions, BoolVal(False), {}, limit_s).answer != "valid":
        return Solved("unknown", reason=CHOSEN_HASH)
    return answer


def _reachable(exploration: Exploration, id: str, solver: Solver, deadline: float) -> Finding:
    """A function can succeed where a successful path has a model; one that a test can play is preferred, and is played."""
    undecided, begun = "", time.monotonic()
    for path in exploration.paths:
        if path.at_callout or not any(c.obligation == id for c in path.claims):
            continue
        left = deadline - worked_s()
        if left <= 0:
            undecided = "time limit"
            break
        limit = min(left, solver.time_s)
        scene = None
        if path.stage is not None:
            env = Environment("_c")
            hashes = hashes_of(exploration.journal, path.conditions)
            terms = path.witness | terms_of(path.stage, exploration.journal, hashes, env)
            set_up = (*path.conditions, *playable(path.stage, env), *like_hashes(hashes))
            answer = solve(solver, set_up, BoolVal(False), terms, limit)
            scene = scene_of(path.stage, exploration.journal, hashes, answer.model) if answer.answer == "violated" else None
        if scene is None:
            answer = _unplayed(path, solver, limit)
        if answer.answer == "violated":
            shown = {k: x for k, x in answer.model.items() if x.bit_length() <= LONGEST_SHOWN}
            return Finding(id, "holds", model=shown, scene=scene, time_s=time.monotonic() - begun)
        undecided = undecided or answer.reason
    if undecided:
        return Finding(id, "unknown", "none", f"no successful call was found: {undecided}")
    if exploration.incomplete:
        return Finding(id, "unknown", "none", exploration.incomplete[0])
    return Finding(id, "vacuous", "none", exploration.never)
