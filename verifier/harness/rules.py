"""Write a rule as a small test for forge: calls from a deployment, then the rule's statements with values for its parameters.

A statement that is not kept makes the test fail with the rule's name, the statement's number and its words. Where the rule does not apply
(something given is false, a call of which nothing is promised reverts, nobody can make the call), the test ends without a word; where
Solidity cannot compute what the rule computes exactly, it fails with another message, and shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from specs import specification as s
from specs.formula import Type
from specs.render import statements
from specs.specification import Specification, abi_name
from toolchain.solc import Contract
from verifier.harness.calls import calls, opening
from verifier.harness.plain import Plain, address_literal, literal
from verifier.harness.render import located, native
from verifier.harness.runs import Run
from verifier.harness.spelling import ascii_line, identifier, plain_unit, without_idle
from verifier.harness.standalone import Standalone, sections

PURSE = 1 << 100  # wei that whoever calls has besides
HELPERS = f"""mapping(address => bool) internal funded;

    function fund(address a) internal {{
        if (!funded[a]) vm.deal(a, a.balance + {PURSE});
        funded[a] = true;
    }}

    function canCall(address who, uint256 value) internal view returns (bool) {{
        return uint160(who) > 0x11 && who != target && value <= who.balance;
    }}

    function call(address who, uint256 value, bytes memory data) internal {{
        vm.prank(who, who);
        (ok, ret) = target.call{{value: value}}(data);
    }}"""


def write_rule(specification: Specification, contract: Contract, run: Run, rule: s.Rule, values: Sequence[Any]) -> Standalone:
    """Write a rule down behind a run, with `values` for its parameters; the run's last step only sets the time.

    Raises: NotPlain where something has no plain rendering.
    """
    parts = sections()
    name, test = f"Replay_{identifier(rule.name)}", f"test_{identifier(rule.name)}"
    replay = parts["replay"].replace("READER", address_literal(run.reader)).replace("ORIGIN", address_literal(run.reader_origin))
    body = _Body(specification, rule, run)
    statements_ = [*body.parameters(values), *body.statements()]
    lines = [
        "// SPDX-License-Identifier: MIT",
        "pragma solidity ^0.8.24;",
        "",
        f'import {{{contract.name} as Candidate}} from "../src/{plain_unit(contract.path)}";',
        "",
        parts["vm"].strip(),
        "",
        replay.strip(),
        "",
        *([parts["stranger"].strip(), ""] if run.coded else []),
        f"contract {name} is {'Stage' if run.coded else 'Replay'} {{",
        f"    {HELPERS}",
        "",
        f"    function {test}() external {{",
        *(f"        {line}" for line in (*opening(run), *calls(specification, run, ()), "", *statements_)),
        "    }",
        *(f"\n    {line}" for line in body.getters()),
        "}",
        "",
    ]
    return Standalone(f"{name}.t.sol", without_idle("\n".join(lines)), name, test, prefix_of(rule))


def prefix_of(rule: s.Rule) -> str:
    """Return how the message begins with which a test of a broken rule fails."""
    return f"{rule.name}, statement "


class _Body:
    def __init__(self, specification: Specification, rule: s.Rule, run: Run) -> None:
        self.specification = specification
        self.rule = rule
        self.begun = run.steps[-1]
        self.variables: dict[str, str] = {}
        world = {"address(this)": "target", "block.timestamp": "time", "block.number": "height"}
        self.plain = Plain(specification, self.variables, world, lambda _: ())
        self.has_caller = False

    def parameters(self, values: Sequence[Any]) -> Iterator[str]:
        """Yield the declarations of what the rule speaks of."""
        for p, value in zip(self.rule.parameters, values, strict=True):
            yield self._name(p.name, p.type, literal(value, p.type))
            if p.type.kind == "address":
                yield f"fund({self.variables[p.name]});"
        yield f"(uint256 time, uint256 height) = ({self.begun.timestamp}, {self.begun.number});"
        if any(isinstance(x, s.Restart) for x in self.rule.steps):
            yield "uint256 begun = vm.snapshotState();"

    def statements(self) -> Iterator[str]:
        """Yield the rule's statements, each behind its words."""
        said = {id(step): (n, words) for n, (step, words) in enumerate(statements(self.specification, self.rule), 1)}
        for step in self.rule.steps:
            if id(step) in said:
                n, words = said[id(step)]
                message = ascii_line(f"{prefix_of(self.rule)}{n}: {words}")
                yield f"// {message}"
                yield from self._statement(step, f'"{message}"')
            else:
                yield from self._statement(step, "")

    def _statement(self, step: s.Step, message: str) -> Iterator[str]:
        value = self.plain.value
        match step:
            case s.Given():
                yield f"if (!{value(step.formula)}) return;"
            case s.Claimed():
                yield f"require({value(step.formula)}, {message});"
            case s.By():
                yield f"{'' if self.has_caller else 'address '}who = {value(step.who)};"
                yield "fund(who);"
                self.has_caller = True
            case s.Later():
                yield f"(time, height) = (time + {value(step.seconds)}, height + 1);"
                yield "vm.warp(time);"
                yield "vm.roll(height);"
            case s.Restart():
                yield "vm.revertToState(begun);"
                yield f"(time, height) = ({self.begun.timestamp}, {self.begun.number});"
                yield "vm.warp(time);"
                yield "vm.roll(height);"
            case s.Let():
                yield self._name(step.name, step.type, value(step.value))
            case s.Called():
                yield from self._call(step, message)

    def _call(self, step: s.Called, message: str) -> Iterator[str]:
        wei = self.plain.value(step.value) if step.value is not None else "0"
        arguments = "".join(f", {self.plain.value(a)}" for a in step.arguments)
        yield f"if (!canCall(who, {wei})) return;"
        yield f'call(who, {wei}, abi.encodeWithSignature("{step.function}"{arguments}));'
        yield f"require({'!ok' if step.must == 'fail' else 'ok'}, {message});" if step.must else "if (!ok) return;"
        if step.result is not None:
            yield self._name(step.result.name, step.result.type, f"abi.decode(ret, ({native(step.result.type)}))")

    def _name(self, name: str, t: Type, value: str) -> str:
        """Return the declaration of a value, numbers as wide as they can be: they are exact."""
        self.variables[name] = f"v_{name}"
        return f"{'uint256' if t.kind == 'uint' else 'int256' if t.kind == 'int' else native(t)} v_{name} = {value};"

    def getters(self) -> Iterator[str]:
        """Yield the functions that read the getters of the statements."""
        for name, g in self.plain.getters.items():
            parameters = ", ".join(f"{located(p.type)} k{i}" for i, p in enumerate(g.parameters))
            keys = "".join(f", k{i}" for i in range(len(g.parameters)))
            t = g.returns[0].type
            call = f'abi.encodeWithSignature("{g.name}({",".join(abi_name(p.type) for p in g.parameters)})"{keys})'
            yield f"function {name}({parameters}) internal returns ({located(t)}) {{ return abi.decode(read({call}), ({native(t)})); }}"
