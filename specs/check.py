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
from specs.source import Refusals
from specs.specification import Environment, Function
from specs.syntax import Syntax
from toolchain.errors import SpecificationError
from toolchain.solc import CompilationFailed, Diagnostic

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

    def __init__(self, interface: Interface, sources: Mapping[str, str], environments: tuple[Environment, ...] = ()) -> None:
        self.interface = interface
        self.environments = environments
        self.expander = Expander(interface, environments)
        self._sources = sources
        self._questions: dict[int, Question] = {}  # by line of the check contract, from 1
        self._nodes: dict[tuple[int, int], Node] = {}
        self._selectors: dict[int, str] = {}  # of functions, by the numbers of the compiled check
        imports = "".join(f'import "./{name}";\n' for name in sources)
        declared = "".join(_interface_of(e) for e in environments)
        variables = "".join(f" solwright_I_{e.id} internal solwright_e_{e.id};" for e in environments)
        self.expander.write(f"{imports}{declared}abstract contract solwright_Check is {interface.name} {{{variables}\n")
        self._line = len(sources) + 2

    def add(self, question: Question) -> None:
        """Write a question into the contract, or nothing of it.

        Raises: SpecificationError where the language does not allow what stands there.
        """
        written = self.expander.written
        try:
            self._write(question)
        except SpecificationError:
            self.expander.take_back(written)
            raise
        self._questions[self._line] = question
        self._line += 1

    def _write(self, question: Question) -> None:
        expander, scope = self.expander, question.scope
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

    def has(self, question: Question) -> bool:
        """Tell whether a question stands in the contract."""
        return any(q is question for q in self._questions.values())

    def typed(self, compile_asts: Compile, refusals: Refusals) -> Check:
        """Have solc type everything that was written, and return what answers of it.

        What solc refuses is noted, in our words, at the clause; the check that is returned is without it.
        """
        self.expander.finish()
        self.expander.write("}\n")
        try:
            asts = compile_asts({**self._sources, CHECK_NAME: self.expander.text})
        except CompilationFailed as e:
            return self._without(self._refused(e, refusals)).typed(compile_asts, refusals)
        for ast in asts.values():
            self._declare(ast)
        self._collect(asts[CHECK_NAME])
        return self

    def _without(self, lines: frozenset[int]) -> Check:
        rest = Check(self.interface, self._sources, self.environments)
        for line, question in self._questions.items():
            if line not in lines:
                rest.add(question)
        return rest

    def _refused(self, failure: CompilationFailed, refusals: Refusals) -> frozenset[int]:
        """Note what solc refuses, one complaint for each question: of one expression it names the innermost mistake first."""
        found = {d.line: d for d in reversed(failure.diagnostics) if d.path == CHECK_NAME and d.line in self._questions}
        if not found:
            raise failure
        for d in found.values():
            with refusals.noted():
                self._refuse(d)
        return frozenset(found)

    def _refuse(self, d: Diagnostic) -> NoReturn:
        lines = self.expander.text.split("\n")
        offset = len("\n".join([*lines[: d.line - 1], lines[d.line - 1][: d.column - 1]]).encode())
        node = self.expander.starts[max(o for o in self.expander.starts if o <= offset)]
        question = self._questions[d.line]
        purpose = question.purpose if node in {question.syntax, question.expression} else ""
        what, expected = explain(d.message, node, purpose, self.interface.structs)
        node.source.refuse(node.start, what, expected)

    def _declare(self, ast: Any) -> None:
        """Note which function each number of this compilation means; another compilation numbers otherwise."""
        for contract in ast["nodes"]:
            for n in contract.get("nodes", ()):
                if n["nodeType"] == "FunctionDefinition" and "functionSelector" in n:
                    self._selectors[n["id"]] = n["functionSelector"]

    def called(self, ast: Node) -> Function | None:
        """Return the function of the interface that a call names."""
        return self.interface.by_selector(self._selector(ast))

    def called_there(self, ast: Node, environment: Environment) -> Function:
        """Return the getter of an environment that a call names."""
        return next(g for g in environment.getters if g.selector == self._selector(ast))

    def _selector(self, ast: Node) -> str:
        return self._selectors.get(ast["expression"]["referencedDeclaration"], "")

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


def _interface_of(environment: Environment) -> str:
    """Return an interface with the getters of an environment, on one line."""
    lines = []
    for g in environment.getters:
        name = g.name.rpartition(".")[2]
        parameters, returns = (", ".join(declare(p.type.name, frozenset()) for p in ps) for ps in (g.parameters, g.returns))
        lines.append(f"function {name}({parameters}) external view returns ({returns}); ")
    return f"interface solwright_I_{environment.id} {{ {''.join(lines)}}} "
