"""Read rules: promises over several calls, as Solidity functions in an abstract contract beside the interface.

A rule is a list of statements, gone through once. solc has typed it as Solidity; its expressions are then read as those of clauses are, so
that they mean the same: arithmetic is exact, and what has no value is never true. For that, the contract's parameter is blanked out of the
text: `vault.total()` is the getter `total()` there. Source: docs/language.md, *Rules*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn, cast

from specs import specification as s
from specs.check import Check
from specs.declarations import Interface, Node, Reader
from specs.documentation import Tag, notice
from specs.elaborate import Elaborator
from specs.formula import ADDRESS, BOOL, UINT256, Expression, Position, Type
from specs.messages import nearest
from specs.scope import TAKEN_NAMES, Binding, Question, Scope, declare
from specs.slips import WORDS
from specs.source import RULE, RULES, Source
from specs.syntax import Syntax, parse_clause
from toolchain.errors import SpecificationError

OUTLINED = frozenset({"struct", "array", "string", "bytes"})
ONLY = f"a rule is a list of calls, of values that are named (`uint256 before = vault.total();`), and of {', '.join(WORDS)}"
#: What a statement is called, and what to do without it.
REFUSED = {
    "IfStatement": ("`if`", "a rule has no branches: write a rule for each case with `given`, or `claim(!a || b)`"),
    "ForStatement": ("`for`", "a rule has no loops: write the calls out"),
    "WhileStatement": ("`while`", "a rule has no loops: write the calls out"),
    "DoWhileStatement": ("`do`", "a rule has no loops: write the calls out"),
    "InlineAssembly": ("assembly", ONLY),
    "UncheckedBlock": ("`unchecked`", "arithmetic in rules is exact: nothing wraps"),
    "TryStatement": ("`try`", "say mustSucceed() or mustFail() in front of a call"),
    "Return": ("`return`", "a rule is gone through to its end"),
    "EmitStatement": ("`emit`", ONLY),
    "RevertStatement": ("`revert`", "say given(…) for what is taken for granted, claim(…) for what must hold"),
    "Block": ("a block", ONLY),
}

ASSIGNED = ("an assignment", "what has a name keeps its value: give the new value a name of its own, `uint256 later_ = vault.total();`")

Made = Callable[[Sequence[Expression]], s.Step]


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule that is not typed yet: each step with the expressions in it, and what makes it of those."""

    name: str
    parameters: tuple[s.Parameter, ...]
    notice: str
    text: str
    position: Position
    steps: tuple[tuple[tuple[Question, ...], Made], ...]

    @property
    def questions(self) -> Iterator[Question]:
        return (q for questions, _ in self.steps for q in questions)

    def finish(self, check: Check) -> s.Rule:
        """Return the rule with the types that solc gave."""
        steps = tuple(make([Elaborator(check, q.scope).build(q.syntax, q.wanted) for q in questions]) for questions, make in self.steps)
        return s.Rule(self.name, self.parameters, steps, self.notice, self.text, self.position)


def read_rules(reader: Reader, main: Source, interface: Interface) -> tuple[RuleDraft, ...]:
    """Read the rules of a specification.

    Raises: SpecificationError.
    """
    found = reader.rules()
    for source, contract in found:
        at = _start(source, contract)
        if source.name != main.name:
            source.refuse(at, f"rules in an imported file ({contract['name']})", f"put them into {main.name}, beside {interface.name}")
    for source, contract in found[1:]:
        at, first = _start(source, contract), found[0][1]["name"]
        source.refuse(at, f"a second contract with rules ({contract['name']})", f"put all rules into one: {first}")
    drafts: dict[str, RuleDraft] = {}
    for source, contract in found:
        if len(contract["linearizedBaseContracts"]) != 2:
            source.refuse(_start(source, contract), f"{contract['name']} inherits more than Rules", "inherit nothing else")
        for n in contract["nodes"]:
            _refuse_member(source, n)
            if n["name"] in drafts:
                source.refuse(_start(source, n), f"a second rule called {n['name']}", "give every rule a name of its own")
            drafts[n["name"]] = _Reading(reader, source, interface, n).draft()
        if not drafts:
            source.refuse(_start(source, contract), f"{contract['name']} holds no rule", f"write `function {RULE}name(…) external {{ … }}`")
    return tuple(drafts.values())


def _refuse_member(source: Source, n: Node) -> None:
    """Refuse what is no rule."""
    at, name = _start(source, n), n.get("name", "")
    if n["nodeType"] == "VariableDeclaration" and n.get("constant"):
        source.refuse(at, f"the constant {name} among rules", "write its value where it is used")
    if n["nodeType"] == "VariableDeclaration":
        source.refuse(at, f"the state variable {name} beside rules", "rules keep nothing between each other: name values inside the rule")
    if n["nodeType"] != "FunctionDefinition" or n["kind"] != "function" or not name.startswith(RULE):
        found = name or {"constructor": "a constructor", "receive": "receive", "fallback": "fallback"}.get(n.get("kind", ""), n["nodeType"])
        helper = "there are no helper functions: write their statements into the rules; " if n.get("kind") == "function" else ""
        source.refuse(at, f"{found} among rules", f"{helper}a contract of rules holds functions called {RULE}…, and nothing else")
    if n["modifiers"] or n["virtual"] or n.get("overrides"):
        source.refuse(at, f"{name} with a modifier, `virtual` or `override`", f"write `function {name}(…) external {{ … }}`")
    odd = {
        "a visibility that is not external": n["visibility"] not in {"external", "public"},
        "`payable`": n["stateMutability"] == "payable",
        "no body": not n.get("body"),
    }
    if any(odd.values()):
        found = next(words for words, is_so in odd.items() if is_so)
        source.refuse(
            at, f"{name} with {found}", f"write `function {name}(…) external {{ … }}`; ether is sent by a call: `{{value: amount}}`"
        )
    if n["returnParameters"]["parameters"]:
        source.refuse(at, f"{name} returns something", "a rule promises by claim(…)")


class _Reading:
    """Read one rule. `_variables` are the names that are known at the statement being read."""

    def __init__(self, reader: Reader, source: Source, interface: Interface, node: Node) -> None:
        self.reader = reader
        self.source = source
        self.interface = interface
        self.node = node
        self.structs = frozenset(t.name for t in interface.structs)
        self._variables: dict[str, Binding] = {}
        self._steps: list[tuple[tuple[Question, ...], Made]] = []
        self._must: tuple[str, Node] | None = None
        self._has_caller = self._promises = self._calls = False
        first, *others = node["parameters"]["parameters"] or [None]
        if first is None or first["typeDescriptions"]["typeString"] != f"contract {interface.name}":
            at = _start(source, first if first is not None else node)
            expected = f"its first parameter is the contract: `{interface.name} {interface.name[:1].lower()}{interface.name[1:]}`"
            source.refuse(at, f"{node['name']} does not take the contract", expected)
        self.contract = first
        self.parameters = tuple(self._parameter(p) for p in others)
        self.plain = self._without_contract()

    def draft(self) -> RuleDraft:
        """Read the rule."""
        for statement in self.node["body"]["statements"]:
            self._statement(statement)
        if self._must is not None:
            self._refuse(self._must[1], f"{self._must[0]}() without a call behind it", "put it directly in front of the call that is meant")
        at = _start(self.source, self.node)
        name = self.node["name"]
        if not self._calls:
            self.source.refuse(at, f"{name} calls nothing", "what holds without a call is an `invariant`")
        if not self._promises:
            self.source.refuse(at, f"{name} promises nothing", "say claim(…), or mustSucceed() or mustFail() in front of a call")
        start, end = _span(self.source, self.node["body"])
        said = self.node.get("documentation")
        words = notice(self.source, *_span(self.source, said)) if said else ""
        body = self.source.text[start:end]
        return RuleDraft(name, self.parameters, words, body, self.source.position(at), tuple(self._steps))

    # ------------------------------------------------------------ names

    def _parameter(self, n: Node) -> s.Parameter:
        name = n["name"]
        if not name:
            self._refuse(n, "a parameter without a name", "give it one, or leave it out")
        made = self._declared(n)
        self._bind(n, made)
        return s.Parameter(name, made)

    def _declared(self, n: Node) -> Type:
        if n["typeDescriptions"]["typeString"].startswith("contract "):
            self._refuse(n, "a second contract in a rule", f"a rule speaks of one contract, {self.contract['name']}; others are addresses")
        made = self.reader.type_of(self.source, n)
        if made.kind in OUTLINED:
            self._refuse(n, f"a {made.name} in a rule", "rules name integers, bool, address, bytesN and enums")
        return made

    def _bind(self, n: Node, t: Type) -> None:
        if n["name"] in TAKEN_NAMES or any(n["name"] == x.name for x in self.interface.named.values()):
            self._refuse(n, f"{n['name']} as a name", "it means something else in clauses; choose another")
        self._variables[n["name"]] = Binding(n["name"], "parameter", declare(t.name, self.structs))

    def _without_contract(self) -> Source:
        """Return the source in which getters stand as in clauses, every character at its place."""
        text = list(self.source.text)
        for n, parent in _parents(self.node["body"], None):
            self._refuse_decrement(n)
            if n.get("nodeType") != "Identifier":
                continue
            if n["name"] in {"this", "super", "tx"}:
                self._refuse(n, f"`{n['name']}` in a rule", f"the contract is `{self.contract['name']}`, and by(…) says who calls")
            if n.get("referencedDeclaration") != self.contract["id"]:
                continue
            if parent is not None and parent["nodeType"] == "MemberAccess":
                start, member = _start(self.source, n), self.source.offset_at(int(parent["memberLocation"].split(":")[0]))
                text[start:member] = " " * (member - start)
            elif parent is not None and parent["nodeType"] == "FunctionCall" and parent["kind"] == "typeConversion":
                continue
            else:
                self._refuse(n, f"`{n['name']}` alone", f"call its functions, or write address({n['name']})")
        made = "".join(text)
        return replace(self.source, text=made, encoded=made.encode())

    def _refuse_decrement(self, n: Node) -> None:
        """Refuse `x--` where solc sees it: in the text of a clause, words would begin behind the `--`."""
        if n["nodeType"] == "UnaryOperation" and n["operator"] == "--":
            self._refuse(n, "an assignment (`--`)", "give what is less a name of its own: `uint256 less = x - 1;`")

    # ------------------------------------------------------------ statements

    def _statement(self, n: Node) -> None:
        kind = n["nodeType"]
        if kind == "VariableDeclarationStatement":
            self._definition(n)
            return
        call = n["expression"] if kind == "ExpressionStatement" else None
        if call is None or call["nodeType"] != "FunctionCall":
            inner = call["nodeType"] if call is not None else kind
            assigns = inner == "Assignment" or (
                inner == "UnaryOperation" and call is not None and call["operator"] in {"++", "--", "delete"}
            )
            found, expected = ASSIGNED if assigns else REFUSED.get(kind, ("a statement that is no call", ONLY))
            self._refuse(n, found, expected)
        callee = call["expression"]
        if callee["nodeType"] == "Identifier":
            self._word(n, call, callee)
        else:
            self._call(n, call, None)

    def _word(self, n: Node, call: Node, callee: Node) -> None:
        name = callee["name"]
        declared = self.reader.node(callee.get("referencedDeclaration") or 0)
        if name not in WORDS or declared is None or declared["nodeType"] != "FunctionDefinition":
            assumes = "say given(…) for what is taken for granted, claim(…) for what must hold"
            expected = assumes if name in {"require", "assert", "revert"} else nearest(name, WORDS, "the words of rules are")
            self._refuse(callee, f"`{name}(…)` in a rule", expected)
        if self._must is not None:
            self._refuse(n, f"{name}(…) between {self._must[0]}() and its call", "put the call directly behind it")
        at = self._position(n)
        arguments = call["arguments"]
        match name:
            case "given":
                self._add([self._asked(arguments[0], BOOL, "what is given")], lambda es: s.Given(at, es[0]))
            case "claim":
                self._promises = True
                self._add([self._asked(arguments[0], BOOL, "the claim")], lambda es: s.Claimed(at, es[0]))
            case "by":
                self._has_caller = True
                self._add([self._asked(arguments[0], ADDRESS, "who calls")], lambda es: s.By(at, es[0]))
            case "later":
                self._add([self._asked(arguments[0], UINT256, "the time that passes")], lambda es: s.Later(at, es[0]))
            case "restart":
                if not self._calls:
                    self._refuse(n, "restart() before any call", "leave it out")
                self._add([], lambda _: s.Restart(at))
            case _:
                self._must = (name, n)

    def _definition(self, n: Node) -> None:
        declared = n["declarations"]
        if not n.get("initialValue"):
            self._refuse(n, "a name without a value", "name a value where it is known: `uint256 before = vault.total();`")
        if len(declared) != 1 or declared[0] is None:
            expected = "a rule names what a function with one result returns; call it without names, and read the rest by getters"
            self._refuse(n, "several names at once", expected)
        variable, value = declared[0], n["initialValue"]
        t = self._declared(variable)
        function = self._function(value)
        if function is not None and not function.is_view:
            self._call(n, value, s.Parameter(variable["name"], t))
        else:
            if self._must is not None:
                self._refuse(n, f"a value between {self._must[0]}() and its call", "put the call directly behind it")
            at, name = self._position(n), variable["name"]
            self._add([self._asked(value, t, f"the value of {name}")], lambda es: s.Let(at, name, t, es[0]))
        self._bind(variable, t)

    def _function(self, n: Node) -> s.Function | None:
        """Return the function of the contract that an expression calls, if it is such a call."""
        callee = n.get("expression") if n["nodeType"] == "FunctionCall" else None
        if callee is not None and callee["nodeType"] == "FunctionCallOptions":
            callee = callee["expression"]
        if callee is None or callee["nodeType"] != "MemberAccess":
            return None
        base = callee["expression"]
        if base["nodeType"] != "Identifier" or base.get("referencedDeclaration") != self.contract["id"]:
            return None
        declared = self.reader.node(callee.get("referencedDeclaration") or 0)
        return self.interface.by_selector(declared.get("functionSelector", "")) if declared is not None else None

    def _call(self, n: Node, call: Node, result: s.Parameter | None) -> None:
        function = self._function(call)
        if function is None:
            self._refuse(call, "a call of something else than the contract", ONLY)
        if function.is_view:
            self._refuse(call, f"a call of the getter {function.name} for nothing", "name its value, or claim something of it")
        if not self._has_caller:
            self._refuse(call, f"a call of {function.name} by nobody", "say who calls first: by(alice)")
        if call.get("names"):
            self._refuse(call, "arguments with names", "give them in their order")
        if result is not None and (len(function.returns) != 1 or function.returns[0].type != result.type):
            returned = ", ".join(p.type.name for p in function.returns)
            self._refuse(n, f"{result.type.name} {result.name} for what {function.name} returns", f"it returns ({returned})")
        asked = [
            self._asked(a, p.type, f"an argument of {function.name}") for a, p in zip(call["arguments"], function.parameters, strict=True)
        ]
        options = call["expression"] if call["expression"]["nodeType"] == "FunctionCallOptions" else {"names": (), "options": ()}
        other = next((x for x in options["names"] if x != "value"), None)
        if other is not None:
            self._refuse(call, f"a call with `{other}`", "a call in a rule has a value at most: `{value: amount}`")
        asked += [self._asked(x, UINT256, "the ether that is sent") for x in options["options"]]
        must = cast("Any", {"mustSucceed": "succeed", "mustFail": "fail"}[self._must[0]] if self._must else "")
        if must == "fail" and result is not None:
            self._refuse(n, f"{result.name} of a call that must fail", "a call that reverts returns nothing")
        at, count, signature = self._position(n), len(call["arguments"]), function.signature

        def make(es: Sequence[Expression]) -> s.Step:
            return s.Called(at, signature, tuple(es[:count]), es[count] if len(es) > count else None, must, result)

        self._add(asked, make)
        self._calls, self._promises, self._must = True, self._promises or bool(must), None

    # ------------------------------------------------------------ expressions

    def _add(self, questions: Sequence[Question], make: Made) -> None:
        self._steps.append((tuple(questions), make))

    def _asked(self, n: Node, wanted: Type, purpose: str) -> Question:
        """Return an expression of the rule as the question which type it has."""
        start, end = _span(self.source, n)
        for inner, _ in _parents(n, None):
            function = self._function(inner) if inner["nodeType"] == "FunctionCall" else None
            if function is not None and not function.is_view:
                named = f": `{function.returns[0].type.name} x = …;`" if len(function.returns) == 1 else ""
                expected = f"{function.name} changes state: call it in a statement of its own{named}"
                self._refuse(inner, f"a call of {function.name} inside an expression", expected)
        try:
            parsed = parse_clause(Tag(self.plain, "equals", True, start, start, self.plain.text[start:end]))
        except SpecificationError as e:
            found, expected = (x.replace("@custom:equals", "a rule").replace("the clause", "the expression") for x in (e.found, e.expected))
            raise SpecificationError(e.path, e.line, e.column, found, expected) from None
        return Question(_expression(parsed), self._scope(), wanted, purpose)

    def _scope(self) -> Scope:
        message = "a rule has many calls: by(…) says who makes them"
        return Scope(
            "a rule",
            dict(self._variables),
            message=message,
            results="a rule names what a call returns",
            others="",
            contract=self.contract["name"],
        )

    def _position(self, n: Node) -> Position:
        return self.source.position(_start(self.source, n))

    def _refuse(self, n: Node, found: str, expected: str) -> NoReturn:
        self.source.refuse(_start(self.source, n), found, expected)


def _expression(parsed: Syntax) -> Syntax:
    return parsed.children[0]


def _span(source: Source, n: Node) -> tuple[int, int]:
    start, length, _ = (int(x) for x in n["src"].split(":"))
    return source.offset_at(start), source.offset_at(start + length)


def _start(source: Source, n: Node) -> int:
    return _span(source, n)[0]


def _parents(n: Any, parent: Node | None) -> Iterator[tuple[Node, Node | None]]:
    """Yield every node with the one that holds it."""
    if isinstance(n, dict):
        holds = n if "nodeType" in n else parent
        if "nodeType" in n:
            yield n, parent
        for v in n.values():
            yield from _parents(v, holds)
    elif isinstance(n, list):
        for v in n:
            yield from _parents(v, parent)


__all__ = ["RULES", "RuleDraft", "read_rules"]
