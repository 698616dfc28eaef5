"""Say of a function what is said of another one: the clauses of that function, with arguments for its parameters.

What is promised of `f` stands for every value of its parameters, so it stands for the arguments of `like f(args)`, too. These are evaluated
before the call; a value that does not fit its parameter is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from specs import specification as s
from specs.documentation import Tag
from specs.elaborate import converted
from specs.formula import Balance, Expression, Forall, Literal, Old, Position, Read, Sum, Type, Variable, World, walk
from specs.place import Place
from specs.syntax import Syntax

Row = tuple[Tag, Syntax, s.Clause]
BYTES4 = Type("fixed_bytes", "bytes4", 32)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A function with its own clauses, and what it is like, with the tag and the tree of that clause."""

    place: Place
    function: s.Function
    rows: tuple[Row, ...]
    like: tuple[Tag, Syntax, s.Like] | None


def in_order(places: Iterable[tuple[Place, list[Row]]]) -> tuple[Spoken, ...]:
    """Return the functions so that each stands behind the one that it is like. Raises: SpecificationError where none can be the first."""
    waiting = {x.function.signature: x for x in (_spoken(place, rows) for place, rows in places)}
    made: list[Spoken] = []
    while waiting:
        ready = [x for x in waiting.values() if x.like is None or x.like[2].function not in waiting]
        if not ready:
            tag = next(x.like[0] for x in waiting.values() if x.like is not None and _leads_back(x, waiting))
            tag.source.refuse(tag.at, "a `like` that leads back to itself", "one of these functions must say itself what it does")
        made += ready
        for x in ready:
            del waiting[x.function.signature]
    return tuple(made)


def _spoken(place: Place, rows: list[Row]) -> Spoken:
    likes = [(tag, syntax, clause) for tag, syntax, clause in rows if isinstance(clause, s.Like)]
    if len(likes) > 1:
        tag = likes[1][0]
        tag.source.refuse(tag.at, f"a second `like` at {place.name}", "a function is like one other; write the rest as clauses")
    assert place.function is not None
    return Spoken(place, place.function, tuple(r for r in rows if not isinstance(r[2], s.Like)), likes[0] if likes else None)


def _leads_back(start: Spoken, functions: Mapping[str, Spoken]) -> bool:
    """Tell whether a function is on the circle itself, not only before one."""
    x = start
    for _ in functions:
        assert x.like is not None
        x = functions[x.like[2].function]
        if x is start:
            return True
    return False


def copied(spoken: Spoken, known: Mapping[str, s.Function]) -> Iterator[Row]:
    """Yield the clauses of the function that another one is like, under their ids, as clauses of that other one.

    Raises: SpecificationError where they speak of what it does not have.
    """
    if spoken.like is not None:
        tag, syntax, like = spoken.like
        model = known[like.function]
        copier = _Copier(tag, spoken.function, model, like)
        for clause in model.clauses:
            yield tag, syntax, copier.clause(clause)


class _Copier:
    """Copy clauses, with other names in them; each part gets a place of its own, since engines know some parts by their place."""

    def __init__(self, tag: Tag, function: s.Function, model: s.Function, like: s.Like) -> None:
        self.tag, self.function, self.model, self.like = tag, function, model, like
        given = zip(model.parameters, like.arguments, strict=True)
        self.arguments = {p.name: converted(a, p.type) for p, a in given if p.name}
        self.places = 0

    def clause(self, c: s.Clause) -> s.Clause:
        text = f"{self.like.text}: {c.text}"
        match c:
            case s.Ensures():
                made: s.Clause = replace(c, formula=self.expression(c, c.formula, True))
            case s.Changes():
                made = replace(c, changes=tuple(self._change(c, x) for x in c.changes))
            case s.Modifies():
                made = replace(c, locations=tuple(replace(x, arguments=self._part(c, x.arguments, False)) for x in c.locations))
            case s.Reverts():
                error = replace(c.error, arguments=self._part(c, c.error.arguments, False)) if c.error is not None else None
                made = replace(c, formula=self.expression(c, c.formula, False), error=error, only=self._part(c, c.only, False))
            case s.Succeeds() | s.Pays() | s.Emits():
                parts = {x.name: self._part(c, getattr(c, x.name), False) for x in fields(c) if x.name not in {"position", "event"}}
                made = replace(c, **parts)
            case _:
                raise AssertionError(f"no function has a clause {type(c).__name__}")
        return replace(made, text=text, position=self.like.position)

    def _change(self, c: s.Clause, x: s.Change) -> s.Change:
        location = self.expression(c, x.location, False)
        assert isinstance(location, Read)
        return replace(x, location=location, amount=self.expression(c, x.amount, False))

    def _part(self, c: s.Clause, value: Any, after: bool) -> Any:
        """Return a part of a clause or an expression: expressions are copied, everything else stays."""
        if isinstance(value, Expression):
            return self.expression(c, value, after)
        if isinstance(value, tuple):
            return tuple(self._part(c, x, after) for x in value)
        return value

    def expression(self, c: s.Clause, e: Expression, after: bool) -> Expression:
        """Return an expression of a clause; `after`: it is evaluated after the call, where an argument means what it was before."""
        match e:
            case Variable(role="parameter"):
                argument = self._placed(self.arguments[e.name])
                moves = any(isinstance(x, Read | Sum | Balance) for x in walk(argument))
                return Old(argument.type, self._place(), argument) if after and moves else argument
            case Variable(role="result"):
                return replace(e, position=self._place(), name=self._result(c, e))
            case World(name="msg.sig"):  # the call that is meant names the other function
                return Literal(BYTES4, self._place(), bytes.fromhex(self.model.selector))
            case Forall():
                self._refuse_hidden(e)
            case _:
                pass
        place, after = self._place(), after and not isinstance(e, Old)
        return replace(e, **{x.name: self._part(c, getattr(e, x.name), after) for x in fields(e)} | {"position": place})

    def _placed(self, e: Expression) -> Expression:
        """Return an argument with new places: it may stand several times."""
        parts = {x.name: getattr(e, x.name) for x in fields(e)}
        for name, value in parts.items():
            if isinstance(value, Expression):
                parts[name] = self._placed(value)
            elif isinstance(value, tuple):
                parts[name] = tuple(self._placed(x) if isinstance(x, Expression) else x for x in value)
        return replace(e, **parts | {"position": self._place()})

    def _place(self) -> Position:
        """Return a place on the line of the `like` that nothing else has."""
        self.places += 1
        return replace(self.like.position, column=self.like.position.column + self.places)

    def _result(self, c: s.Clause, e: Variable) -> str:
        number = self.model.results.index(e.name)
        returned = self.function.returns[number] if number < len(self.function.returns) else None
        name = self.function.results[number] if returned is not None else ""
        if returned is None or returned.type != e.type or not name or name in {p.name for p in self.function.parameters}:
            which = f" as number {number + 1}" if len(self.model.returns) > 1 else ""
            what = f"{self.function.title}, which does not return what `{c.id}` of {self.model.title} speaks of"
            self.tag.source.refuse(self.tag.at, what, f"let it return a {e.type.name}{which} that a clause can name")
        return name

    def _refuse_hidden(self, e: Forall) -> None:
        names = {*(p.name for p in self.function.parameters), *self.function.results}
        hidden = next((name for name, _ in e.bound if name in names), None)
        if hidden is not None:
            what = f"`forall` over {hidden} in a clause of {self.model.title}, and {self.function.title} has that name itself"
            self.tag.source.refuse(self.tag.at, what, "choose another name for one of them")
