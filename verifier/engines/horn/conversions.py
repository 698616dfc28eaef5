"""Tell which conversions solc's model checker makes as the EVM does: between integers, to address, and from an enum."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.reach import Code, Node, type_identifier, walk

VALUES = ("t_uint", "t_bool", "t_address", "t_enum", "t_contract", "t_bytes32")


def conversion(node: Node, code: Code) -> Iterator[str]:
    """Yield what is not known to be modelled in a conversion."""
    given = node["arguments"][0]
    target, source = type_identifier(node), type_identifier(given)
    whole = ("t_uint", "t_int")
    number = (*whole, "t_rational")
    if target.startswith(whole) and source.startswith((*number, "t_enum")):
        if source.startswith("t_uint") and int(source[6:]) > int(target.removeprefix("t_u").removeprefix("t_").removeprefix("int")):
            yield from _narrowing(given, code)
        return
    if target == "t_uint160" and source.startswith("t_address"):
        return
    if target.startswith("t_address") and (source.startswith(("t_address", "t_rational", "t_contract")) or source == "t_uint160"):
        return
    if target.startswith("t_bytes") and source.startswith("t_rational"):
        return
    if target == source and target.startswith(VALUES):
        return
    names = [str(n["typeDescriptions"].get("typeString")) for n in (given, node)]
    yield f"a conversion of {names[0]} to {names[1]}"


def _narrowing(given: Node, code: Code) -> Iterator[str]:
    """Yield where the compiler may know the value: solc's model takes it as it is, and what does not fit makes all behind it impossible."""
    if not any(_is_unknown(n, code) for n in walk(given)):
        yield "a constant that is narrowed: solc's model does not cut it"


def _is_unknown(node: Node, code: Code) -> bool:
    """Tell whether a part of an expression has a value that only a run gives."""
    match node["nodeType"]:
        case "Identifier":
            named = code.definitions.get(node.get("referencedDeclaration", -1), {})
            return named.get("nodeType") == "VariableDeclaration" and not named.get("constant")
        case "FunctionCall":
            return bool(node["kind"] == "functionCall" and not type_identifier(node["expression"]).startswith("t_function_metatype_"))
        case "MemberAccess":
            return type_identifier(node["expression"]).startswith(("t_magic_message", "t_magic_block"))
        case _:
            return False
