"""Find the source code that a contract can run, entry by entry, in solc's AST.

Virtual calls and `super` are resolved to every override in the linearised bases, references to functions count as calls: a node that is not
returned here is in no bytecode that the entry can reach, short of jumps that assembly computes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from toolchain.solc import Compilation, Contract

Node = Mapping[str, Any]

CALLABLE = {"FunctionDefinition", "ModifierDefinition"}
REFERENCES = ("referencedDeclaration", "function")  # where a node says which definition it stands for; the second for operators


@dataclass(frozen=True, slots=True)
class Entry:
    """One way into the contract.

    `title` is the function's name (its signature where the contract overloads the name), `constructor`, `receive` or `fallback`; `selector`
    has 8 hex digits, or is "".
    """

    title: str
    selector: str
    nodes: tuple[Node, ...]  # the definitions and initialisers whose code it can run


@dataclass(frozen=True, slots=True)
class Code:
    """The code of one contract: an entry per external function, all definitions by id, its linearised bases (most derived first)."""

    entries: tuple[Entry, ...]
    definitions: Mapping[int, Node]
    bases: tuple[Node, ...]
    paths: Mapping[int, str]
    sources: Mapping[str, bytes]

    def place(self, node: Node) -> tuple[str, int]:
        """Return the source's name and the line (from 1) where a node starts."""
        path, start, _ = self._span(node)
        return path, self.sources[path][: max(start, 0)].count(b"\n") + 1

    def text(self, node: Node) -> bytes:
        """Return the source of a node."""
        path, start, length = self._span(node)
        return self.sources[path][start : start + length]

    def _span(self, node: Node) -> tuple[str, int, int]:
        start, length, source = (int(part) for part in str(node["src"]).split(":"))
        return self.paths[source], start, length


def read_code(compilation: Compilation, contract: Contract) -> Code:
    """Return the code of a contract."""
    definitions = {n["id"]: n for ast in compilation.asts.values() for n in walk(ast) if "id" in n}
    own = next(n for n in compilation.asts[contract.path]["nodes"] if n["nodeType"] == "ContractDefinition" and n["name"] == contract.name)
    bases = tuple(definitions[i] for i in own["linearizedBaseContracts"])
    signatures = {selector: signature for signature, selector in contract.method_identifiers.items()}
    reader = _Reader(definitions, bases, signatures)
    sources = {path: str(source["content"]).encode() for path, source in compilation.input["sources"].items()}
    paths = {number: path for path, number in compilation.source_ids.items()}
    return Code(tuple(reader.entries()), definitions, bases, paths, sources)


def walk(node: object) -> Iterator[Node]:
    """Yield every AST node (Yul nodes included) inside a value, outermost first."""
    pending = [node]
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            if "nodeType" in value:
                yield value
            pending.extend(reversed([v for v in value.values() if isinstance(v, Mapping | list)]))
        elif isinstance(value, list):
            pending.extend(reversed(value))


def refers_to(node: Node, definition: Node) -> bool:
    """Tell whether a node names a definition, or applies an operator that stands for it."""
    return definition["id"] in {node.get(key) for key in REFERENCES}


def type_identifier(node: Node) -> str:
    """Return solc's identifier of the type of an expression or a variable, "" where a node has none."""
    return str((node.get("typeDescriptions") or {}).get("typeIdentifier") or "")


class _Reader:
    def __init__(self, definitions: Mapping[int, Node], bases: tuple[Node, ...], signatures: Mapping[str, str]) -> None:
        self.definitions = definitions
        self.bases = bases
        names = [signature.split("(")[0] for signature in signatures.values()]
        self.titles = {s: t.split("(")[0] if names.count(t.split("(")[0]) == 1 else t for s, t in signatures.items()}
        self.base_ids = {b["id"] for b in bases}
        self.owners = {n["id"]: c for c in definitions.values() if c["nodeType"] == "ContractDefinition" for n in c["nodes"]}
        self.members = [n for b in bases for n in b["nodes"]]
        self.overrides: dict[tuple[str, ...], list[Node]] = {}
        for n in self.members:
            if n["nodeType"] in CALLABLE:
                self.overrides.setdefault(shape(n), []).append(n)

    def entries(self) -> Iterator[Entry]:
        seen: set[str] = set()
        for n in self.members:
            kind = n.get("kind") if n["nodeType"] == "FunctionDefinition" else ""
            selector = str(n.get("functionSelector", ""))
            title = str(kind) if kind in {"receive", "fallback"} else ""
            if n["nodeType"] not in {"FunctionDefinition", "VariableDeclaration"} or not (selector or title) or (selector or title) in seen:
                continue
            seen.add(selector or title)
            yield Entry(title or self.titles[selector], selector, self.closure([n]))
        construction = [n for n in self.members if n["nodeType"] == "FunctionDefinition" and n["kind"] == "constructor"]
        initialisers = [n for n in self.members if n["nodeType"] == "VariableDeclaration" and n.get("value") is not None]
        arguments = [a for b in self.bases for i in b["baseContracts"] for a in i.get("arguments") or ()]
        yield Entry("constructor", "", self.closure([*construction, *initialisers, *arguments]))

    def closure(self, roots: list[Node]) -> tuple[Node, ...]:
        found: dict[int, Node] = {}
        pending = list(roots)
        while pending:
            n = pending.pop()
            if n["id"] in found:
                continue
            found[n["id"]] = n
            pending.extend(m for inner in walk(n) for m in self.targets(inner))
        return tuple(found.values())

    def targets(self, node: Node) -> Iterator[Node]:
        for key in REFERENCES:
            target = self.definitions.get(node[key]) if isinstance(node.get(key), int) else None
            if target is None:
                continue
            owner = self.owners.get(target["id"])  # None: a free function
            constant = target["nodeType"] == "VariableDeclaration" and target.get("constant") and target.get("value") is not None
            if target["nodeType"] in CALLABLE and owner is not None and owner["id"] in self.base_ids:
                yield from self.overrides[shape(target)]
            elif constant or (target["nodeType"] in CALLABLE and (owner is None or owner["contractKind"] == "library")):
                yield target


def shape(definition: Node) -> tuple[str, ...]:
    """Return what a definition shares with those that override it: kind, name and parameter types."""
    parameters = definition["parameters"]["parameters"]
    types = [str(p["typeDescriptions"]["typeString"]).replace(" memory", "").replace(" calldata", "") for p in parameters]
    return (definition["nodeType"], str(definition.get("kind", "")), str(definition["name"]), *types)
