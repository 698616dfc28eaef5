"""State obligations as functions of Solidity: each runs the function that it is about and asserts one thing.

The function that is checked ends in `revert()`, so that it is no step of the contract's own. Asserted is what implies the clause; why the
assertion's safety means that the obligation holds, and what is not offered, stands in docs/horn.md.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from specs import formula as f
from specs import specification as s
from specs.formula import Expression
from specs.parse import asks_for_code, says_who_accepts
from verifier.engines.horn.binding import mark, meant
from verifier.engines.horn.exact import NotOffered, Term, both, choose, compare, either, negate
from verifier.engines.horn.readings import Readings, agrees, as_promised, implementation_of
from verifier.engines.horn.refuse import PREFIX
from verifier.engines.horn.stage import Listed, Scene, kind_of, same
from verifier.ledger import all_keys
from verifier.obligation import Obligation
from verifier.reach import Code, Node, walk


@dataclass(frozen=True, slots=True)
class Check:
    """One obligation as a function (or constructor) of the instrumented source."""

    obligation: str
    name: str  # of the function; of the contract, for constructors
    text: str


def type_of(declaration: Node) -> str:
    """Return a declaration's type as it is written in a derived contract, with its data location."""
    words = str(declaration["typeDescriptions"]["typeString"]).split(" ")
    name = " ".join(w for w in words if w not in {"enum", "contract", "struct", "storage", "ref", "memory", "calldata", "pointer"})
    named = next((n for n in walk(declaration["typeName"]) if n["nodeType"] == "UserDefinedTypeName"), None)
    if named is not None:
        base, bracket, lengths = name.partition("[")
        name = f"{base}{mark(named['referencedDeclaration'])}{bracket}{lengths}"
    location = declaration.get("storageLocation")
    return f"{name} {location}" if location in {"calldata", "memory"} else name


def calls_out(node: Node) -> bool:
    """Tell whether an expression hands control to a stranger."""
    return str((node.get("typeDescriptions") or {}).get("typeIdentifier") or "").startswith("t_function_barecall_")


class Writer:
    """Write the checks of one contract."""

    def __init__(self, specification: s.Specification, code: Code) -> None:
        self.specification = specification
        self.code = code
        self.readings = Readings(code, specification.getters)
        self.calling = {e.selector for e in code.entries if any(calls_out(n) for definition in e.nodes for n in walk(definition))}

    def check(self, obligation: Obligation, number: int) -> Check:
        """Return the obligation as a function. Raises NotOffered with the reason where it cannot be stated soundly."""
        title = obligation.function.removeprefix("view ")
        function = next((fn for fn in self.specification.functions if fn.title == title), None)
        if function is None or not function.selector:
            raise NotOffered("only functions with a selector are offered")
        if function.selector in self.calling:
            raise NotOffered("the function calls out: the promise speaks of strangers that do not call back, solc's model of those that do")
        node = implementation_of(self.code, function.selector)
        if node is None:
            raise NotOffered("the function is not in the source")
        if node["nodeType"] == "FunctionDefinition":
            self._compare(function.parameters, node["parameters"]["parameters"])
            self._compare(function.returns, node["returnParameters"]["parameters"])
        scene = self._scene(function, node)
        claim = self._claim(scene, obligation, function)
        scene.assume()
        name = f"{PREFIX}check_{number}"
        return Check(obligation.id, name, self._text(scene, function, node, name, claim))

    def _compare(self, promised: Sequence[s.Parameter], given: Sequence[Node]) -> None:
        """Refuse where the interface and the source disagree about what is an enum, or how many there are."""
        if len(promised) != len(given) or not all(agrees(self.code, p.type, d) for p, d in zip(promised, given, strict=True)):
            raise NotOffered("the source has other types than its interface")

    def _scene(self, function: s.Function, node: Node) -> Scene:
        scene = Scene(self.readings, self.specification, function.payable)
        scene.terms.append(("address", "msg.sender"))
        given = node["parameters"]["parameters"] if node["nodeType"] == "FunctionDefinition" else [None] * len(function.parameters)
        for i, (p, d) in enumerate(zip(function.parameters, given, strict=True)):
            name = f"{PREFIX}p{i}"
            scene.parameters.append(f"{type_of(d) if d is not None else p.type.name} {name}")
            value = name if d is None else as_promised(name, p.type, d)
            scene.terms.append((p.type.name, value))
            if p.name:
                scene.variables[p.name] = value
        returned = node["returnParameters"]["parameters"] if node["nodeType"] == "FunctionDefinition" else [node] * len(function.returns)
        for i, (name, p, d) in enumerate(zip(function.results, function.returns, returned, strict=True)):
            if name:
                scene.results[name] = (as_promised(f"{PREFIX}q{i}", p.type, d), p.type)
        return scene

    # ------------------------------------------------------------ claims

    def _claim(self, scene: Scene, o: Obligation, function: s.Function) -> str:
        clause = next((c for c in function.clauses if c.id == o.subject), None)
        if says_who_accepts(function):
            raise NotOffered("who accepts")
        if asks_for_code(function):
            raise NotOffered("code of others")
        if o.kind == "frame":
            self._list(scene, function, {o.subject}, amounts=False)
        elif isinstance(clause, s.Changes):
            self._list(scene, function, {x.location.getter for x in clause.changes}, amounts=True)
        match o.kind:
            case "reverts" if isinstance(clause, s.Reverts) and clause.error is None:
                return scene.keep("bool", scene.pre().truth(clause.formula).refuted)
            case "ensures" if isinstance(clause, s.EnsuresStrictly):
                raise NotOffered("what holds whatever strangers do is not offered")
            case "ensures" if isinstance(clause, s.Ensures):
                return self._holds(scene, clause.formula, function)
            case "transition":
                tr = next(t for t in self.specification.transitions if t.id == o.subject)
                return self._holds(scene, tr.formula, function)
            case "invariant":
                inv = next(i for i in self.specification.invariants if i.id == o.subject)
                return self._holds(scene, inv.formula, function)
            case "changes" if isinstance(clause, s.Changes):
                return both(*(self._moved(scene, x) for x in scene.listed if x.clause == clause.id))
            case "frame":
                return self._framed(scene, o.subject)
            case "reverts":
                raise NotOffered("which error a call reverts with")
            case _:
                raise NotOffered(f"{o.kind} is not offered to this engine")

    def _holds(self, scene: Scene, formula: Expression, function: s.Function) -> str:
        for e in f.walk(formula):
            if isinstance(e, f.Balance | f.Sent):
                raise NotOffered("ether")
            if isinstance(e, f.Sum) and all_keys(function, e.getter):
                raise NotOffered(f"a sum over {e.name}, which may change at every key")
        self._list(scene, function, {e.getter for e in f.walk(formula) if isinstance(e, f.Sum)}, amounts=False)
        body = formula
        if isinstance(formula, f.Forall):
            body = formula.body
            for name, t in formula.bound:
                scene.bound[name] = scene.bind(t, f"{PREFIX}b{len(scene.parameters)}")
        scene.keep_olds(body)
        return scene.post().truth(body).yes

    def _list(self, scene: Scene, function: s.Function, getters: Set[str], *, amounts: bool) -> None:
        """Evaluate the locations of some getters that the function lists: keys and old values, and by how much they change."""
        for c in function.clauses:
            if isinstance(c, s.Changes):
                for x in (x for x in c.changes if x.location.getter in getters):
                    self._location(scene, x.location.getter, x.location.arguments, c.id, x if amounts else None)
            elif isinstance(c, s.Modifies):
                for y in (y for y in c.locations if y.getter in getters):
                    if y.arguments is not None:
                        self._location(scene, y.getter, y.arguments, c.id, None)

    def _location(self, scene: Scene, getter: str, arguments: Sequence[Expression], clause: str, change: s.Change | None) -> None:
        pre = scene.pre()
        g = self.specification.getter(getter)
        keys = tuple(pre.key(a, p.type) for a, p in zip(arguments, g.parameters, strict=True))
        amount = scene.keep_term("uint256", pre.term(change.amount)) if change is not None else None
        keys = tuple(scene.keep_term(p.type.name, k) for k, p in zip(keys, g.parameters, strict=True))
        scene.terms += [(p.type.name, k.text) for k, p in zip(keys, g.parameters, strict=True)]
        kept, t = "", g.returns[0].type
        if t.kind in {"uint", "enum"} and len(g.returns) == 1:
            old = self.readings.read(getter, [k.text for k in keys])
            kept = scene.keep("uint256", f"uint256({old.text})")
            there = tuple(scene.keep("bool", x) for x in old.fits)
            keys = tuple(Term(k.text, (*k.fits, *there)) for k in keys)
        elif change is not None:
            raise NotOffered(f"a change of a value of type {t.name}")
        scene.listed.append(Listed(getter, keys, kept, amount, change.sign if change is not None else 0, clause))

    def _moved(self, scene: Scene, at: Listed) -> str:
        """new == old ± every amount of this function whose location has the same key."""
        new = self.readings.read(at.getter, [k.text for k in at.keys])
        fits = [z for k in at.keys for z in k.fits]
        plus, minus = [Term(f"uint256({new.text})", new.fits)], [Term(at.old)]
        for x in scene.listed:
            if x.getter != at.getter or x.amount is None:
                continue
            here = "true" if x is at else same(x, at)
            fits += [either(negate(here), z) for z in (*x.amount.fits, *(z for k in x.keys for z in k.fits))]
            term = Term(choose(here, x.amount.text))
            (minus if x.sign > 0 else plus).append(term)
        return both(*fits, compare("==", plus, minus).yes)

    def _framed(self, scene: Scene, getter: str) -> str:
        g = self.specification.getter(getter)
        keys = [scene.bind(p.type, f"{PREFIX}k{i}") for i, p in enumerate(g.parameters)]
        kind = kind_of(g.returns[0].type) if len(g.returns) == 1 else ""
        if not kind:
            raise NotOffered(f"a frame of {getter}, which returns more than one value")
        value = self.readings.read(getter, keys)
        lifted = f"uint256({value.text})" if kind == "uint256" else value.text
        old, there = scene.keep(kind, lifted), scene.keep("bool", both(*value.fits)) if value.fits else "true"
        mine = Listed(getter, tuple(Term(k) for k in keys), "", None, 0, "")
        excused = [both(*(z for k in x.keys for z in k.fits), same(x, mine)) for x in scene.listed if x.getter == getter]
        now = both(*value.fits)
        kept = f"({there}) == ({now})" if value.fits else "true"
        return either(*excused, both(kept, either(negate(there), f"{lifted} == {old}")))

    # ------------------------------------------------------------ text

    def _text(self, scene: Scene, function: s.Function, node: Node, name: str, claim: str) -> str:
        guards = [f"require({g});" for g in dict.fromkeys(scene.guards) if g != "true"]
        lines = [*scene.before, *guards, *self._run(function, node), *scene.after, f"assert({claim});", "revert();"]
        equal = []
        for i, (text, t) in enumerate(scene.results.values()):
            symbol = f"{PREFIX}r{i}"
            if any(symbol in line for line in lines):
                scene.parameters.append(f"{t.name} {symbol}")
                equal.append(f"require({text} == {symbol});")
        lines[-2:-2] = equal
        lines = [*(f"require({w});" for w in scene.world(" ".join(lines))), *lines]
        payable = " payable" if function.payable else ""
        body = "\n".join(f"            {line}" for line in lines)
        parameters = ", ".join(scene.parameters)
        return f"    function {name}({parameters}) public{payable} {{\n        unchecked {{\n{body}\n        }}\n    }}\n"

    def _run(self, function: s.Function, node: Node) -> list[str]:
        """Call the function, or read the variable that answers for it."""
        arguments = [f"{PREFIX}p{i}" for i in range(len(function.parameters))]
        if node["nodeType"] == "VariableDeclaration":
            found = self.readings.read(function.signature, arguments)
            t = function.returns[0].type
            kind = t.name if t.kind in {"uint", "address"} else kind_of(t) if arguments else type_of(node)
            return [*(f"require({x});" for x in found.fits), f"{kind} {PREFIX}q0 = {found.text};"]
        returned = node["returnParameters"]["parameters"]
        call = f"{meant(node)}({', '.join(arguments)});"
        names = ", ".join(f"{type_of(r)} {PREFIX}q{i}" for i, r in enumerate(returned))
        return [call if not returned else f"{names} = {call}" if len(returned) == 1 else f"({names}) = {call}"]

    # ------------------------------------------------------------ construction

    def construction(self, obligation: Obligation, number: int, contract: Node, node: Node | None) -> Check:
        """Return an obligation of the constructor as a contract of its own. Raises NotOffered."""
        c = self.specification.constructor
        formula = next(
            (
                x.formula
                for x in (*c.clauses, *self.specification.invariants)
                if x.id == obligation.subject and isinstance(x, s.Initially | s.Invariant)
            ),
            None,
        )
        if obligation.kind not in {"initially", "invariant"} or formula is None:
            raise NotOffered(f"{obligation.kind} of a constructor is not offered to this engine")
        if any(isinstance(e, f.Balance | f.Sum) for e in f.walk(formula)):
            raise NotOffered("ether or a sum right after a deployment")
        scene = Scene(self.readings, self.specification, c.payable)
        given = node["parameters"]["parameters"] if node is not None else []
        self._compare(c.parameters, given)
        for i, (p, d) in enumerate(zip(c.parameters, given, strict=True)):
            scene.parameters.append(f"{type_of(d)} {PREFIX}p{i}")
            scene.variables[p.name] = as_promised(f"{PREFIX}p{i}", p.type, d)
        body = formula
        if isinstance(formula, f.Forall):
            body = formula.body
            for bound, t in formula.bound:
                scene.bound[bound] = scene.bind(t, f"{PREFIX}b{len(scene.parameters)}")
        claim = scene.post().truth(body).yes
        name = f"{PREFIX}deployed_{number}"
        arguments = ", ".join(f"{PREFIX}p{i}" for i in range(len(given)))
        world = "".join(f"            require({w});\n" for w in scene.world(claim))
        head = f"constructor({', '.join(scene.parameters)}){' payable' if c.payable else ''} {meant(contract)}({arguments})"
        inner = f"        unchecked {{\n{world}            assert({claim});\n        }}\n"
        text = f"contract {name} is {meant(contract)} {{\n    {head} {{\n{inner}    }}\n}}\n"
        return Check(obligation.id, name, text)
