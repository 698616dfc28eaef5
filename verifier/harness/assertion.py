"""Write what a small test claims: one statement that fails where the finding shows, and the functions that it needs."""

from __future__ import annotations

from dataclasses import replace

from eth_hash.auto import keccak

from specs import formula as f
from specs.specification import Function, Specification, abi_name
from verifier.harness.abi import NotEncoded, decode
from verifier.harness.calls import SIMPLE, sent
from verifier.harness.claims import formula_of
from verifier.harness.exact import exact
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
    FALSE,
    LOGS,
    MUST_REVERT,
    MUST_SUCCEED,
    NOBODY,
    READ,
    READING,
    RETURNED,
    UNDEFINED,
    Callback,
    Finding,
)
from verifier.harness.spelling import ascii_line
from verifier.harness.text import call_text, function_of, getter_of

QUANTIFIED = "a claim for every value"


class Assertion:
    """Collect the pieces of one claim; with `exactly` it is computed by the harness's own evaluators.

    `before` stands before the last call and `after` behind it; `state` and `functions` belong to the test's contract, `inlined` before it.

    Raises: NotPlain where the claim has no plain rendering.
    """

    def __init__(self, specification: Specification, finding: Finding, key: Key, message: str, exactly: Harness | None) -> None:
        self.spec = specification
        self.finding = finding
        self.run = finding.run
        self.last = finding.run.steps[-1]
        self.check = finding.violation.check
        self.key = key
        self.message = f'"{message}"'
        self.exactly = exactly
        self.inlined = ""
        self.state: list[str] = []
        self.functions: list[str] = []
        self.before: list[str] = []
        self.after: list[str] = []
        self._write()

    def _write(self) -> None:
        detail = self.finding.violation.detail
        if self.key[0] == "atomic":
            self._apart()
            return
        match self.check:
            case c if c == MUST_REVERT:
                self._require("!ok")
            case c if c == MUST_SUCCEED:
                self._require("ok")
            case c if c == ERRORS:
                allowed, _ = decode(["bytes[]", "bytes"], detail)
                options = " || ".join(f'same(ret, hex"{x.hex()}")' for x in allowed) or "false"
                self._require(f"!ok && ({options})")
            case c if c == RETURNED:
                expected, _, _ = decode(["bytes", "bool", "bytes"], detail)
                self._require(f'ok && same(ret, hex"{expected.hex()}")')
            case c if c == BALANCE:
                who, fits, amount = decode(["address", "bool", "uint256"], detail)
                subject = "target" if who == create_address(self.run.steps[0].sender, 0) else address_literal(who)
                self._require(f"!ok || {subject}.balance == {amount}" if fits else "!ok")
            case c if c == LOGS:
                self._logs(detail)
            case c if c == READ:
                self._reading(detail)
            case c if c in {FALSE, UNDEFINED, AT_CALLOUT}:
                self._formula()
            case _:
                raise NotPlain(f"a violation of kind {self.check}")

    def _require(self, condition: str, comment: str = "") -> None:
        self.after.append(f"require({condition}, {self.message});{f' // {comment}' if comment else ''}")

    # ------------------------------------------------------------ getters

    def _reading(self, detail: bytes) -> None:
        call, expected, _, _, foreign = decode(READING, detail)
        text = ascii_line(call_text(self.spec, call, foreign))
        if not expected and self.key[0] == "frame":
            self.functions.append(IS_DEFINED)
            self._require(f'!ok || !isDefined(hex"{call.hex()}")', f"{text} reverted before")
        elif not expected:
            self._require("!ok", f"{text} cannot take the value that it should have")
        elif (plainly := self._plain_reading(call, expected, foreign)) is not None:
            self._require(plainly)
        else:
            self._require(f'!ok || same({_read(foreign)}(hex"{call.hex()}"), hex"{expected.hex()}")', text)

    def _plain_reading(self, call: bytes, expected: bytes, foreign: bool) -> str | None:
        """Return the condition that a getter answers a value, as a person would write it; None where that is not simple."""
        fn = getter_of(self.spec, call, foreign)
        if fn is None or len(fn.returns) != 1 or fn.returns[0].type.kind not in SIMPLE or len(expected) != 32:
            return None
        plain = Plain(self.spec, {}, {}, lambda _: ())
        name = plain.getter(fn.signature) if all(p.type.kind not in {"struct", "array"} for p in fn.parameters) else ""
        if not name or len(call) != 4 + 32 * len(fn.parameters) or any(p.type.is_dynamic for p in fn.parameters):
            return None
        keys = _literals(fn, call[4:])
        self._getter_functions(plain)
        value = literal(decode([abi_name(fn.returns[0].type)], expected)[0], fn.returns[0].type)
        return f"!ok || {name}({', '.join(keys)}) == {value}"

    def _getter_functions(self, plain: Plain) -> None:
        for name, g in plain.getters.items():
            parameters = ", ".join(f"{located(p.type)} k{i}" for i, p in enumerate(g.parameters))
            keys = "".join(f", k{i}" for i in range(len(g.parameters)))
            t = g.returns[0].type
            signature = g.signature.rpartition(".")[2]
            line = (
                f"function {name}({parameters}) internal returns ({located(t)}) {{ "
                f'return abi.decode({_read(g.is_foreign)}(abi.encodeWithSignature("{signature}"{keys})), ({native(t)})); }}'
            )
            if line not in self.functions:
                self.functions.append(line)

    # ------------------------------------------------------------ events, and calls one after the other

    def _logs(self, detail: bytes) -> None:
        topics, data = decode(["bytes32[][]", "bytes[]"], detail)
        self.before.append("vm.recordLogs();")
        self.after += ["Vm.Log[] memory logs = vm.getRecordedLogs();", f"bytes32[] memory expected = new bytes32[]({len(topics)});"]
        for i, (t, d) in enumerate(zip(topics, data, strict=True)):
            words = "".join(x.hex() for x in t)
            self.after.append(f'expected[{i}] = keccak256(abi.encode(keccak256(hex"{words}"), {len(t)}, keccak256(hex"{d.hex()}")));')
        self._require("!ok || emitted(logs, expected)")
        self.functions.append(EMITTED)

    def _apart(self) -> None:
        """The last call must come out as the call and, after it, what the stranger did."""
        last = self.last
        who = next((a for a in self.run.coded if a == last.sender), self.run.coded[0] if self.run.coded else NOBODY)
        self._outcome()
        self.before += self._one_after_the_other(last.callbacks[0], address_literal(who))
        self.after.append("bytes32 nested = outcome();")
        self._require("!ok || nested == apart || nested == alone")

    def _outcome(self) -> None:
        """Add the function that sums up what a call leaves behind."""
        calls = list(dict.fromkeys((x.call, x.foreign) for x in self.finding.seen))[:40]
        people = list(dict.fromkeys(f"0x{w[12:].hex()}" for w in self.run.pools[0]))
        looks = "; ".join(f'x = mixed(x, {"there" if foreign else "target"}, hex"{c.hex()}")' for c, foreign in calls)
        purses = "; ".join(f"x = keccak256(abi.encode(x, {address_literal(p)}.balance))" for p in people)
        self.functions += [f"function outcome() internal returns (bytes32 x) {{ {looks}; {purses}; }}", MIXED]

    def _one_after_the_other(self, back: Callback, visitor: str) -> list[str]:
        last = self.last
        send = sent(self.spec, last)
        return [
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
            sent(self.spec, replace(last, sender=visitor, value=back.value, data=back.data)),
            "bytes32 apart = outcome();",
            "vm.revertToState(start);",
            "// and the second while the first has not returned",
        ]

    # ------------------------------------------------------------ formulas

    def _formula(self) -> None:
        formula = formula_of(self.spec, self.key)
        if self.key[0] == "reverts":
            self._require("false", "the error that is promised here cannot be made: an argument has no value that fits")
            return
        if formula is None:
            self._require("!ok", "what is promised has no value")
            return
        if self.exactly is not None:
            self._exact_formula(self.exactly)
            return
        if isinstance(formula, f.Forall):
            raise NotPlain(QUANTIFIED)
        plain = Plain(self.spec, self._variables(), self._constants(), self._sum_keys)
        claim = plain.value(formula)
        for e, name in list(plain.olds.items()):
            self.state.append(f"{located(e.type).replace(' memory', '')} internal {name};")
            self.before.append(f"{name} = {plain.value(e)};")
        self._getter_functions(plain)
        self.functions.append(f"function clause() public returns (bool) {{ return {claim}; }}")
        self._conclude()

    def _exact_formula(self, harness: Harness) -> None:
        pieces = exact(harness, self.key, self.run, address_literal(self.run.reader), address_literal(self.run.reader_origin))
        if pieces is None:
            raise NotPlain("no evaluator")
        self.inlined = pieces.inlined
        self.state += pieces.state
        self.functions += pieces.functions
        self.before += pieces.before
        self.after += pieces.after
        self._conclude()

    def _conclude(self) -> None:
        if self.check == AT_CALLOUT:
            self.functions.append(LOOK)
            self._require("!ok || !broken")
            return
        if self.check == UNDEFINED:
            self.functions.append(HAS_VALUE)
        always = self.last.kind not in {CALL, DEPLOY}
        self._require(f"{'' if always else '!ok || '}{'hasValue' if self.check == UNDEFINED else 'clause'}()")

    def _variables(self) -> dict[str, str]:
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
                out = {name: literal(v, p.type) for name, v, p in zip(fn.results, results, fn.returns, strict=True) if name}
            for v, p in zip(decode([abi_name(p.type) for p in parameters], data), parameters, strict=True):
                out[p.name] = literal(v, p.type)
        except NotEncoded as err:
            raise NotPlain(str(err)) from None
        return out

    def _constants(self) -> dict[str, str]:
        sig = self.last.data[:4].ljust(4, b"\0").hex()
        return {
            "msg.sender": address_literal(self.last.sender),
            "msg.value": str(self.last.value),
            "msg.sig": f"bytes4(0x{sig})",
            "address(this)": "target",
        }

    def _sum_keys(self, getter: str) -> list[str]:
        g = self.spec.getter(getter)
        t = g.parameters[-1].type
        if t.kind == "address":
            return [address_literal(f"0x{w[12:].hex()}") for w in self.run.pools[0]]
        if t.kind == "uint":
            return [str(int.from_bytes(w, "big")) for w in self.run.pools[1] if int.from_bytes(w, "big") < 1 << t.bits]
        if t.kind == "fixed_bytes":
            return [f"{t.name}(0x{w[: t.bits // 8].hex()})" for w in self.run.pools[2]]
        raise NotPlain(f"a sum over {t.name}")


def _read(foreign: bool) -> str:
    return "readThere" if foreign else "read"


def _literals(fn: Function, arguments: bytes) -> list[str]:
    values = decode([abi_name(p.type) for p in fn.parameters], arguments)
    return [literal(v, p.type) for v, p in zip(values, fn.parameters, strict=True)]


LOOK = (
    "function look() internal override { try this.clause() returns (bool holds) { if (!holds) broken = true; } catch { broken = true; } }"
)
HAS_VALUE = "function hasValue() internal returns (bool) { try this.clause() returns (bool) { return true; } catch { return false; } }"
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
MIXED = """function mixed(bytes32 x, address who, bytes memory call) internal returns (bytes32) {
        vm.prank(address(0x5EE), address(0x5EE));
        (bool fine, bytes memory words) = who.staticcall(call);
        return keccak256(abi.encode(x, fine, words));
    }"""


def create_address(sender: str, nonce: int) -> str:
    """Return the address that a deployment creates. Source: yellow paper, section 7 (nonces below 128)."""
    raw = bytes.fromhex(sender.removeprefix("0x"))
    encoded_nonce = bytes([nonce]) if nonce else b"\x80"
    body = b"\x94" + raw + encoded_nonce
    return f"0x{keccak(bytes([0xC0 + len(body)]) + body)[12:].hex()}"
