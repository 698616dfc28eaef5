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
    named = [
        code.definitions.get(n.get("referencedDeclaration", -1), {}) for n in walk(given) if n["nodeType"] in {"Identifier", "MemberAccess"}
    ]
    if all(d.get("constant") or d.get("nodeType") != "VariableDeclaration" for d in named):
        yield "a constant that is narrowed: solc's model does not cut it"
