"""What is explored of a contract: its functions, views and world steps, rules, searches, and itself as its own sender."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from verifier.engines.job import Effort
from verifier.engines.symbolic.task import Task, Twin

if TYPE_CHECKING:
    from specs.specification import Function
    from verifier.engines.symbolic.explore import Subject


@dataclass(frozen=True, slots=True)
class Run:
    """One exploration and the obligations that it decides (`explore` takes `on_path`); `search` runs instead and yields its own rows.

    `number` is the task's, `command` the solver's; a violation of something `fatal` is enough. `tells_self_calls`: whether it says which
    functions the contract calls of itself (what rules call is explored for itself, too, and says it there). `doubt`: within which bounds it
    was seen that the contract does not call this function of itself, which is what is explored here all the same ("": it may).
    """

    number: int
    effort: Effort
    command: Sequence[str]
    title: str
    obligations: tuple[str, ...]
    explore: Callable[..., Any]
    search: Callable[[Any, float], Iterator[dict[str, Any]]] | None = None
    fatal: tuple[str, ...] = ()
    tells_self_calls: bool = True
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Served:
    """A task that is ready to be explored."""

    number: int
    task: Task
    subject: Any
    deployed: Any
    command: Sequence[str]

    def asks(self, id: str) -> bool:
        """Tell whether an obligation is asked about: each is, where none is named."""
        return not self.task.only or id in self.task.only

    def run(self, title: str, obligations: tuple[str, ...], explore: Callable[..., Any], search: Any = None) -> Run:
        """Return a run of this task."""
        ordered = tuple(i for i in self.task.only if i in obligations) if self.task.fatal else obligations
        return Run(self.number, self.task.effort, self.command, title, ordered, explore, search, self.task.fatal)


def plan(served: Served) -> list[Run]:
    """List the explorations of a task, longest first."""
    from verifier.engines.symbolic import runs
    from verifier.engines.symbolic.construction import run_constructor
    from verifier.engines.symbolic.opcodes import by_instructions
    from verifier.engines.symbolic.rules import run_rule

    task, subject, deployed = served.task, served.subject, served.deployed
    ids = {o.id: o for o in subject.ledger.obligations}
    made: list[Run] = []

    bare = without_arguments(subject)
    settled = {*by_instructions(subject), *bare}
    calls = _calls(subject)

    def add(title: str, function: str, locked: bool, explore: Callable[..., Any]) -> None:
        mine = (i for i, o in ids.items() if o.function == function and (o.kind == "locked") == locked and i not in settled)
        some(title, tuple(mine), explore)

    def some(title: str, obligations: tuple[str, ...], explore: Callable[..., Any], *, tells_self_calls: bool = True) -> None:
        mine = tuple(i for i in obligations if i in ids and served.asks(i))
        if mine:
            made.append(replace(served.run(title, mine, explore), tells_self_calls=tells_self_calls))

    for f in subject.specification.entries:
        usual = partial(runs.run_function, subject, deployed, f)
        add(f.title, f.title, False, usual)
        if calls and not task.fatal and not any(x.title == f.title for x in made):
            made.append(served.run(f.title, (), usual))  # nothing is asked of it; but it may call what something is asked of
        add(f"{f.title} locked", f.title, True, partial(runs.run_function, subject, deployed, f, locked=True))
        alone = tuple(i for i in bare if ids[i].function == f.title)
        some(f"{f.title} with value", alone, partial(runs.run_without_arguments, subject, deployed, f))
    for g in subject.specification.getters:
        add(f"view {g.title}", f"view {g.title}", False, partial(runs.run_view, subject, deployed, g))
        add(f"view {g.title} locked", f"view {g.title}", True, partial(runs.run_view, subject, deployed, g, "reverts"))
        if subject.implementation.lock is not None and calls:
            add(f"view {g.title} under the lock", f"view {g.title}", False, partial(runs.run_view, subject, deployed, g, "held"))
    add("constructor", "constructor", False, partial(run_constructor, subject))
    for rule in subject.specification.rules:
        some(rule.name, (f"{rule.name}.reachable", rule.name), partial(run_rule, subject, deployed, rule), tells_self_calls=False)
    lasting = tuple(i for i, o in ids.items() if (o.kind == "stable" or (o.kind == "reachable" and not o.function)) and i not in settled)
    some("(stable)", lasting, partial(runs.run_stable, subject, deployed))
    some("(selector)", ("selector",), partial(runs.run_unknown, subject, deployed, "selector"))
    some("(ether)", ("ether",), partial(runs.run_unknown, subject, deployed, "ether"))
    return made


def twins(served: Served, other: Twin) -> list[Run]:
    """List the explorations that compare a contract with another version of it."""
    from verifier.engines.symbolic.twins import run_twin_deployments, run_twins

    subject, deployed = served.subject, served.deployed
    locks = (False, True) if subject.implementation.lock is not None else (False,)
    chosen = [f for f in subject.specification.functions if f.title in other.functions]
    deployment = [served.run("constructor twice", ("constructor",), partial(run_twin_deployments, subject, other))]
    return (deployment if "constructor" in other.functions else []) + [
        served.run(
            f"{f.title} twice{' locked' if locked else ''}",
            (f.title,),
            partial(run_twins, subject, deployed, f, other, locked=locked),
        )
        for f in chosen
        for locked in locks
    ]


def _calls(subject: Subject) -> bool:
    """Tell whether the code has calls at all."""
    return any(o.kind == "atomic" for o in subject.ledger.obligations)


def without_arguments(subject: Subject) -> tuple[str, ...]:
    """Return the obligations that are decided before arguments are read, where those may have any length."""
    titles = {f.title for f in subject.specification.entries if f.selector and any(p.type.is_dynamic for p in f.parameters)}
    return tuple(o.id for o in subject.ledger.obligations if o.kind == "nonpayable" and o.function in titles)


def searches(served: Served) -> list[Run]:
    """One search for each function that something is open of."""
    from verifier.engines.symbolic.search import find

    by_function: dict[str, list[str]] = {}
    for id in served.task.search:
        by_function.setdefault(served.subject.ledger.obligation(id).function, []).append(id)
    return [served.run(f"search {f}", (), _nothing, partial(find, served.subject, ids)) for f, ids in by_function.items()]


def _nothing() -> None:
    """Stand where a run has a search instead of an exploration."""


def as_own_sender(served: Served, calls: SelfCalls) -> list[Run]:
    """The contract can call these functions of its own, or might beyond what was seen: explore them with itself as the sender."""
    from verifier.engines.symbolic import runs

    subject = served.subject
    out: list[Run] = []
    if not _calls(subject):
        return out
    bare = without_arguments(subject)
    for f in subject.specification.entries:
        mine = tuple(
            o.id
            for o in subject.ledger.obligations
            if o.function == f.title and o.kind not in {"locked", "reachable"} and served.asks(o.id) and o.id not in bare
        )
        known = calls.reaches(f, subject.answered)
        if not known and not calls.seen_within:
            continue
        doubt = "" if known else calls.seen_within
        by_itself = partial(runs.run_function, subject, served.deployed, f, itself=True)
        held = (o.id for o in subject.ledger.obligations if o.function == f.title and o.kind == "locked")
        locked = tuple(id for id in held if served.asks(id))
        as_it_seems = " perhaps" if doubt else ""
        made = [served.run(f"{f.title}{as_it_seems} by itself", mine, by_itself)] if mine else []
        if locked:
            made.append(served.run(f"{f.title} locked{as_it_seems} by itself", locked, partial(by_itself, locked=True)))
        out += [replace(run, doubt=doubt, fatal=() if doubt else run.fatal) for run in made]
    return out


@dataclass(slots=True)
class SelfCalls:
    """Which functions a contract calls of itself: selectors, or "*" where it may be any. `seen_within`: the bounds of what was seen."""

    called: set[str] = field(default_factory=set)
    seen_within: str = ""

    def reaches(self, f: Function, declared: Sequence[Function]) -> bool:
        """Tell whether what is called may come to a function; what is declared nowhere comes to `fallback`."""
        others = self.called - {x.selector for x in declared if x.name != "fallback"}
        return "*" in self.called or f.selector in self.called or (f.name == "fallback" and bool(others))

    def note(self, title: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Note what an exploration says; one that ended early may have called anything."""
        notes = next((row for row in rows if "run" in row), None)
        self.called |= {"*"} if notes is None else {*notes["self_calls"]}
        if notes is not None and notes["seen_within"] and not self.seen_within:
            self.seen_within = f"{title}: {notes['seen_within']}"


def doubted(rows: Sequence[dict[str, Any]], doubt: str) -> list[dict[str, Any]]:
    """Return what is said of calls that the contract is not known to make: what they break is a bound, and no evidence is kept of it."""
    reason = f"that the contract does not call it of itself was seen within bounds only ({doubt})"
    bounded = {"outcome": "holds", "strength": "bounded", "reason": reason, "bound": reason}
    broken = {row["obligation"] for row in rows if row.get("outcome", "holds") != "holds"}
    if not broken:
        return list(rows)
    kept = ({k: x for k, x in row.items() if k != "asked"} for row in rows)
    return [{"obligation": row["obligation"], **bounded} if row.get("obligation") in broken else row for row in kept]
