"""From a task to what is explored: halmos' configuration, the deployed templates, the solver, the clean values of a storage layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from z3 import BoolRef, is_bv_value, simplify

from verifier.engines.symbolic import machine as m
from verifier.engines.symbolic import world as w
from verifier.engines.symbolic.corrections import ask_about_branches
from verifier.engines.symbolic.explore import Subject, templates
from verifier.engines.symbolic.runs import Deployed
from verifier.engines.symbolic.solve import Solver, script
from verifier.engines.symbolic.storage import Clean
from verifier.engines.symbolic.task import Task

LOOP = 4
BRANCHING_MS = 30_000  # only where work is slow: `BRANCHING_WORK` ends it after about a second
MODEL_S = 0.4  # for another solver's model of a branch


def prepare(task: Task) -> tuple[Subject, Deployed, list[str]]:
    """Return the subject, its deployed templates and the solver's command. Raises NotUnderstood."""
    config = m.options(LOOP, BRANCHING_MS)
    clean = clean_values(task.layout) if task.clean_values else (lambda *_: ())
    subject = Subject(
        task.specification,
        task.ledger,
        task.implementation,
        task.creation,
        task.runtime,
        config,
        clean,
        task.observes_returns,
        task.extra_views,
        task.surroundings,
    )
    command = [*config.resolved_solver_command]
    ask_about_branches(partial(_has_model, Solver(command, MODEL_S, {}, held_against_z3=False)))
    return subject, deployed(subject), command


def _has_model(solver: Solver, conditions: Sequence[BoolRef]) -> bool:
    return solver.ask(script(conditions, {}) + "(check-sat)\n")[0] == "sat"


def deployed(subject: Subject) -> Deployed:
    """Run the constructor, and keep one template of each code."""
    found, bounds = templates(subject)
    kept: dict[Any, w.Template] = {}
    for i, t in enumerate(found):
        kept.setdefault(t.code.unwrap() if isinstance(t.code.unwrap(), bytes) else i, t)
    return Deployed(tuple(kept.values()), bounds)


def clean_values(layout: Mapping[str, Any]) -> Clean:
    """Return which bits of an initial word hold an enum, from solc's storage layout.

    solc writes enums only after a range check, so storage that it alone writes holds members only. Source: solidity documentation, layout
    of storage.
    """
    types: Mapping[str, Any] = layout.get("types") or {}
    base: dict[int, list[tuple[int, str]]] = {}
    for v in layout.get("storage") or ():
        _place(types, v["type"], int(v["slot"]), int(v["offset"]), base)

    def clean(transient: bool, slot: int, keys: tuple[Any, ...]) -> Iterable[tuple[int, int, int]]:
        if transient:
            return ()
        here = [(o, t) for o, t in base.get(slot, ())]
        if not keys:
            return [x for o, t in here for x in _enum(types, o, t)]
        if len(here) != 1:
            return ()
        return _inside(types, here[0][1], keys)

    return clean


def _place(types: Mapping[str, Any], name: str, slot: int, offset: int, out: dict[int, list[tuple[int, str]]]) -> None:
    t = types[name]
    if "members" in t:
        for member in t["members"]:
            _place(types, member["type"], slot + int(member["slot"]), int(member["offset"]), out)
    else:
        out.setdefault(slot, []).append((offset, name))


def _inside(types: Mapping[str, Any], name: str, keys: tuple[Any, ...]) -> list[tuple[int, int, int]]:
    """Follow mapping keys: halmos gives (key, offset) pairs for each mapping on the way."""
    t = types[name]
    rest = list(keys)
    while t.get("encoding") == "mapping" and len(rest) >= 2:
        rest.pop(0)
        offset = simplify(rest.pop(0))
        name = t["value"]
        t = types[name]
        if not is_bv_value(offset):
            return []
        placed: dict[int, list[tuple[int, str]]] = {}
        _place(types, name, 0, 0, placed)
        here = placed.get(offset.as_long(), [])
        if not rest:
            return [x for o, n in here for x in _enum(types, o, n)]
        if len(here) != 1:
            return []
        name = here[0][1]
        t = types[name]
    return []


def _enum(types: Mapping[str, Any], offset: int, name: str) -> list[tuple[int, int, int]]:
    if not name.startswith("t_enum"):
        return []
    largest = types[name].get("members_count")
    if largest is None:
        return []
    return [(8 * offset, 8 * int(types[name]["numberOfBytes"]), int(largest) - 1)]
