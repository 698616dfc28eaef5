"""What was promised: an interface and its clauses, as values.

Source: docs/language.md (the clause table). Ids are unique within their function or the interface level; a property's full name is
`function.id`, with the signature in place of the function's name where functions are overloaded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal as Choice

from specs.formula import Expression, Position, Read, Type

Mutability = Choice["payable", "nonpayable", "view", "pure"]


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str  # "" where the source gives none; return values: the only unnamed one is called `result` in clauses
    type: Type
    indexed: bool = False


@dataclass(frozen=True, slots=True)
class EventDeclaration:
    name: str
    parameters: tuple[Parameter, ...]
    anonymous: bool = False

    @property
    def signature(self) -> str:
        return f"{self.name}({','.join(abi_name(p.type) for p in self.parameters)})"


@dataclass(frozen=True, slots=True)
class ErrorDeclaration:
    name: str
    parameters: tuple[Parameter, ...]

    @property
    def signature(self) -> str:
        return f"{self.name}({','.join(abi_name(p.type) for p in self.parameters)})"


@dataclass(frozen=True, slots=True)
class ErrorCall:
    """`with Error(args)`; the built-in `Error(string)` and `Panic(uint256)` are allowed."""

    error: ErrorDeclaration
    arguments: tuple[Expression, ...]


# ---------------------------------------------------------------- clauses


@dataclass(frozen=True, slots=True)
class Clause:
    """The common part of every clause.

    `id` is the writer's or the one that the language gives (`succeeds`, `emits2`); `text` is the clause as written after `@custom:`,
    without the plain words; `words` are the writer's plain words (a comment).
    """

    id: str
    position: Position
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Initially(Clause):
    formula: Expression


@dataclass(frozen=True, slots=True)
class Deployable(Clause):
    formula: Expression


@dataclass(frozen=True, slots=True)
class Undeployable(Clause):
    formula: Expression


@dataclass(frozen=True, slots=True)
class Invariant(Clause):
    formula: Expression
    locked: bool


@dataclass(frozen=True, slots=True)
class Transition(Clause):
    formula: Expression


@dataclass(frozen=True, slots=True)
class Assume(Clause):
    formula: Expression


@dataclass(frozen=True, slots=True)
class Reverts(Clause):
    """`reverts`; of the sugar `only` the formula is the expansion, and `only` is what it lists (addresses and conditions)."""

    formula: Expression
    error: ErrorCall | None
    only: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Succeeds(Clause):
    """`formula` is None for `otherwise` and for `never` (then `words` says why)."""

    mode: Choice["otherwise", "never", "when"]
    formula: Expression | None


@dataclass(frozen=True, slots=True)
class Ensures(Clause):
    formula: Expression


@dataclass(frozen=True, slots=True)
class EnsuresStrictly(Ensures):
    """`ensures-strictly`: it holds at return whatever strangers did while they had control; `ensures` speaks of passive ones."""


@dataclass(frozen=True, slots=True)
class Change:
    """`location by ±amount`; the amount is evaluated before the call."""

    location: Read
    sign: Choice[1, -1]
    amount: Expression


@dataclass(frozen=True, slots=True)
class Changes(Clause):
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """A getter at a key, or (`arguments` is None) at every key."""

    getter: str
    arguments: tuple[Expression, ...] | None


@dataclass(frozen=True, slots=True)
class Modifies(Clause):
    """`modifies nothing` has no location."""

    locations: tuple[Location, ...]


@dataclass(frozen=True, slots=True)
class Pays(Clause):
    to: Expression
    amount: Expression
    when: Expression | None


@dataclass(frozen=True, slots=True)
class Emits(Clause):
    """`emits nothing` has no event."""

    event: EventDeclaration | None
    arguments: tuple[Expression, ...]
    when: Expression | None


@dataclass(frozen=True, slots=True)
class Equals(Clause):
    formula: Expression


@dataclass(frozen=True, slots=True)
class Abstract(Clause):
    """`abstract` at a getter: a contract that does not have it says by `@custom:is` how it is read."""


@dataclass(frozen=True, slots=True)
class Like(Clause):
    """`like f(args)`: the clauses of `f` (its signature), with the arguments for its parameters, stand among those of the function."""

    function: str
    arguments: tuple[Expression, ...]


# ---------------------------------------------------------------- the interface


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the interface. `receive` and `fallback` have those names and an empty selector.

    Where it is like another one, `like` says so, and `clauses` hold what that means. `abstract` stands at getters that a contract need not
    have. `pays_as_ensured`: `ensures` alone say what it sends, and no promise stands that it sends nothing else.
    """

    name: str
    signature: str  # canonical: transfer(address,uint256)
    selector: str  # 8 hex digits, or ""
    parameters: tuple[Parameter, ...]
    returns: tuple[Parameter, ...]
    mutability: Mutability
    title: str  # name, or the signature where the name is overloaded
    notice: str
    position: Position
    clauses: tuple[Clause, ...]
    like: Like | None = None
    abstract: Abstract | None = None
    pays_as_ensured: bool = False

    @property
    def is_view(self) -> bool:
        return self.mutability in {"view", "pure"}

    @property
    def payable(self) -> bool:
        return self.mutability == "payable"

    @property
    def results(self) -> tuple[str, ...]:
        """The name under which clauses know each return value; "" for those that they cannot name."""
        return tuple(p.name or ("result" if len(self.returns) == 1 else "") for p in self.returns)

    def took_over(self, clause: Clause) -> bool:
        """Tell whether a clause of this function was written for the one that it is like."""
        return self.like is not None and clause.position == self.like.position

    @property
    def is_foreign(self) -> bool:
        """Whether it is a getter of the environment."""
        return "." in self.name


@dataclass(frozen=True, slots=True)
class Environment(Clause):
    """`environment asset is ERC20`: the contract at the address that a getter returns behaves as a model; `id` is the getter's name.

    `getters` are the model's, named `asset.balanceOf`, with the selectors that it has itself; `invariants` are what is proved of the model;
    `model_digest` covers its specification and its code. Clauses call it as `interface(asset())`. `written`: the model is the user's own.
    """

    getter: str  # signature
    model: str
    interface: str
    model_digest: str
    getters: tuple[Function, ...]
    invariants: tuple[Invariant, ...]
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A model that the user wrote: its specification, and the contract made of it, by file name and text."""

    specification: Specification
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Constructor:
    """What `@custom:deploy` declares; parameters are empty where there is no such clause."""

    parameters: tuple[Parameter, ...]
    payable: bool
    clauses: tuple[Clause, ...]  # Initially, Deployable, Undeployable, Modifies, Emits


# ---------------------------------------------------------------- rules


@dataclass(frozen=True, slots=True)
class Step:
    """The common part of every statement of a rule."""

    position: Position


@dataclass(frozen=True, slots=True)
class Given(Step):
    """What the rule takes for granted from here on."""

    formula: Expression


@dataclass(frozen=True, slots=True)
class Claimed(Step):
    """What must hold here."""

    formula: Expression


@dataclass(frozen=True, slots=True)
class By(Step):
    """Who makes the calls that follow."""

    who: Expression


@dataclass(frozen=True, slots=True)
class Later(Step):
    """Time passes: so many seconds, and any number of blocks."""

    seconds: Expression


@dataclass(frozen=True, slots=True)
class Restart(Step):
    """The state is again that in which the rule began; what was named keeps its value."""


@dataclass(frozen=True, slots=True)
class Let(Step):
    """A name for what has a value here."""

    name: str
    type: Type
    value: Expression


@dataclass(frozen=True, slots=True)
class Called(Step):
    """A call of a function that changes state; `function` is its signature, `value` the ether in wei, `result` a name for what it returns.

    `must` is "" where nothing is promised of whether it succeeds: the rule then speaks of the cases in which it does.
    """

    function: str
    arguments: tuple[Expression, ...]
    value: Expression | None
    must: Choice["", "succeed", "fail"]
    result: Parameter | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A promise over several calls: statements that are gone through once, in order. `text` is the body as written."""

    name: str
    parameters: tuple[Parameter, ...]
    steps: tuple[Step, ...]
    notice: str
    text: str
    position: Position

    @property
    def calls(self) -> tuple[Called, ...]:
        return tuple(x for x in self.steps if isinstance(x, Called))


@dataclass(frozen=True, slots=True)
class Specification:
    """A parsed, type-checked specification."""

    name: str
    path: Path
    text: str
    title: str
    functions: tuple[Function, ...]  # in source order; views are the getters
    events: tuple[EventDeclaration, ...]
    errors: tuple[ErrorDeclaration, ...]
    enums: tuple[Type, ...]
    structs: tuple[Type, ...]
    constructor: Constructor
    clauses: tuple[Clause, ...]  # Environment, Invariant, Transition, Assume
    digest: str  # sha-256 of the normalised interface and every clause, hex
    warnings: tuple[str, ...] = field(default=())
    sources: tuple[tuple[str, str], ...] = ()  # source unit name and text, the specification's own first, then all that it imports
    rules: tuple[Rule, ...] = ()

    @property
    def getters(self) -> tuple[Function, ...]:
        return tuple(f for f in self.functions if f.is_view)

    @property
    def entries(self) -> tuple[Function, ...]:
        """The state-changing functions, `receive` and `fallback` included."""
        return tuple(f for f in self.functions if not f.is_view)

    @property
    def invariants(self) -> tuple[Invariant, ...]:
        return tuple(c for c in self.clauses if isinstance(c, Invariant))

    @property
    def transitions(self) -> tuple[Transition, ...]:
        return tuple(c for c in self.clauses if isinstance(c, Transition))

    @property
    def assumptions(self) -> tuple[Assume, ...]:
        return tuple(c for c in self.clauses if isinstance(c, Assume))

    @property
    def environment(self) -> Environment | None:
        """The other contract of which the clauses speak; at most one."""
        return next((c for c in self.clauses if isinstance(c, Environment)), None)

    @property
    def readable(self) -> tuple[Function, ...]:
        """The getters of the contract and of its environment."""
        return (*self.getters, *(self.environment.getters if self.environment is not None else ()))

    def getter(self, signature: str) -> Function:
        """Return the getter of that signature, the contract's or its environment's."""
        return next(f for f in self.readable if f.signature == signature)


def abi_name(t: Type) -> str:
    """Return the type's name in a canonical signature."""
    if t.kind == "enum":
        return "uint8"
    if t.kind == "struct":
        return f"({','.join(abi_name(c) for _, c in t.components)})"
    if t.kind == "array":
        return abi_name(t.components[0][1]) + t.name[t.name.rindex("[") :]
    return t.name
