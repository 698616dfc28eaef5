"""Compute what the compiler computes of a constant: solc's model takes its value in integers, the EVM within its types.

What leaves its type wraps or reverts on the EVM, depending on where the constant is used; solc's model knows neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.reach import Code, Node, type_identifier, walk

ARITHMETIC = frozenset({"+", "-", "*", "/", "%"})
RATIONAL = re.compile(r"t_rational_(minus_)?(\d+)_by_1$")
UNSIGNED = re.compile(r"t_uint(\d+)$")


def computed(declaration: Node, code: Code) -> Iterator[str]:
    """Yield what is not known to be modelled in the arithmetic of a constant's value."""
    for n in walk(declaration["value"]):
        if n["nodeType"] == "BinaryOperation" and n["operator"] in ARITHMETIC and _number(n, code) is None:
            yield "a constant whose value may leave its type: solc's model neither wraps it nor reverts"


def _number(node: Node, code: Code) -> int | None:
    """Return the value of a constant expression, None where a part of it leaves its type, or is none that is computed here."""
    kind = type_identifier(node)
    rational = RATIONAL.match(kind)
    if rational is not None:
        return -int(rational[2]) if rational[1] else int(rational[2])
    found = _part(node, code)
    width = UNSIGNED.match(kind)
    return found if found is not None and width is not None and 0 <= found < 1 << int(width[1]) else None


def _part(node: Node, code: Code) -> int | None:
    match node["nodeType"]:
        case "Identifier":
            named = code.definitions.get(node.get("referencedDeclaration", -1), {})
            return _number(named["value"], code) if named.get("constant") and named.get("value") is not None else None
        case "TupleExpression" if len(node["components"]) == 1 and not node.get("isInlineArray"):
            return _number(node["components"][0], code)
        case "FunctionCall" if node["kind"] == "typeConversion":
            return _number(node["arguments"][0], code)
        case "MemberAccess" if type_identifier(node["expression"]).startswith("t_magic_meta_type") and node["memberName"] in {"max", "min"}:
            width = UNSIGNED.match(type_identifier(node))
            return None if width is None else (1 << int(width[1])) - 1 if node["memberName"] == "max" else 0
        case "BinaryOperation" if node["operator"] in ARITHMETIC:
            return _result(node["operator"], _number(node["leftExpression"], code), _number(node["rightExpression"], code))
        case _:
            return None


def _result(operator: str, a: int | None, b: int | None) -> int | None:
    if a is None or b is None or (operator in {"/", "%"} and b == 0):
        return None
    match operator:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return a // b
        case _:
            return a % b
