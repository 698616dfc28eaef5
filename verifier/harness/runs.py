"""Runs of a candidate as the engine plays and reports them, and their encoding (Types.sol)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CALLBACK = "(uint256,bytes,bool)"
STEP = f"(uint8,address,address,uint256,bytes,uint256,uint256,uint256,uint256,uint256,address,uint256,bool,uint8,{CALLBACK}[])"
WORD = "(bytes32,bytes32)"
RUN = f"(address,address,bool,address[],bytes32[][],bytes[],{STEP}[],address,{WORD}[],uint256)"
VIOLATION = "(uint256,uint8,bytes)"
OUTCOME = "(bool,bytes)"
SEEN = "(bytes,bool,bytes,bool,bytes,bool)"
FINDING = f"({VIOLATION},{RUN},{OUTCOME}[],{SEEN}[])"
OUTPUT = f"(bytes32,uint256,uint256,bytes,uint256[],{FINDING}[])"
PLAYED = f"({VIOLATION}[],{OUTCOME}[],{SEEN}[],bool,uint256[],{RUN})"
PLAYS = f"(bytes32,{PLAYED}[])"

DEPLOY, CALL, ETHER, LATER, RULE, USE = range(6)
#: how a violation shows (Stage.sol)
FALSE, UNDEFINED, MUST_REVERT, MUST_SUCCEED, READ, BALANCE, LOGS, ERRORS, AT_CALLOUT, RETURNED = range(10)

#: What the detail of READ encodes: calldata, the answer expected and found, the exact value expected, whether the environment was read.
READING = ("bytes", "bytes", "bytes", "(bool,uint256,uint256)", "bool")

NOBODY = f"0x{0:040x}"
CHAIN_ID = 31337


@dataclass(frozen=True, slots=True)
class Callback:
    """`force`: ether arrives at the contract; else it is called."""

    value: int
    data: bytes
    force: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A deployment (`data`: encoded arguments), a call (`data`: calldata), forced ether, only time, a rule, or a use of the environment.

    Values in wei.
    Of a rule, `data` is its number in four bytes, and its encoded parameters.
    """

    kind: int
    sender: str = NOBODY
    origin: str = NOBODY
    value: int = 0
    data: bytes = b""
    arrived: int = 0
    timestamp: int = 1
    number: int = 1
    chain_id: int = CHAIN_ID
    prevrandao: int = 0
    coinbase: str = NOBODY
    base_fee: int = 0
    refuse: bool = False
    answer: int = 0
    callbacks: tuple[Callback, ...] = ()

    def encoded(self) -> tuple[Any, ...]:
        """Return the step as the value of an ABI tuple (STEP)."""
        return (
            self.kind,
            self.sender,
            self.origin,
            self.value,
            self.data,
            self.arrived,
            self.timestamp,
            self.number,
            self.chain_id,
            self.prevrandao,
            self.coinbase,
            self.base_fee,
            self.refuse,
            self.answer,
            [(c.value, c.data, c.force) for c in self.callbacks],
        )

    @classmethod
    def decoded(cls, t: tuple[Any, ...]) -> Step:
        """Return the step of an ABI tuple."""
        parts: list[Any] = [*t[:14], tuple(Callback(*c) for c in t[14])]
        return cls(*parts)


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that a run depends on beside the code. `pools`: the keys that getters are read at; `coded`: strangers with code.

    `there`: where the environment is; `stored`: words of its storage that its model leaves open, by slot; `provision`: others
    see to it there that calls need not be refused, as this number decides (0: they do not).
    """

    reader: str
    reader_origin: str
    reader_code: bool
    coded: tuple[str, ...]
    pools: tuple[tuple[bytes, ...], ...]
    strings: tuple[bytes, ...]
    steps: tuple[Step, ...]
    there: str = NOBODY
    stored: tuple[tuple[bytes, bytes], ...] = ()
    provision: int = 0

    def encoded(self) -> tuple[Any, ...]:
        """Return the run as the value of an ABI tuple (RUN)."""
        steps = [s.encoded() for s in self.steps]
        rest = (steps, self.there, self.stored, self.provision)
        return (self.reader, self.reader_origin, self.reader_code, self.coded, self.pools, self.strings, *rest)

    @classmethod
    def decoded(cls, t: tuple[Any, ...]) -> Run:
        """Return the run of an ABI tuple."""
        parts: list[Any] = [*t[:6], tuple(Step.decoded(s) for s in t[6]), *t[7:]]
        return cls(*parts)


@dataclass(frozen=True, slots=True)
class Violation:
    """`id`: the obligation's number; `check`: how it shows; `detail`: an encoding that depends on it."""

    id: int
    check: int
    detail: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    ok: bool
    returned: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """A getter's answer before and after the last call; `call` is the calldata, `foreign`: it is a getter of the environment."""

    call: bytes
    ok_before: bool
    before: bytes
    ok_after: bool
    after: bytes
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    violation: Violation
    run: Run
    outcomes: tuple[Outcome, ...]
    seen: tuple[Seen, ...]

    @classmethod
    def decoded(cls, t: tuple[Any, ...]) -> Finding:
        """Return the finding of an ABI tuple."""
        return cls(Violation(*t[0]), Run.decoded(t[1]), tuple(Outcome(*o) for o in t[2]), tuple(Seen(*s) for s in t[3]))


@dataclass(frozen=True, slots=True)
class Played:
    """What a play showed; `understood`: every key that the contract wrote was among those that were looked at; `run`: what was
    played, where something was violated."""

    violations: tuple[Violation, ...]
    outcomes: tuple[Outcome, ...]
    seen: tuple[Seen, ...]
    understood: bool
    hits: tuple[int, ...]
    run: Run

    @classmethod
    def decoded(cls, t: tuple[Any, ...]) -> Played:
        """Return the play of an ABI tuple."""
        found = (tuple(Violation(*v) for v in t[0]), tuple(Outcome(*o) for o in t[1]), tuple(Seen(*s) for s in t[2]))
        return cls(*found, t[3], tuple(t[4]), Run.decoded(t[5]))


@dataclass(frozen=True, slots=True)
class Campaign:
    """Runs that end in one kind of step: `focus` is a function's number or beyond; `depth`: the most steps after the deployment."""

    name: str
    focus: int
    depth: int
    runs: int


@dataclass(frozen=True, slots=True)
class Report:
    """What one campaign reported: `hits` counts, by number, how often an obligation was judged; `crash`: the engine's own first revert."""

    campaign: Campaign
    runs: int
    crashes: int
    crash: bytes
    hits: tuple[int, ...]
    findings: tuple[Finding, ...] = field(default=())
