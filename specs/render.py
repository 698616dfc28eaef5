"""Say in plain words what a specification promises; every sentence is made from the formula, the writer's own words stand beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal as Choice

from specs import specification as s
from specs.abstraction import in_words
from specs.environment import assumptions
from specs.formula import Balance, Expression, Literal, Position, Read, Variable, World, walk
from specs.parse import expressions, says_who_accepts
from specs.phrase import claim, grouped, named, silence, value
from specs.text import to_text

__all__ = ["Line", "describe", "full_name", "sentence", "to_text"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the description.

    A `heading` names the function; a `clause` has its full name, its sentence, and the writer's own words (a comment, "" if none); a `note`
    says what the language promises or leaves open where no clause speaks. `line` is the clause's line in the
    specification, or in the `file` that it imports (0: none).
    """

    kind: Choice["heading", "clause", "note"]
    text: str
    id: str = ""
    comment: str = ""
    line: int = 0
    file: str = ""

    def __str__(self) -> str:
        if self.kind == "heading":
            return self.text
        name = f"[{self.id}] " if self.id else ""
        return f"  {name}{self.text}" + (f"  // {self.comment}" if self.comment else "")


def describe(specification: s.Specification) -> tuple[Line, ...]:
    """Return the whole promise in plain words, clause by clause."""
    return tuple(_lines(specification))


def _lines(spec: s.Specification) -> Iterator[Line]:
    yield Line("heading", f"{spec.name}: {spec.title}" if spec.title else spec.name)
    taken = tuple(c for c in spec.clauses if isinstance(c, s.Assume | s.Environment))
    for c in (*taken, *(c for c in spec.clauses if c not in taken)):
        yield _line(spec, None, c)
    parameters = ", ".join(f"{p.type.name} {p.name}" for p in spec.constructor.parameters)
    yield Line("heading", f"deployment({parameters}){' payable' if spec.constructor.payable else ''}")
    for c in spec.constructor.clauses:
        yield _line(spec, None, c)
    if not any(isinstance(c, s.Emits) for c in spec.constructor.clauses):
        yield Line("note", "Nothing is promised about the events of the deployment.")
    for f in spec.functions:
        if f.is_view and not f.clauses:
            continue
        yield Line("heading", _head(f) + (f"  // {f.notice}" if f.notice else ""))
        if f.like is not None:
            yield Line("note", sentence(spec, f, f.like), "", f.like.words)
        for c in f.clauses:
            yield _line(spec, f, c)
        if not f.is_view:
            yield from (Line("note", note) for note in _notes(f))
    for r in spec.rules:
        yield from _rule(spec, r)
    for f in spec.getters:
        if f.abstract is not None:
            yield Line("heading", _head(f) + (f"  // {f.notice}" if f.notice else ""))
            yield Line("note", sentence(spec, f, f.abstract), "", f.abstract.words)
    plain = [f.title for f in spec.getters if not f.clauses and f.abstract is None]
    if plain:
        yield Line("heading", f"getters: {', '.join(plain)}")
        yield Line("note", "Anybody can read them. The clauses speak of the contract's state through them.")
    events = _events(spec)
    if events:
        yield Line("heading", f"events: {'; '.join(map(_declared, events))}")
        yield Line("note", "Who looks for events finds them by values that are `indexed`.")
    if spec.environment is not None and spec.environment.written is not None:
        yield from _model(spec.environment, spec.environment.written.specification)


def _model(environment: s.Environment, model: s.Specification) -> Iterator[Line]:
    """Say what is taken for granted of another contract by the clauses of its model; of its deployment and its events nothing is used."""
    title = f", {model.title[0].lower()}{model.title[1:]}," if model.title else ""
    yield Line("heading", f"{model.name}{title} is what {environment.getter} is taken to keep; what it leaves open is open")
    for c in model.clauses:
        yield _line_of_model(environment, _line(model, None, c))
    for fn in model.functions:
        if fn.clauses or not fn.is_view:
            yield Line("heading", f"{environment.id}: {_head(fn)}" + (f"  // {fn.notice}" if fn.notice else ""))
        for c in fn.clauses:
            yield _line_of_model(environment, _line(model, fn, c))
        if not fn.is_view:
            yield Line("note", "Nothing else changes.")
    free = [fn.title for fn in model.getters if not any(isinstance(c, s.Succeeds | s.Equals) for c in fn.clauses)]
    if free:
        yield Line("note", f"Nothing is promised about when {', '.join(free)} can be read.")


def _line_of_model(environment: s.Environment, line: Line) -> Line:
    return replace(line, id=f"{environment.id}: {line.id}", line=0)


def _events(spec: s.Specification) -> tuple[s.EventDeclaration, ...]:
    """Return the events that clauses promise, in the order in which they come up."""
    clauses = (*spec.constructor.clauses, *(c for f in spec.functions for c in f.clauses))
    return tuple(dict.fromkeys(c.event for c in clauses if isinstance(c, s.Emits) and c.event is not None))


def _declared(e: s.EventDeclaration) -> str:
    """Return an event as it is found on the chain: which values can be looked for, and whether it has its name there."""
    parameters = ", ".join(f"{p.type.name} {'indexed ' if p.indexed else ''}{p.name}".strip() for p in e.parameters)
    return f"{e.name}({parameters}){' anonymous (its name is not on the chain)' if e.anonymous else ''}"


def _head(f: s.Function) -> str:
    parameters = ", ".join(f"{p.type.name} {p.name}".strip() for p in f.parameters)
    return f"{f.name}({parameters})" + (" payable" if f.payable else " view" if f.is_view else "")


def _line(spec: s.Specification, f: s.Function | None, c: s.Clause) -> Line:
    return Line("clause", sentence(spec, f, c), full_name(f, c), c.words, c.position.line, c.position.file)


def full_name(f: s.Function | None, c: s.Clause) -> str:
    """Return the clause's full name: `withdraw.short`, or its id alone at the interface."""
    return f"{f.title}.{c.id}" if f else c.id


def _notes(f: s.Function) -> Iterator[str]:
    framed = any(isinstance(c, s.Changes | s.Modifies) for c in f.clauses)
    if not framed:
        yield "Nothing is said about what it may change: nothing may change."
    elif not any(isinstance(c, s.Modifies) and not c.locations for c in f.clauses):
        yield "Nothing else changes."
    refusals = [c for c in f.clauses if isinstance(c, s.Reverts)]
    if len(refusals) > 1 and any(c.error is not None for c in refusals):
        yield "Where several of these conditions for a revert hold, the error is that of any of them."
    if not f.payable:
        yield "It reverts when ether is sent along."
    if f.pays_as_ensured:
        yield "To whom it sends ether, and how much, is promised only as far as these sentences say."
    elif not any(isinstance(c, s.Pays) for c in f.clauses):
        yield "It sends no ether."
    if not any(isinstance(c, s.Emits) for c in f.clauses):
        yield "Nothing is promised about its events."
    yield from _unspoken(f)
    if not any(isinstance(c, s.Succeeds) for c in f.clauses):
        yield "Nothing is promised about when it succeeds."


def _unspoken(f: s.Function) -> Iterator[str]:
    """Say of what a function returns whether no clause speaks of it."""
    spoken = {e.name for c in f.clauses for x in expressions(c) for e in walk(x) if isinstance(e, Variable) and e.role == "result"}
    open_ = [str(n) for n, name in enumerate(f.results, 1) if name not in spoken]
    if open_:
        which = f" as number {' and '.join(open_)} of {len(f.returns)}" if len(f.returns) > 1 else ""
        yield f"None of its clauses speaks of what it returns{which}."


def sentence(spec: s.Specification, f: s.Function | None, c: s.Clause) -> str:
    """Return one clause in plain words; `f` is None at the interface."""
    name = f"`{f.title}`" if f else "the deployment"
    match c:
        case s.Initially():
            return f"Right after deployment, {claim(c.formula)}."
        case s.Deployable():
            if claim(c.formula) == "always":
                return "A deployment always succeeds."
            return f"A deployment succeeds whenever {claim(c.formula)}{silence(c.formula)}."
        case s.Undeployable():
            return f"A deployment reverts whenever {claim(c.formula)}{silence(c.formula)}."
        case s.Invariant():
            return f"Always{', except while the lock is held' if c.locked else ''}: {claim(c.formula)}."
        case s.Transition():
            return f"Across every successful call, {claim(c.formula)}."
        case s.Environment():
            return f"Taken for granted: {'. '.join(assumptions(c))}."
        case s.Assume():
            return f"Assumed, not proved: {claim(c.formula)}."
        case s.Reverts():
            return _reverts(name, c)
        case s.Succeeds():
            return _succeeds(name, f, c)
        case s.EnsuresStrictly():
            return f"After a successful call of {name}, whatever strangers do meanwhile: {claim(c.formula)}."
        case s.Ensures():
            when = f"Whenever {name} returns" if f and f.is_view else f"After a successful call of {name}"
            return f"{when}, {claim(c.formula)}."
        case s.Changes():
            return f"{_start(name)} changes exactly this: {'; '.join(_change(x) for x in c.changes)}."
        case s.Modifies():
            return _modifies(spec, name, f, c)
        case s.Pays():
            return f"{_start(name)} sends {_wei(c.amount, f)} to {value(c.to)}{_when(c.when)}."
        case s.Emits():
            if c.event is None:
                return f"{_start(name)} logs no event."
            event = f"{'the anonymous ' if c.event.anonymous else ''}{_call(c.event.name, c.arguments)}"
            return f"{_start(name)} logs {event}{_when(c.when)}, and no event that is not listed."
        case s.Abstract():
            return in_words(name)
        case s.Like():
            before = ", with what the arguments are before the call" if c.arguments else ""
            call = _call(c.function.split("(")[0], c.arguments)
            return f"{_start(name)} behaves as {call} does, by the same caller with the same ether{before}. So this is promised:"
        case s.Equals():
            assert f is not None
            return f"`{f.name}({', '.join(p.name for p in f.parameters)})` is {value(c.formula)}; where that has no value, it reverts."
        case _:
            raise AssertionError(f"no words for {type(c).__name__}")


# ---------------------------------------------------------------- rules


def _rule(spec: s.Specification, r: s.Rule) -> Iterator[Line]:
    """Yield a rule statement by statement; the writer's words stand beside its name."""
    yield Line(
        "heading", f"{r.name}({', '.join(f'{p.type.name} {p.name}' for p in r.parameters)})" + (f"  // {r.notice}" if r.notice else "")
    )
    yield Line("clause", f"{_beginning(r)}, in this order:", r.name, "", r.position.line)
    yield from (Line("note", f"{n}. {_start(text)}.") for n, (_, text) in enumerate(statements(spec, r), 1))
    yield Line(
        "note",
        "Nothing else happens in between: no other call, no ether, and time passes only where it says so. "
        "What is called something keeps its value, and what is called, sent or handed over must have one. "
        "Whoever calls is neither this contract, address 0 nor a precompile, and owns the ether that is sent.",
    )


def recite(spec: s.Specification, r: s.Rule) -> str:
    """Return a rule in plain words, as one sentence."""
    return f"{_beginning(r)}: {'; '.join(text for _, text in statements(spec, r))}."


def _beginning(r: s.Rule) -> str:
    names = " and every ".join(f"{p.type.name} `{p.name}`" for p in r.parameters)
    return "After any calls" + (f", for every {names}" if names else "")


def statements(spec: s.Specification, r: s.Rule) -> Iterator[tuple[s.Step, str]]:
    """Yield the statements of a rule in plain words; who calls is said with the calls, unless the contract's state says who that is."""
    who = ""
    for step in r.steps:
        match step:
            case s.Given():
                yield step, f"this is promised only where {grouped(step.formula, 'where')}{silence(step.formula)}"
            case s.Claimed():
                yield step, f"here it is true that {grouped(step.formula, '')}"
            case s.By() if _moves(step.who):
                who = "that caller"
                yield step, f"whoever is {_who(step.who)} here makes the calls that follow"
            case s.By():
                who = _who(step.who)
            case s.Later():
                yield step, f"the current time is more by {value(step.seconds)} (seconds), and the current block number by any number"
            case s.Restart():
                yield step, "all is as it was before all of this"
            case s.Let():
                yield step, f"call `{step.name}` ({step.type.name}) the value of {value(step.value)}"
            case s.Called():
                yield step, _called(spec, step, who)


def _moves(who: Expression) -> bool:
    """Tell whether an expression may stand for somebody else after a call, or later."""
    fixed = {"address(this)"}
    return any(isinstance(e, Read | Balance) or (isinstance(e, World) and e.name not in fixed) for e in walk(who))


def _called(spec: s.Specification, step: s.Called, who: str) -> str:
    function = next(f for f in spec.functions if f.signature == step.function)
    sent = f" with {value(step.value)} wei" if step.value is not None else ""
    named = f"; call `{step.result.name}` ({step.result.type.name}) the result" if step.result is not None else ""
    how = {
        "": ", and it succeeds (where it reverts, nothing is promised)",
        "succeed": ", and it is promised that it succeeds, if whoever is paid or called accepts",
        "fail": ", and it is promised that it reverts",
    }[step.must]
    called = function.name if function.title == function.name else f"`{function.title}`"
    return f"{who} calls {_call(called, step.arguments)}{sent}{how}{named}"


def _start(name: str) -> str:
    return name[0].upper() + name[1:]


def _when(condition: Expression | None) -> str:
    return f" if, before the call, {grouped(condition, 'when')}" if condition is not None else ""


def _wei(amount: Expression, f: s.Function | None) -> str:
    """Return an amount of ether: a number of wei, or all that there was before the call, without what came with it."""
    if isinstance(amount, Balance):
        return f"all of {value(amount)}" + (" (without the ether sent)" if f is not None and f.payable else "")
    return f"exactly {value(amount)} wei"


def _call(name: str, arguments: tuple[Expression, ...]) -> str:
    return f"{name}({', '.join(value(a) for a in arguments)})"


def _reverts(name: str, c: s.Reverts) -> str:
    error = f" with {_call(c.error.error.name, c.error.arguments)}" if c.error else ""
    if c.only:
        return f"Only {' or '.join(map(_who, c.only))} may call {name}; any other call reverts{error}."
    if isinstance(c.formula, Literal) and c.formula.value is True:
        return f"{_start(name)} always reverts{error}."
    return f"{_start(name)} reverts{error} whenever, before the call, {claim(c.formula)}{silence(c.formula)}."


def _who(e: Expression) -> str:
    """Return who may call; a getter in the spelling of the clause, for a name alone could be a person's."""
    if e.type.kind == "bool":
        return f"callers for whom {grouped(e, 'who')}"
    return f"the address {to_text(e)}" if isinstance(e, Read) else value(e)


def _succeeds(name: str, f: s.Function | None, c: s.Succeeds) -> str:
    if c.mode == "never":
        return f"It is not promised that {name} ever succeeds."
    if c.mode == "when" and c.formula is not None:
        accepted = _accepted(f)
        case = grouped(c.formula, "when") if accepted else claim(c.formula)
        return f"{_start(name)} succeeds whenever, before the call, {case}{silence(c.formula)}{accepted}."
    others = f is not None and any(isinstance(x, s.Reverts) for x in f.clauses)
    return f"In all other cases {name} succeeds{_accepted(f)}." if others else f"{_start(name)} always succeeds{_accepted(f)}."


def _accepted(f: s.Function | None) -> str:
    """Say on whom a success depends beside the contract: a view calls nobody whom it could not do without."""
    if f is None or f.is_view:
        return ""
    if says_who_accepts(f):
        return ", whether strangers accept or refuse"
    return ", if whoever is paid or called accepts" if any(isinstance(x, s.Pays) for x in f.clauses) else ", if whoever it calls accepts"


def _change(x: s.Change) -> str:
    return f"{value(x.location)} {'increases' if x.sign > 0 else 'decreases'} by {value(x.amount)}"


def _modifies(spec: s.Specification, name: str, f: s.Function | None, c: s.Modifies) -> str:
    listed = [_location(spec, x) for x in c.locations]
    if f is None:
        names = dict.fromkeys(x.getter.split("(")[0] for x in c.locations)
        return f"After deployment, {' and '.join(map(named, names))} may be other than zero only at {', '.join(listed)}."
    if not listed:
        others = f is not None and any(isinstance(x, s.Changes) for x in f.clauses)
        return f"{_start(name)} changes nothing else." if others else f"{_start(name)} changes nothing that can be read."
    return f"{_start(name)} may change {', '.join(listed)}."


def _location(spec: s.Specification, x: s.Location) -> str:
    getter = spec.getter(x.getter)
    if x.arguments is None:
        return f"{named(getter.name)} at every key"
    there = spec.environment is not None and getter in spec.environment.getters
    through = spec.environment.interface if there and spec.environment is not None else ""
    return value(Read(getter.returns[0].type, Position(0, 0), x.getter, x.arguments, through))
