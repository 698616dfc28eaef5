"""Write a rule as a small test for forge: calls from a deployment, then the rule's statements with values for its parameters.

A statement that is not kept makes the test fail with the rule's name, the statement's number and its words. Where the rule does not apply
(something given is false, a call of which nothing is promised reverts, nobody can make the call), the test ends without a word; where
Solidity cannot compute what the rule computes exactly, it fails with another message, and shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from specs import specification as s
from specs.formula import Type
from specs.render import statements
from specs.specification import Specification, abi_name
from toolchain.solc import Contract
from verifier.harness.abi import NotEncoded, decode
from verifier.harness.calls import calls, opening
from verifier.harness.exact import inlined, support
from verifier.harness.generate import Harness
from verifier.harness.plain import NotPlain, Plain, address_literal, literal
from verifier.harness.render import located, native
from verifier.harness.runs import Finding, Run
from verifier.harness.spelling import CANDIDATE, ascii_line, identifier, plain_unit, without_idle
from verifier.harness.standalone import Standalone, beside, sections
from verifier.runtime import TRANSIENT, uses
from verifier.surroundings import surroundings_of

MOST_LOCALS = 6  # a function of Solidity has room for few variables: more names are kept in memory
PURSE = 1 << 100  # wei that whoever calls has besides
HELPERS = f"""mapping(address => bool) internal funded;

    function fund(address a) internal {{
        if (!funded[a] && a != target) vm.deal(a, a.balance + {PURSE});
        funded[a] = true;
    }}

    function canCall(address who, uint256 value) internal view returns (bool) {{
        return uint160(who) > 0x11 && who != target && value <= who.balance;
    }}

    function call(address who, uint256 value, bytes memory data) internal {{
        vm.prank(who, who);
        (ok, ret) = target.call{{value: value}}(data);
    }}"""


def rule_of(specification: Specification, data: bytes) -> s.Rule:
    """Return the rule that a step goes through, by the step's data."""
    return specification.rules[int.from_bytes(data[:4], "big")]


def write_rule(specification: Specification, contract: Contract, finding: Finding, exactly: Harness | None = None) -> Standalone:
    """Write a rule down that breaks at the end of a run; with `exactly` the harness's own evaluators compute what stands in it.

    Raises: NotPlain where something has no plain rendering.
    """
    run, found = finding.run, surroundings_of(specification.environment)
    rule = rule_of(specification, run.steps[-1].data)
    parts = sections()
    name, test = f"Replay_{identifier(rule.name)}", f"test_{identifier(rule.name)}"
    replay = parts["replay"].replace("READER", address_literal(run.reader)).replace("ORIGIN", address_literal(run.reader_origin))
    body = _Exact(specification, rule, run, exactly) if exactly is not None else _Body(specification, rule, run)
    statements_ = [*body.parameters(), *body.statements()]
    lines = [
        "// SPDX-License-Identifier: MIT",
        "pragma solidity ^0.8.24;",
        "",
        f'import {{{contract.name} as Candidate}} from "../{CANDIDATE}/{plain_unit(contract.path)}";',
        "",
        parts["vm"].strip(),
        "",
        replay.strip(),
        "",
        *([found.source, ""] if found is not None else []),
        *([inlined(exactly), ""] if exactly is not None else []),
        *([parts["stranger"].strip(), ""] if run.coded else []),
        f"contract {name} is {'Stage' if run.coded else 'Replay'}{', IEngine' if exactly is not None else ''} {{",
        *(f"    {line}" for line in (beside(run.there) if found is not None else ())),
        f"    {HELPERS}",
        "",
        f"    function {test}() external {{",
        *(f"        {line}" for line in (*opening(specification, run), *calls(specification, run, ()), "", *statements_)),
        "    }",
        *(f"\n    {line}" for line in body.functions()),
        "}",
        "",
    ]
    return Standalone(f"{name}.t.sol", without_idle("\n".join(lines)), name, test, message_of(specification, rule, broken_at(finding)))


def broken_at(finding: Finding) -> int:
    """Return which of a rule's statements is not kept, counted as the rule lists them."""
    return int.from_bytes(finding.violation.detail, "big")


def message_of(specification: Specification, rule: s.Rule, at: int) -> str:
    """Return the message with which a test fails that does not keep one of a rule's statements."""
    step = rule.steps[at]
    for n, (said, words) in enumerate(statements(specification, rule), 1):
        if said is step:
            return ascii_line(f"{rule.name}, statement {n}: {words}")
    return f"{rule.name}: who calls has no value"


def untestable(rule: s.Rule, runtime: str) -> str:
    """Say why no test of a contract can speak of a rule; "" where one can."""
    if any(isinstance(x, s.Later) for x in rule.steps) and uses(runtime, TRANSIENT):
        return "a test is one transaction, and the contract has transient storage, which time would have emptied"
    return ""


class _Body:
    """A rule as a person would write it."""

    def __init__(self, specification: Specification, rule: s.Rule, run: Run) -> None:
        self.specification = specification
        self.rule = rule
        self.run = run
        self.begun = run.steps[-1]
        self.variables: dict[str, str] = {}
        world = {"address(this)": "target", "block.timestamp": "time", "block.number": "height"}
        self.plain = Plain(specification, self.variables, world, lambda _: ())
        self.has_caller = False
        self.members: list[str] = []  # of the struct that keeps the names, where they are many
        lets = sum(isinstance(x, s.Let) or (isinstance(x, s.Called) and x.result is not None) for x in rule.steps)
        self.many = len(rule.parameters) + lets > MOST_LOCALS
        self.at = 0  # the statement that is being written

    def parameters(self) -> Iterator[str]:
        """Yield the declarations of what the rule speaks of."""
        try:
            values = decode([abi_name(p.type) for p in self.rule.parameters], self.begun.data[4:])
        except NotEncoded as err:
            raise NotPlain(str(err)) from None
        if self.many:
            yield "Names memory v;"
        for p, value in zip(self.rule.parameters, values, strict=True):
            yield self.name(p.name, p.type, literal(value, p.type))
            if p.type.kind == "address":
                yield f"fund({self.variables[p.name]});"
        yield from self.opening()

    def opening(self) -> Iterator[str]:
        """Yield what stands before the first statement: the time, how strangers answer, and where `restart` goes back to."""
        yield f"(uint256 time, uint256 height) = ({self.begun.timestamp}, {self.begun.number});"
        if self.run.coded and (self.begun.refuse or self.begun.answer):
            yield "delete actions;"
            yield f"(done, open, refusing, answering) = (0, true, {str(self.begun.refuse).lower()}, {self.begun.answer});"
        if any(isinstance(x, s.Restart) for x in self.rule.steps):
            yield "uint256 begun = vm.snapshotState();"

    def statements(self) -> Iterator[str]:
        """Yield the rule's statements, each behind its words."""
        for at, step in enumerate(self.rule.steps):
            message = message_of(self.specification, self.rule, at)
            if not isinstance(step, s.By):
                yield f"// {message}"
            self.at = at
            yield from self.statement(step, f'"{message}"')

    def statement(self, step: s.Step, message: str) -> Iterator[str]:
        """Yield what one statement is in the test."""
        value = self.plain.value
        match step:
            case s.Given():
                yield f"if (!{value(step.formula)}) return;"
            case s.Claimed():
                yield f"require({value(step.formula)}, {message});"
            case s.By():
                yield from self.by(value(step.who))
            case s.Later():
                yield from self.later(value(step.seconds))
            case s.Restart():
                yield from self.restart()
            case s.Let():
                yield self.name(step.name, step.type, value(step.value))
            case s.Called():
                yield from self.call(step, message)

    def by(self, who: str) -> Iterator[str]:
        """Yield who makes the calls that follow."""
        yield f"{'' if self.has_caller else 'address '}who = {who};"
        yield "fund(who);"
        self.has_caller = True

    def later(self, seconds: str) -> Iterator[str]:
        """Let time pass, but not for ever: the rule says nothing of times beyond 2^64."""
        yield f"(time, height) = (time + {seconds}, height + 1);"
        yield "if (time >= 1 << 64) return;"
        yield "vm.warp(time);"
        yield "vm.roll(height);"

    def restart(self) -> Iterator[str]:
        """Go back to where the rule began."""
        yield "vm.revertToState(begun);"
        yield f"(time, height) = ({self.begun.timestamp}, {self.begun.number});"
        yield "vm.warp(time);"
        yield "vm.roll(height);"

    def call(self, step: s.Called, message: str) -> Iterator[str]:
        """Yield a call, and what is promised of it."""
        wei = self.plain.value(step.value) if step.value is not None else "0"
        arguments = "".join(f", {self.plain.value(a)}" for a in step.arguments)
        yield from self.sent(step, wei, f'abi.encodeWithSignature("{step.function}"{arguments})', message)
        if step.result is not None:
            yield self.name(step.result.name, step.result.type, f"abi.decode(ret, ({native(step.result.type)}))")

    def sent(self, step: s.Called, wei: str, data: str, message: str) -> Iterator[str]:
        """Yield the statements that make a call, where somebody can make it."""
        yield f"if (!canCall(who, {wei})) return;"
        refusers = [address_literal(a) for a in self.run.coded] if self.begun.refuse else []
        yield from (f'vm.etch({a}, hex"5f5ffd"); // refuses' for a in refusers)
        yield f"call(who, {wei}, {data});"
        yield from (f"inhabit({a});" for a in refusers)
        yield f"require({'!ok' if step.must == 'fail' else 'ok'}, {message});" if step.must else "if (!ok) return;"

    def name(self, name: str, t: Type, value: str) -> str:
        """Return the declaration of a value, numbers as wide as they can be: they are exact."""
        spelled = "uint256" if t.kind == "uint" else "int256" if t.kind == "int" else native(t)
        self.variables[name] = f"v.{name}" if self.many else f"v_{name}"
        if self.many:
            self.members.append(f"{spelled} {name};")
            return f"v.{name} = {value};"
        return f"{spelled} v_{name} = {value};"

    def functions(self) -> Iterator[str]:
        """Yield the functions that read the getters of the statements, and where many names are kept."""
        if self.members:
            yield f"struct Names {{ {' '.join(self.members)} }}"
        for name, g in self.plain.getters.items():
            parameters = ", ".join(f"{located(p.type)} k{i}" for i, p in enumerate(g.parameters))
            keys = "".join(f", k{i}" for i in range(len(g.parameters)))
            t = g.returns[0].type
            signature = f"{g.name.rpartition('.')[2]}({','.join(abi_name(p.type) for p in g.parameters)})"
            call = f'{"readThere" if g.is_foreign else "read"}(abi.encodeWithSignature("{signature}"{keys}))'
            yield f"function {name}({parameters}) internal returns ({located(t)}) {{ return abi.decode({call}, ({native(t)})); }}"


class _Exact(_Body):
    """A rule whose expressions the harness's evaluators compute."""

    def __init__(self, specification: Specification, rule: s.Rule, run: Run, harness: Harness) -> None:
        super().__init__(specification, rule, run)
        table = harness.table.rules[specification.rules.index(rule)]
        if table is None:
            raise NotPlain(f"{rule.name} has no evaluators")
        self.harness, self.table = harness, table
        self.named: list[int] = []

    def parameters(self) -> Iterator[str]:
        """Yield what the evaluators are told."""
        data = self.begun.data[4:]
        yield "clauses = new Clauses();"
        yield f"clauses.setReader({address_literal(self.run.reader)}, {address_literal(self.run.reader_origin)});"
        yield f'clauses.setArgs(hex"{data.hex()}");'
        yield "clauses.setAt(target);"
        yield from (f"fund(address(uint160({int.from_bytes(data[32 * i : 32 * i + 32], 'big')})));" for i in self.table.people)
        yield "bytes memory x;"
        yield "bytes memory data;"
        yield "uint256 wei_;"
        yield f"bytes[] memory names = new bytes[]({self.table.names});"
        yield from self.opening()

    def statement(self, step: s.Step, message: str) -> Iterator[str]:
        """Yield what one statement is in the test."""
        row = self.table.statements[self.at]
        part = f"clauses.{row.part}.selector"
        match step:
            case s.Given():
                yield f"if (!holds({part})) return;"
            case s.Claimed():
                yield f"require(holds({part}), {message});"
            case s.Restart():
                yield from self.restart()
                yield from (f"clauses.setName({n}, names[{n}]);" for n in self.named)
            case _:
                yield f"x = evaluated({part}, {message});"
        match step:
            case s.By():
                yield from self.by("abi.decode(x, (address))")
            case s.Later():
                yield from self.later("abi.decode(x, (uint256))")
            case s.Let():
                yield from self.keep(row.name)
            case s.Called():
                yield "(wei_, data) = abi.decode(x, (uint256, bytes));"
                yield from self.sent(step, "wei_", "data", message)
                if row.result:
                    yield "clauses.setResults(ret);"
                    yield f'x = evaluated(clauses.{row.result}.selector, "what was returned cannot be decoded");'
                    yield from self.keep(row.name)

    def keep(self, n: int) -> Iterator[str]:
        """Keep what has a name."""
        yield f"names[{n}] = abi.decode(x, (bytes));"
        yield f"clauses.setName({n}, names[{n}]);"
        self.named.append(n)

    def functions(self) -> Iterator[str]:
        """Yield what the evaluators ask for, and how they are asked."""
        yield "Clauses internal clauses;"
        yield "mapping(bytes32 => bytes) internal texts;"
        yield (
            "function holds(bytes4 part) internal returns (bool) "
            "{ (bool fine, bytes memory x) = address(clauses).call(abi.encodePacked(part)); return fine && abi.decode(x, (bool)); }"
        )
        yield (
            "function evaluated(bytes4 part, string memory message) internal returns (bytes memory x) "
            "{ bool fine; (fine, x) = address(clauses).call(abi.encodePacked(part)); require(fine, message); }"
        )
        yield from support(self.harness, self.run)
