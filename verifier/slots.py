"""Resolve which storage slots assembly names, through the constants and call sites of the code that a contract can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal as Choice

from verifier.reach import Code, Node, type_identifier, walk

#: solc's identifiers of types whose values fill a word.
WHOLE_WORDS = frozenset({"t_uint256", "t_int256", "t_bytes32"})

#: A slot's number; `hash`: computed by keccak256 in place; `declared`: of a declared variable; None: not known before it runs.
Slot = int | Choice["hash", "declared"] | None


@dataclass(frozen=True, slots=True)
class _Site:
    """A place that names a function: the call, or None where it is used as a value."""

    call: Node | None


class Calls:
    """Resolve slots through the constants and call sites of the code that a contract can run."""

    def __init__(self, code: Code) -> None:
        self.definitions: Mapping[int, Node] = code.definitions
        self.parameters: dict[int, tuple[Node, int]] = {}
        self.sites: dict[int, list[_Site]] = {}
        reached = {n["id"]: n for e in code.entries for n in e.nodes}
        for definition in reached.values():
            for index, p in enumerate((definition.get("parameters") or {}).get("parameters", ())):
                self.parameters[p["id"]] = (definition, index)
            self._note_sites(definition)

    def _note_sites(self, definition: Node) -> None:
        called: set[int] = set()
        for node in walk(definition):
            if node["nodeType"] == "FunctionCall" and node["expression"]["nodeType"] in {"Identifier", "MemberAccess"}:
                target = node["expression"].get("referencedDeclaration")
                called.add(node["expression"]["id"])
                if isinstance(target, int):
                    self.sites.setdefault(target, []).append(_Site(node))
            elif isinstance(node.get("function"), int):  # a user-defined operator
                self.sites.setdefault(node["function"], []).append(_Site(None))
            elif node["nodeType"] in {"Identifier", "MemberAccess"} and node["id"] not in called and node.get("referencedDeclaration"):
                self.sites.setdefault(node["referencedDeclaration"], []).append(_Site(None))

    def external(self, name: Node, assembly: Node) -> Node | None:
        """Return the Solidity variable that a Yul identifier names."""
        for reference in assembly["externalReferences"]:
            if reference["src"] == name["src"]:
                return self.definitions[reference["declaration"]]
        return None

    def slots_of_yul(self, value: Node, assembly: Node, seen: frozenset[str] = frozenset()) -> set[Slot]:
        if value["nodeType"] == "YulLiteral" and value["kind"] == "number":
            return {int(str(value["value"]), 0)}
        if value["nodeType"] == "YulFunctionCall":
            return {"hash" if value["functionName"]["name"] == "keccak256" else None}
        variable = self.external(value, assembly) if value["nodeType"] == "YulIdentifier" else None
        if variable is None:
            return self._local(str(value.get("name", "")), assembly, seen)
        if str(value["name"]).endswith(".slot"):
            return {"declared" if variable["stateVariable"] else None}
        return self.slots_of_variable(variable, frozenset())

    def _local(self, name: str, assembly: Node, seen: frozenset[str]) -> set[Slot]:
        """Return the slots of everything that is assigned to a Yul variable of that name."""
        slots: set[Slot] = set() if name not in seen else {None}
        for n in walk(assembly["AST"]):
            names = [v["name"] for key in ("variables", "variableNames", "parameters", "returnVariables") for v in n.get(key) or ()]
            if name in names:
                value = n.get("value") if len(names) == 1 else None
                slots |= self.slots_of_yul(value, assembly, seen | {name}) if value and name not in seen else {None}
        return slots or {None}

    def slots_of_variable(self, variable: Node, seen: frozenset[int]) -> set[Slot]:
        if variable["id"] in seen:
            return {None}
        seen = seen | {variable["id"]}
        if variable.get("constant") and variable.get("value"):
            return self.slots_of(variable["value"], seen)
        arguments = self.arguments_of(variable)
        slots = {slot for a in arguments or () for slot in self.slots_of(a, seen)}
        return slots or {None}

    def arguments_of(self, variable: Node) -> list[Node] | None:
        """Return everything that a parameter is ever given; None where a variable is none, is assigned, or where not all is known."""
        if variable["id"] not in self.parameters or self._assigned(variable):
            return None
        function, index = self.parameters[variable["id"]]
        if function["nodeType"] != "FunctionDefinition" or function["visibility"] in {"public", "external"}:
            return None
        if function.get("virtual") or function.get("baseFunctions"):
            return None
        sites = self.sites.get(function["id"], [])
        arguments = [_argument(s.call, index, len(function["parameters"]["parameters"])) for s in sites if s.call is not None]
        known = [a for a in arguments if a is not None]
        return known if len(known) == len(sites) else None

    def slots_of(self, value: Node, seen: frozenset[int]) -> set[Slot]:
        if value["nodeType"] == "Literal":
            text = str(value.get("value", ""))
            return {int(text, 16)} if value["kind"] == "number" and text.startswith("0x") else {None}
        if value["nodeType"] == "TupleExpression" and len(value["components"]) == 1:
            return self.slots_of(value["components"][0], seen)
        if value["nodeType"] == "Identifier" and isinstance(value.get("referencedDeclaration"), int):
            target = self.definitions.get(value["referencedDeclaration"])
            return self.slots_of_variable(target, seen) if target and target["nodeType"] == "VariableDeclaration" else {None}
        if value["nodeType"] != "FunctionCall":
            return {None}
        kind = type_identifier(value["expression"])
        if value["kind"] == "typeConversion" and type_identifier(value) not in WHOLE_WORDS:
            return {None}
        if value["kind"] == "typeConversion" or kind.startswith(("t_function_wrap_", "t_function_unwrap_")):
            return self.slots_of(value["arguments"][0], seen)
        return self._returned(value, seen)

    def _returned(self, call: Node, seen: frozenset[int]) -> set[Slot]:
        target = self.definitions.get(call["expression"].get("referencedDeclaration", -1))
        if target is None or target["nodeType"] != "FunctionDefinition" or not target.get("body") or self._overridden(target):
            return {None}
        if target["modifiers"]:
            return {None}  # the body may not run
        statements = target["body"]["statements"]
        if len(statements) != 1 or statements[0]["nodeType"] != "Return" or target["id"] in seen or not statements[0].get("expression"):
            return {None}
        return self.slots_of(statements[0]["expression"], seen | {target["id"]})

    def _overridden(self, target: Node) -> bool:
        return any(target["id"] in (n.get("baseFunctions") or ()) for n in self.definitions.values())

    def _assigned(self, parameter: Node) -> bool:
        function, _ = self.parameters[parameter["id"]]
        for node in walk(function):
            target = node.get("leftHandSide") if node["nodeType"] == "Assignment" else None
            if node["nodeType"] == "UnaryOperation" and node["operator"] in {"++", "--", "delete"}:
                target = node["subExpression"]
            if any(n.get("referencedDeclaration") == parameter["id"] for n in walk(target)):
                return True
            if node["nodeType"] == "InlineAssembly" and any(
                self.external(v, node) is parameter
                for n in walk(node["AST"])
                if n["nodeType"] == "YulAssignment"
                for v in n["variableNames"]
            ):
                return True
        return False


def _argument(call: Node, index: int, expected: int) -> Node | None:
    """Return the argument at a place, counting the value before the dot of `x.f()` where the call is bound;

    None where it is named or unclear.
    """
    arguments: Sequence[Node] = call["arguments"]
    if call.get("names"):
        return None
    if len(arguments) == expected:
        return arguments[index]
    if len(arguments) == expected - 1 and call["expression"]["nodeType"] == "MemberAccess":
        bound: Node = call["expression"]["expression"]
        return bound if index == 0 else arguments[index - 1]
    return None
