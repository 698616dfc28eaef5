"""The tables that tell the engine what each part of the generated contract is for, and their encoding (Types.sol).

A part is named here; its selector comes from the compiler. None as an obligation's number means that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.harness.abi import encode

NONE = (1 << 256) - 1
#: The focus of runs that end with what others do with the environment.
USES = NONE - 1

OLD = "(uint256,bytes4,uint256)"
CLAIM = "(uint256,bytes4,uint256,bool)"
CONTEXT = (
    "(bool,bool,uint256,uint256,uint256,uint256,uint256,uint256[],uint256[],uint256[],bytes4,bytes4,bytes4,bytes4,bytes4[],bytes4[],"
    "(uint256,bytes4,uint256,bytes4)[],(uint256,bytes4,uint256)[],(uint256,uint256,bool,bytes4)[],(uint256,bytes4)[],(uint256,bytes4)[],(uint256,bytes4)[],"
    f"(uint256,bytes4)[],{OLD}[],{CLAIM}[],(uint256,bytes4)[])"
)
STATEMENT = "(uint8,bytes4,uint8,bytes4,uint256)"
RULE = f"(uint256,uint256,uint256,bytes4,bytes4,bytes4,bytes4[],uint256[],{STATEMENT}[])"
BESIDE = "(uint256,bytes4,bytes,bytes4[],(bytes4,uint16[])[],uint256[],bytes32)"
TABLE = (
    f"(uint256,uint256,uint256,uint256,uint256,uint256,uint256,bool,{OLD}[],{CLAIM}[],{CLAIM}[],bool[],{CLAIM}[],(bytes4,uint8,bool,bool,uint8[],bool)[],"
    f"(bytes4,bool,bool)[],uint8[][],bytes4[],bytes[],bytes[],{BESIDE}[])"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    id: int
    clause: str
    forall: int
    data: str  # "": any error


@dataclass(frozen=True, slots=True)
class Premise:
    id: int
    clause: str  # "": none of the refusals holds
    forall: int


@dataclass(frozen=True, slots=True)
class Delta:
    id: int
    getter: int
    minus: bool
    part: str


@dataclass(frozen=True, slots=True)
class Open:
    getter: int
    part: str  # "": at every key


@dataclass(frozen=True, slots=True)
class Part:
    id: int
    part: str


@dataclass(frozen=True, slots=True)
class Old:
    number: int
    part: str
    forall: int


@dataclass(frozen=True, slots=True)
class Claim:
    """`enumerated`: the instances of the `forall` are chosen before the call, since it remembers values."""

    id: int
    clause: str
    forall: int
    enumerated: bool


@dataclass(frozen=True, slots=True)
class Getter:
    selector: str
    kind: int
    framed: bool
    zero_at_first: bool
    keys: tuple[int, ...]
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """The constructor or one function; the order of the fields is that of the encoding."""

    result_keys: bool
    emits: bool
    reachable: int | None
    nonpayable: int | None
    pays: int | None
    atomic: int | None
    emits_id: int | None
    frames: tuple[int | None, ...]
    invariants: tuple[int, ...]
    callouts: tuple[int, ...]
    load: str
    meet: str
    draw: str
    aim: str
    times: tuple[str, ...]
    numbers: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    premises: tuple[Premise, ...]
    deltas: tuple[Delta, ...]
    opens: tuple[Open, ...]
    dues: tuple[Part, ...]
    emissions: tuple[Part, ...]
    derived: tuple[Part, ...]
    olds: tuple[Old, ...]
    claims: tuple[Claim, ...]
    needs: tuple[Open, ...] = ()


#: Kinds of statements (Stage.sol).
GIVEN, CLAIMED, BY, LATER, RESTART, LET, CALLED = range(7)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a rule. `must`: 0 nothing, 1 succeed, 2 fail; `result` keeps what a call returns under the number `name`."""

    kind: int
    part: str
    must: int = 0
    result: str = ""
    name: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; the order of the fields is that of the encoding. `people`: which of its parameters are addresses."""

    id: int
    reachable: int
    names: int
    load: str
    draw: str
    aim: str
    times: tuple[str, ...]
    people: tuple[int, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The contract beside the judged one; the order of the fields is that of the encoding.

    `getter` gives its address, `named` is the part that evaluates what a deployment's arguments say it is ("": nothing); `moves` are what
    others may do there, each with the kind of each parameter times 512, and its size in bits; `never` is
    the hash of the refusal by which the model says that it does no such thing.
    """

    getter: int
    named: str
    code: str
    has: tuple[str, ...]
    moves: tuple[tuple[str, tuple[int, ...]], ...]
    open: tuple[int, ...]
    never: bytes


@dataclass(frozen=True, slots=True)
class Table:
    """All tables of one specification; the order of the fields is that of the encoding. `functions`: selector, view, payable."""

    obligations: int
    canary_true: int
    canary_false: int
    selector: int
    ether: int
    receive: int | None
    fallback: int | None
    deploy_payable: bool
    canary_olds: tuple[Old, ...]
    canaries: tuple[Claim, ...]
    invariants: tuple[Claim, ...]
    locked: tuple[bool, ...]
    assumptions: tuple[Claim, ...]
    getters: tuple[Getter, ...]
    functions: tuple[tuple[str, bool, bool], ...]
    foralls: tuple[tuple[int, ...], ...]
    gaps: tuple[str, ...]
    contexts: tuple[Context, ...]
    rules: tuple[Rule | None, ...] = ()
    beside: Beside | None = None


def encoded(table: Table, selectors: Mapping[str, str]) -> tuple[Any, ...]:
    """Return the table as the value of an ABI tuple (TABLE); `selectors` maps signatures of parts to 8 hex digits."""
    t, e = table, _Encoder(selectors)
    return (
        t.obligations,
        t.canary_true,
        t.canary_false,
        t.selector,
        t.ether,
        _number(t.receive),
        _number(t.fallback),
        t.deploy_payable,
        [e.old(o) for o in t.canary_olds],
        [e.claim(c) for c in t.canaries],
        [e.claim(c) for c in t.invariants],
        t.locked,
        [e.claim(c) for c in t.assumptions],
        [(bytes.fromhex(g.selector), g.kind, g.framed, g.zero_at_first, g.keys, g.foreign) for g in t.getters],
        [(bytes.fromhex(sel or "00000000"), view, payable) for sel, view, payable in t.functions],
        t.foralls,
        [e.part(p) for p in t.gaps],
        [e.context(c) for c in t.contexts],
        [e.rule(r) if r else b"" for r in t.rules],
        [e.beside(t.beside)] if t.beside else [],
    )


def _number(x: int | None) -> int:
    return NONE if x is None else x


@dataclass(frozen=True, slots=True)
class _Encoder:
    """Rows as the values of ABI tuples; parts by their selectors."""

    selectors: Mapping[str, str]

    def part(self, name: str) -> bytes:
        return bytes.fromhex(self.selectors[f"{name}()"]) if name else bytes(4)

    def old(self, x: Old) -> tuple[Any, ...]:
        return (x.number, self.part(x.part), x.forall)

    def claim(self, x: Claim) -> tuple[Any, ...]:
        return (x.id, self.part(x.clause), x.forall, x.enumerated)

    def parts(self, rows: Sequence[Part]) -> list[tuple[int, bytes]]:
        return [(x.id, self.part(x.part)) for x in rows]

    def beside(self, x: Beside) -> tuple[Any, ...]:
        moves = [(bytes.fromhex(selector), parameters) for selector, parameters in x.moves]
        return (x.getter, self.part(x.named), bytes.fromhex(x.code), [bytes.fromhex(s) for s in x.has], moves, x.open, x.never)

    def rule(self, x: Rule) -> bytes:
        return encode(
            [RULE],
            [
                (
                    x.id,
                    x.reachable,
                    x.names,
                    self.part(x.load),
                    self.part(x.draw),
                    self.part(x.aim),
                    [self.part(p) for p in x.times],
                    x.people,
                    [(y.kind, self.part(y.part), y.must, self.part(y.result), y.name) for y in x.statements],
                )
            ],
        )

    def context(self, x: Context) -> bytes:
        return encode(
            [CONTEXT],
            [
                (
                    x.result_keys,
                    x.emits,
                    _number(x.reachable),
                    _number(x.nonpayable),
                    _number(x.pays),
                    _number(x.atomic),
                    _number(x.emits_id),
                    [_number(i) for i in x.frames],
                    x.invariants,
                    x.callouts,
                    self.part(x.load),
                    self.part(x.meet),
                    self.part(x.draw),
                    self.part(x.aim),
                    [self.part(p) for p in x.times],
                    [self.part(p) for p in x.numbers],
                    [(r.id, self.part(r.clause), r.forall, self.part(r.data)) for r in x.refusals],
                    [(p.id, self.part(p.clause), p.forall) for p in x.premises],
                    [(d.id, d.getter, d.minus, self.part(d.part)) for d in x.deltas],
                    [(o.getter, self.part(o.part)) for o in x.opens],
                    self.parts(x.dues),
                    self.parts(x.emissions),
                    self.parts(x.derived),
                    [self.old(o) for o in x.olds],
                    [self.claim(c) for c in x.claims],
                    [(o.getter, self.part(o.part)) for o in x.needs],
                )
            ],
        )
