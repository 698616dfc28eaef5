"""Write the mutants of a contract: one for each change of the code that it can run, in an order that depends on nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toolchain.solc import Compilation, Contract
from toolchain.sources import PACKAGES
from verifier.mutants.edit import Edit, Mutant, name_of
from verifier.mutants.expressions import of_expression
from verifier.mutants.source import Node, Text, inner, is_address
from verifier.mutants.statements import of_statement
from verifier.reach import Code, read_code

#: Code of others that a project imports; what it promises is not this contract's business.
OF_OTHERS = (*PACKAGES, "node_modules/", "lib/")


def write_mutants(compilation: Compilation, contract: Contract, *, libraries: bool = False) -> tuple[Mutant, ...]:
    """Return the mutants of a contract: of its own code and that of its bases and libraries in the project.

    `libraries`: of imported packages, too.
    """
    code = read_code(compilation, contract)
    addresses = tuple(_addresses(code))
    reached: dict[int, tuple[Node, list[str]]] = {}
    for entry in code.entries:
        for node in entry.nodes:
            reached.setdefault(node["id"], (node, []))[1].append(entry.selector or entry.title)
    found: dict[tuple[str, Edit], set[str]] = {}
    for node, entries in reached.values():
        path = code.place(node)[0]
        if libraries or not path.startswith(OF_OTHERS):
            for edit in _edits(node, Text(code.sources[path], addresses)):
                found.setdefault((path, edit), set()).update(entries)
    return tuple(_mutants(found, code.sources))


def _mutants(found: Mapping[tuple[str, Edit], set[str]], sources: Mapping[str, bytes]) -> Iterator[Mutant]:
    for (path, edit), entries in sorted(found.items(), key=lambda x: x[0]):
        raw = sources[path]
        if raw[edit.start : edit.start + edit.length].decode() == edit.replacement:
            continue
        line = raw[: edit.start].count(b"\n") + 1
        id, at = name_of(path, line, edit), tuple(sorted(entries))
        yield Mutant(id, path, line, edit.operator, edit.start, edit.length, edit.replacement, at)


def _edits(definition: Node, text: Text) -> Iterator[Edit]:
    for node, above in inner(definition):
        yield from of_statement(node, above, text)
        yield from of_expression(node, above, text)


def _addresses(code: Code) -> Iterator[str]:
    """Yield the state variables of the contract that hold an address."""
    for base in code.bases:
        for n in base["nodes"]:
            if n["nodeType"] == "VariableDeclaration" and is_address(n):
                yield str(n["name"])
