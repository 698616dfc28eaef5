"""Change one expression: operators, constants, arguments, who gets something, how much."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.mutants.edit import Edit, Operator
from verifier.mutants.source import Node, Text, is_address, is_number, span
from verifier.reach import type_identifier

Above = tuple[Node, ...]

#: Each operator with what it is mistaken for.
INSTEAD: dict[str, tuple[Operator, tuple[str, ...]]] = {
    "+": ("arithmetic", ("-",)),
    "-": ("arithmetic", ("+",)),
    "*": ("arithmetic", ("/",)),
    "/": ("arithmetic", ("*",)),
    "%": ("arithmetic", ("/",)),
    "**": ("arithmetic", ("*",)),
    "<<": ("arithmetic", (">>",)),
    ">>": ("arithmetic", ("<<",)),
    "&": ("arithmetic", ("|",)),
    "|": ("arithmetic", ("&",)),
    "^": ("arithmetic", ("&",)),
    "<": ("comparison", ("<=", ">")),
    "<=": ("comparison", ("<", ">=")),
    ">": ("comparison", (">=", "<")),
    ">=": ("comparison", (">", "<=")),
    "==": ("comparison", ("!=",)),
    "!=": ("comparison", ("==",)),
    "&&": ("boolean", ("||",)),
    "||": ("boolean", ("&&",)),
    "+=": ("arithmetic", ("-=", "=")),
    "-=": ("arithmetic", ("+=", "=")),
    "*=": ("arithmetic", ("/=",)),
    "/=": ("arithmetic", ("*=",)),
    "%=": ("arithmetic", ("/=",)),
    "<<=": ("arithmetic", (">>=",)),
    ">>=": ("arithmetic", ("<<=",)),
    "&=": ("arithmetic", ("|=",)),
    "|=": ("arithmetic", ("&=",)),
    "^=": ("arithmetic", ("&=",)),
}
SENDS = {"call", "transfer", "send", "delegatecall", "staticcall"}
MOST_OTHERS = 2


def of_expression(node: Node, above: Above, text: Text) -> Iterator[Edit]:
    """Yield the changes of one expression."""
    kind = node["nodeType"]
    if kind in {"BinaryOperation", "Assignment"}:
        yield from _operator(node, text)
    elif kind == "UnaryOperation":
        yield from _unary(node, text)
    elif kind == "Literal":
        yield from _literal(node, above, text)
    elif kind == "Conditional":
        for part in ("trueExpression", "falseExpression"):
            yield Edit(*span(node), "branch omitted", f"({text.of(node[part])})")
    elif kind in {"FunctionCall", "IndexAccess"}:
        yield from _swapped(node, text)
    if is_address(node):
        yield from _recipient(node, above, text)
    if is_number(node):
        yield from _amount(node, above, text)


def _operator(node: Node, text: Text) -> Iterator[Edit]:
    left, right = (
        (node["leftHandSide"], node["rightHandSide"])
        if node["nodeType"] == "Assignment"
        else (node["leftExpression"], node["rightExpression"])
    )
    start, gap = text.between(left, right)
    at = gap.find(node["operator"].encode())
    if at < 0:
        return
    kind, others = INSTEAD.get(node["operator"], ("arithmetic", ()))
    for other in others:
        yield Edit(start + at, len(node["operator"]), kind, other)
    if node["operator"] in {"&&", "||"}:
        for part in (left, right):
            yield Edit(*span(node), "boolean", text.of(part))


def _unary(node: Node, text: Text) -> Iterator[Edit]:
    operand = text.of(node["subExpression"])
    match node["operator"]:
        case "!":
            yield Edit(*span(node), "boolean", operand)
        case "-" | "~":
            yield Edit(*span(node), "arithmetic", operand)
        case "++" | "--" as operator:
            other = "--" if operator == "++" else "++"
            yield Edit(*span(node), "arithmetic", f"{other}{operand}" if node["prefix"] else f"{operand}{other}")


def _literal(node: Node, above: Above, text: Text) -> Iterator[Edit]:
    if node["kind"] == "bool":
        yield Edit(*span(node), "constant", "false" if node["value"] == "true" else "true")
    elif node["kind"] == "number" and not is_address(node) and not any(x["nodeType"] == "UnaryOperation" for x in above[-1:]):
        written = text.of(node)
        zero = bool(re.fullmatch(r"(0x)?[0_.]+", written.split()[0]))
        yield Edit(*span(node), "constant", f"({written} + 1)")
        if not zero:
            yield Edit(*span(node), "constant", f"({written} - 1)")
        if not zero and written != "1":
            yield Edit(*span(node), "constant", "0")


def _swapped(node: Node, text: Text) -> Iterator[Edit]:
    """Exchange neighbours of one type: arguments of a call, keys of a mapping in a mapping."""
    if node["nodeType"] == "FunctionCall":
        if node["kind"] == "typeConversion" or node.get("names"):
            return
        pairs = list(zip(node["arguments"], node["arguments"][1:], strict=False))
    else:
        base = node["baseExpression"]
        pairs = [(base["indexExpression"], node["indexExpression"])] if base["nodeType"] == "IndexAccess" else []
    for a, b in pairs:
        if a and b and _plain(a) == _plain(b) and text.of(a) != text.of(b):
            start, end = span(a)[0], sum(span(b))
            gap = text.raw[sum(span(a)) : span(b)[0]].decode()
            yield Edit(start, end - start, "arguments swapped", f"{text.of(b)}{gap}{text.of(a)}")


def _plain(node: Node) -> str:
    return type_identifier(node).replace("_payable", "")


def _recipient(node: Node, above: Above, text: Text) -> Iterator[Edit]:
    """Put somebody else where an address is a key, an argument, a result, or gets something."""
    if not above:
        return
    parent = above[-1]
    match parent["nodeType"]:
        case "IndexAccess" if parent["indexExpression"] is node:
            pass
        case "FunctionCall" if any(x is node for x in parent["arguments"]) and not _reverts(above):
            pass
        case "MemberAccess" if parent["memberName"] in SENDS | {"balance"}:
            pass
        case "Assignment" if parent["rightHandSide"] is node:
            pass
        case "Return":
            pass
        case _:
            return
    if node["nodeType"] == "FunctionCall" and node["kind"] == "typeConversion":
        if parent["nodeType"] == "FunctionCall" and parent["kind"] == "typeConversion":
            return
        inside = node["arguments"][0]
        if is_address(inside):
            return  # the address inside is exchanged
    own = text.of(node)
    others = [x for x in ("msg.sender", *_parameters(above), *text.addresses, "address(this)") if x != own]
    for other in others[:MOST_OTHERS]:
        payable = type_identifier(node) == "t_address_payable" and other != "msg.sender" or parent["nodeType"] == "MemberAccess"
        operator: Operator = "event changed" if any(x["nodeType"] == "EmitStatement" for x in above[-2:]) else "recipient changed"
        yield Edit(*span(node), operator, f"payable({other})" if payable else other)


def _parameters(above: Above) -> Iterator[str]:
    """Yield the parameters of the function around that are addresses."""
    function = next((x for x in above if x["nodeType"] in {"FunctionDefinition", "ModifierDefinition"}), None)
    for p in function["parameters"]["parameters"] if function is not None else ():
        if is_address(p) and p["name"]:
            yield str(p["name"])


def _reverts(above: Above) -> bool:
    return any(x["nodeType"] == "RevertStatement" for x in above[-2:])


def _amount(node: Node, above: Above, text: Text) -> Iterator[Edit]:
    """Change how much is paid, passed on, written down, logged or answered."""
    if not above or node["nodeType"] == "Literal":
        return
    parent, own = above[-1], text.of(node)
    zero = False
    operator: Operator = "amount changed"
    match parent["nodeType"]:
        case "FunctionCallOptions":
            zero = True
        case "FunctionCall" if any(x is node for x in parent["arguments"]) and parent["kind"] == "functionCall" and not _reverts(above):
            zero = type_identifier(parent["expression"]).startswith(("t_function_transfer", "t_function_send", "t_function_external"))
            operator = "event changed" if any(x["nodeType"] == "EmitStatement" for x in above[-2:]) else operator
        case "Assignment" if parent["rightHandSide"] is node and node["nodeType"] != "BinaryOperation":
            pass
        case "VariableDeclarationStatement" if parent.get("initialValue") is node and node["nodeType"] != "BinaryOperation":
            pass
        case "Return":
            operator = "result changed"
        case _:
            return
    yield Edit(*span(node), operator, f"({own} + 1)")
    if zero:
        yield Edit(*span(node), operator, "0")
