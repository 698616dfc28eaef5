"""Write a run as the calls of a small test, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specs.specification import Specification, abi_name
from verifier.harness.abi import NotEncoded, decode
from verifier.harness.plain import NotPlain, address_literal, literal
from verifier.harness.runs import CALL, DEPLOY, ETHER, USE, Run, Step
from verifier.harness.spelling import ascii_line
from verifier.harness.text import call_text, function_of
from verifier.surroundings import surroundings_of

#: Types whose values stand in a call as a person would write them.
SIMPLE = frozenset({"uint", "int", "address", "bool", "enum"})


def opening(specification: Specification, run: Run) -> Iterator[str]:
    """Yield what must be there before the first call: strangers with code, and the environment."""
    if run.reader_code:
        yield f'vm.etch({address_literal(run.reader)}, hex"00"); // whoever reads the getters has code'
    for a in run.coded:
        yield f"inhabit({address_literal(a)});"
    found = surroundings_of(specification.environment)
    if found is not None:
        yield f"vm.etch(there, type({found.contract}).runtimeCode);"
        for slot, value in run.stored:
            yield f"vm.store(there, 0x{slot.hex()}, 0x{value.hex()}); // what the model leaves open"


def calls(specification: Specification, run: Run, before: Sequence[str]) -> Iterator[str]:
    """Yield the calls; `before` stands before the last one."""
    world = Step(DEPLOY)
    for i, step in enumerate(run.steps):
        yield ""
        yield from _world(world, step)
        world = step
        final = i == len(run.steps) - 1
        if final:
            yield from before
        yield from _step(specification, run, step, final)


def _world(was: Step, now: Step) -> Iterator[str]:
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


def _step(specification: Specification, run: Run, step: Step, final: bool) -> Iterator[str]:
    if step.kind == DEPLOY:
        yield from _deployment(specification, step, final)
    elif step.kind == ETHER:
        yield f"vm.deal(target, target.balance + {step.value}); // ether arrives by force"
    elif step.kind == CALL:
        yield from _call(specification, run, step, final)
    elif step.kind == USE:
        yield f"use({address_literal(step.sender)}, {_use(specification, step.data)});"


def _deployment(specification: Specification, step: Step, final: bool) -> Iterator[str]:
    who, origin = address_literal(step.sender), address_literal(step.origin)
    if step.arrived:
        yield f"vm.deal(vm.computeCreateAddress({who}, vm.getNonce({who})), {step.arrived}); // ether was there before"
    code = "type(Candidate).creationCode"
    code = f'bytes.concat({code}, hex"{step.data.hex()}")' if step.data else code
    yield f"// deploy({', '.join(_arguments(specification, step))})"
    yield f"deploy({who}, {origin}, {step.value}, {code});"
    if not final:
        yield 'require(ok, "the deployment reverts");'


def _call(specification: Specification, run: Run, step: Step, final: bool) -> Iterator[str]:
    bare = step.refuse and not step.callbacks
    if bare:
        yield from (f'vm.etch({address_literal(a)}, hex"5f5ffd"); // refuses' for a in run.coded)
    if run.coded:
        yield "delete actions;"
        yield from (
            f'actions.push(Action({c.value}, hex"{c.data.hex()}", {str(c.force).lower()})); // {said(specification, c.data)}'
            for c in step.callbacks
        )
        yield f"(done, open, refusing, answering) = (0, true, {str(step.refuse).lower()}, {step.answer});"
    yield sent(specification, step)
    if run.coded:
        yield "open = false;"
    if bare and not final:
        yield from (f"inhabit({address_literal(a)});" for a in run.coded)


def _use(specification: Specification, data: bytes) -> str:
    found = surroundings_of(specification.environment)
    move = next((m for m in found.moves if m.selector == data[:4].hex()), None) if found else None
    if move is None or len(data) != 4 + 32 * len(move.types):
        return f'hex"{data.hex()}"'
    values = (
        address_literal(v) if t == "address" else f"bytes32(0x{v.hex()})" if isinstance(v, bytes) else _plain(v)
        for t, v in zip(move.types, decode(move.types, data[4:]), strict=True)
    )
    return f"abi.encodeWithSignature({', '.join([chr(34) + move.signature + chr(34), *values])})"


def _plain(v: object) -> str:
    return "type(uint256).max" if v == (1 << 256) - 1 else str(v).lower()


def sent(specification: Specification, step: Step) -> str:
    """Return the statement that makes a call."""
    who, origin = address_literal(step.sender), address_literal(step.origin)
    return f"send({who}, {origin}, {step.value}, {calldata(specification, step.data)});"


def said(specification: Specification, data: bytes) -> str:
    """Return calldata as a call in a comment."""
    return ascii_line(call_text(specification, data))


def _arguments(specification: Specification, step: Step) -> list[str]:
    try:
        types = [p.type for p in specification.constructor.parameters]
        return [ascii_line(literal(v, t)) for v, t in zip(decode([abi_name(t) for t in types], step.data), types, strict=True)]
    except (NotEncoded, NotPlain):
        return [f"0x{step.data.hex()}"]


def calldata(specification: Specification, data: bytes) -> str:
    """Return calldata as a person would write it, where it is the plain encoding of simple values."""
    fn = function_of(specification, data)
    raw = f'hex"{data.hex()}"'
    if fn is None or not fn.selector or any(p.type.kind not in SIMPLE for p in fn.parameters):
        return raw if not data else f"{raw} /* {said(specification, data)} */"
    if len(data) != 4 + 32 * len(fn.parameters):
        return f"{raw} /* {said(specification, data)} */"
    values = [literal(v, p.type) for v, p in zip(decode([abi_name(p.type) for p in fn.parameters], data[4:]), fn.parameters, strict=True)]
    return f"abi.encodeWithSignature({', '.join([chr(34) + fn.signature + chr(34), *values])})"
