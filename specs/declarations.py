"""Read the interface itself — functions, events, errors, enums, structs — out of the compiler's AST."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from specs.formula import ADDRESS, BOOL, Type
from specs.scope import TAKEN_NAMES
from specs.source import RULE, RULES, Source
from specs.specification import ErrorDeclaration, EventDeclaration, Function, Parameter, abi_name

Node = Mapping[str, Any]
ELEMENTARY = re.compile(r"(u?int)(\d+)|bytes(\d+)")
SUGAR_ARITY = {
    "old": {1},
    "sum": {1, 2, 3, 4},
    "balance": {1},
    "defined": {1},
    "same": {2},
    "changed": {1},
    "sent": {1},
    "accepts": {1},
    "codeless": {1},
}
BUILTIN_ERRORS = ("Error", "Panic")


@dataclass(frozen=True, slots=True)
class Documentation:
    """The span of one documentation comment."""

    source: Source
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DeclaredFunction:
    """A function with the comments that carry its clauses, those of overridden declarations first."""

    function: Function
    documentation: tuple[Documentation, ...]
    source: Source
    offset: int


@dataclass(frozen=True, slots=True)
class Interface:
    """What solc knows of the specification; `named` maps canonical names (`Vault.State`) to types."""

    name: str
    source: Source
    documentation: tuple[Documentation, ...]  # of the bases first
    title: str
    functions: tuple[DeclaredFunction, ...]
    events: tuple[EventDeclaration, ...]
    errors: tuple[ErrorDeclaration, ...]
    enums: tuple[Type, ...]
    structs: tuple[Type, ...]
    named: Mapping[str, Type]

    def by_selector(self, selector: str) -> Function | None:
        """Return the function with a selector (8 hex digits)."""
        return next((d.function for d in self.functions if d.function.selector == selector), None)


class Reader:
    """Read declarations of one compilation."""

    def __init__(self, sources: tuple[Source, ...], asts: Mapping[str, Any]) -> None:
        self.sources = {s.name: s for s in sources}
        self.asts = asts
        self.named: dict[str, Type] = {}
        self._definitions: dict[str, tuple[Source, Node]] = {}
        self._nodes: dict[int, tuple[Source, Node]] = {}
        for name, ast in asts.items():
            for node in _walk(ast):
                if "id" in node:
                    self._nodes[node["id"]] = (self.sources[name], node)
                if node.get("nodeType") in {"EnumDefinition", "StructDefinition"}:
                    self._note(self.sources[name], node)

    def _note(self, source: Source, node: Node) -> None:
        """Note an enum or a struct; a name stands for one type in all files, as it does in clauses and plain words."""
        if any(other["name"] == node["name"] for _, other in self._definitions.values()):
            source.refuse(_start(source, node), f"a second enum or struct called {node['name']}", "give every type a name of its own")
        self._definitions[node["canonicalName"]] = (source, node)

    def read(self, main: Source) -> Interface:
        """Return the interface that the file specifies, with all that it inherits."""
        for canonical in self._definitions:
            self._define(canonical, ())
        node = self._choose(main)
        chain = [self._nodes[i] for i in reversed(node["linearizedBaseContracts"])]
        files = [(self.sources[name], n) for name, ast in self.asts.items() for n in ast["nodes"]]
        scope = [*files, *((source, n) for source, contract in chain for n in contract["nodes"])]
        names = {
            kind: [(s, n) for s, n in scope if n["nodeType"] == kind]
            for kind in ("EventDefinition", "ErrorDefinition", "EnumDefinition", "StructDefinition")
        }
        functions = self._functions(chain)
        self._refuse_ambiguous_members({d.function.name for d in functions if d.function.is_view and not d.function.parameters})
        return Interface(
            name=node["name"],
            source=main,
            documentation=tuple(d for source, contract in chain for d in _documentation(source, contract)),
            title="",
            functions=functions,
            events=tuple(self._event(s, n) for s, n in names["EventDefinition"]),
            errors=tuple(self._error(s, n) for s, n in names["ErrorDefinition"]),
            enums=tuple(self.named[n["canonicalName"]] for _, n in names["EnumDefinition"]),
            structs=tuple(self.named[n["canonicalName"]] for _, n in names["StructDefinition"]),
            named=self.named,
        )

    def _refuse_ambiguous_members(self, getters: Set[str]) -> None:
        """Refuse a member of an enum that is called as a getter is: plain words say both by that name alone."""
        for source, n in self._definitions.values():
            member = next((m["name"] for m in n["members"] if n["nodeType"] == "EnumDefinition" and m["name"] in getters), None)
            if member is not None:
                expected = "give one of them another name: plain words could not tell them apart"
                source.refuse(_start(source, n), f"the member {member} of {n['name']} beside a getter called {member}", expected)

    def _choose(self, main: Source) -> Node:
        for source in self.sources.values():
            for n in self.asts[source.name]["nodes"]:
                if n["nodeType"] == "ContractDefinition" and n["contractKind"] != "interface" and source.name != RULES:
                    if self._has_rules(n):
                        continue
                    if RULES in self._bases(n):
                        source.refuse(
                            _start(source, n),
                            f"the contract {n['name']} is not abstract",
                            f"write `abstract contract {n['name']} is Rules`",
                        )
                    expected = f'a specification holds interfaces, and rules in one `abstract contract … is Rules` (import "{RULES}")'
                    source.refuse(_start(source, n), f"the {n['contractKind']} {n['name']}", expected)
                if n["nodeType"] in {"FunctionDefinition", "VariableDeclaration", "UsingForDirective", "UserDefinedValueTypeDefinition"}:
                    source.refuse(
                        _start(source, n),
                        f"{n['nodeType']} beside the interface",
                        "declare functions, events, errors, enums and structs in it",
                    )
        found = [n for n in self.asts[main.name]["nodes"] if n["nodeType"] == "ContractDefinition" and n["contractKind"] == "interface"]
        if not found:
            main.refuse(0, "no interface", "write `interface Name { … }`")
        stem = main.path.name.split(".")[0]
        bases = {i for n in found for i in n["linearizedBaseContracts"][1:]}
        last = [n for n in found if n["id"] not in bases]
        chosen = next((n for n in found if n["name"] == stem), last[0] if len(last) == 1 else None)
        if chosen is None:
            main.refuse(
                _start(main, found[-1]),
                f"several interfaces: {', '.join(n['name'] for n in found)}",
                f"one must have the file's name: call the one that is meant `{stem}`, or the file after it",
            )
        return cast(Node, chosen)

    def _has_rules(self, contract: Node) -> bool:
        """Tell whether a contract stands for rules: it is abstract and inherits our words."""
        return bool(contract.get("abstract")) and RULES in self._bases(contract)

    def _bases(self, contract: Node) -> set[str]:
        """Return the names of the files from which a contract inherits."""
        return {self._nodes[i][0].name for i in contract["linearizedBaseContracts"][1:]}

    def rules(self) -> tuple[tuple[Source, Node], ...]:
        """Return the contracts that hold rules, each with its file."""
        every = ((source, n) for source in self.sources.values() if source.name != RULES for n in self.asts[source.name]["nodes"])
        return tuple((source, n) for source, n in every if n["nodeType"] == "ContractDefinition" and self._has_rules(n))

    def interfaces(self) -> tuple[tuple[str, Source], ...]:
        """Return the names of all interfaces, each with its file."""
        every = ((source, n) for source in self.sources.values() for n in self.asts[source.name]["nodes"])
        return tuple(
            (n["name"], source) for source, n in every if n["nodeType"] == "ContractDefinition" and n["contractKind"] == "interface"
        )

    def node(self, id: int) -> Node | None:
        """Return the node that another one refers to."""
        return self._nodes[id][1] if id in self._nodes else None

    def _functions(self, chain: list[tuple[Source, Node]]) -> tuple[DeclaredFunction, ...]:
        found: dict[str, DeclaredFunction] = {}
        for source, contract in chain:
            for n in contract["nodes"]:
                if n["nodeType"] == "UserDefinedValueTypeDefinition":
                    source.refuse(
                        _start(source, n),
                        f"the type {n['name']}",
                        "user-defined value types are not in the language; use the elementary type",
                    )
                if n["nodeType"] == "UsingForDirective":
                    source.refuse(_start(source, n), "`using … for`", "operators of libraries are not in the language")
                if n["nodeType"] == "FunctionDefinition":
                    declared = self._function(source, n)
                    base = found.pop(declared.function.signature, None)
                    found[declared.function.signature] = declared if base is None else _override(base, declared)
        counts: dict[str, int] = {}
        for d in found.values():
            counts[d.function.name] = counts.get(d.function.name, 0) + 1
        return tuple(
            replace(d, function=replace(d.function, title=d.function.signature if counts[d.function.name] > 1 else d.function.name))
            for d in found.values()
        )

    def _function(self, source: Source, n: Node) -> DeclaredFunction:
        start = _start(source, n)
        name = n["name"] or n["kind"]
        parameters = self._parameters(source, n["parameters"])
        returns = self._parameters(source, n["returnParameters"])
        if n["kind"] == "fallback" and parameters:
            source.refuse(start, "a fallback with arguments", "write `fallback() external;`")
        if n["kind"] == "function":
            _refuse_names(source, start, n, parameters, returns, frozenset(t.name for t in self.named.values()))
        signature = f"{name}({','.join(abi_name(p.type) for p in parameters)})"
        function = Function(
            name=name,
            signature=signature,
            selector=n.get("functionSelector", "") if n["kind"] == "function" else "",
            parameters=parameters,
            returns=returns,
            mutability=n["stateMutability"],
            title=name,
            notice="",
            position=source.position(start),
            clauses=(),
        )
        return DeclaredFunction(function, tuple(_documentation(source, n)), source, start)

    def _event(self, source: Source, n: Node) -> EventDeclaration:
        return EventDeclaration(n["name"], self._parameters(source, n["parameters"]), bool(n["anonymous"]))

    def _error(self, source: Source, n: Node) -> ErrorDeclaration:
        return ErrorDeclaration(n["name"], self._parameters(source, n["parameters"]))

    def _parameters(self, source: Source, n: Node) -> tuple[Parameter, ...]:
        return tuple(Parameter(p["name"], self.type_of(source, p), bool(p.get("indexed"))) for p in n["parameters"])

    def _define(self, canonical: str, inside: tuple[str, ...]) -> Type:
        if canonical in self.named:
            return self.named[canonical]
        source, n = self._definitions[canonical]
        if canonical in inside:
            source.refuse(_start(source, n), f"the recursive struct {n['name']}", "recursive structs are not in the language")
        if n["nodeType"] == "EnumDefinition":
            made = Type("enum", n["name"], 8, members=tuple(m["name"] for m in n["members"]))
        else:
            members = tuple((m["name"], self.type_of(source, m, (*inside, canonical))) for m in n["members"])
            made = Type("struct", n["name"], components=members)
        self.named[canonical] = made
        return made

    def type_of(self, source: Source, variable: Node, inside: tuple[str, ...] = ()) -> Type:
        """Return the type of a declared variable, or refuse it."""
        spelled = variable["typeDescriptions"]["typeString"]
        made = read_type(spelled, lambda canonical: self._define(canonical, inside) if canonical in self._definitions else None)
        if made is None:
            source.refuse(
                _start(source, variable),
                f"the type {spelled}",
                "use integers, bool, address, bytesN, enums, structs, arrays, string or bytes",
            )
        return made


def read_type(spelled: str, named: Any) -> Type | None:
    """Return the type that solc spells so (`struct Vault.Item memory`), or None; `named` knows enums and structs by canonical name."""
    text = re.sub(r" (memory|calldata|storage|ref|pointer|slice)\b", "", spelled).strip()
    if text == "bool":
        return BOOL
    if text in {"address", "address payable"}:
        return ADDRESS
    if text in {"string", "bytes"}:
        return Type(cast(Literal["string", "bytes"], text), text)
    if m := ELEMENTARY.fullmatch(text):
        if m[3]:
            return Type("fixed_bytes", text, int(m[3]) * 8)
        return Type(cast(Literal["uint", "int"], m[1]), text, int(m[2]))
    if m := re.fullmatch(r"(?:enum|struct) ([\w.$]+)", text):
        return cast("Type | None", named(m[1]))
    if m := re.fullmatch(r"(.+)(\[\d*\])", text):
        element = read_type(m[1], named)
        return None if element is None else Type("array", element.name + m[2], components=(("", element),))
    return None


def _refuse_names(
    source: Source, start: int, n: Node, parameters: tuple[Parameter, ...], returns: tuple[Parameter, ...], named: frozenset[str]
) -> None:
    name, view = n["name"], n["stateMutability"] in {"view", "pure"}
    if name.startswith(RULE):
        source.refuse(
            start, f"the function {name}", f'rules stand in an abstract contract beside the interface: `is Rules` (import "{RULES}")'
        )
    if name in {"receive", "fallback"}:
        source.refuse(start, f"a function called {name}", f"write `{name}() external payable;` without `function`")
    if view and len(parameters) in SUGAR_ARITY.get(name, ()):
        source.refuse(
            start,
            f"a getter called {name} with {len(parameters)} arguments",
            f"`{name}(…)` is a word of the language; call the getter otherwise",
        )
    if view and name == "forall":
        source.refuse(start, "a getter called forall", "`forall (…)` is a word of the language; call the getter otherwise")
    for p in (*parameters, *returns):
        if p.name in TAKEN_NAMES | named:
            source.refuse(start, f"a parameter called {p.name}", "the name means something else in clauses; choose another")
    if len(returns) == 1 and any(p.name == "result" for p in parameters):
        source.refuse(
            start,
            "a parameter called `result` beside the only return value",
            "clauses call the return value `result`; rename the parameter",
        )


def _override(base: DeclaredFunction, derived: DeclaredFunction) -> DeclaredFunction:
    names = [[p.name for p in (*f.function.parameters, *f.function.returns)] for f in (base, derived)]
    if names[0] != names[1]:
        derived.source.refuse(
            derived.offset,
            f"{derived.function.name} names its parameters otherwise than the interface it overrides",
            "use the same names: clauses use them",
        )
    return replace(derived, documentation=(*base.documentation, *derived.documentation))


def _documentation(source: Source, n: Node) -> Iterator[Documentation]:
    documentation = n.get("documentation")
    if documentation:
        yield Documentation(source, *_span(source, documentation))


def _span(source: Source, n: Node) -> tuple[int, int]:
    start, length, _ = (int(x) for x in n["src"].split(":"))
    return source.offset_at(start), source.offset_at(start + length)


def _start(source: Source, n: Node) -> int:
    return _span(source, n)[0]


def _walk(n: Any) -> Iterator[dict[str, Any]]:
    if isinstance(n, dict):
        yield n
        for v in n.values():
            yield from _walk(v)
    elif isinstance(n, list):
        for v in n:
            yield from _walk(v)
