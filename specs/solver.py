"""Ask z3 about formulas over unbounded integers: only to judge a specification's sense, never to prove anything of a contract.

Getters become uninterpreted functions of two states, with the ranges of their types. What has no exact integer meaning here (shifts, bit
operators, hashes, encodings) becomes uninterpreted too: that allows more, so *unsat* stays right, and a `sat` that rests on it is inexact.
"""

from __future__ import annotations

import re
import shutil
import sysconfig
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from typing import Literal as Choice

from specs import formula as f
from specs.formula import Expression, Type
from toolchain.errors import ToolCrashed, ToolNotFound
from toolchain.process import Finished, Limits, run

State = Choice["pre", "post"]
Outcome = Choice["sat", "unsat", "unknown"]

END = "solwright end"
CORES = "(set-option :smt.core.minimize true) (set-option :produce-unsat-assumptions true)"
NEXT_STEP = "run: solwright doctor"
#: How much z3 works for one model, in its own unit: the same on every machine.
WORK = 3_000_000
ETHER = 2**128
TIME = 2**64
WORLD_RANGES = {
    "msg.sender": (1, 2**160),
    "msg.value": (0, ETHER),
    "msg.sig": (0, 2**32),
    "block.timestamp": (0, TIME),
    "block.number": (0, TIME),
    "address(this)": (1, 2**160),
}


@dataclass(frozen=True, slots=True)
class Query:
    """Named SMT-LIB assertions and the declarations that they need; `exact`: nothing in them is an over-approximation."""

    script: str
    names: tuple[str, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """z3's answer; `core` names the assertions that contradict each other."""

    outcome: Outcome
    core: tuple[str, ...] = ()


@dataclass(slots=True)
class Term:
    """An SMT-LIB term with the condition under which it is defined."""

    text: str
    defined: str = "true"


@dataclass(slots=True)
class Translation:
    """Collect one query."""

    named: dict[str, str] = field(default_factory=dict)
    exact: bool = True
    given: dict[str, str] = field(default_factory=dict)  # terms that stand for parameters, by name: for definitions at certain keys
    payees: dict[str, str] = field(default_factory=dict)  # addresses of which it is asked what they are sent, with the terms for it
    _declared: dict[str, str] = field(default_factory=dict)
    _sides: dict[str, None] = field(default_factory=dict)
    _reads: list[tuple[str, State, tuple[str, ...], str]] = field(default_factory=list)
    _sums: list[tuple[str, State, tuple[str, ...], str]] = field(default_factory=list)
    _defined: dict[str, str] = field(default_factory=dict)
    _inside_defined: int = 0
    _assume_defined: bool = False

    # ------------------------------------------------------------ assertions

    def claim(self, name: str, e: Expression, state: State = "pre") -> None:
        """Assert that a formula evaluates, and to true."""
        self.named[name] = self.holds(e, state)

    def deny(self, name: str, e: Expression, state: State = "pre") -> None:
        """Assert that a formula does not evaluate to true."""
        self.named[name] = f"(not {self.holds(e, state)})"

    def refute(self, name: str, e: Expression, state: State = "pre") -> None:
        """Assert that a formula is not true although every getter in it has a value: unsat if its types alone make it true."""
        self._assume_defined = True
        self.deny(name, e, state)
        self._assume_defined = False

    def add(self, name: str, text: str) -> None:
        """Assert an SMT-LIB text."""
        self.named[name] = text

    def holds(self, e: Expression, state: State) -> str:
        """Return `defined and true`; the symbols of `forall` are constants: right where the formula is assumed, and where it is denied."""
        term = self.term(e.body if isinstance(e, f.Forall) else e, state)
        return conj(term.defined, term.text)

    def symbol(self, name: str, arguments: Sequence[str], types: Sequence[Type], sort: str) -> str:
        """Return the application of a free function of that name, or a free constant."""
        return self._application(name, list(arguments), [sort_of(t) for t in types], sort)

    def sent(self, who: str) -> str:
        """Return the ether that the call sends to an address, which is remembered."""
        text = self._application("sent", [who], ["Int"], "Int")
        self._sides[f"(>= {text} 0)"] = None
        self.payees[who] = text
        return text

    def query(self) -> Query:
        """Return what was collected."""
        sides = [*self._sides, *self._partial_sums()]
        lines = [*self._declared.values(), *(f"(assert {s})" for s in sides)]
        for i, text in enumerate(self.named.values()):
            lines += [f"(declare-const named{i} Bool)", f"(assert (=> named{i} {text}))"]
        return Query("\n".join(lines), tuple(self.named), self.exact)

    def reads(self, getter: str, state: State) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Return keys and term of every read of a getter so far."""
        return tuple(dict.fromkeys((keys, text) for g, s, keys, text in self._reads if g == getter and s == state))

    def definedness(self, state: State) -> tuple[str, ...]:
        """Return for every read of a state the term that says whether it has a value."""
        rows = (text for _, s, _, text in self._reads if s == state)
        return tuple(dict.fromkeys(self._defined[text] for text in rows if text in self._defined))

    def sums(self, state: State) -> tuple[tuple[str, tuple[str, ...], str], ...]:
        """Return getter, leading keys and term of every sum so far."""
        return tuple(dict.fromkeys((g, keys, text) for g, s, keys, text in self._sums if s == state))

    def total(self, getter: str, keys: Sequence[str], types: Sequence[Type], state: State) -> str:
        """Return the sum of a getter at leading keys that are terms."""
        text = self._application(f"sum:{getter}@{state}", list(keys), [sort_of(t) for t in types], "Int")
        self._sides[f"(>= {text} 0)"] = None
        self._sums.append((getter, state, tuple(keys), text))
        return text

    def counted(self, getter: str, keys: Sequence[str], types: Sequence[Type], t: Type, state: State) -> str:
        """Return what a key adds to a sum: its value, nothing where the getter reverts."""
        value = self.value_at(getter, keys, types, t, state)
        return f"(ite {value.defined} {value.text} 0)"

    def _partial_sums(self) -> list[str]:
        """Any part of a sum is at most the sum."""
        return [
            f"(=> {conj(*(f'(= {a} {b})' for a, b in zip(keys, read_keys, strict=False)))} (<= {read} {total}))"
            for getter, state, keys, total in self._sums
            for g, s, read_keys, read in self._reads
            if g == getter and s == state
        ]

    # ------------------------------------------------------------ terms

    def term(self, e: Expression, state: State) -> Term:
        """Return the term of an expression in a state."""
        match e:
            case f.Literal():
                return Term(self._literal(e))
            case f.EnumValue():
                return Term(str(e.type.members.index(e.member)))
            case f.Variable():
                if e.role == "parameter" and e.name in self.given:
                    return Term(self.given[e.name])
                return Term(self._constant(f"{e.role}:{e.name}:{e.type.name}", e.type))
            case f.World():
                return Term(self._constant(e.name, e.type, WORLD_RANGES[e.name]))
            case f.Read():
                return self._read(e, state)
            case f.Old():
                return self.term(e.operand, "pre")
            case f.Unary():
                return self._unary(e, state)
            case f.Binary():
                return self._binary(e, state)
            case f.Conditional():
                c, a, b = (self.term(x, state) for x in (e.condition, e.if_true, e.if_false))
                return Term(f"(ite {c.text} {a.text} {b.text})", conj(c.defined, f"(ite {c.text} {a.defined} {b.defined})"))
            case f.Cast():
                return self._cast(e, state)
            case f.Sum():
                return self._sum(e, state)
            case f.Balance():
                own = isinstance(e.operand, f.World) and e.operand.name == "address(this)"
                self.exact = self.exact and (own or state == "pre")  # what others own after a call is up to them
                return self._apply(f"ether@{state}", (e.operand,), f.UINT256, state, (0, ETHER))
            case f.Sent():
                who = self.term(e.operand, state)
                return Term(self.sent(who.text), who.defined)
            case f.Codeless():
                who, this = self.term(e.operand, state), self._constant("address(this)", f.ADDRESS, WORLD_RANGES["address(this)"])
                self._sides[f"(not {self._application('codeless', [this], ['Int'], 'Bool')})"] = None
                return Term(self._application("codeless", [who.text], ["Int"], "Bool"), who.defined)
            case f.Accepts():
                who = self.term(e.operand, state)
                return Term(self._application("accepts", [who.text], ["Int"], "Bool"), who.defined)
            case f.Defined():
                self._inside_defined += 1
                inner = self.term(e.operand, state)
                self._inside_defined -= 1
                return Term(inner.defined)
            case f.Same():
                a, b = self.term(e.left, state), self.term(e.right, state)
                whole = self._perhaps("same", (e.left, e.right), state) if e.left.type.kind == "struct" else "true"
                return Term(f"(= {a.text} {b.text})", conj(a.defined, b.defined, whole))
            case f.Member():
                name = f"{e.operand.type.name}.{e.name}"
                made = self._apply(name, (e.operand,), e.type, state)
                return Term(made.text, conj(made.defined, self._perhaps(name, (e.operand,), state)))
            case f.Length():
                return self._apply("length", (e.operand,), f.UINT256, state)
            case f.Index():
                return self._inexact(f"index:{e.operand.type.name}", (e.operand, e.index), e.type, state)
            case f.Hash() | f.BytesOf():
                self.exact = False
                return self._apply(type(e).__name__, (e.operand,), e.type, state)
            case f.Encode():
                name = ",".join(("packed" if e.packed else "abi", *(a.type.name for a in e.arguments)))
                return self._inexact(name, e.arguments, e.type, state)
            case _:
                raise AssertionError(f"no term for {type(e).__name__}")

    def value_at(self, getter: str, keys: Sequence[str], sorts: Sequence[Type], t: Type, state: State) -> Term:
        """Return the value of a getter at keys that are terms; it is defined where the getter does not revert."""
        named = [sort_of(k) for k in sorts]
        text = self._application(f"{getter}@{state}", list(keys), named, sort_of(t))
        self._bound(text, t)
        self._reads.append((getter, state, tuple(keys), text))
        self._defined[text] = self._application(f"{getter}@{state}#defined", list(keys), named, "Bool")
        return Term(text, self._defined[text])

    def _read(self, e: f.Read, state: State) -> Term:
        keys = [self.term(a, state) for a in e.arguments]
        made = self.value_at(e.getter, [k.text for k in keys], [_key_type(a.type) for a in e.arguments], e.type, state)
        if self._assume_defined and not self._inside_defined:
            self._sides[made.defined] = None
        return Term(made.text, conj(*(k.defined for k in keys), made.defined))

    def _sum(self, e: f.Sum, state: State) -> Term:
        made = self._apply(f"sum:{e.getter}@{state}", e.keys, f.NUMBER, state)
        self._sides[f"(>= {made.text} 0)"] = None
        self._sums.append((e.getter, state, tuple(self.term(k, state).text for k in e.keys), made.text))
        if all(isinstance(k, f.Literal | f.Variable | f.World | f.Read | f.Member | f.Cast | f.EnumValue) for k in e.keys):
            return made
        return Term(made.text, conj(made.defined, self._perhaps(f"sum:{e.getter}", e.keys, state)))

    def _apply(self, name: str, arguments: Sequence[Expression], t: Type, state: State, bounds: tuple[int, int] | None = None) -> Term:
        terms = [self.term(a, state) for a in arguments]
        text = self._application(name, [x.text for x in terms], [sort_of(a.type) for a in arguments], sort_of(t))
        self._bound(text, t, bounds)
        return Term(text, conj(*(x.defined for x in terms)))

    def _inexact(self, name: str, arguments: Sequence[Expression], t: Type, state: State) -> Term:
        """Return what is not computed: any value, defined or not, the same for the same arguments."""
        self.exact = False
        made = self._apply(name, arguments, t, state)
        return Term(made.text, conj(made.defined, self._perhaps(name, arguments, state)))

    def _perhaps(self, name: str, arguments: Sequence[Expression], state: State) -> str:
        """Return whether an operation has a value for these arguments, where that is not worked out."""
        terms = [self.term(a, state).text for a in arguments]
        text = self._application(f"{name}#defined", terms, [sort_of(a.type) for a in arguments], "Bool")
        if self._assume_defined and not self._inside_defined:
            self._sides[text] = None
        return text

    def _application(self, name: str, arguments: list[str], sorts: list[str], sort: str) -> str:
        symbol = f"|{name}/{len(sorts)}|"
        if "Data" in (*sorts, sort):
            self._declared.setdefault("", "(declare-sort Data 0)")
        self._declared.setdefault(symbol, f"(declare-fun {symbol} ({' '.join(sorts)}) {sort})")
        return f"({symbol} {' '.join(arguments)})" if arguments else symbol

    def _constant(self, name: str, t: Type, bounds: tuple[int, int] | None = None) -> str:
        text = self._application(name, [], [], sort_of(t))
        self._bound(text, t, bounds)
        return text

    def _bound(self, text: str, t: Type, bounds: tuple[int, int] | None = None) -> None:
        limits = bounds or _range(t)
        if limits is not None:
            self._sides[f"(and (<= {_int(limits[0])} {text}) (< {text} {_int(limits[1])}))"] = None

    def _literal(self, e: f.Literal) -> str:
        if isinstance(e.value, bool):
            return "true" if e.value else "false"
        if isinstance(e.value, int):
            return _int(e.value)
        raw = e.value.encode() if isinstance(e.value, str) else e.value
        if e.type.kind in {"fixed_bytes", "address"}:
            return str(int.from_bytes(raw))
        return self._constant(f"data:{raw.hex()}", e.type)

    def _unary(self, e: f.Unary, state: State) -> Term:
        inner = self.term(e.operand, state)
        match e.operator:
            case "!":
                return Term(f"(not {inner.text})", inner.defined)
            case "-":
                return Term(f"(- {inner.text})", inner.defined)
            case _:
                return self._inexact("~", (e.operand,), e.type, state)

    def _binary(self, e: f.Binary, state: State) -> Term:
        operator = e.operator
        if operator in {"&&", "||", "==>"}:
            return self._short(operator, self.term(e.left, state), self.term(e.right, state))
        if operator in {"<<", ">>", "&", "|", "^", "**"}:
            return self._inexact(f"{'or' if operator == '|' else operator}:{e.type.name}", (e.left, e.right), e.type, state)
        a, b = self.term(e.left, state), self.term(e.right, state)
        defined = conj(a.defined, b.defined)
        if operator in {"/", "%"}:
            quotient = f"(ite (>= {a.text} 0) (div {a.text} {b.text}) (- (div (- {a.text}) {b.text})))"
            text = quotient if operator == "/" else f"(- {a.text} (* {b.text} {quotient}))"
            return Term(text, conj(defined, f"(not (= {b.text} 0))"))
        if operator == "!=":
            return Term(f"(not (= {a.text} {b.text}))", defined)
        if operator == "*" and f.magnitude(e) > f.WIDEST:
            text, limit = f"(* {a.text} {b.text})", 2**f.WIDEST
            return Term(text, conj(defined, f"(< {text} {limit})", f"(< (- {limit}) {text})"))
        return Term(f"({ {'==': '=', '<==>': '='}.get(operator, operator) } {a.text} {b.text})", defined)

    def _short(self, operator: str, a: Term, b: Term) -> Term:
        """The right side counts only where the left one does not decide."""
        if operator == "||":
            return Term(f"(or {a.text} {b.text})", conj(a.defined, f"(or {a.text} {b.defined})"))
        word = "and" if operator == "&&" else "=>"
        return Term(f"({word} {a.text} {b.text})", conj(a.defined, f"(=> {a.text} {b.defined})"))

    def _cast(self, e: f.Cast, state: State) -> Term:
        inner = self.term(e.operand, state)
        source, target = e.operand.type, e.type
        if "Data" in (sort_of(source), sort_of(target)):
            return self._inexact(f"cast:{source.name}:{target.name}", (e.operand,), target, state)
        text, defined = inner.text, inner.defined
        if source.kind == target.kind == "fixed_bytes":
            shift = 2 ** abs(source.bits - target.bits)
            if target.bits >= source.bits:
                return Term(f"(* {text} {shift})", defined)
            return Term(f"(div {text} {shift})", conj(defined, f"(= (mod {text} {shift}) 0)"))
        limits = _range(target)
        if limits is None:
            return Term(text, defined)
        return Term(text, conj(defined, f"(<= {_int(limits[0])} {text})", f"(< {text} {_int(limits[1])})"))


def _key_type(t: Type) -> Type:
    return f.UINT256 if t.kind == "number" else t


def sort_of(t: Type) -> str:
    if t.kind == "bool":
        return "Bool"
    return "Data" if t.kind in {"string", "bytes", "array", "struct"} else "Int"


def within(text: str, t: Type) -> str:
    """Return the condition under which a term is a value of a type."""
    limits = _range(t)
    return "true" if limits is None else f"(and (<= {_int(limits[0])} {text}) (< {text} {_int(limits[1])}))"


def _range(t: Type) -> tuple[int, int] | None:
    match t.kind:
        case "uint" | "address" | "fixed_bytes":
            return 0, 2**t.bits
        case "int":
            return -(2 ** (t.bits - 1)), 2 ** (t.bits - 1)
        case "enum":
            return 0, len(t.members)
        case _:
            return None


def _int(n: int) -> str:
    return str(n) if n >= 0 else f"(- {-n})"


def conj(*conditions: str) -> str:
    kept = list(dict.fromkeys(c for c in conditions if c != "true"))
    return "true" if not kept else kept[0] if len(kept) == 1 else f"(and {' '.join(kept)})"


def ask(queries: Sequence[Query], *, each_s: float = 2, time_s: float = 30) -> tuple[Answer, ...]:
    """Have a z3 process answer all queries; what it does not answer in time is unknown.

    Each stands in a scope of its own: `(reset)` between them takes z3 ten times as long as most answers.

    Raises: ToolNotFound, ToolCrashed when z3 cannot be asked, or says something that we do not understand.
    """
    if not queries:
        return ()
    script = "\n".join(f"(push)\n{_script(q)}\n(pop)" for q in queries)
    finished = _run(f"{_options(each_s)}\n{script}", time_s)
    if finished.exit_code != 0 and finished.reason is None and b'(error "' not in finished.stdout:
        raise ToolCrashed(f"z3 ended with code {finished.exit_code}: {finished.stderr.decode(errors='replace').strip()[-300:]}", NEXT_STEP)
    said = finished.stdout.decode(errors="replace").split(END)[:-1]
    if finished.reason is None and len(said) != len(queries):
        raise ToolCrashed(f"z3 answered {len(said)} of {len(queries)} queries", NEXT_STEP)
    answers = [_answer(q, text) for q, text in zip(queries, said, strict=False)]
    return (*answers, *(Answer("unknown") for _ in queries[len(answers) :]))


def _run(script: str, time_s: float) -> Finished:
    with tempfile.TemporaryDirectory(prefix="solwright-") as folder:
        return run([locate_z3(), "-in"], cwd=Path(folder), limits=Limits(time_s=time_s, memory_mb=2048), stdin=script.encode())


def models(
    queries: Sequence[Query], terms: Sequence[Sequence[str]], *, each_s: float = 20, time_s: float = 120
) -> list[list[Value] | None]:
    """Return for each query the values of its terms in one model, None where z3 finds none with a bounded amount of work.

    Raises: ToolNotFound, ToolCrashed when z3 cannot be asked.
    """
    if not queries:
        return []
    options = _options(each_s, WORK)  # after a reset: which model is found depends on what was asked before in the same context
    asked = [_script(q, f"(get-value ({' '.join(wanted)} true))") for q, wanted in zip(queries, terms, strict=True)]
    finished = _run("\n".join(f"(reset)\n{options}\n{x}" for x in asked), time_s)
    said = finished.stdout.decode(errors="replace").split(END)[:-1]
    found = [_values(text, len(wanted)) for text, wanted in zip(said, terms, strict=False)]
    return [*found, *(None for _ in queries[len(found) :])]


Value = int | bool | str


def _values(text: str, count: int) -> list[Value] | None:
    """Read the pairs behind `sat`; a value of a sort of ours is a name without meaning."""
    outcome, _, rest = text.strip().partition("\n")
    if outcome != "sat":
        return None
    tokens = re.findall(r"\|[^|]*\||[()]|[^\s()|]+", rest)
    stack: list[list[Any]] = [[]]
    for token in tokens:
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    pairs = stack[0][0] if len(stack) == 1 and stack[0] else []
    if len(pairs) != count + 1:
        raise ToolCrashed(f"z3 gave a model that cannot be read: {rest[:200]!r}", NEXT_STEP)
    return [_value(pair[-1]) for pair in pairs[:count]]


def _value(node: Any) -> Value:
    if isinstance(node, list):
        return -int(node[1])
    if node in {"true", "false"}:
        return bool(node == "true")
    return int(node) if re.fullmatch(r"\d+", node) else str(node)


def locate_z3() -> Path:
    """Return the z3 program that the z3-solver package puts beside our interpreter. Raises: ToolNotFound."""
    found = shutil.which("z3", path=sysconfig.get_path("scripts"))
    if found is None:
        raise ToolNotFound("z3 is not installed beside this Python", "install solwright again: z3 comes with its z3-solver package")
    return Path(found)


def _options(each_s: float, work: int = 0) -> str:
    options = f"(set-option :timeout {int(each_s * 1000)}) {CORES}"
    return options + (f" (set-option :rlimit {work})" if work else "")


def _script(query: Query, then: str = "(get-unsat-assumptions)") -> str:
    names = " ".join(f"named{i}" for i in range(len(query.names)))
    return f'{query.script}\n(check-sat-assuming ({names}))\n{then}\n(echo "{END}")'


def _answer(query: Query, text: str) -> Answer:
    """Read one answer. Only after `unsat` the line behind it counts: elsewhere z3 complains that there is no core."""
    outcome, _, rest = text.strip().partition("\n")
    if outcome == "unsat" and "(error" not in rest:
        return Answer("unsat", tuple(query.names[int(n)] for n in sorted(re.findall(r"named(\d+)", rest), key=int)))
    if outcome not in {"sat", "unknown"}:
        raise ToolCrashed(f"z3 answered {text.strip()[:200]!r}", NEXT_STEP)
    return Answer("sat" if outcome == "sat" else "unknown")
