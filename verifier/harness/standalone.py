"""Write a finding as a small test that fails under plain `forge test`: concrete calls, then one claim with its id in the message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eth_hash.auto import keccak

from specs import formula as f
from specs import specification as s
from specs.formula import Expression
from specs.specification import Specification, abi_name
from toolchain.solc import Contract
from verifier.harness.abi import NotEncoded, decode
from verifier.harness.exact import exact
from verifier.harness.expressions import result_name
from verifier.harness.generate import Harness
from verifier.harness.parts import Key
from verifier.harness.plain import NotPlain, Plain, address_literal, literal
from verifier.harness.render import located, native
from verifier.harness.runs import (
    AT_CALLOUT,
    BALANCE,
    CALL,
    DEPLOY,
    ERRORS,
    ETHER,
    FALSE,
    LOGS,
    MUST_REVERT,
    MUST_SUCCEED,
    NOBODY,
    READ,
    RETURNED,
    UNDEFINED,
    Finding,
    Run,
    Seen,
    Step,
)
from verifier.harness.text import call_text, function_of

SECTIONS = re.compile(r"^// ---- (\w+)\n", re.M)
QUANTIFIED = "a claim for every value"


@dataclass(frozen=True, slots=True)
class Standalone:
    """One test file: its name, source, contract, test function, and the message that it fails with."""

    file: str
    source: str
    contract: str
    test: str
    message: str


def sections() -> Mapping[str, str]:
    """Return the parts of the data file by name."""
    parts = SECTIONS.split((Path(__file__).with_name("Replay.sol")).read_text())
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def formula_of(specification: Specification, key: Key) -> Expression | None:
    """Return the formula that an obligation claims, None where it has none."""
    kind, function, subject = key
    if kind == "canary":
        here = f.Balance(f.UINT256, f.Position(0, 0), f.World(f.ADDRESS, f.Position(0, 0), "address(this)"))
        return f.Binary(
            f.BOOL, f.Position(0, 0), "==" if subject == "canary.false" else ">", here, f.Old(f.UINT256, f.Position(0, 0), here)
        )
    clauses: Sequence[s.Clause] = specification.clauses
    if kind == "initially":
        clauses = specification.constructor.clauses
    if kind == "ensures":
        clauses = next((fn.clauses for fn in specification.functions if fn.title == function.removeprefix("view ")), ())
    types = {
        "initially": s.Initially,
        "ensures": s.Ensures,
        "invariant": s.Invariant,
        "stable": s.Invariant,
        "callout": s.Invariant,
        "transition": s.Transition,
    }
    found = next((c for c in clauses if c.id == subject and isinstance(c, types.get(kind, ()))), None)
    return found.formula if isinstance(found, s.Initially | s.Ensures | s.Invariant | s.Transition) else None


def ascii_line(text: str, longest: int = 200) -> str:
    """Return text that can stand in a Solidity string literal."""
    return "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "'" if c == '"' else "?" for c in " ".join(text.split()))[
        :longest
    ]


def plain_unit(unit: str) -> str:
    """Return a source unit's name with a file name that an import can spell."""
    folder, _, name = unit.rpartition("/")
    return f"{folder}/{plain}" if (plain := re.sub(r"[^A-Za-z0-9_.-]", "_", name)) and folder else plain


def for_a_project(source: str, unit: str) -> str:
    """Return a test as it stands in the folder `test` of the user's own Foundry project; a single file belongs into its `src`."""
    where = "the project" if "/" in unit else f"a project with {plain_unit(unit)} in src"
    how = f"// To run it: put this file into the folder test of {where}, then `forge test`.\n"
    license_line, _, rest = source.partition("\n")
    if "/" in unit:
        rest = rest.replace(f'from "../src/{plain_unit(unit)}";', f'from "../{plain_unit(unit)}";', 1)
    return f"{license_line}\n{how}{rest}"


def identifier(text: str) -> str:
    """Return text as part of an identifier."""
    return re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")


def without_idle(source: str) -> str:
    """Drop the functions of the test tool that a test does not use."""
    lines, inside = [], False
    for line in source.split("\n"):
        inside = line.startswith("interface Vm") or (inside and line != "}")
        declared = re.match(r"    function (\w+)\(", line) if inside else None
        if declared is None or f"vm.{declared[1]}(" in source:
            lines.append(line.rstrip())
    return "\n".join(lines)


class Writer:
    """Write one finding down; with `exactly` the claim is computed by the harness's own evaluators."""

    def __init__(
        self,
        specification: Specification,
        contract: Contract,
        finding: Finding,
        key: Key,
        id: str,
        words: str,
        exactly: Harness | None = None,
    ) -> None:
        self.exactly = exactly
        self.inlined = ""
        self.spec = specification
        self.contract = contract
        self.finding = finding
        self.run = finding.run
        self.key = key
        self.id = id
        self.message = ascii_line(f"{id}: {words}")
        self.last = self.run.steps[-1]
        self.check = finding.violation.check
        self.functions: list[str] = []
        self.state: list[str] = []

    def write(self) -> Standalone:
        """Write the test.

        Raises: NotPlain where the claim has no plain rendering.
        """
        before, after = self.claim()
        staged = bool(self.run.coded)
        parts = sections()
        name = f"Replay_{identifier(self.id)}"
        test = f"test_{identifier(self.id)}"
        replay = (
            parts["replay"].replace("READER", address_literal(self.run.reader)).replace("ORIGIN", address_literal(self.run.reader_origin))
        )
        unit = self.contract.path
        body = [*self.opening(), *self.steps(before, staged), *after]
        source = "\n".join(
            [
                "// SPDX-License-Identifier: MIT",
                "pragma solidity ^0.8.24;",
                "",
                f'import {{{self.contract.name} as Candidate}} from "../src/{plain_unit(unit)}";',
                "",
                parts["vm"].strip(),
                "",
                *([self.inlined, ""] if self.inlined else []),
                replay.strip(),
                "",
                *([parts["stranger"].strip(), ""] if staged else []),
                f"// {self.message}",
                f"contract {name} is {'Stage' if staged else 'Replay'}{', IEngine' if self.inlined else ''} {{",
                *(f"    {line}" for line in self.state),
                f"    function {test}() external {{",
                *(f"        {line}" for line in body),
                "    }",
                *(f"\n    {line}" for line in self.functions),
                "}",
                "",
            ]
        )
        return Standalone(f"{name}.t.sol", without_idle(source), name, test, self.message)

    # ------------------------------------------------------------ the calls

    def opening(self) -> Iterator[str]:
        if self.run.reader_code:
            yield f'vm.etch({address_literal(self.run.reader)}, hex"00"); // whoever reads the getters has code'
        for a in self.run.coded:
            yield f"inhabit({address_literal(a)});"

    def steps(self, before: Sequence[str], staged: bool) -> Iterator[str]:
        world = Step(DEPLOY)
        for i, step in enumerate(self.run.steps):
            yield ""
            yield from self.world(world, step)
            world = step
            final = i == len(self.run.steps) - 1
            if final:
                yield from before
            yield from self.step(step, staged, final)

    def world(self, was: Step, now: Step) -> Iterator[str]:
        if now.timestamp != was.timestamp:
            yield f"vm.warp({now.timestamp});"
        if now.number != was.number:
            yield f"vm.roll({now.number});"
        if now.chain_id != was.chain_id:
            yield f"vm.chainId({now.chain_id});"
        if now.prevrandao != was.prevrandao:
            yield f"vm.prevrandao(bytes32(uint256({now.prevrandao})));"
        if now.coinbase != was.coinbase:
            yield f"vm.coinbase({address_literal(now.coinbase)});"
        if now.base_fee != was.base_fee:
            yield f"vm.fee({now.base_fee});"

    def step(self, step: Step, staged: bool, final: bool) -> Iterator[str]:
        who, origin = address_literal(step.sender), address_literal(step.origin)
        if step.kind == DEPLOY:
            if step.arrived:
                yield f"vm.deal(vm.computeCreateAddress({who}, vm.getNonce({who})), {step.arrived}); // ether was there before"
            code = "type(Candidate).creationCode"
            code = f'bytes.concat({code}, hex"{step.data.hex()}")' if step.data else code
            yield f"// deploy({', '.join(self.arguments(step))})"
            yield f"deploy({who}, {origin}, {step.value}, {code});"
            if not final:
                yield 'require(ok, "the deployment reverts");'
        elif step.kind == ETHER:
            yield f"vm.deal(target, target.balance + {step.value}); // ether arrives by force"
        elif step.kind == CALL:
            bare = step.refuse and not step.callbacks
            if bare:
                yield from (f'vm.etch({address_literal(a)}, hex"5f5ffd"); // refuses' for a in self.run.coded)
            if staged:
                yield "delete actions;"
                yield from (
                    f'actions.push(Action({c.value}, hex"{c.data.hex()}", {str(c.force).lower()})); // {self.said(c.data)}'
                    for c in step.callbacks
                )
                yield f"(done, open, refusing, answering) = (0, true, {str(step.refuse).lower()}, {step.answer});"
            yield f"send({who}, {origin}, {step.value}, {self.calldata(step.data)});"
            if staged:
                yield "open = false;"
            if bare and not final:
                yield from (f"inhabit({address_literal(a)});" for a in self.run.coded)

    def said(self, data: bytes) -> str:
        return ascii_line(call_text(self.spec, data))

    def arguments(self, step: Step) -> list[str]:
        try:
            types = [p.type for p in self.spec.constructor.parameters]
            return [ascii_line(literal(v, t)) for v, t in zip(decode([abi_name(t) for t in types], step.data), types, strict=True)]
        except (NotEncoded, NotPlain):
            return [f"0x{step.data.hex()}"]

    def calldata(self, data: bytes) -> str:
        """Return calldata as a person would write it, where it is the plain encoding of simple values."""
        fn = function_of(self.spec, data)
        raw = f'hex"{data.hex()}"'
        if fn is None or not fn.selector or any(p.type.kind not in {"uint", "int", "address", "bool", "enum"} for p in fn.parameters):
            return raw if not data else f"{raw} /* {self.said(data)} */"
        if len(data) != 4 + 32 * len(fn.parameters):
            return f"{raw} /* {self.said(data)} */"
        values = [
            literal(v, p.type) for v, p in zip(decode([abi_name(p.type) for p in fn.parameters], data[4:]), fn.parameters, strict=True)
        ]
        return f"abi.encodeWithSignature({', '.join([chr(34) + fn.signature + chr(34), *values])})"

    # ------------------------------------------------------------ the claim

    def claim(self) -> tuple[list[str], list[str]]:
        """Return what stands before the last call and after it."""
        detail, message = self.finding.violation.detail, f'"{self.message}"'
        if self.key[0] == "atomic":
            return self.apart()
        match self.check:
            case c if c == MUST_REVERT:
                return [], [f"require(!ok, {message});"]
            case c if c == MUST_SUCCEED:
                return [], [f"require(ok, {message});"]
            case c if c == ERRORS:
                allowed, _ = decode(["bytes[]", "bytes"], detail)
                options = " || ".join(f'same(ret, hex"{x.hex()}")' for x in allowed) or "false"
                return [], [f"require(!ok && ({options}), {message});"]
            case c if c == RETURNED:
                expected, _, _ = decode(["bytes", "bool", "bytes"], detail)
                return [], [f'require(ok && same(ret, hex"{expected.hex()}"), {message});']
            case c if c == BALANCE:
                who, fits, expected = decode(["address", "bool", "uint256"], detail)
                subject = "target" if who == create_address(self.run.steps[0].sender, 0) else address_literal(who)
                return [], [f"require({f'!ok || {subject}.balance == {expected}' if fits else '!ok'}, {message});"]
            case c if c == LOGS:
                return self.logs(detail)
            case c if c == READ:
                return [], [self.reading(detail)]
            case c if c in {FALSE, UNDEFINED, AT_CALLOUT}:
                return self.formula()
        raise NotPlain(f"a violation of kind {self.check}")

    def reading(self, detail: bytes) -> str:
        call, expected, _, _ = decode(["bytes", "bytes", "bytes", "(bool,uint256,uint256)"], detail)
        message = f'"{self.message}"'
        fn = function_of(self.spec, call)
        if not expected:
            if self.key[0] == "frame":
                self.functions.append(IS_DEFINED)
                return f'require(!ok || !isDefined(hex"{call.hex()}"), {message}); // {self.said(call)} reverted before'
            return f"require(!ok, {message}); // {self.said(call)} cannot take the value that it should have"
        if (
            fn is not None
            and len(fn.returns) == 1
            and fn.returns[0].type.kind in {"uint", "int", "address", "bool", "enum"}
            and len(expected) == 32
        ):
            plain = Plain(self.spec, {}, {}, lambda _: ())
            name = plain.getter(fn.signature) if all(p.type.kind not in {"struct", "array"} for p in fn.parameters) else ""
            if name and len(call) == 4 + 32 * len(fn.parameters) and not any(p.type.is_dynamic for p in fn.parameters):
                keys = [
                    literal(v, p.type)
                    for v, p in zip(decode([abi_name(p.type) for p in fn.parameters], call[4:]), fn.parameters, strict=True)
                ]
                self.getter_functions(plain)
                value = literal(decode([abi_name(fn.returns[0].type)], expected)[0], fn.returns[0].type)
                return f"require(!ok || {name}({', '.join(keys)}) == {value}, {message});"
        return f'require(!ok || same(read(hex"{call.hex()}"), hex"{expected.hex()}"), {message}); // {self.said(call)}'

    def logs(self, detail: bytes) -> tuple[list[str], list[str]]:
        topics, data = decode(["bytes32[][]", "bytes[]"], detail)
        after = ["Vm.Log[] memory logs = vm.getRecordedLogs();", f"bytes32[] memory expected = new bytes32[]({len(topics)});"]
        for i, (t, d) in enumerate(zip(topics, data, strict=True)):
            words = "".join(x.hex() for x in t)
            after.append(f'expected[{i}] = keccak256(abi.encode(keccak256(hex"{words}"), {len(t)}, keccak256(hex"{d.hex()}")));')
        after.append(f'require(!ok || emitted(logs, expected), "{self.message}");')
        self.functions.append(EMITTED)
        return ["vm.recordLogs();"], after

    def apart(self) -> tuple[list[str], list[str]]:
        """The last call must come out as the call and, after it, what the stranger did."""
        last, back = self.last, self.last.callbacks[0]
        who = next((a for a in self.run.coded if a == last.sender), self.run.coded[0] if self.run.coded else NOBODY)
        calls = list(dict.fromkeys(x.call for x in self.finding.seen))[:40]
        people = list(dict.fromkeys(f"0x{w[12:].hex()}" for w in self.run.pools[0]))
        looks = "; ".join(f'x = mixed(x, hex"{c.hex()}")' for c in calls)
        purses = "; ".join(f"x = keccak256(abi.encode(x, {address_literal(p)}.balance))" for p in people)
        self.functions += [f"function outcome() internal returns (bytes32 x) {{ {looks}; {purses}; }}", MIXED]
        send = f"send({address_literal(last.sender)}, {address_literal(last.origin)}, {last.value}, {self.calldata(last.data)});"
        visitor = address_literal(who)
        before = [
            "// the same calls one after the other, and the first alone",
            "delete actions;",
            "uint256 start = vm.snapshotState();",
            f"(done, open, refusing, answering) = (0, true, false, {last.answer});",
            send,
            f"vm.deal({visitor}, {visitor}.balance + {back.value});",
            "bytes32 alone = outcome();",
            "vm.revertToState(start);",
            "start = vm.snapshotState();",
            "delete actions;",
            f"(done, open, refusing, answering) = (0, true, false, {last.answer});",
            send,
            f"send({visitor}, {address_literal(last.origin)}, {back.value}, {self.calldata(back.data)});",
            "bytes32 apart = outcome();",
            "vm.revertToState(start);",
            "// and the second while the first has not returned",
        ]
        return before, ["bytes32 nested = outcome();", f'require(!ok || nested == apart || nested == alone, "{self.message}");']

    # ------------------------------------------------------------ formulas

    def formula(self) -> tuple[list[str], list[str]]:
        formula = formula_of(self.spec, self.key)
        message = f'"{self.message}"'
        if formula is None:
            return [], [f"require(!ok, {message}); // what is promised has no value"]
        if self.exactly is not None:
            return self.exact_formula(self.exactly)
        if isinstance(formula, f.Forall):
            raise NotPlain(QUANTIFIED)
        plain = Plain(self.spec, self.variables(), self.constants(), self.sum_keys)
        claim = plain.value(formula)
        before: list[str] = []
        for e, name in list(plain.olds.items()):
            self.state.append(f"{located(e.type).replace(' memory', '')} internal {name};")
            before.append(f"{name} = {plain.value(e)};")
        self.getter_functions(plain)
        self.functions.append(f"function clause() public returns (bool) {{ return {claim}; }}")
        return before, self.conclusion()

    def conclusion(self) -> list[str]:
        message = f'"{self.message}"'
        if self.check == AT_CALLOUT:
            self.functions.append(
                "function look() internal override "
                "{ try this.clause() returns (bool holds) { if (!holds) broken = true; } catch { broken = true; } }"
            )
            return [f"require(!ok || !broken, {message});"]
        condition = "clause()"
        if self.check == UNDEFINED:
            self.functions.append(
                "function hasValue() internal returns (bool) { try this.clause() returns (bool) { return true; } catch { return false; } }"
            )
            condition = "hasValue()"
        always = self.last.kind not in {CALL, DEPLOY}
        return [f"require({'' if always else '!ok || '}{condition}, {message});"]

    def exact_formula(self, harness: Harness) -> tuple[list[str], list[str]]:
        pieces = exact(harness, self.key, self.run, address_literal(self.run.reader), address_literal(self.run.reader_origin))
        if pieces is None:
            raise NotPlain("no evaluator")
        self.inlined = pieces.inlined
        self.state += pieces.state
        self.functions += pieces.functions
        return list(pieces.before), [*pieces.after, *self.conclusion()]

    def variables(self) -> dict[str, str]:
        """Return the parameters and results of the last call as literals."""
        step, out = self.last, {}
        try:
            if step.kind == DEPLOY:
                parameters, data = self.spec.constructor.parameters, step.data
            else:
                fn = function_of(self.spec, step.data) if step.kind == CALL else None
                if fn is None:
                    return {}
                parameters, data = fn.parameters, step.data[4:]
                results = decode([abi_name(p.type) for p in fn.returns], self.finding.outcomes[-1].returned) if fn.returns else ()
                for i, (v, p) in enumerate(zip(results, fn.returns, strict=True)):
                    out[result_name(p, i, fn.returns)] = literal(v, p.type)
            for v, p in zip(decode([abi_name(p.type) for p in parameters], data), parameters, strict=True):
                out[p.name] = literal(v, p.type)
        except NotEncoded as err:
            raise NotPlain(str(err)) from None
        return out

    def constants(self) -> dict[str, str]:
        sig = self.last.data[:4].ljust(4, b"\0").hex()
        return {
            "msg.sender": address_literal(self.last.sender),
            "msg.value": str(self.last.value),
            "msg.sig": f"bytes4(0x{sig})",
            "address(this)": "target",
        }

    def sum_keys(self, getter: str) -> list[str]:
        g = self.spec.getter(getter)
        t = g.parameters[-1].type
        if t.kind == "address":
            return [address_literal(f"0x{w[12:].hex()}") for w in self.run.pools[0]]
        if t.kind == "uint":
            return [str(int.from_bytes(w, "big")) for w in self.run.pools[1] if int.from_bytes(w, "big") < 1 << t.bits]
        if t.kind == "fixed_bytes":
            return [f"{t.name}(0x{w[: t.bits // 8].hex()})" for w in self.run.pools[2]]
        raise NotPlain(f"a sum over {t.name}")

    def getter_functions(self, plain: Plain) -> None:
        for name, g in plain.getters.items():
            parameters = ", ".join(f"{located(p.type)} k{i}" for i, p in enumerate(g.parameters))
            keys = "".join(f", k{i}" for i in range(len(g.parameters)))
            t = g.returns[0].type
            line = (
                f"function {name}({parameters}) internal returns ({located(t)}) {{ "
                f'return abi.decode(read(abi.encodeWithSignature("{g.signature}"{keys})), ({native(t)})); }}'
            )
            if line not in self.functions:
                self.functions.append(line)


EMITTED = """function emitted(Vm.Log[] memory logs, bytes32[] memory expected) internal view returns (bool) {
        uint256 left = expected.length;
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].emitter != target) continue;
            bytes32 x = keccak256(abi.encode(keccak256(abi.encodePacked(logs[i].topics)), logs[i].topics.length, keccak256(logs[i].data)));
            uint256 j = 0;
            while (j < expected.length && expected[j] != x) j++;
            if (j == expected.length) return false;
            (expected[j], left) = (0, left - 1);
        }
        return left == 0;
    }"""
IS_DEFINED = "function isDefined(bytes memory call) internal view returns (bool fine) { (fine,) = target.staticcall(call); }"
MIXED = """function mixed(bytes32 x, bytes memory call) internal returns (bytes32) {
        vm.prank(address(0x5EE), address(0x5EE));
        (bool fine, bytes memory words) = target.staticcall(call);
        return keccak256(abi.encode(x, fine, words));
    }"""


def create_address(sender: str, nonce: int) -> str:
    """Return the address that a deployment creates. Source: yellow paper, section 7 (nonces below 128)."""
    raw = bytes.fromhex(sender.removeprefix("0x"))
    encoded_nonce = bytes([nonce]) if nonce else b"\x80"
    body = b"\x94" + raw + encoded_nonce
    return f"0x{keccak(bytes([0xC0 + len(body)]) + body)[12:].hex()}"


__all__ = ["Run", "Seen", "Standalone", "Writer", "formula_of"]
