"""Let solc type the expressions of clauses.

Each expression, its sugar expanded, becomes a statement of one generated contract that inherits the interface. Every node of the untyped tree
remembers the byte span of its text there, so that types are read off the AST, and errors of solc go back to where the writer made them.
All children stand in parentheses: precedence is ours, and no two nodes begin at the same byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from specs.declarations import RESERVED_ARITY, SUGAR_ARITY, Interface, Node
from specs.formula import Type
from specs.messages import explain, nearest
from specs.scope import Question, Scope, declare, is_elementary
from specs.specification import Function
from specs.syntax import Syntax, walk
from toolchain.solc import CompilationFailed

CHECK_NAME = "solwright_check.sol"
WORLD = {"msg.sender", "msg.value", "msg.sig", "block.timestamp", "block.number"}
LOW_LEVEL = {"call", "delegatecall", "staticcall", "send", "transfer", "callcode"}
WORDS = ("old", "sum", "balance", "defined", "same", "forall", "keccak256")
EXPRESSIONS = {"Literal", "Identifier", "MemberAccess", "FunctionCall", "BinaryOperation", "UnaryOperation", "Conditional", "IndexAccess"}

Compile = Callable[[Mapping[str, str]], Mapping[str, Any]]


class Check:
    """Write the check contract, have it compiled, and answer what the AST says of a node."""

    def __init__(self, interface: Interface, sources: Mapping[str, str]) -> None:
        self.interface = interface
        self.structs = frozenset(t.name for t in interface.structs)
        self._sources = sources
        self._head = "".join(f'import "./{name}";\n' for name in sources)
        self._text: list[str] = []
        self._size = 0
        self._write(self._head + f"abstract contract solwright_Check is {interface.name} {{\n")
        self._spans: dict[Syntax, tuple[int, int]] = {}
        self._starts: dict[int, Syntax] = {}
        self._questions: dict[int, Question] = {}  # by line, from 0
        self._hoisted: list[Syntax] = []
        self._sums: dict[str, Function] = {}
        self._nodes: dict[tuple[int, int], Node] = {}

    # ------------------------------------------------------------ writing

    def add(self, question: Question) -> None:
        """Write a question into the contract. Raises: SpecificationError where the language does not allow what stands there."""
        scope, line = question.scope, "".join(self._text).count("\n")
        self._questions[line] = question
        parameters = ", ".join(f"{b.declaration} solwright_v_{b.name}" for b in {b.name: b for b in scope.variables.values()}.values())
        self._write(f"function solwright_{line}({parameters}) external payable {{ ")
        self._starts.setdefault(self._size, question.syntax)
        if question.wanted is not None:
            self._write(f"{declare(question.wanted.name, self.structs)} solwright_r = ")
        formula = question.syntax.kind in {"plain", "forall"}
        self._parenthesised(question.syntax.children[-1] if formula else question.syntax, scope, False)
        self._write("; ")
        while self._hoisted:
            inner = self._hoisted.pop(0)
            self._parenthesised(inner, scope, False)
            self._write("; ")
        self._write("}\n")

    def _write(self, text: str) -> None:
        self._text.append(text)
        self._size += len(text.encode())

    def _parenthesised(self, node: Syntax, scope: Scope, old: bool) -> None:
        self._starts.setdefault(self._size, node)
        self._write("(")
        self._render(node, scope, old)
        self._write(")")

    def _render(self, node: Syntax, scope: Scope, old: bool) -> None:
        start = self._size
        self._starts.setdefault(start, node)
        getattr(self, f"_render_{node.kind}")(node, scope, old)
        self._spans[node] = (start, self._size - start)

    def _render_number(self, node: Syntax, scope: Scope, old: bool) -> None:
        self._write(node.text)

    def _render_string(self, node: Syntax, scope: Scope, old: bool) -> None:
        self._write(node.text)

    def _render_name(self, node: Syntax, scope: Scope, old: bool) -> None:
        name = node.text
        if name in {"true", "false"}:
            self._write(name)
            return
        binding = scope.variables.get(name)
        if binding is None:
            self._refuse_name(node, scope)
        if binding.role == "result":
            if scope.results:
                node.source.refuse(node.start, f"the result `{name}` in {scope.where}", scope.results)
            if old:
                node.source.refuse(node.start, f"the result `{name}` inside old(…)", "a result is known only after the call; take it out of old(…)")
        self._write(f"solwright_v_{binding.name}")

    def _render_unary(self, node: Syntax, scope: Scope, old: bool) -> None:
        self._write(node.text)
        self._parenthesised(node.children[0], scope, old)

    def _render_binary(self, node: Syntax, scope: Scope, old: bool) -> None:
        self._parenthesised(node.children[0], scope, old)
        self._write(f" {'||' if node.text in {'==>', '<==>'} else node.text} ")
        self._parenthesised(node.children[1], scope, old)

    def _render_conditional(self, node: Syntax, scope: Scope, old: bool) -> None:
        for child, follows in zip(node.children, (" ? ", " : ", ""), strict=True):
            self._parenthesised(child, scope, old)
            self._write(follows)

    def _render_index(self, node: Syntax, scope: Scope, old: bool) -> None:
        self._parenthesised(node.children[0], scope, old)
        self._write("[")
        self._parenthesised(node.children[1], scope, old)
        self._write("]")

    def _render_member(self, node: Syntax, scope: Scope, old: bool) -> None:
        base, member = node.children[0], node.text
        path = dotted(node)
        if path and path.split(".")[0] in {"msg", "block", "tx", "abi", "this"} and path.split(".")[0] not in scope.variables:
            self._render_world(node, path, scope)
        elif base.kind == "call" and base.children[0].kind == "name" and base.children[0].text == "type":
            self._render_limit(node, base)
        elif self._enum(base) is not None:
            self._write(f"{dotted(base)}.{member}")
        else:
            if member in {"balance", "code", "codehash", "selector", "address"} | LOW_LEVEL:
                better = "write balance(a)" if member == "balance" else "clauses speak of getters, parameters and ether only"
                node.source.refuse(node.children[1].start, f"`.{member}`", better)
            self._parenthesised(base, scope, old)
            self._write(f".{member}")

    def _render_world(self, node: Syntax, path: str, scope: Scope) -> None:
        if path not in WORLD:
            node.source.refuse(node.start, f"`{path}`", f"of the call and the chain, clauses know {', '.join(sorted(WORLD))} and address(this)")
        if path.startswith("msg.") and scope.message:
            node.source.refuse(node.start, f"`{path}` in {scope.where}", scope.message)
        if path == "msg.value" and scope.value:
            node.source.refuse(node.start, f"`{path}` in {scope.where}", scope.value)
        self._write(path)

    def _render_limit(self, node: Syntax, base: Syntax) -> None:
        arguments = base.part("arguments")
        inner = arguments.children[0] if arguments and len(arguments.children) == 1 else None
        name = dotted(inner) if inner else ""
        if node.text not in {"max", "min"} or not name:
            node.source.refuse(node.start, "`type(…)`", "type(T).max and type(T).min are in the language, for integers and enums")
        self._write(f"type({name}).{node.text}")

    # ------------------------------------------------------------ calls

    def _render_call(self, node: Syntax, scope: Scope, old: bool) -> None:
        callee = node.children[0]
        arguments = _arguments(node)
        path = dotted(callee)
        if callee.kind == "name" and self._render_word(node, callee.text, arguments, scope, old):
            return
        if path in {"abi.encode", "abi.encodePacked"} or path == "keccak256":
            self._write(path)
            self._list(arguments, scope, old)
        elif path == "address" and len(arguments) == 1 and arguments[0].kind == "name" and arguments[0].text == "this":
            self._write("address(this)")
        elif is_elementary(path) or self._enum(callee) is not None:
            if len(arguments) != 1:
                node.source.refuse(node.start, f"a conversion to {path} with {len(arguments)} arguments", f"one: {path}(x)")
            self._write(path)
            self._list(arguments, scope, old)
        elif callee.kind == "name":
            self._render_getter(node, callee.text, arguments, scope, old)
        else:
            low = callee.kind == "member" and callee.text in LOW_LEVEL
            node.source.refuse(
                callee.start,
                f"{'the low-level call' if low else 'a call of'} `{node.source.text[callee.start : callee.end]}(…)`",
                "of functions, clauses call the getters of this interface only; `pays` says where ether goes",
            )

    def _render_getter(self, node: Syntax, name: str, arguments: tuple[Syntax, ...], scope: Scope, old: bool) -> None:
        self.getters_called(node, name, len(arguments))
        if scope.getters:
            node.source.refuse(node.start, f"the getter {name}() in {scope.where}", scope.getters)
        self._write(f"this.{name}")
        self._list(arguments, scope, old)

    def getters_called(self, node: Syntax, name: str, count: int | None) -> tuple[Function, ...]:
        """Return the getters of that name and number of arguments (None: any), or refuse the call."""
        functions = [d.function for d in self.interface.functions if d.function.name == name]
        getters = tuple(f for f in functions if f.is_view)
        if not functions:
            known = [d.function.name for d in self.interface.functions if d.function.is_view]
            self._refuse_call(node, name, known)
        if not getters:
            node.source.refuse(node.start, f"a call of {name}, which changes state", "clauses call getters (view or pure functions of the interface) only")
        fitting = tuple(f for f in getters if count is None or len(f.parameters) == count)
        if not fitting:
            wanted = " or ".join(str(len(f.parameters)) for f in getters)
            node.source.refuse(node.start, f"{name} with {count} argument{'' if count == 1 else 's'}", f"{name} takes {wanted}")
        return fitting

    def _render_word(self, node: Syntax, name: str, arguments: tuple[Syntax, ...], scope: Scope, old: bool) -> bool:
        count = len(arguments)
        if name in RESERVED_ARITY and count in RESERVED_ARITY[name]:
            node.source.refuse(node.start, f"`{name}(…)`", "the word is reserved for a later version of the language")
        if name not in SUGAR_ARITY or any(f.function.name == name and f.function.is_view and len(f.function.parameters) == count for f in self.interface.functions):
            return False
        if count not in SUGAR_ARITY[name]:
            node.source.refuse(node.start, f"{name}(…) with {count} arguments", f"{name} takes {' to '.join(str(n) for n in sorted({min(SUGAR_ARITY[name]), max(SUGAR_ARITY[name])}))}")
        getattr(self, f"_render_{name}")(node, arguments, scope, old)
        return True

    def _render_old(self, node: Syntax, arguments: tuple[Syntax, ...], scope: Scope, old: bool) -> None:
        if scope.old == "refused":
            node.source.refuse(node.start, f"old(…) in {scope.where}", "it speaks of one state only; leave `old` out")
        if old:
            node.source.refuse(node.start, "old(…) inside old(…)", "the outer one suffices")
        self._parenthesised(arguments[0], scope, True)

    def _render_defined(self, node: Syntax, arguments: tuple[Syntax, ...], scope: Scope, old: bool) -> None:
        """Type the operand in a statement of its own: it may have any type."""
        self._hoisted.append(arguments[0])
        self._write("true")
        if old:
            self._refuse_results(arguments[0], scope)

    def _refuse_results(self, node: Syntax, scope: Scope) -> None:
        for n in walk(node):
            b = scope.variables.get(n.text) if n.kind == "name" else None
            if b is not None and b.role == "result":
                n.source.refuse(n.start, f"the result `{n.text}` inside old(…)", "a result is known only after the call; take it out of old(…)")
            if n.kind == "call" and n.children[0].text == "old":
                n.source.refuse(n.start, "old(…) inside old(…)", "the outer one suffices")

    def _render_same(self, node: Syntax, arguments: tuple[Syntax, ...], scope: Scope, old: bool) -> None:
        for argument, before, after in zip(arguments, ("keccak256(abi.encode(", " == keccak256(abi.encode("), ("))", "))"), strict=True):
            self._write(before)
            self._parenthesised(argument, scope, old)
            self._write(after)

    def _render_balance(self, node: Syntax, arguments: tuple[Syntax, ...], scope: Scope, old: bool) -> None:
        operand = arguments[0]
        own = is_this(operand)
        if scope.balance:
            node.source.refuse(node.start, f"balance(…) in {scope.where}", scope.balance)
        if not own and scope.others:
            node.source.refuse(node.start, f"balance(…) of another address in {scope.where}", scope.others)
        self._write("solwright_balance(")
        if own:
            self._write("address(this)")
        else:
            self._parenthesised(operand, scope, old)
        self._write(")")

    def _render_sum(self, node: Syntax, arguments: tuple[Syntax, ...], scope: Scope, old: bool) -> None:
        getter, *keys = arguments
        if scope.getters:
            node.source.refuse(node.start, f"sum(…) in {scope.where}", scope.getters)
        if getter.kind != "name":
            node.source.refuse(getter.start, "sum(…) of something that is no getter's name", "write the getter's name alone: sum(balanceOf)")
        found = self.getters_called(getter, getter.text, len(keys) + 1)
        if len(found) > 1:
            node.source.refuse(getter.start, f"sum of {getter.text}, of which there are several", "give the getters different names")
        function = found[0]
        value = function.returns[0].type if len(function.returns) == 1 else None
        if value is None or value.kind != "uint":
            node.source.refuse(getter.start, f"sum of {getter.text}, which is not of unsigned type", "sum adds up getters that return one unsigned integer")
        if function.parameters[-1].type.kind in {"string", "bytes", "array", "struct"}:
            node.source.refuse(getter.start, f"sum over keys of type {function.parameters[-1].type.name}", "the last key must be a value, not outlined data")
        name = f"solwright_sum_{list(self._sums).index(function.signature) if function.signature in self._sums else len(self._sums)}"
        self._sums[function.signature] = function
        self._write(name)
        self._list(tuple(keys), scope, old)

    def sum_getter(self, node: Syntax) -> Function:
        """Return the getter that a `sum` adds up."""
        arguments = _arguments(node)
        return self.getters_called(arguments[0], arguments[0].text, len(arguments))[0]

    def _list(self, arguments: tuple[Syntax, ...], scope: Scope, old: bool) -> None:
        self._write("(")
        for i, argument in enumerate(arguments):
            self._write(", " if i else "")
            self._parenthesised(argument, scope, old)
        self._write(")")

    # ------------------------------------------------------------ names

    def _enum(self, node: Syntax) -> Type | None:
        path = dotted(node)
        if not path:
            return None
        for canonical, t in self.interface.named.items():
            if t.kind == "enum" and path in {canonical, t.name}:
                return t
        return None

    def enum(self, node: Syntax) -> Type:
        """Return the enum that a (dotted) name means."""
        found = self._enum(node)
        assert found is not None
        return found

    def _refuse_name(self, node: Syntax, scope: Scope) -> Any:
        name = node.text
        functions = [d.function for d in self.interface.functions if d.function.name == name]
        if name in {"tx", "msg", "block", "abi", "this"}:
            node.source.refuse(node.start, f"`{name}` alone", "write msg.sender, block.timestamp, address(this) or balance(this)")
        if functions:
            node.source.refuse(node.start, f"`{name}` without arguments", f"it is a function of the interface: write {name}({', '.join('…' for _ in functions[0].parameters)})")
        if name == "result":
            node.source.refuse(node.start, f"`result` in {scope.where}", scope.results or "there is no single return value here; use the names of the return values")
        if name in {"assembly", "now", "new", "delete", "emit", "revert", "require", "assert", "unchecked", "return", "super"}:
            node.source.refuse(node.start, f"`{name}`", "statements and assembly are not in the language")
        if self._enum(node) is not None:
            node.source.refuse(node.start, f"the enum {name} alone", f"write {name}.{self.enum(node).members[0]}")
        node.source.refuse(node.start, f"the unknown name `{name}`", nearest(name, scope.variables, f"known in {scope.where}"))

    def _refuse_call(self, node: Syntax, name: str, known: list[str]) -> Any:
        if name in {"assembly", "gasleft", "blockhash", "require", "assert", "revert", "ecrecover", "sha256", "addmod", "mulmod", "selfdestruct", "type"}:
            node.source.refuse(node.start, f"`{name}(…)`", "it is not in the language; docs/language.md lists what is")
        if name in self.structs:
            node.source.refuse(node.start, f"a {name} made in a clause", "compare its members, or same(x, y)")
        if any(e.name == name for e in (*self.interface.events, *self.interface.errors)):
            node.source.refuse(node.start, f"`{name}(…)` as a value", "it is an event or error; `emits` and `with` speak of them")
        node.source.refuse(node.start, f"the unknown getter {name}(…)", nearest(name, (*known, *WORDS), "of this interface"))

    # ------------------------------------------------------------ the answer

    def compile(self, compile_asts: Compile) -> None:
        """Have solc type everything that was written. Raises: SpecificationError with solc's complaint in our words, at the clause."""
        self._write("function solwright_balance(address) internal pure returns (uint256) {}\n")
        for i, function in enumerate(self._sums.values()):
            keys = ", ".join(declare(p.type.name, self.structs) for p in function.parameters[:-1])
            self._write(f"function solwright_sum_{i}({keys}) internal pure returns (uint256) {{}}\n")
        self._write("}\n")
        text = "".join(self._text)
        try:
            asts = compile_asts({**self._sources, CHECK_NAME: text})
        except CompilationFailed as e:
            self._refuse(text, e)
        self._collect(asts[CHECK_NAME])

    def _refuse(self, text: str, failure: CompilationFailed) -> Any:
        def place(line: int, column: int) -> tuple[int, int]:
            question = self._questions.get(line - 1)
            return (question.syntax.start if question else 1 << 60, column)

        first = min((d for d in failure.diagnostics if d.path == CHECK_NAME), key=lambda d: place(d.line, d.column), default=None)
        question = self._questions.get(first.line - 1) if first else None
        if first is None or question is None:
            raise failure
        lines = text.split("\n")
        offset = len("\n".join([*lines[: first.line - 1], lines[first.line - 1][: first.column - 1]]).encode())
        node = self._starts[max(o for o in self._starts if o <= offset)]
        found, expected = explain(first.message, node, question.purpose)
        node.source.refuse(node.start, found, expected)

    def _collect(self, n: Any) -> None:
        if isinstance(n, dict):
            if n.get("nodeType") in EXPRESSIONS and "typeDescriptions" in n:
                start, length, _ = (int(x) for x in n["src"].split(":"))
                self._nodes[start, length] = n
            for v in n.values():
                self._collect(v)
        elif isinstance(n, list):
            for v in n:
                self._collect(v)

    def node(self, syntax: Syntax) -> Node:
        """Return the AST node that solc made of a node of ours."""
        return self._nodes[self._spans[syntax]]


def dotted(node: Syntax) -> str:
    """Return `a.b.c` of a name with members, or ""."""
    if node.kind == "name":
        return node.text
    if node.kind == "member" and (base := dotted(node.children[0])):
        return f"{base}.{node.text}"
    return ""


def is_this(node: Syntax) -> bool:
    """Return whether the operand of `balance` is the contract itself."""
    return re.sub(r"\s", "", node.source.text[node.start : node.end]) in {"this", "address(this)"}


def _arguments(node: Syntax) -> tuple[Syntax, ...]:
    part = node.part("arguments")
    return part.children if part else ()
