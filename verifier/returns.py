"""Find out whether code looks at what strangers return, beyond what a fixed ABI decoding shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolchain.solc import Compilation, Contract
from verifier.examined import sends_value
from verifier.reach import read_code, type_identifier, walk

RETURN_DATA = {"returndatasize", "returndatacopy"}
LOW_LEVEL = ("t_function_barecall", "t_function_barestaticcall", "t_function_baredelegatecall", "t_function_barecallcode")
#: Types of a call's value that one checked word decides.
ONE_WORD = (
    "t_tuple$__$",
    "t_uint",
    "t_int",
    "t_bool",
    "t_address",
    "t_enum",
    "t_contract",
    "t_bytes1",
    "t_bytes2",
    "t_bytes3",
    "t_bytes4",
    "t_bytes8",
    "t_bytes20",
)


def observes_returns(compilation: Compilation, contract: Contract) -> bool:
    """Tell whether any entry may look at what a stranger returns, beyond one word of a fixed ABI decoding.

    Return data has any length; an engine tries a few. These forms behave the same for all of them: a low-level call whose returned bytes
    are dropped where it stands (`(bool ok, ) = a.call(…)`, or as a statement), a call through an interface that returns nothing or one
    static word, and Address.sendValue, which makes of a refusal its own words only. (All move the free memory pointer; assembly that shows
    it is a limit, verifier/limits.py.)
    """
    code = read_code(compilation, contract)
    nodes = [n for entry in code.entries for d in entry.nodes if not sends_value(d, entry, code) for n in walk(d)]
    dropped = {call["id"] for node in nodes if (call := _dropping(node)) is not None}
    return any(_observes(node, dropped) for node in nodes)


def _dropping(node: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the call whose second value this statement drops."""
    if node["nodeType"] == "ExpressionStatement":
        call: Mapping[str, Any] = node["expression"]
        return call
    if node["nodeType"] == "VariableDeclarationStatement" and len(node["declarations"]) == 2 and node["declarations"][1] is None:
        value: Mapping[str, Any] = node["initialValue"]
        return value
    return None


def _observes(node: Mapping[str, Any], dropped: set[int]) -> bool:
    kind = node["nodeType"]
    if kind == "YulFunctionCall":
        return (node.get("functionName") or {}).get("name") in RETURN_DATA
    if kind == "TryCatchClause":
        return bool((node.get("parameters") or {}).get("parameters")) and node.get("errorName") != "" or _is_catch_all_with_bytes(node)
    if kind != "FunctionCall":
        return False
    called = type_identifier(node["expression"])
    if called.startswith(LOW_LEVEL):
        return node["id"] not in dropped
    if called.startswith("t_function_external"):
        return not type_identifier(node).startswith(ONE_WORD)
    return False


def _is_catch_all_with_bytes(node: Mapping[str, Any]) -> bool:
    parameters = (node.get("parameters") or {}).get("parameters") or ()
    return any(type_identifier(p).startswith(("t_bytes_memory", "t_string_memory")) for p in parameters)
