"""Change one statement: leave it out, do it twice, in another order, without its check, without overflow checks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.mutants.edit import Edit
from verifier.mutants.source import Node, Text, called, inner, is_number, is_revert, span
from verifier.reach import type_identifier

CHECKS = {"require", "assert"}
OUTSIDE = ("t_function_external", "t_function_bare", "t_function_transfer", "t_function_send", "t_function_creation")
ARITHMETIC = {"+", "-", "*", "**", "+=", "-=", "*="}
NOTHING = "{}"
#: Types of functions that change nothing, so that calling them twice is calling them once.
READING = re.compile(r"t_function_(?:internal|require|assert)_(?:view|pure)\$")


def of_statement(node: Node, above: tuple[Node, ...], text: Text) -> Iterator[Edit]:
    """Yield the changes of one statement, block, or function."""
    match node["nodeType"]:
        case "ExpressionStatement":
            yield from _expression(node, text)
        case "EmitStatement":
            yield Edit(*text.statement(node), "event skipped", NOTHING)
            yield _twice(node, text)
        case "IfStatement":
            yield from _branches(node, text)
        case "RevertStatement" if not (above and is_revert(above[-1]) or above and above[-1]["nodeType"] == "IfStatement"):
            yield Edit(*text.statement(node), "check deleted", NOTHING)
        case "Return" if node.get("expression"):
            yield Edit(*text.statement(node), "statement deleted", NOTHING)
            if type_identifier(node["expression"]) == "t_bool" and node["expression"]["nodeType"] != "Literal":
                yield Edit(*span(node["expression"]), "result changed", f"!({text.of(node['expression'])})")
        case "ForStatement":
            yield Edit(*text.statement(node["body"]), "branch omitted", NOTHING)
        case "WhileStatement":
            yield Edit(*text.statement(node), "branch omitted", NOTHING)
        case "Block" | "UncheckedBlock":
            yield from _reordered(node["statements"], text)
        case "FunctionDefinition":
            for m in node["modifiers"]:
                if m.get("kind") == "modifierInvocation":
                    yield Edit(*span(m), "modifier removed", "")
    unchecked = any(x["nodeType"] == "UncheckedBlock" for x in above)
    if not unchecked and node["nodeType"] in {"ExpressionStatement", "Return", "VariableDeclarationStatement"} and _counts(node):
        yield from _unchecked(node, text)


def _expression(node: Node, text: Text) -> Iterator[Edit]:
    expression = node["expression"]
    if called(expression) in CHECKS:
        condition = expression["arguments"][0]
        yield Edit(*text.statement(node), "check deleted", NOTHING)
        yield Edit(*span(condition), "check negated", f"!({text.of(condition)})")
    elif not is_revert(node):
        yield Edit(*text.statement(node), "statement deleted", NOTHING)
        if _lasts(expression):
            yield _twice(node, text)


def _lasts(expression: Node) -> bool:
    """Tell whether doing it twice is more than doing it once: a relative change, or a call that may change something."""
    kind = expression["nodeType"]
    if kind == "UnaryOperation":
        return bool(expression["operator"] in {"++", "--"})
    if kind == "FunctionCall":
        return READING.match(type_identifier(expression["expression"])) is None
    return kind == "Assignment" and bool(expression["operator"] != "=")


def _twice(node: Node, text: Text) -> Edit:
    start, length = text.statement(node)
    own = text.raw[start : start + length].decode()
    return Edit(start, length, "written twice", f"{{ {own} {own} }}")


def _branches(node: Node, text: Text) -> Iterator[Edit]:
    condition, then, otherwise = node["condition"], node["trueBody"], node.get("falseBody")
    check = is_revert(then) or is_revert(otherwise)
    yield Edit(*span(condition), "check negated" if check else "boolean", f"!({text.of(condition)})")
    yield Edit(*text.statement(then), "check deleted" if is_revert(then) else "branch omitted", NOTHING)
    if otherwise is not None:
        yield Edit(*text.statement(otherwise), "check deleted" if is_revert(otherwise) else "branch omitted", NOTHING)


def _reordered(statements: list[Node], text: Text) -> Iterator[Edit]:
    """Move a call of somebody else before what is written down ahead of it: the nearest such statement, and the first."""
    for i, node in enumerate(statements):
        if not _calls_out(node):
            continue
        before = [j for j in range(i) if _writes(statements[j])]
        for j in dict.fromkeys((*before[-1:], *before[:1])):
            start = span(statements[j])[0]
            own_start, own_length = text.statement(node)
            ahead = text.raw[start:own_start].decode()
            own = text.raw[own_start : own_start + own_length].decode()
            yield Edit(start, own_start + own_length - start, "call reordered", f"{own} {ahead.rstrip()}")


def _calls_out(statement: Node) -> bool:
    return any(n["nodeType"] == "FunctionCall" and type_identifier(n["expression"]).startswith(OUTSIDE) for n, _ in inner(statement))


def _writes(statement: Node) -> bool:
    if statement["nodeType"] != "ExpressionStatement":
        return False
    expression = statement["expression"]
    return expression["nodeType"] in {"Assignment", "UnaryOperation"} or (
        expression["nodeType"] == "FunctionCall" and called(expression) not in CHECKS
    )


def _counts(statement: Node) -> bool:
    """Tell whether the compiler checks some arithmetic of a statement for overflow."""
    return any(
        n["nodeType"] in {"BinaryOperation", "Assignment"}
        and n["operator"] in ARITHMETIC
        and is_number(n)
        or n["nodeType"] == "UnaryOperation"
        and n["operator"] in {"++", "--", "-"}
        and is_number(n)
        for n, _ in inner(statement)
    )


def _unchecked(node: Node, text: Text) -> Iterator[Edit]:
    start, length = text.statement(node)
    own = text.raw[start : start + length].decode()
    if node["nodeType"] != "VariableDeclarationStatement":
        yield Edit(start, length, "unchecked", f"unchecked {{ {own} }}")
        return
    declared = [d for d in node["declarations"] if d]
    if len(declared) == 1 == len(node["declarations"]) and node.get("initialValue"):
        value = text.of(node["initialValue"])
        yield Edit(start, length, "unchecked", f"{text.of(declared[0])}; unchecked {{ {declared[0]['name']} = {value}; }}")
