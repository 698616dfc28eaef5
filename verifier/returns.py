"""Find out whether code looks at what strangers return, beyond what a fixed ABI decoding shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolchain.solc import Compilation, Contract
from verifier.reach import read_code, walk

RETURN_DATA = {"returndatasize", "returndatacopy"}


def observes_returns(compilation: Compilation, contract: Contract) -> bool:
    """Tell whether any entry binds the bytes that a low-level call returned, catches a reason, or reads return data in assembly.

    Return data has any length; an engine tries a few. Code that never binds it behaves the same for all lengths.
    """
    code = read_code(compilation, contract)
    return any(_observes(node) for entry in code.entries for definition in entry.nodes for node in walk(definition))


def _observes(node: Mapping[str, Any]) -> bool:
    kind = node.get("nodeType")
    if kind == "VariableDeclarationStatement":
        declared = node.get("declarations") or []
        return len(declared) == 2 and declared[1] is not None and _is_low_level(node.get("initialValue"))
    if kind == "TryCatchClause":
        return bool((node.get("parameters") or {}).get("parameters")) and bool(node.get("errorName") is not None) and _is_catch(node)
    if kind == "YulFunctionCall":
        return (node.get("functionName") or {}).get("name") in RETURN_DATA
    if kind in {"Assignment", "Return", "FunctionCall"}:
        return any(_is_low_level(x) for x in _values(node))
    return False


def _is_catch(node: Mapping[str, Any]) -> bool:
    parameters = node["parameters"]["parameters"]
    return any(
        "bytes" in str(p["typeDescriptions"].get("typeString")) or "string" in str(p["typeDescriptions"].get("typeString"))
        for p in parameters
    )


def _values(node: Mapping[str, Any]) -> Iterator[Any]:
    if node["nodeType"] == "Assignment":
        yield node.get("rightHandSide")
    elif node["nodeType"] == "Return":
        yield node.get("expression")
    else:
        yield from node.get("arguments") or ()


def _is_low_level(node: Any) -> bool:
    if not isinstance(node, Mapping) or node.get("nodeType") != "FunctionCall":
        return False
    identifier = str((node.get("expression") or {}).get("typeDescriptions", {}).get("typeIdentifier"))
    return identifier.startswith(("t_function_barecall", "t_function_barestaticcall", "t_function_baredelegatecall"))
