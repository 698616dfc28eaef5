"""Let solc type the expressions of clauses.

Each expression, its sugar expanded, becomes a statement of one generated contract that inherits the interface, so that types
are read off the AST, and errors of solc go back to where the writer made them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from specs.declarations import Interface, Node
from specs.expand import Expander
from specs.messages import explain
from specs.scope import Question, declare
from specs.syntax import Syntax
from toolchain.solc import CompilationFailed

CHECK_NAME = "solwright_check.sol"
EXPRESSIONS = {
    "Literal",
    "Identifier",
    "MemberAccess",
    "FunctionCall",
    "BinaryOperation",
    "UnaryOperation",
    "Conditional",
    "IndexAccess",
}

Compile = Callable[[Mapping[str, str]], Mapping[str, Any]]


class Check:
    """Write the check contract, have it compiled, and answer what the AST says of a node."""

    def __init__(self, interface: Interface, sources: Mapping[str, str]) -> None:
        self.interface = interface
        self.expander = Expander(interface)
        self._sources = sources
        self._questions: dict[int, Question] = {}  # by line of the check contract, from 1
        self._nodes: dict[tuple[int, int], Node] = {}
        imports = "".join(f'import "./{name}";\n' for name in sources)
        self.expander.write(f"{imports}abstract contract solwright_Check is {interface.name} {{\n")
        self._line = len(sources) + 2

    def add(self, question: Question) -> None:
        """Write a question into the contract. Raises: SpecificationError where the language does not allow what stands there."""
        expander, scope = self.expander, question.scope
        self._questions[self._line] = question
        bindings = {b.name: b for b in scope.variables.values()}.values()
        parameters = ", ".join(f"{b.declaration} solwright_v_{b.name}" for b in bindings)
        expander.mark(question.syntax)
        expander.write(f"function solwright_{self._line}({parameters}) external payable {{ ")
        expander.mark(question.syntax)
        if question.wanted is not None:
            expander.write(f"{declare(question.wanted.name, expander.structs)} solwright_r = ")
        expander.parenthesised(question.expression, scope)
        expander.write("; ")
        while expander.hoisted:
            expander.parenthesised(*expander.hoisted.pop(0))
            expander.write("; ")
        expander.write("}\n")
        self._line += 1

    def compile(self, compile_asts: Compile) -> None:
        """Have solc type everything that was written. Raises: SpecificationError with solc's complaint in our words, at the clause."""
        self.expander.finish()
        self.expander.write("}\n")
        try:
            asts = compile_asts({**self._sources, CHECK_NAME: self.expander.text})
        except CompilationFailed as e:
            self._refuse(e)
        self._collect(asts[CHECK_NAME])

    def _refuse(self, failure: CompilationFailed) -> NoReturn:
        found = [d for d in failure.diagnostics if d.path == CHECK_NAME and d.line in self._questions]
        if not found:
            raise failure
        first = min(found, key=lambda d: self._questions[d.line].syntax.start)  # of one expression solc names the innermost mistake first
        lines = self.expander.text.split("\n")
        offset = len("\n".join([*lines[: first.line - 1], lines[first.line - 1][: first.column - 1]]).encode())
        node = self.expander.starts[max(o for o in self.expander.starts if o <= offset)]
        question = self._questions[first.line]
        purpose = question.purpose if node in {question.syntax, question.expression} else ""
        what, expected = explain(first.message, node, purpose, self.interface.structs)
        node.source.refuse(node.start, what, expected)

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
        return self._nodes[self.expander.spans[syntax]]
