"""Read each kind of clause: what it asks the compiler, and the value that it becomes.

A reader is a generator: it yields the expressions to be typed, all at once, and is sent their typed trees.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TypeVar, cast

from specs import specification as s
from specs.declarations import SUGAR_ARITY
from specs.documentation import FUNCTION_KINDS, INTERFACE_KINDS, VIEW_KINDS, Tag
from specs.formula import (
    ADDRESS,
    BOOL,
    WIDEST,
    Binary,
    Defined,
    EnumValue,
    Expression,
    Literal,
    Position,
    Read,
    Type,
    Unary,
    Variable,
    World,
    magnitude,
    walk,
)
from specs.messages import nearest
from specs.place import Place, scope_of
from specs.scope import Question, Scope
from specs.syntax import Syntax, parse_clause

Declaration = TypeVar("Declaration", s.EventDeclaration, s.ErrorDeclaration)
Reading = Generator[tuple[Question, ...], tuple[Expression, ...], s.Clause]

UINT = Type("uint", "uint256", 256)
INT = Type("int", "int256", 256)
STRING_ERROR = s.ErrorDeclaration("Error", (s.Parameter("", Type("string", "string")),))
PANIC_ERROR = s.ErrorDeclaration("Panic", (s.Parameter("", UINT),))
OWN_IDS = {"atomic", "nonpayable", "frame", "locked", "unlocks", "unlocked", "callout", "stable", "lemma", "lock"}
OWN_IDS |= {"ether", "selector", "undeclared", "reachable", "constructor", "pays", "returns"}
QUANTIFIED = {"initially", "invariant", "transition", "ensures", "ensures-strictly", "assume"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A clause while its expressions are being typed."""

    tag: Tag
    syntax: Syntax
    scope: Scope
    reading: Reading
    questions: tuple[Question, ...]


def draft(tag: Tag, place: Place) -> Draft:
    """Parse a clause and say which expressions have to be typed. Raises: SpecificationError."""
    if tag.kind not in place.kinds:
        tag.source.refuse(tag.at, f"@custom:{tag.kind} at {place.name}{_is_what(place)}", f"it belongs to {_where(tag.kind)}")
    syntax = parse_clause(tag)
    scope = scope_of(tag.kind, place)
    reading = READERS[tag.kind](Clauses(tag, place, scope, syntax))
    return Draft(tag, syntax, scope, reading, next(reading))


def finish(d: Draft, answers: tuple[Expression, ...]) -> s.Clause:
    """Return the clause, given its typed expressions. Raises: SpecificationError."""
    try:
        d.reading.send(answers)
    except StopIteration as e:
        return cast(s.Clause, e.value)
    raise AssertionError("a reader asks once")


def _where(kind: str) -> str:
    owners = (("the interface", INTERFACE_KINDS), ("state-changing functions", FUNCTION_KINDS), ("view functions", VIEW_KINDS))
    return " and ".join(name for name, kinds in owners if kind in kinds)


def _is_what(place: Place) -> str:
    if place.function is None:
        return ""
    return ", a view function" if place.function.is_view else ", which changes state"


# ---------------------------------------------------------------- readers


@dataclass(frozen=True, slots=True)
class Clauses:
    """What the readers of one clause share."""

    tag: Tag
    place: Place
    scope: Scope
    syntax: Syntax

    @property
    def base(self) -> tuple[str, Position, str, str]:
        """Return id, position, text and words."""
        named = self.syntax.part("NAME")
        words = self.syntax.part("WORDS")
        end = words.start if words else self.tag.start + len(self.tag.text)
        text = " ".join(self.tag.text[: end - self.tag.start].split())
        if named is not None and named.text in OWN_IDS and named.text != self.tag.kind:
            named.source.refuse(named.start, f"the id `{named.text}`", "the language itself uses it; choose another")
        return (
            named.text if named else "",
            self.tag.source.position(self.tag.at),
            f"{self.tag.kind} {text}".strip(),
            " ".join(words.text[2:].split()) if words else "",
        )

    def formula(self) -> Question:
        """Return the question for the clause's formula."""
        node = self.syntax.parts("plain", "forall")[0]
        if node.kind == "forall":
            if self.tag.kind not in QUANTIFIED:
                node.source.refuse(node.start, f"`forall` in `{self.tag.kind}`", f"it may stand in {', '.join(sorted(QUANTIFIED))}")
            scope = self.scope.bind(node.children[1].children, self.place.check.interface.named)
            return Question(node, scope, BOOL, "the formula")
        return Question(node, self.scope, BOOL, "the formula")

    def condition(self, node: Syntax | None) -> tuple[Question, ...]:
        return () if node is None else (Question(node.children[0], self.scope, BOOL, "the condition behind `when`"),)

    def arguments(self, node: Syntax, declared: tuple[s.Parameter, ...], name: str, scope: Scope) -> tuple[Question, ...]:
        """Return the questions for the arguments of an event or error."""
        part = node.part("arguments")
        given = part.children if part else ()
        if len(given) != len(declared):
            node.source.refuse(
                node.start,
                f"{name} with {len(given)} argument{'' if len(given) == 1 else 's'}",
                f"it has {len(declared)}: {_signature(name, declared)}",
            )
        return tuple(
            Question(a, scope, p.type, f"{p.name or f'argument {i + 1}'} of {name}")
            for i, (a, p) in enumerate(zip(given, declared, strict=True))
        )

    def error(self) -> tuple[s.ErrorDeclaration | None, tuple[Question, ...]]:
        """Return the error behind `with` and the questions for its arguments."""
        node = self.syntax.part("error")
        if node is None:
            return None, ()
        name = node.children[0]
        declared = [*self.place.check.interface.errors, STRING_ERROR, PANIC_ERROR]
        found = [e for e in declared if e.name == name.text]
        if not found:
            known = nearest(name.text, (e.name for e in declared), "declared")
            hint = known if known.startswith("did you mean") else f"declare it in the interface: `error {name.text}(…);` ({known})"
            name.source.refuse(name.start, f"the unknown error {name.text}", hint)
        fitting = self._overloaded(name, found, node)
        why = "a call that reverts returns nothing"
        return fitting, self.arguments(node, fitting.parameters, fitting.name, replace(self.scope, old="dropped", results=why))

    def event(self, node: Syntax) -> s.EventDeclaration:
        name = node.children[0]
        declared = self.place.check.interface.events
        found = [e for e in declared if e.name == name.text]
        if not found:
            name.source.refuse(name.start, f"the unknown event {name.text}", nearest(name.text, (e.name for e in declared), "declared"))
        return self._overloaded(name, found, node)

    def _overloaded(self, name: Syntax, found: list[Declaration], node: Syntax) -> Declaration:
        part = node.part("arguments")
        count = len(part.children) if part else 0
        fitting = [f for f in found if len(f.parameters) == count] or found[:1]
        if len(fitting) > 1:
            name.source.refuse(name.start, f"{name.text}, of which several have {count} arguments", "give them different names")
        return fitting[0]

    def location(self, node: Syntax, changed: bool) -> s.Function:
        """Return the getter that a frame entry names, or refuse it."""
        name = node.children[0]
        part = node.part("arguments")
        count = None if node.kind == "everywhere" else len(part.children) if part else 0
        if name.kind == "member":
            return self._location_there(node, count)
        if name.text in SUGAR_ARITY and not any(d.function.name == name.text for d in self.place.check.interface.functions):
            expected = (
                "ether follows from msg.value and `pays`" if name.text in {"balance", "sent"} else "list getters; a `sum` follows from them"
            )
            name.source.refuse(name.start, f"{name.text}(…) as a location", expected)
        found = self.place.check.expander.getters_called(name, name.text, count)
        if len(found) > 1 and (node.kind == "everywhere" or changed):
            name.source.refuse(name.start, f"{name.text}, of which there are several", "give the getters different names")
        if node.kind == "everywhere" and not found[0].parameters:
            name.source.refuse(name.start, f"{name.text}(*), which has no key", f"write {name.text}()")
        return found[0]

    def _location_there(self, node: Syntax, count: int | None) -> s.Function:
        """Return the getter of the environment that a frame entry names, or refuse it."""
        callee = node.children[0]
        expander = self.place.check.expander
        there = expander.environment(callee)
        if there is None:
            callee.source.refuse(callee.start, "a location of another contract", "name it by `@custom:environment asset is ERC20` first")
        if self.place.function is None:
            callee.source.refuse(callee.start, f"a location of {there.id}() at the interface", "a deployment leaves other contracts alone")
        getter = expander.getter_there(callee, there, count)
        if count is None and not getter.parameters:
            callee.source.refuse(callee.start, f"{callee.text}(*), which has no key", f"write {callee.text}()")
        return getter


def _signature(name: str, parameters: tuple[s.Parameter, ...]) -> str:
    return f"{name}({', '.join(f'{p.type.name} {p.name}'.strip() for p in parameters)})"


def _initially(c: Clauses) -> Reading:
    (formula,) = yield (c.formula(),)
    return s.Initially(*c.base, formula)


def _deployable(c: Clauses) -> Reading:
    (formula,) = yield (c.formula(),)
    return s.Deployable(*c.base, formula)


def _undeployable(c: Clauses) -> Reading:
    (formula,) = yield (c.formula(),)
    return s.Undeployable(*c.base, formula)


def _invariant(c: Clauses) -> Reading:
    locked = c.syntax.part("LOCKED")
    if locked and not c.syntax.part("NAME"):
        locked.source.refuse(locked.start, "`locked` without an id", "write `invariant id locked: …`")
    (formula,) = yield (c.formula(),)
    return s.Invariant(*c.base, formula, locked is not None)


def _transition(c: Clauses) -> Reading:
    (formula,) = yield (c.formula(),)
    return s.Transition(*c.base, formula)


def _assume(c: Clauses) -> Reading:
    _needs_words(c, "an assumption without a reason")
    (formula,) = yield (c.formula(),)
    return s.Assume(*c.base, formula)


def _needs_words(c: Clauses, found: str) -> None:
    if not c.base[3]:
        c.tag.source.refuse(c.tag.at, found, "say why, behind ` -- `")


def _reverts(c: Clauses) -> Reading:
    error, arguments = c.error()
    formula, *typed = yield (c.formula(), *arguments)
    return s.Reverts(*c.base, formula, s.ErrorCall(error, tuple(typed)) if error else None)


#: What always has a value, and the operators that may take it away.
SURE = (Literal, Variable, World, EnumValue, Binary, Unary, Defined)
PARTIAL = frozenset({"/", "%", "*", "<<", ">>", "&", "|", "^"})


def _may_lack_a_value(e: Expression) -> bool:
    """Tell whether an expression may have no value although its parts have."""
    if isinstance(e, Binary | Unary):
        return e.operator in {*PARTIAL, "~"} or (e.type.is_integer and magnitude(e) > WIDEST)
    return not isinstance(e, SURE)


def _only(c: Clauses) -> Reading:
    """Expand `only a, b` into `reverts unauthorised: msg.sender != a && msg.sender != b`; a bool stands for itself.

    A permission that has no value is none.
    """
    nodes = tuple(n for n in c.syntax.children if n.kind not in {"NAME", "error", "WORDS"})
    error, arguments = c.error()
    answers = yield (*(Question(n, c.scope, None, "who may call") for n in nodes), *arguments)
    allowed, typed = answers[: len(nodes)], answers[len(nodes) :]
    formula: Expression | None = None
    for node, e in zip(nodes, allowed, strict=True):
        at = e.position
        partial = any(_may_lack_a_value(x) for x in walk(e))
        if e.type.kind == "bool":
            permitted: Expression = e
        elif e.type.kind == "address":
            permitted = Binary(BOOL, at, "==", World(ADDRESS, at, "msg.sender"), e)
        else:
            node.source.refuse(node.start, f"a value of type {e.type.name} in `only`", "an address that may call, or a bool")
        permitted = Binary(BOOL, at, "&&", Defined(BOOL, at, e), permitted) if partial else permitted
        denied: Expression = Unary(BOOL, at, "!", permitted)
        formula = denied if formula is None else Binary(BOOL, at, "&&", formula, denied)
    assert formula is not None
    return s.Reverts(*c.base, formula, s.ErrorCall(error, tuple(typed)) if error else None, only=tuple(allowed))


def _succeeds(c: Clauses) -> Reading:
    if c.syntax.kind == "succeeds_when":
        (formula,) = yield (c.formula(),)
        return s.Succeeds(*c.base, "when", formula)
    if c.syntax.kind == "succeeds_never":
        _needs_words(c, "`succeeds never` without a reason")
    yield ()
    return s.Succeeds(*c.base, "never" if c.syntax.kind == "succeeds_never" else "otherwise", None)


def _ensures(c: Clauses) -> Reading:
    (formula,) = yield (c.formula(),)
    return s.Ensures(*c.base, formula)


def _ensures_strictly(c: Clauses) -> Reading:
    if not c.syntax.part("NAME"):
        c.tag.source.refuse(c.tag.at, "`ensures-strictly` without an id", "write `ensures-strictly id: …`")
    (formula,) = yield (c.formula(),)
    return s.EnsuresStrictly(*c.base, formula)


def _changes(c: Clauses) -> Reading:
    questions: list[Question] = []
    rows = c.syntax.parts("change")
    for row in rows:
        place, _, by = row.children
        function = c.location(place, True)
        value = function.returns[0].type if len(function.returns) == 1 else None
        if value is None or not value.is_integer:
            place.source.refuse(
                place.start,
                f"a change of {function.name}, which is no integer",
                "`changes` speaks of differences; use `ensures` and `modifies`",
            )
        questions.append(Question(place, c.scope, None, "the location"))
        questions.append(Question(by, c.scope, UINT if value.kind == "uint" else INT, f"the amount by which {function.name} changes"))
    answers = yield tuple(questions)
    made = []
    for row, location, amount in zip(rows, answers[::2], answers[1::2], strict=True):
        assert isinstance(location, Read)
        made.append(s.Change(location, 1 if row.children[1].text == "+" else -1, amount))
    return s.Changes(*c.base, tuple(made))


def _modifies(c: Clauses) -> Reading:
    nodes = c.syntax.parts("call", "everywhere")
    functions = [c.location(n, False) for n in nodes]
    keyed = [n for n in nodes if n.kind == "call"]
    answers = iter((yield tuple(q for n in keyed for q in _keys(c, n))))
    locations = []
    for n, f in zip(nodes, functions, strict=True):
        keys = None if n.kind == "everywhere" else tuple(next(answers) for _ in f.parameters)
        locations.append(s.Location(f.signature, keys))
    return s.Modifies(*c.base, tuple(locations))


def _keys(c: Clauses, node: Syntax) -> tuple[Question, ...]:
    """Return the questions for the keys of a frame entry; the getter itself may return anything."""
    function = c.location(node, True)
    part = node.part("arguments")
    given = part.children if part else ()
    return tuple(
        Question(a, c.scope, p.type, f"key {i + 1} of {function.name}")
        for i, (a, p) in enumerate(zip(given, function.parameters, strict=True))
    )


def _pays(c: Clauses) -> Reading:
    if c.syntax.kind == "pays_nothing":
        c.tag.source.refuse(c.tag.at, "`pays nothing`", "leave it out: a function without `pays` sends no ether")
    to, amount = (n for n in c.syntax.children if n.kind not in {"NAME", "when", "WORDS"})
    when = c.condition(c.syntax.part("when"))
    answers = yield (Question(to, c.scope, ADDRESS, "who is paid"), Question(amount, c.scope, UINT, "the amount in wei"), *when)
    return s.Pays(*c.base, answers[0], answers[1], answers[2] if when else None)


def _emits(c: Clauses) -> Reading:
    node = c.syntax.part("event")
    if node is None:
        yield ()
        return s.Emits(*c.base, None, (), None)
    event = c.event(node)
    arguments = c.arguments(node, event.parameters, event.name, c.scope)
    when = c.condition(c.syntax.part("when"))
    answers = yield (*arguments, *when)
    return s.Emits(*c.base, event, answers[: len(arguments)], answers[-1] if when else None)


def _equals(c: Clauses) -> Reading:
    assert c.place.function is not None
    returns = c.place.function.returns
    if len(returns) != 1:
        c.tag.source.refuse(
            c.tag.at, f"`equals` at {c.place.name}, which returns {len(returns)} values", "it defines the one value of a view function"
        )
    node = next(n for n in c.syntax.children if n.kind not in {"NAME", "WORDS"})
    t = returns[0].type
    wanted = UINT if t.kind == "uint" else INT if t.kind == "int" else t
    (formula,) = yield (Question(node, c.scope, wanted, f"the value of {c.place.name}"),)
    return s.Equals(*c.base, formula)


def _abstract(c: Clauses) -> Reading:
    words = c.syntax.part("WORDS")
    yield ()
    return s.Abstract("", c.tag.source.position(c.tag.at), "abstract", " ".join(words.text[2:].split()) if words else "")


def _like(c: Clauses) -> Reading:
    """Read `like f(args)`; what it means is known when all clauses are (specs/like.py)."""
    function = c.place.function
    assert function is not None
    name, part = c.syntax.children[0], c.syntax.part("arguments")
    given = part.children if part else ()
    model = _model(c, name, len(given))
    questions = tuple(
        Question(a, c.scope, p.type, f"{p.name or f'argument {i + 1}'} of {model.name}")
        for i, (a, p) in enumerate(zip(given, model.parameters, strict=True))
    )
    answers = yield questions
    words = c.syntax.part("WORDS")
    end = words.start if words else c.tag.start + len(c.tag.text)
    text = " ".join(c.tag.text[: end - c.tag.start].split())
    said = " ".join(words.text[2:].split()) if words else ""
    return s.Like("", c.tag.source.position(c.tag.at), f"like {text}", said, model.signature, answers)


def _model(c: Clauses, name: Syntax, count: int) -> s.Function:
    """Return the function that a `like` names, or refuse it."""
    function = c.place.function
    assert function is not None
    entries = [d.function for d in c.place.check.interface.functions if not d.function.is_view and d.function.selector]
    named = [f for f in entries if f.name == name.text]
    if not named:
        known = nearest(name.text, (f.name for f in entries), "functions that change state")
        name.source.refuse(name.start, f"`like {name.text}(…)`, which is no function of this interface that changes state", known)
    found = [f for f in named if len(f.parameters) == count]
    if not found:
        takes = " or ".join(str(len(f.parameters)) for f in named)
        name.source.refuse(name.start, f"{name.text} with {count} argument{'' if count == 1 else 's'}", f"{name.text} takes {takes}")
    if len(found) > 1:
        name.source.refuse(name.start, f"{name.text}, of which several have {count} arguments", "give the functions different names")
    model = found[0]
    if model.payable != function.payable:
        taken, refused = (model, function) if model.payable else (function, model)
        what = f"{function.title} like {model.title}: {taken.title} takes ether, {refused.title} does not"
        name.source.refuse(name.start, what, "let both be payable, or neither")
    return model


READERS: dict[str, Callable[[Clauses], Reading]] = {
    "initially": _initially,
    "deployable": _deployable,
    "undeployable": _undeployable,
    "invariant": _invariant,
    "transition": _transition,
    "assume": _assume,
    "reverts": _reverts,
    "only": _only,
    "succeeds": _succeeds,
    "ensures": _ensures,
    "ensures-strictly": _ensures_strictly,
    "changes": _changes,
    "modifies": _modifies,
    "pays": _pays,
    "emits": _emits,
    "equals": _equals,
    "like": _like,
    "abstract": _abstract,
}
