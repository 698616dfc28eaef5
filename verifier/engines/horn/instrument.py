"""Instrument a contract's source: a derived contract that runs its functions and asserts what was promised.

The original is left as it stands but for four rewritings, each where the syntax tree says: `external` becomes `public` in headers
(so that the derived contract can call), `revert E(…)` becomes `revert()`, `require(c, E(…))` becomes `require(c)`, `assert` becomes
`require` (so that every assertion is ours). Source: docs/horn.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from specs.specification import Specification
from toolchain.solc import Compilation, Contract
from verifier.engines.horn.claims import Check, Writer
from verifier.engines.horn.exact import NotOffered
from verifier.engines.horn.refuse import PREFIX
from verifier.obligation import Obligation
from verifier.reach import Code, Node, read_code, walk

HARNESS = f"{PREFIX}checks"
SKIP = re.compile(rb"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.S)
WORD = re.compile(rb"[A-Za-z_$][\w$]*")


@dataclass(frozen=True, slots=True)
class Instrumented:
    """Sources for the model checker: `contracts` are to be analysed in `path`; `checks` says what stands for which obligation."""

    sources: Mapping[str, str]
    path: str
    contracts: tuple[str, ...]
    checks: tuple[Check, ...]


def instrument(
    specification: Specification, compilation: Compilation, contract: Contract, asked: Sequence[Obligation]
) -> tuple[list[Instrumented], dict[str, str]]:
    """Return the instrumented sources, one for each function and one for the constructor, and why obligations are not offered."""
    code = read_code(compilation, contract)
    writer = Writer(specification, code)
    sources = rewritten(code)
    builder = next((n for n in code.bases[0]["nodes"] if n["nodeType"] == "FunctionDefinition" and n["kind"] == "constructor"), None)
    functions: dict[str, list[Check]] = {}
    deployments: list[Check] = []
    refused: dict[str, str] = {}
    for o in asked:
        try:
            if o.function == "constructor":
                deployments.append(writer.construction(o, len(deployments), contract.name, builder))
            else:
                mine = functions.setdefault(o.function, [])
                mine.append(writer.check(o, len(mine)))
        except NotOffered as err:
            refused[o.id] = str(err)
    texts: list[tuple[str, tuple[str, ...], tuple[Check, ...]]] = [
        (harness(contract.name, builder, checks), (HARNESS,), tuple(checks)) for checks in functions.values() if checks
    ]
    if deployments:
        texts.append(("\n" + "".join(c.text for c in deployments), tuple(c.name for c in deployments), tuple(deployments)))
    made = [
        Instrumented({**sources, contract.path: sources[contract.path] + t}, contract.path, names, checks) for t, names, checks in texts
    ]
    return made, refused


def harness(contract: str, builder: Node | None, checks: Sequence[Check]) -> str:
    """Return the derived contract that holds the checks."""
    from verifier.engines.horn.claims import type_of

    given = builder["parameters"]["parameters"] if builder is not None else []
    parameters = ", ".join(f"{type_of(p)} {PREFIX}p{i}" for i, p in enumerate(given))
    arguments = ", ".join(f"{PREFIX}p{i}" for i in range(len(given)))
    payable = " payable" if builder is not None and builder["stateMutability"] == "payable" else ""
    head = f"    constructor({parameters}){payable} {contract}({arguments}) {{}}\n"
    return f"\ncontract {HARNESS} is {contract} {{\n{head}{''.join(c.text for c in checks)}}}\n"


# ---------------------------------------------------------------- the original


def rewritten(code: Code) -> dict[str, str]:
    """Return the sources with the rewritings. Raises NotOffered where a header is not understood."""
    edits: dict[str, list[tuple[int, int, bytes]]] = {}
    for base in code.bases:
        path = code.paths[int(str(base["src"]).split(":")[2])]
        for edit in _edits(base, code.sources[path]):
            edits.setdefault(path, []).append(edit)
    out = {}
    for path, text in code.sources.items():
        for start, end, new in sorted(edits.get(path, ()), reverse=True):
            text = text[:start] + new + text[end:]
        out[path] = text.decode()
    return out


def _edits(base: Node, source: bytes) -> Iterator[tuple[int, int, bytes]]:
    for node in base["nodes"]:
        function = node["nodeType"] == "FunctionDefinition" and node["kind"] == "function" and base["contractKind"] == "contract"
        if function and node["visibility"] == "external":
            yield (*_external(node, source), b"public")
    for node in walk(base):
        if node["nodeType"] == "RevertStatement":
            call = node["errorCall"]
            start, end = _range(call)
            yield start, end, b"()"
        elif node["nodeType"] == "FunctionCall" and _is_custom_require(node):
            condition, error = node["arguments"]
            yield _range(condition)[1], _range(error)[1], b""
        elif node["nodeType"] == "Identifier" and node["name"] == "assert" and node["referencedDeclaration"] < 0:
            yield *_range(node), b"require"


def _is_custom_require(node: Node) -> bool:
    identifier = str((node["expression"].get("typeDescriptions") or {}).get("typeIdentifier"))
    return identifier.startswith("t_function_require_") and "t_error" in identifier and len(node["arguments"]) == 2


def _range(node: Node) -> tuple[int, int]:
    start, length, _ = (int(x) for x in str(node["src"]).split(":"))
    return start, start + length


def _external(node: Node, source: bytes) -> tuple[int, int]:
    """Return the place of the word `external` in a function's header."""
    start = _range(node["parameters"])[1]
    end = _range(node["body"])[0] if node.get("body") else _range(node)[1]
    masked = bytearray(source[start:end])
    for found in SKIP.finditer(bytes(masked)):
        masked[found.start() : found.end()] = b" " * (found.end() - found.start())
    for part in (*node["modifiers"], node["returnParameters"], *([node["overrides"]] if node.get("overrides") else [])):
        a, b = (max(x - start, 0) for x in _range(part))
        masked[a:b] = b" " * (min(b, len(masked)) - min(a, len(masked)))
    places = [m for m in WORD.finditer(bytes(masked)) if m.group() == b"external"]
    if len(places) != 1:
        raise NotOffered(f"the header of {node['name']} is not understood")
    return start + places[0].start(), start + places[0].end()
