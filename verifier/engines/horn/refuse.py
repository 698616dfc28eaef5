"""Refuse contracts of which solc's model checker may say something that is false on the EVM.

An allow-list over the syntax tree: what is not known to be modelled as the EVM runs it refuses the whole contract, since every function is
a step of the transition system. Source: docs/horn.md; the five false proofs that it names fall under these rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from toolchain.solc import Compilation, Contract
from verifier.engines.horn.constants import computed
from verifier.engines.horn.conversions import VALUES, conversion
from verifier.engines.horn.recursion import recursive
from verifier.reach import Code, Node, read_code, type_identifier, walk

#: Names of ours in the instrumented source start so; a source that holds it is refused.
PREFIX = "swh_"
#: Builtins that the instrumented source uses, and names that a reader would take for builtins.
BUILTINS = frozenset({"assert", "require", "revert", "msg", "block", "tx", "abi", "type", "this", "super", "address", "now", "keccak256"})
#: Words by which a source speaks to the model checker.
DIRECTIVES = ("custom:smtchecker", "SMTChecker", "abstract-function-nondet")

STRUCTURE = frozenset(
    {
        "ContractDefinition", "StructuredDocumentation", "InheritanceSpecifier", "OverrideSpecifier", "EnumDefinition", "EnumValue",
        "StructDefinition", "EventDefinition", "ErrorDefinition", "FunctionDefinition", "ModifierDefinition", "ModifierInvocation",
        "ParameterList", "VariableDeclaration", "ElementaryTypeName", "ArrayTypeName", "Mapping", "UserDefinedTypeName", "IdentifierPath",
    }
)  # fmt: skip
STATEMENTS = frozenset(
    {
        "Block", "UncheckedBlock", "ExpressionStatement", "VariableDeclarationStatement", "IfStatement", "ForStatement", "WhileStatement",
        "DoWhileStatement", "Break", "Continue", "Return", "EmitStatement", "RevertStatement", "PlaceholderStatement",
    }
)  # fmt: skip
EXPRESSIONS = frozenset(
    {
        "Assignment", "BinaryOperation", "UnaryOperation", "Conditional", "TupleExpression", "IndexAccess", "MemberAccess", "Identifier",
        "Literal", "FunctionCall", "FunctionCallOptions", "ElementaryTypeNameExpression",
    }
)  # fmt: skip
ALLOWED = STRUCTURE | STATEMENTS | EXPRESSIONS

OPERATORS = frozenset({"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"})
UNARY = frozenset({"!", "++", "--", "delete"})
ASSIGNMENTS = frozenset({"=", "+=", "-=", "*=", "/=", "%="})
MAGIC = frozenset(
    {("t_magic_message", "sender"), ("t_magic_message", "value"), ("t_magic_block", "timestamp"), ("t_magic_block", "number")}
)
#: What a call may be, by the identifier of the called expression's type.
CALLS = (
    "t_function_internal_", "t_function_require_", "t_function_assert_", "t_function_revert_", "t_function_event_", "t_function_error_",
    "t_function_arraypush_", "t_function_arraypop_", "t_function_metatype_", "t_function_barecall_",
)  # fmt: skip
EFFECTS = frozenset({"++", "--", "delete"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no answer about the contract would count; `line` counts from 1 (0: none)."""

    reason: str
    path: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.reason} ({self.path}:{self.line})" if self.line else self.reason


def find_refusals(compilation: Compilation, contract: Contract) -> tuple[Refusal, ...]:
    """Return what refuses the contract; nothing where all of it is modelled as the EVM runs it."""
    code = read_code(compilation, contract)
    found = [*_whole(compilation), *_state(code)]
    found += [
        Refusal("a function that calls itself: solc's model has its parameters and results once", *code.place(n)) for n in recursive(code)
    ]
    outside = _outside(code)
    for root in (*code.bases, *outside):
        found += [Refusal(reason, *code.place(place)) for reason, place in _Judge(code).of(root)]
    return tuple(dict.fromkeys(found))


def _whole(compilation: Compilation) -> Iterator[Refusal]:
    """Yield what any source of the compilation holds that could bend the checker or our names."""
    for path, entry in compilation.input["sources"].items():
        text = str(entry["content"])
        for word in (PREFIX, *DIRECTIVES):
            if word in text:
                yield Refusal(f"the source holds `{word}`", path, text[: text.index(word)].count("\n") + 1)
    for path, ast in compilation.asts.items():
        for node in walk(ast):
            if node.get("name") in BUILTINS and node["nodeType"].endswith(("Definition", "Declaration")):
                yield Refusal(f"it declares `{node['name']}`, which hides a builtin", path)
            if node["nodeType"] == "ImportDirective" and {node.get("unitAlias")} & BUILTINS:
                yield Refusal("an import hides a builtin", path)
            aliases = node.get("symbolAliases") or () if node["nodeType"] == "ImportDirective" else ()
            if any(a.get("local") in BUILTINS for a in aliases):
                yield Refusal("an import hides a builtin", path)


def _outside(code: Code) -> list[Node]:
    """Return the definitions outside of the contract's bases that an entry reaches: free functions and library functions."""
    inside = {n["id"] for b in code.bases for n in b["nodes"]}
    found = {n["id"]: n for e in code.entries for n in e.nodes if n["id"] not in inside}
    return list(found.values())


def _state(code: Code) -> Iterator[Refusal]:
    for base in code.bases[1:]:
        builder = next((n for n in base["nodes"] if n.get("kind") == "constructor"), None)
        if builder is not None:
            reason = "a base's constructor: in which order it and initial values come differs between solc's model and its code"
            yield Refusal(reason, *code.place(builder))
        for n in base["nodes"]:
            calls = (type_identifier(x).startswith("t_function_") for x in walk(n.get("value") or {}))
            if n["nodeType"] == "VariableDeclaration" and not n["constant"] and any(calls):
                yield Refusal("an initial value of a base's variable that calls a function", *code.place(n))
    for base in code.bases:
        for n in base["nodes"]:
            if n["nodeType"] == "VariableDeclaration" and n.get("storageLocation") == "transient":
                yield Refusal("transient storage", *code.place(n))


def _in_order(block: Node) -> Iterator[Node]:
    """Yield the statements of a block that run one after the other, whatever conditions and loops there are."""
    for s in block.get("statements", ()):
        yield s
        if s["nodeType"] == "Block":
            yield from _in_order(s)


def _reset(body: Node) -> Iterator[str]:
    if any(n["nodeType"] == "VariableDeclarationStatement" and n.get("initialValue") is None for n in walk(body)):
        yield "a local variable without a value in a loop: solc's model keeps the last round's"


class _Judge:
    """Walk one definition, expression by expression."""

    def __init__(self, code: Code) -> None:
        self.code = code
        calls = (n for e in code.entries for d in e.nodes for n in walk(d) if n["nodeType"] == "FunctionCall")
        shown = ("t_function_require_", "t_function_revert_", "t_function_barecall_")
        self.messages = {a["id"] for n in calls if type_identifier(n["expression"]).startswith(shown) for a in n["arguments"]}

    def of(self, root: Node) -> Iterator[tuple[str, Node]]:
        if root["nodeType"] == "FunctionDefinition":
            yield "a function outside of the contract (of a library or a file)", root
        for node in walk(root):
            kind = node["nodeType"]
            if kind not in ALLOWED:
                yield f"{kind}: not known to be modelled", node
                continue
            if re.match(r"t_int\d", type_identifier(node)):
                yield "a signed integer: solc's model does not wrap all that unchecked code does", node
            if re.match(r"t_bytes([1-9]|[12]\d|3[01])$", type_identifier(node)):
                yield "bytes of fewer than 32: solc's model does not shift them where they widen", node
            if type_identifier(node).startswith("t_stringliteral") and node["id"] not in self.messages:
                yield "a text that is more than a message", node
            method = getattr(self, f"_{kind.lower()}", None)
            for reason in method(node) if method else ():
                yield reason, node
        yield from self._order(root)

    # ------------------------------------------------------------ declarations

    def _forstatement(self, node: Node) -> Iterator[str]:
        yield from _reset(node["body"])

    def _whilestatement(self, node: Node) -> Iterator[str]:
        yield from _reset(node["body"])

    def _dowhilestatement(self, node: Node) -> Iterator[str]:
        yield from _reset(node["body"])

    def _variabledeclaration(self, node: Node) -> Iterator[str]:
        kind, location = type_identifier(node), node.get("storageLocation")
        if node.get("constant") and node.get("value") is not None:
            yield from computed(node, self.code)
        if node.get("stateVariable"):
            if node.get("value") is not None and any(
                n["nodeType"] == "FunctionCall" and not _is_conversion(n) for n in walk(node["value"])
            ):
                yield "a state variable that a call initialises"
            return
        if location in {"memory", "storage", "calldata"}:
            flat = kind.startswith("t_array$_") and kind.split("$_", 1)[1].startswith(VALUES)
            if location != "calldata" or not flat:
                yield f"a variable in {location}"

    def _functiondefinition(self, node: Node) -> Iterator[str]:
        names = [m["modifierName"]["name"].rpartition(".")[2] for m in node["modifiers"]]
        if len(names) > len(set(names)):
            yield "a modifier that a function has twice: solc's model has its variables once"

    def _modifierdefinition(self, node: Node) -> Iterator[str]:
        body = node.get("body") or {}
        inner = [n["nodeType"] for n in walk(body)]
        always = [s for s in _in_order(body) if s["nodeType"] == "PlaceholderStatement"]
        if inner.count("PlaceholderStatement") != 1 or len(always) != 1 or "Return" in inner:
            yield "a modifier that does not run the function exactly once, or returns"

    def _inheritancespecifier(self, node: Node) -> Iterator[str]:
        yield from self._base_arguments(node.get("arguments") or ())

    def _modifierinvocation(self, node: Node) -> Iterator[str]:
        if node.get("kind") == "baseConstructorSpecifier":
            yield from self._base_arguments(node.get("arguments") or ())

    def _base_arguments(self, arguments: Iterable[Node]) -> Iterator[str]:
        for n in (x for a in arguments for x in walk(a)):
            target = self.code.definitions.get(n.get("referencedDeclaration", -1), {})
            if target.get("stateVariable") and not target.get("constant"):
                yield "an argument of a base's constructor that reads state"

    def _userdefinedtypename(self, node: Node) -> Iterator[str]:
        if type_identifier(node).startswith("t_userDefinedValueType"):
            yield "a user-defined value type"

    # ------------------------------------------------------------ expressions

    def _literal(self, node: Node) -> Iterator[str]:
        if node.get("kind") not in {"number", "bool", "string", "hexString"}:
            yield f"a {node.get('kind')} literal"

    def _identifier(self, node: Node) -> Iterator[str]:
        if node.get("name") == "super":
            yield "super"
        if type_identifier(node).startswith("t_function_") and not self._is_definition(node) and node["referencedDeclaration"] >= 0:
            yield "a pointer to a function"

    def _is_definition(self, node: Node) -> bool:
        target = self.code.definitions.get(node.get("referencedDeclaration", -1), {})
        return target.get("nodeType") in {"FunctionDefinition", "EventDefinition", "ErrorDefinition"}

    def _memberaccess(self, node: Node) -> Iterator[str]:
        base, name, kind = type_identifier(node["expression"]), node["memberName"], type_identifier(node)
        if base.startswith("t_magic_meta_type"):
            known = name in {"max", "min"}
        elif base.startswith("t_magic_"):
            known = (base, name) in MAGIC
        elif kind.startswith(("t_function_arraypush_", "t_function_arraypop_")):
            known = _is_state_path(node["expression"])
        else:
            known = (
                base.startswith(("t_type$_t_enum", "t_struct"))
                or (base.startswith("t_array") and name == "length")
                or (base.startswith("t_address") and kind.startswith("t_function_barecall_"))
                or (base.startswith("t_type$_t_contract") and kind.startswith("t_type$"))
            )
        if not known:
            yield f"the member `{name}` of {node['expression']['typeDescriptions'].get('typeString', 'something')}"

    def _functioncall(self, node: Node) -> Iterator[str]:
        if node["kind"] == "structConstructorCall":
            yield "a struct built in memory"
        elif node["kind"] == "typeConversion":
            yield from conversion(node, self.code)
        else:
            kind = type_identifier(node["expression"])
            if not kind.startswith(CALLS):
                yield f"a call of {node['expression']['typeDescriptions'].get('typeString', 'something')}"
            if kind.startswith("t_function_internal_") and node["expression"]["nodeType"] != "Identifier":
                yield "an internal call that is not by name alone"
            if kind.startswith("t_function_arraypush_") and not node["arguments"]:
                yield "push() without an argument"
            if kind.startswith("t_function_barecall_") and not _is_empty_text(node["arguments"]):
                yield "a call with data"

    def _functioncalloptions(self, node: Node) -> Iterator[str]:
        if node["names"] != ["value"] or not type_identifier(node).startswith("t_function_barecall_"):
            yield f"a call with {', '.join(node['names'])}"

    def _binaryoperation(self, node: Node) -> Iterator[str]:
        if node.get("function") is not None:
            yield "a user-defined operator"
        if node["operator"] not in OPERATORS and not type_identifier(node).startswith("t_rational"):
            yield f"the operator {node['operator']}"

    def _unaryoperation(self, node: Node) -> Iterator[str]:
        if node.get("function") is not None:
            yield "a user-defined operator"
        if node["operator"] not in UNARY and not type_identifier(node).startswith("t_rational"):
            yield f"the operator {node['operator']}"
        if node["operator"] == "delete" and not type_identifier(node["subExpression"]).startswith(VALUES):
            yield "delete of something larger than a value"

    def _assignment(self, node: Node) -> Iterator[str]:
        if node["operator"] not in ASSIGNMENTS:
            yield f"the operator {node['operator']}"
        if not type_identifier(node).startswith(VALUES):
            yield "an assignment of something larger than a value"
        root = node["leftHandSide"]
        while root["nodeType"] in {"IndexAccess", "MemberAccess"}:
            root = root.get("baseExpression") or root["expression"]
            if any(place in type_identifier(root) for place in ("_memory_ptr", "_storage_ptr", "_calldata_ptr")):
                yield "an assignment through a pointer"
                return

    def _indexaccess(self, node: Node) -> Iterator[str]:
        if not type_identifier(node["baseExpression"]).startswith(("t_mapping", "t_array")):
            yield "an index into bytes"

    # ------------------------------------------------------------ order of evaluation

    def _order(self, root: Node) -> Iterator[tuple[str, Node]]:
        """Yield effects that stand inside a larger expression: compilers differ in which operand comes first."""
        allowed: set[int] = set()
        for node in walk(root):
            for part in _alone(node):
                allowed.add(part["id"])
                inner = part["arguments"][0] if _is_guard(part) else None
                if inner is not None:
                    allowed.add(inner["id"])
        for node in walk(root):
            if self._has_effect(node) and node["id"] not in allowed:
                yield "an effect inside a larger expression", node
            for part in _perhaps(node):
                if any(type_identifier(n["expression"]).startswith("t_function_internal_") for n in walk(part) if "expression" in n):
                    yield "a call that may not be made: solc's model takes for granted that it succeeds", node

    def _has_effect(self, node: Node) -> bool:
        if node["nodeType"] == "Assignment":
            return True
        if node["nodeType"] == "UnaryOperation":
            return node["operator"] in EFFECTS
        if node["nodeType"] != "FunctionCall" or node["kind"] != "functionCall":
            return False
        kind = type_identifier(node["expression"])
        if kind.startswith("t_function_internal_"):
            target = self.code.definitions.get(node["expression"].get("referencedDeclaration", -1), {})
            return target.get("stateMutability") not in {"view", "pure"}
        return kind.startswith(
            ("t_function_arraypush_", "t_function_arraypop_", "t_function_barecall_", "t_function_require_", "t_function_assert_")
        )


def _perhaps(node: Node) -> Iterator[Node]:
    """Yield the parts of an expression that are evaluated on some paths only."""
    if node["nodeType"] == "BinaryOperation" and node["operator"] in {"&&", "||"}:
        yield node["rightExpression"]
    elif node["nodeType"] == "Conditional":
        yield from (node["trueExpression"], node["falseExpression"])


def _alone(node: Node) -> Iterator[Node]:
    """Yield the expressions that nothing else is evaluated with."""
    match node["nodeType"]:
        case "ExpressionStatement":
            yield node["expression"]
            if node["expression"]["nodeType"] == "Assignment":
                yield from _assigned(node["expression"])
        case "VariableDeclarationStatement" if node.get("initialValue") is not None:
            yield node["initialValue"]
        case "Return" if node.get("expression") is not None:
            yield node["expression"]
        case "IfStatement":
            yield node["condition"]


def _assigned(node: Node) -> Iterator[Node]:
    if node["operator"] == "=" and node["leftHandSide"]["nodeType"] == "Identifier":
        yield node["rightHandSide"]


def _is_guard(node: Node) -> bool:
    return bool(
        node["nodeType"] == "FunctionCall" and type_identifier(node["expression"]).startswith(("t_function_require_", "t_function_assert_"))
    )


def _is_conversion(node: Node) -> bool:
    return bool(node["kind"] == "typeConversion" or type_identifier(node["expression"]).startswith("t_function_metatype_"))


def _is_state_path(node: Node) -> bool:
    """Tell whether an expression names a place in storage through a state variable."""
    while node["nodeType"] in {"IndexAccess", "MemberAccess"}:
        node = node.get("baseExpression") or node["expression"]
    return bool(node["nodeType"] == "Identifier" and "_storage" in type_identifier(node) and "_storage_ptr" not in type_identifier(node))


def _is_empty_text(arguments: Iterable[Node]) -> bool:
    return all(a["nodeType"] == "Literal" and not a.get("hexValue") for a in arguments)
