"""Read getters inside the contract, where that can never revert.

A public variable is read as a variable, an array within its length; a view function is called only if nothing in its body can revert, and
never if it looks at who asks: a call that could revert would cut the paths on which a clause is false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from specs.formula import Type
from specs.specification import Function
from verifier.engines.horn.binding import meant
from verifier.engines.horn.exact import NotOffered, Term
from verifier.reach import Code, Node, type_identifier

VALUES = ("t_uint", "t_bool", "t_address", "t_enum", "t_bytes", "t_contract")
TOTAL_MEMBERS = frozenset({("t_magic_block", "timestamp"), ("t_magic_block", "number")})
TOTAL_OPERATORS = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||"})


def implementation_of(code: Code, selector: str) -> Node | None:
    """Return the variable or function that answers a selector: the most derived one with code."""
    for base in code.bases:
        for n in base["nodes"]:
            if n.get("functionSelector") == selector and (n["nodeType"] == "VariableDeclaration" or n.get("implemented")):
                found: Node = n
                return found
    return None


def agrees(code: Code, promised: Type, declaration: Node) -> bool:
    """Tell whether a declaration is an enum exactly where the interface has one, with as many members."""
    identifier = str(declaration["typeDescriptions"]["typeIdentifier"])
    if not identifier.startswith("t_enum$"):
        return promised.kind != "enum"
    members = code.definitions[int(identifier.rpartition("$")[2])]["members"]
    return promised.kind == "enum" and len(members) == len(promised.members)


class Readings:
    """Getters of one contract, as terms."""

    def __init__(self, code: Code, getters: Iterable[Function]) -> None:
        self.code = code
        self.getters = {g.signature: g for g in getters}

    def read(self, signature: str, arguments: Sequence[str]) -> Term:
        """Return the value of a getter. Raises NotOffered where it could revert or is no value."""
        getter = self.getters[signature]
        node = implementation_of(self.code, getter.selector)
        if node is None or len(getter.returns) != 1:
            raise NotOffered(f"{signature} is not in the source, or gives more than one value")
        if node["nodeType"] == "VariableDeclaration":
            return self._variable(node, arguments, getter.returns[0].type)
        if not agrees(self.code, getter.returns[0].type, node["returnParameters"]["parameters"][0]):
            raise NotOffered(f"{signature} gives another type than its interface says")
        if not is_total(node, self.code):
            raise NotOffered(f"{signature} might revert, or looks at its caller")
        text = f"{meant(node)}({', '.join(arguments)})"
        return Term(as_promised(text, getter.returns[0].type, node["returnParameters"]["parameters"][0]))

    def _variable(self, node: Node, arguments: Sequence[str], promised: Type) -> Term:
        text, t = meant(node), node["typeName"]
        fits: list[str] = []
        for a in arguments:
            if t["nodeType"] == "Mapping":
                text, t = f"{text}[{a}]", t["valueType"]
                continue
            if t["nodeType"] != "ArrayTypeName" or fits:
                raise NotOffered(f"the getter of {node['name']}")
            inside = f"{a} < {text}.length"
            fits.append(inside)
            t = t["baseType"]
            text = f"({inside} ? {text}[{a}] : {_zero(t)})"
        if not _is_value(t) or not agrees(self.code, promised, t):
            raise NotOffered(f"the getter of {node['name']}, which does not give a value of its interface's type")
        return Term(as_promised(text, promised, t), tuple(fits))


def as_promised(text: str, promised: Type, declaration: Node) -> str:
    """Return a value in its interface's type: as a contract it could be the argument of another function of the same name."""
    return f"address({text})" if promised.kind == "address" and type_identifier(declaration) != "t_address" else text


def _zero(t: Node) -> str:
    name = str(t["typeDescriptions"]["typeString"])
    if name in {"bool"}:
        return "false"
    if name.startswith(("uint", "address", "bytes")) and name != "bytes":
        return f"{name.replace(' payable', '')}(0)"
    raise NotOffered(f"an element of type {name}")


def _is_value(t: Node) -> bool:
    identifier = str(t["typeDescriptions"]["typeIdentifier"])
    return identifier.startswith(VALUES) and not identifier.startswith("t_bytes_")


def is_total(function: Node, code: Code) -> bool:
    """Tell whether a view function gives a value for all arguments in all states, and the same to everybody."""
    if function["modifiers"] or not function.get("body") or len(function["returnParameters"]["parameters"]) != 1:
        return False
    return _returns(function["body"]["statements"], code)


def _returns(statements: Sequence[Node], code: Code) -> bool:
    *before, last = statements or [{"nodeType": ""}]
    for s in before:
        body = (s.get("trueBody") or {}) if s["nodeType"] == "IfStatement" and s.get("falseBody") is None else {}
        inner = body.get("statements", [body]) if body else []
        if not inner or not _is_total(s["condition"], code) or not _returns(inner, code):
            return False
    return last["nodeType"] == "Return" and last.get("expression") is not None and _is_total(last["expression"], code)


def _is_total(e: Node, code: Code) -> bool:
    method: Callable[[Node, Code], bool] | None = TOTAL.get(e["nodeType"])
    return method is not None and method(e, code)


def _identifier(e: Node, code: Code) -> bool:
    target = code.definitions.get(e.get("referencedDeclaration", -1), {})
    return target.get("nodeType") in {"VariableDeclaration", "EnumDefinition", "ContractDefinition"}


def _member(e: Node, code: Code) -> bool:
    base = str(e["expression"]["typeDescriptions"]["typeIdentifier"])
    if base.startswith("t_magic_"):
        return (base, e["memberName"]) in TOTAL_MEMBERS
    if base.startswith("t_type$_t_enum"):
        return True
    return (base.startswith("t_struct") or (base.startswith("t_array") and e["memberName"] == "length")) and _is_total(
        e["expression"], code
    )


def _call(e: Node, code: Code) -> bool:
    if e["kind"] != "typeConversion" or len(e["arguments"]) != 1:
        return False
    source = str(e["arguments"][0]["typeDescriptions"]["typeIdentifier"])
    target = str(e["typeDescriptions"]["typeIdentifier"])
    safe = target.startswith(("t_uint", "t_address")) and source.startswith(("t_uint", "t_address", "t_enum", "t_rational"))
    return safe and _is_total(e["arguments"][0], code)


def _binary(e: Node, code: Code) -> bool:
    known = e.get("function") is None and e["operator"] in TOTAL_OPERATORS
    return known and _is_total(e["leftExpression"], code) and _is_total(e["rightExpression"], code)


TOTAL: dict[str, Callable[[Node, Code], bool]] = {
    "Literal": lambda _e, _c: True,
    "Identifier": _identifier,
    "MemberAccess": _member,
    "FunctionCall": _call,
    "IndexAccess": lambda e, c: (
        str(e["baseExpression"]["typeDescriptions"]["typeIdentifier"]).startswith("t_mapping")
        and _is_total(e["baseExpression"], c)
        and _is_total(e["indexExpression"], c)
    ),
    "BinaryOperation": _binary,
    "UnaryOperation": lambda e, c: e.get("function") is None and e["operator"] == "!" and _is_total(e["subExpression"], c),
    "Conditional": lambda e, c: all(_is_total(e[k], c) for k in ("condition", "trueExpression", "falseExpression")),
    "TupleExpression": lambda e, c: len(e["components"]) == 1 and e["components"][0] is not None and _is_total(e["components"][0], c),
}  # fmt: skip
