"""Judge a specification before any code exists: what is missing, impossible, contradictory, or says nothing.

What takes reasoning is decided by z3 over unbounded integers (specs/solver.py); where z3 does not know, nothing is found.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal as Choice

from specs import breaking, hollow, possible
from specs import formula as f
from specs import specification as s
from specs.contradiction import Finding, questions
from specs.formula import Expression, Position
from specs.render import full_name
from specs.solver import ask
from specs.text import to_text


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding of a clause (its full name) or a function (its title). Errors must be mended, warnings read."""

    severity: Choice["error", "warning"]
    clause: str
    position: Position
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.position.line}:{self.position.column}: {self.severity}: {self.clause}: {self.found} — {self.expected}"


def check(specification: s.Specification) -> tuple[Problem, ...]:
    """Return all problems, in the order of the source.

    Raises: ToolCrashed when z3 cannot be asked.
    """
    stated, broken = _reasoned(specification)
    found = [*structure(specification), *map(_problem, (*stated, *broken)), *of_model(specification)]
    return tuple(sorted(found, key=lambda p: (p.position.file, p.position.line, p.position.column, p.severity)))


def _reasoned(specification: s.Specification) -> tuple[list[Finding], list[Finding]]:
    """Return what the solver finds: in the clauses, and of promises that no contract keeps from some state."""
    asked = (*questions(specification), *hollow.questions(specification))
    answers = ask([q.query for q in asked])
    stated = [p for q, a in zip(asked, answers, strict=True) if (p := q.judge(a)) is not None]
    if any(p.severity == "error" for p in stated):  # what contradicts in every state does so in one
        return stated, []
    return stated, list(breaking.findings(specification))


def _problem(p: Finding) -> Problem:
    return Problem(p.severity, p.clause, p.position, p.found, p.expected)


def of_model(specification: s.Specification) -> Iterator[Problem]:
    """Yield what is wrong with a model that the user wrote, in its file.

    Everything follows from a model that cannot be, so what no contract keeps is an error there, from some state too.
    """
    environment = specification.environment
    if environment is None or environment.written is None:
        return
    model = environment.written.specification
    file = os.path.relpath(model.path, specification.path.parent)
    stated, broken = _reasoned(model)
    if not broken and not any(p.severity == "error" for p in stated):
        asked = tuple(possible.questions(model))
        answers = ask([q.query for q in asked])
        broken = [x for q, a in zip(asked, answers, strict=True) if (x := q.judge(a)) is not None]
    wrong = [*structure(model), *map(_problem, stated), *(replace(_problem(p), severity="error") for p in broken)]
    for p in wrong:
        if p.severity == "error":
            position = p.position if p.position.file else replace(p.position, file=file)
            yield replace(p, clause=f"{environment.model}: {p.clause}", position=position)


def structure(specification: s.Specification) -> tuple[Problem, ...]:
    """Return what is seen without a solver."""
    return (
        *(p for function in specification.entries for p in _missing(function)),
        *(p for function in specification.functions for p in _twice(function.title, function, function.clauses)),
        *_twice("deployment", None, specification.constructor.clauses),
        *_products(specification),
        *_uninitialised(specification),
        *_silent(specification),
    )


def _silent(spec: s.Specification) -> Iterator[Problem]:
    """Yield that nothing is promised, where there is not one clause."""
    if not any((spec.clauses, spec.constructor.clauses, *(f.clauses for f in spec.functions))):
        found = "no clause: nothing is promised but what the language asks of every contract"
        yield Problem("warning", spec.name, Position(1, 1), found, "say what must hold, by clauses above the interface and its functions")


def _products(spec: s.Specification) -> Iterator[Problem]:
    """Warn of what always holds and multiplies values of which one moves: solvers seldom find that it stays so."""
    own = [c for fn in spec.entries for c in fn.clauses]
    moving = {x.location.getter for c in own if isinstance(c, s.Changes) for x in c.changes}
    moving |= {x.getter for c in own if isinstance(c, s.Modifies) for x in c.locations}
    for c in spec.clauses:
        if isinstance(c, s.Invariant | s.Transition):
            for e in f.walk(c.formula):
                if isinstance(e, f.Binary) and e.operator == "*" and f.factors(e) > 1 and moving & _read(e):
                    found = f"`{to_text(e)}` is a product of values that move: solvers seldom find that it stays so"
                    yield Problem(
                        "warning", c.id, e.position, found, "say in each function by how much a getter grows (docs/language.md, Products)"
                    )


def _read(e: Expression) -> set[str]:
    return {x.getter for x in f.walk(e) if isinstance(x, f.Read | f.Sum)}


def _missing(function: s.Function) -> Iterator[Problem]:
    if not any(isinstance(c, s.Changes | s.Modifies) for c in function.clauses):
        yield Problem(
            "error",
            function.title,
            function.position,
            "no clause says what it may change",
            "add `changes g(k) by ±amount`, `modifies g(k)` or `modifies nothing`",
        )
    if not any(isinstance(c, s.Succeeds) for c in function.clauses):
        yield Problem(
            "error",
            function.title,
            function.position,
            "no clause says when it succeeds: it might always revert",
            "add `succeeds otherwise`, `succeeds id: …`, or `succeeds never -- why`",
        )


def _twice(title: str, function: s.Function | None, clauses: Sequence[s.Clause]) -> Iterator[Problem]:
    changed = {_location(c.location.getter, c.location.arguments) for x in clauses if isinstance(x, s.Changes) for c in x.changes}
    listed: set[str] = set()
    for clause in clauses:
        if not isinstance(clause, s.Modifies):
            continue
        name = full_name(function, clause) if function else clause.id
        for location in clause.locations:
            shown = _location(location.getter, location.arguments)
            if shown in listed:
                yield Problem("warning", name, clause.position, f"{shown} stands twice in `modifies` of {title}", "list it once")
            elif shown in changed:
                found = f"{shown} stands in `modifies` and in `changes` of {title}"
                yield Problem("error", name, clause.position, found, "keep one: `changes` is the exact difference, and its frame entry too")
            listed.add(shown)


def _location(getter: str, arguments: tuple[Expression, ...] | None) -> str:
    keys = "*" if arguments is None else ", ".join(map(to_text, arguments))
    return f"{getter.split('(')[0]}({keys})"


def _uninitialised(specification: s.Specification) -> Iterator[Problem]:
    """Warn of keyed getters of which nothing is said after deployment."""
    clauses = (*specification.constructor.clauses, *specification.clauses)
    formulas = [c.formula for c in clauses if isinstance(c, s.Initially | s.Invariant | s.Transition | s.Assume)]
    said = {
        e.getter
        for c in specification.constructor.clauses
        if isinstance(c, s.Initially)
        for e in f.walk(c.formula)
        if isinstance(e, f.Read)
    }
    said |= {e.getter for formula in formulas for e in f.walk(formula) if isinstance(e, f.Sum)}
    said |= {x.getter for c in specification.constructor.clauses if isinstance(c, s.Modifies) for x in c.locations}
    for getter in specification.getters:
        derived = any(isinstance(c, s.Equals) for c in getter.clauses)
        if getter.parameters and not derived and getter.signature not in said and getter.mutability == "view":
            yield Problem(
                "warning",
                getter.title,
                getter.position,
                f"nothing is said of {getter.name} right after deployment",
                f"say it by `initially id: forall (…) {getter.name}(…) == …`, or list its non-zero keys in `modifies` at the interface",
            )
