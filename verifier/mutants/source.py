"""Read one source along solc's AST: texts by byte offsets, what stands between two nodes, what a name can be exchanged for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from verifier.reach import type_identifier

Node = Mapping[str, Any]
#: Comments are blanked by spaces of the same length, so that offsets stay.
COMMENT = re.compile(rb"//[^\n\r]*|/\*.*?\*/", re.S)
#: Statements that end with a brace of their own.
BRACED = {"Block", "UncheckedBlock", "IfStatement", "ForStatement", "WhileStatement", "TryStatement", "InlineAssembly"}
#: No expression of the contract's own stands in these.
SKIPPED = {"InlineAssembly", "StructuredDocumentation", "OverrideSpecifier", "ParameterList"}


@dataclass(frozen=True, slots=True)
class Text:
    """One source, with the addresses that its functions could name instead of the right one."""

    raw: bytes
    addresses: tuple[str, ...]  # state variables of the contract

    def of(self, node: Node) -> str:
        """Return the text of a node."""
        start, length = span(node)
        return self.raw[start : start + length].decode()

    def between(self, left: Node, right: Node) -> tuple[int, bytes]:
        """Return what stands between two nodes, comments blanked, with its offset."""
        start, end = sum(span(left)), span(right)[0]
        return start, COMMENT.sub(lambda m: b" " * len(m[0]), self.raw[start:end])

    def statement(self, node: Node) -> tuple[int, int]:
        """Return start and length of a statement, with its semicolon, which is no part of solc's range."""
        start, length = span(node)
        last = node
        while last["nodeType"] in {"IfStatement", "ForStatement", "WhileStatement"}:
            last = last.get("falseBody") or last.get("trueBody") or last["body"]
        if last["nodeType"] in BRACED:
            return start, length
        rest = COMMENT.sub(lambda m: b" " * len(m[0]), self.raw[start + length :])
        semicolon = rest.find(b";")
        if semicolon < 0 or rest[:semicolon].strip():
            return start, length
        return start, length + semicolon + 1


def span(node: Node) -> tuple[int, int]:
    """Return start and length of a node in bytes."""
    start, length, _ = str(node["src"]).split(":")
    return int(start), int(length)


def inner(node: Node, parents: tuple[Node, ...] = ()) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Yield every node of code inside a definition with its parents, the nearest last."""
    pending = [(node, parents)]
    while pending:
        at, above = pending.pop()
        yield at, above
        below = (*above, at)
        for key, value in at.items():
            if key in {"typeName", "typeDescriptions", "documentation"}:
                continue
            for x in value if isinstance(value, list) else (value,):
                if isinstance(x, Mapping) and x.get("nodeType") and x["nodeType"] not in SKIPPED:
                    pending.append((x, below))


def is_number(node: Node) -> bool:
    """Tell whether an expression is an integer that is computed (no literal, no constant expression)."""
    return bool(re.match(r"t_u?int\d+$", type_identifier(node)))


def is_address(node: Node) -> bool:
    return type_identifier(node) in {"t_address", "t_address_payable"}


def is_revert(node: Node | None) -> bool:
    """Tell whether a statement does nothing but revert."""
    if node is None:
        return False
    if node["nodeType"] == "Block":
        return len(node["statements"]) == 1 and is_revert(node["statements"][0])
    if node["nodeType"] == "RevertStatement":
        return True
    return node["nodeType"] == "ExpressionStatement" and called(node["expression"]) == "revert"


def called(node: Node) -> str:
    """Return the name of what an expression calls, "" where it is no call of a plain name."""
    if node["nodeType"] == "FunctionCall" and node["expression"]["nodeType"] == "Identifier":
        return str(node["expression"]["name"])
    return ""
