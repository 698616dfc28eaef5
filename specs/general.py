"""Write the contract that keeps a specification and does anything else: what is at an environment's address where a user wrote the model.

A getter that `equals` does not define becomes a stored word. What clauses do not settle is read from storage that nobody writes, at a place
that moves on, so it is another value each time: what `modifies` lists, results, whether a getter has a value, whether a call reverts. What
clauses say of the state after a call is checked at its end. A choice that does not fit is no behaviour of the model: the call reverts where
it may, and where it is promised to succeed it ends with an error of its own (no_behaviour), and whoever runs it leaves that path out.

The contract must never do less than its clauses allow, for that would prove what is false: what Solidity cannot compute as the language
means it (`Text.exact`) is left open. Not covered: invariants that no word can be computed of; they are assumed between calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eth_hash.auto import keccak

from specs import exactly as x
from specs import formula as f
from specs import specification as s
from specs.exactly import Exactly, Text, both, refuse
from specs.formula import Expression, Position, Type
from specs.reference import HEAD, afterwards, answered, assigned
from specs.text import to_text
from toolchain.errors import SpecificationError
from toolchain.solc import CompilationFailed, compile_sources

ERROR = "solwright_NoBehaviour"
#: Names that would take the place of what the contract is written with.
BUILT_IN = {
    "abi", "addmod", "assert", "block", "blobhash", "blockhash", "ecrecover", "gasleft", "keccak256", "msg", "mulmod", "now",
    "require", "revert", "ripemd160", "selfdestruct", "sha256", "super", "this", "tx", "type",
}  # fmt: skip
CHOICES = (
    f"error {ERROR}();",
    "mapping(uint256 => uint256) private solwright_left; // nobody writes it: anything",
    "uint256 private solwright_drawn;",
    "function solwright_any() private returns (uint256) { unchecked { return solwright_left[solwright_drawn++]; } }",
    "function solwright_choose() private returns (bool) { return solwright_any() & 1 == 1; }",
    f"function solwright_impossible(bool promised) private pure {{ if (promised) revert {ERROR}(); revert(); }}",
)


def no_behaviour() -> str:
    """Return the data, in hex, of the refusal by which a model says that it has no such behaviour."""
    return keccak(f"{ERROR}()".encode())[:4].hex()


def general(spec: s.Specification) -> Mapping[str, str]:
    """Return the contract, and what others may do with it between calls, by file name.

    Raises: SpecificationError for clauses of which none can be made.
    """
    for c in spec.clauses:
        if not isinstance(c, s.Invariant | s.Transition):
            refuse(spec, c.position, f"`{c.text}`", "leave it out: nothing would use it")
    for fn in spec.functions:
        _refuse_form(spec, fn)
    storage = _Storage(spec)
    lines = [*HEAD, f"/// @title The most general contract that keeps the specification {spec.name}", f"contract {spec.name} {{"]
    lines += [f"    {line}" for line in (*CHOICES, *storage.declarations())]
    lines += [f"    {line}" for g in spec.getters for line in _View(spec, storage, g).lines()]
    for fn in spec.entries:
        lines += [f"    function {fn.name}({_parameters(fn)}) public{_returns(fn)} {{"]
        lines += [f"        {line}" for line in _Entry(spec, storage, fn).lines()] + ["    }"]
    own, world = f"{spec.name}.sol", f"{spec.name}World"
    title = f"/// @title What others may do with {spec.name} between two calls: all that it has"
    beside = [*HEAD, f'import {{{spec.name}}} from "./{own}";', "", title, f"contract {world} is {spec.name} {{}}", ""]
    made = {own: "\n".join([*lines, "}", ""]), f"{world}.sol": "\n".join(beside)}
    try:
        compile_sources(made)
    except CompilationFailed as e:
        said = e.diagnostics[0].message.rstrip(".")
        refuse(spec, Position(1, 1), f"too much for one contract: the compiler says `{said}`", "say less in one function")
    return made


def _refuse_form(spec: s.Specification, fn: s.Function) -> None:
    """Refuse what no function of a model may be."""
    if fn.payable or fn.name in {"receive", "fallback"}:
        refuse(spec, fn.position, f"{fn.title}, which takes ether,", "leave `payable` out: models refuse ether")
    if fn.name in BUILT_IN:
        refuse(spec, fn.position, f"{fn.title}, a name that Solidity has itself,", "call the function otherwise")
    if fn.abstract is not None:
        refuse(spec, fn.abstract.position, f"`abstract` at {fn.title}", "leave it out: what a model lacks is not known")
    x.plain(spec, fn.parameters, fn.position, "a parameter")
    x.plain(spec, fn.returns, fn.position, "a result")
    if fn.is_view and len(fn.returns) != 1:
        refuse(spec, fn.position, f"the getter {fn.title} with {len(fn.returns)} results", "declare one getter for each result")
    for c in fn.clauses:
        if isinstance(c, s.Pays):
            refuse(spec, c.position, "`pays`", "leave it out: models send no ether")
        if not isinstance(c, s.Reverts | s.Succeeds | s.Ensures | s.Changes | s.Modifies | s.Emits | s.Equals):
            refuse(spec, c.position, f"`{c.text}`", "leave it out: no contract can be made of it")
        if isinstance(c, s.Ensures) and fn.is_view:
            refuse(spec, c.position, "`ensures` of a view", f"write an `invariant` about {fn.name}(…), or `equals`")


def _parameters(fn: s.Function) -> str:
    return ", ".join(f"{p.type.name} {x.parameter(i)}" for i, p in enumerate(fn.parameters))


def _returns(fn: s.Function) -> str:
    listed = ", ".join(f"{p.type.name} {x.result(i)}" for i, p in enumerate(fn.returns))
    return f" returns ({listed})" if listed else ""


def _is_stored(g: s.Function) -> bool:
    return not any(isinstance(c, s.Equals) for c in g.clauses)


class _Storage:
    """Where the words of stored getters lie: by key, and below a number that moves on where a function may change all of them."""

    def __init__(self, spec: s.Specification) -> None:
        self.spec = spec
        listed = (y for fn in spec.entries for c in fn.clauses if isinstance(c, s.Modifies) for y in c.locations)
        self.renewed = {y.getter for y in listed if y.arguments is None}

    def declarations(self) -> Iterator[str]:
        for i, g in enumerate(self.spec.getters):
            if _is_stored(g):
                kinds = [*(["uint256"] if g.signature in self.renewed else []), *(p.type.name for p in g.parameters)]
                for name in (f"solwright_g{i}", *(() if self.surely(g) else (f"solwright_void{i}",))):
                    t = "uint256"
                    for k in reversed(kinds):
                        t = f"mapping({k} => {t})"
                    yield f"{t} private {name}; // {g.signature}{', unless odd' if 'void' in name else ''}"
                if g.signature in self.renewed:
                    yield f"uint256 private solwright_era{i};"

    def surely(self, g: s.Function) -> bool:
        """Tell whether a getter is promised a value unless a `reverts` applies."""
        return any(isinstance(c, s.Succeeds) and c.mode == "otherwise" for c in g.clauses)

    def place(self, g: s.Function, keys: tuple[str, ...], name: str = "g") -> str:
        i = self.spec.getters.index(g)
        era = (f"solwright_era{i}",) if g.signature in self.renewed else ()
        return f"solwright_{name}{i}" + "".join(f"[{k}]" for k in (*era, *keys))

    def set(self, g: s.Function, keys: tuple[str, ...], word: str) -> str:
        """Return the statements after which a getter has a value."""
        void = "" if self.surely(g) else f" {self.place(g, keys, 'void')} = 0;"
        return f"{self.place(g, keys)} = {word};{void}"

    def anything(self, g: s.Function, keys: tuple[str, ...]) -> str:
        """Return the statements after which a getter may have any value, or none."""
        void = "" if self.surely(g) else f" {self.place(g, keys, 'void')} = solwright_any();"
        return f"{self.place(g, keys)} = solwright_any();{void}"


class _View:
    """A getter: the function that is called, and the one that says whether it has a value."""

    def __init__(self, spec: s.Specification, storage: _Storage, g: s.Function) -> None:
        self.spec, self.storage, self.g = spec, storage, g
        self.exactly = Exactly(spec, g)

    def lines(self) -> Iterator[str]:
        keys = tuple(x.parameter(i) for i in range(len(self.g.parameters)))
        definition = next((c for c in self.g.clauses if isinstance(c, s.Equals)), None)
        value, has = self._defined(definition.formula) if definition is not None else self._stored(keys)
        head, t = f"({_parameters(self.g)})", self.g.returns[0].type
        required = ""
        if not x.always(self.g):
            name = x.has_of(self.spec, self.g)
            yield f"function {name}{head} private view returns (bool) {{ return {has}; }}"
            required = f"if (!{name}({', '.join(keys)})) revert(); "
        yield f"function {self.g.name}{head} public view returns ({t.name}) {{ {required}return {value}; }}"

    def _stored(self, keys: tuple[str, ...]) -> tuple[str, str]:
        free = [] if self.storage.surely(self.g) else [f"{self.storage.place(self.g, keys, 'void')} & 1 == 0"]
        promised = [c.formula for c in self.g.clauses if isinstance(c, s.Succeeds) and c.formula is not None]
        if free and promised:
            texts = [self.exactly.put(p) for p in promised]
            free = [" || ".join(f"({both(*p.exact, *p.defined, p.value)})" for p in texts) + f" || {free[0]}"]
        return x.from_word(self.storage.place(self.g, keys), self.g.returns[0].type), both(*self._none_reverts(), *free)

    def _none_reverts(self) -> Iterator[str]:
        for c in self.g.clauses:
            if isinstance(c, s.Reverts):
                yield f"!({self._computed(c.formula).holds()})"

    def _computed(self, e: Expression) -> Text:
        """Return an expression that Solidity computes as the language means it, wherever it has a value."""
        text = self.exactly.put(e)
        if text.exact:
            what = f"`{to_text(e)}`, in which a step may not fit a word,"
            refuse(self.spec, e.position, what, "leave the clause out: the getter may have any value then, at any time")
        return text

    def _defined(self, e: Expression) -> tuple[str, str]:
        """Return the value that a formula gives, and when it has one; a last step that does not fit is none."""
        t = self.g.returns[0].type
        fits: tuple[str, ...]
        if isinstance(e, f.Binary) and e.operator in {"+", "-", "*"} and t.kind == "uint":
            self._computed(e.left), self._computed(e.right)
            text = self.exactly.put(e)
            text, fits = Text(text.value, (*text.defined, *text.exact)), _within(text.value, t)
        else:
            text = self._computed(e)
            fits = _within(text.value, t)
        return x.narrowed(text.value, t), both(*self._none_reverts(), *text.defined, *fits)


def _within(value: str, t: Type) -> tuple[str, ...]:
    return (f"{value} <= type({t.name}).max",) if t.kind == "uint" and t.bits < 256 else ()


class _Entry:
    """A function that changes state. `out` grows in the order in which statements run; what is saved is saved before anything changes."""

    def __init__(self, spec: s.Specification, storage: _Storage, fn: s.Function) -> None:
        self.spec, self.storage, self.fn = spec, storage, fn
        self.before = Exactly(spec, fn)
        self.after = Exactly(spec, fn, self.save)
        self.out: list[str] = []
        self.known: dict[str, Text] = {}
        self.impossible = f"revert {ERROR}();"

    def lines(self) -> list[str]:
        """Return the statements."""
        self._refusals()
        self._results()
        checks = [*self._checks()]
        writes = [*self._open(), *self._settled(), *self._changed()]
        self.out += [*writes, *checks]
        return self.out

    def save(self, e: Expression) -> Text:
        """Return what an expression is before anything changes."""
        text = self.before.put(e)
        if not any(isinstance(y, f.Read) for y in f.walk(e)):
            return text
        shown = to_text(e)
        if shown not in self.known:
            n = len(self.known)
            exact = (f"solwright_e{n}",) if text.exact else ()
            defined = (f"solwright_d{n}",) if text.defined else ()
            self.out += [f"bool {exact[0]} = {both(*text.exact)};"] if exact else []
            self.out += [f"bool {defined[0]} = {both(*exact, *text.defined)};"] if defined else []
            t = {"uint": "uint256", "number": "uint256", "int": "int256"}.get(e.type.kind, e.type.name)
            known = both(*exact, *defined)
            zero = "false" if t == "bool" else f"{t}(0)"
            self.out.append(f"{t} solwright_o{n} = {text.value if known == 'true' else f'{known} ? {text.value} : {zero}'};")
            self.known[shown] = Text(f"solwright_o{n}", defined, exact)
        return self.known[shown]

    # ------------------------------------------------------------ when it reverts

    def _refusals(self) -> None:
        for c in self.fn.clauses:
            if isinstance(c, s.Reverts):
                p = self.before.put(c.formula)
                surely = f"if ({p.holds()}) revert();"
                self.out.append(f"if (!({both(*p.exact)})) {{ if (solwright_choose()) revert(); }} else {surely}" if p.exact else surely)
        successes = [c for c in self.fn.clauses if isinstance(c, s.Succeeds) and c.mode != "never"]
        if any(c.formula is None for c in successes):
            return
        if not successes:
            self.impossible = "revert();"
            self.out.append("if (solwright_choose()) revert();")
            return
        self.impossible = "solwright_impossible(solwright_promised);"
        texts = [self.before.put(c.formula) for c in successes if c.formula is not None]
        self.out.append(f"bool solwright_promised = {' || '.join(f'({both(*p.exact, *p.defined, p.value)})' for p in texts)};")
        self.out.append("if (!solwright_promised && solwright_choose()) revert();")

    # ------------------------------------------------------------ what it does

    def _ensured(self) -> Iterator[Expression]:
        for c in self.fn.clauses:
            if isinstance(c, s.Ensures):
                yield from f.chain(c.formula, "&&")

    def _results(self) -> None:
        """Choose results; one that a clause gives a value that is known before the call gets that."""
        for i, p in enumerate(self.fn.returns):
            self.out.append(f"{x.result(i)} = {x.from_word('solwright_any()', p.type)};")
        for made in map(answered, self._ensured()):
            if made is not None:
                i, value = self.fn.results.index(made[0].name), made[1]
                t = self.fn.returns[i].type
                for when, text in self._known(value, t):
                    self.out.append(_where(when, f"{x.result(i)} = {x.narrowed(text, t)};"))

    def _known(self, value: Expression, t: Type) -> Iterator[tuple[str, str]]:
        """Yield when a value is one of a type, and the value: elsewhere what was chosen stays, and the check at the end speaks of it."""
        number = value.value if t.kind == "int" and isinstance(value, f.Literal) and isinstance(value.value, int) else None
        if number is None and value.type.kind != t.kind and (value.type.kind, t.kind) != ("number", "uint"):
            return
        if number is None and t.kind == "int" and value.type.bits > t.bits:
            return
        text = Text(f"int256({number})") if number is not None else self.save(value)
        yield both(*text.exact, *text.defined, *_within(text.value, t)), text.value

    def _keys(self, getter: s.Function, arguments: tuple[Expression, ...]) -> tuple[str, ...]:
        """Return keys as they are before the call."""
        rows = zip(arguments, getter.parameters, strict=True)
        texts = []
        for a, p in rows:
            own = self.before.key(a, p.type)
            texts.append(own if not any(isinstance(y, f.Read) for y in f.walk(a)) else x.narrowed(self.save(a).value, p.type))
        return tuple(texts)

    def _listed(self) -> Iterator[s.Location]:
        for c in self.fn.clauses:
            if isinstance(c, s.Modifies):
                yield from c.locations

    def _open(self) -> Iterator[str]:
        """Yield the statements after which what `modifies` lists is anything."""
        for y in self._listed():
            g = self.spec.getter(y.getter)
            if y.arguments is None:
                yield f"unchecked {{ solwright_era{self.spec.getters.index(g)}++; }}"
            else:
                yield self.storage.anything(g, self._keys(g, y.arguments))

    def _settled(self) -> Iterator[str]:
        """Yield assignments for `ensures g(k) == e`: of all values only that one can pass the check at the end."""
        listed = [(y.getter, None if y.arguments is None else tuple(map(to_text, y.arguments))) for y in self._listed()]
        for part in self._ensured():
            made = assigned(part)
            if made is None:
                continue
            location, value = made
            at = (location.getter, tuple(map(to_text, location.arguments)))
            moving = any(isinstance(y, f.Read) for a in location.arguments for y in f.walk(a))
            late = any(isinstance(y, f.Read) for y in afterwards(value))
            if moving or late or not {at, (location.getter, None)} & {*listed}:
                continue
            try:
                keys = self._keys(self.spec.getter(location.getter), location.arguments)
            except SpecificationError:
                continue  # a key that may have no value: the check at the end speaks of it
            g = self.spec.getter(location.getter)
            for when, text in self._known(value, g.returns[0].type):
                yield _where(when, self.storage.set(g, keys, x.to_word(text, g.returns[0].type)))

    # ------------------------------------------------------------ exact differences

    def _changed(self) -> Iterator[str]:
        found = [y for c in self.fn.clauses if isinstance(c, s.Changes) for y in c.changes]
        for getter in dict.fromkeys(y.location.getter for y in found):
            g, mine = self.spec.getter(getter), [y for y in found if y.location.getter == getter]
            if g.returns[0].type.kind != "uint":
                refuse(
                    self.spec, mine[0].location.position, f"`changes` of {g.name}, which is not unsigned,", "write `modifies` and `ensures`"
                )
            yield from self._moved(g, mine)

    def _moved(self, g: s.Function, changes: list[s.Change]) -> Iterator[str]:
        """Yield the statements of all changes of one getter. They add up where their keys coincide.

        Whether what comes out fits is not checked there: more is allowed then than the clauses say.
        """
        for y in changes:
            if y.amount.type.kind not in {"uint", "number"}:
                refuse(self.spec, y.amount.position, f"the amount `{to_text(y.amount)}`, which is signed,", "write an unsigned one")
        keys = [self._keys(g, y.location.arguments) for y in changes]
        olds, amounts = [self.save(y.location) for y in changes], [self.save(y.amount) for y in changes]
        exact = both(*(d for t in amounts for d in t.exact))
        defined = both(*(d for t in (*olds, *amounts) for d in t.defined))
        most = f"uint256(type({g.returns[0].type.name}).max)"
        steps = [f"if (!({defined})) {self.impossible}"] if defined != "true" else []
        for i, (y, old, amount) in enumerate(zip(changes, olds, amounts, strict=True)):
            fits = f"{amount.value} <= {most} && {old.value} <= {most} - {amount.value}" if y.sign > 0 else f"{amount.value} <= {old.value}"
            apart = [_differ(keys[i], other) for j, other in enumerate(keys) if j != i]
            steps.append(f"if ({both(*apart, f'!({fits})')}) {self.impossible}")
        for y, k, old, amount in zip(changes, keys, olds, amounts, strict=True):
            place, sign = self.storage.place(g, k), "+" if y.sign > 0 else "-"
            word = f"{old.value} {sign} {amount.value}" if len(changes) == 1 else f"{place} {sign} {amount.value}"
            if len(changes) > 1:
                steps.insert(0, f"{place} = {old.value};")  # where `modifies` lists it as well
            steps.append(f"unchecked {{ {self.storage.set(g, k, word)} }}")
        if exact == "true":
            yield from steps
        else:
            yield f"if (!({exact})) {{ {' '.join(self.storage.anything(g, k) for k in keys)} }} else {{ {' '.join(steps)} }}"

    # ------------------------------------------------------------ what must hold at the end

    def _checks(self) -> Iterator[str]:
        for c in (*self.fn.clauses, *self.spec.transitions):
            if isinstance(c, s.Ensures | s.Transition):
                yield self._check(self.after.put(c.formula))
        if any(isinstance(c, s.Changes) or (isinstance(c, s.Modifies) and c.locations) for c in self.fn.clauses):
            for inv in self.spec.invariants:
                try:
                    text = self.after.put(inv.formula)
                except SpecificationError:
                    continue  # assumed between calls
                yield self._check(text)

    def _check(self, p: Text) -> str:
        return f"if ({both(*p.exact, f'!({p.holds()})')}) {self.impossible}"


def _where(condition: str, statement: str) -> str:
    return statement if condition == "true" else f"if ({condition}) {{ {statement} }}"


def _differ(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    return " || ".join(f"{k} != {other}" for k, other in zip(a, b, strict=True)) or "false"
