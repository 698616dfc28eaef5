"""Questions about what a finished path did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from halmos.exceptions import InsufficientFunds
from halmos.sevm import CallContext, EventLog, StorageRead, StorageWrite
from halmos.utils import uint160
from z3 import BitVecRef

from verifier.engines.symbolic.corrections import EtherRead
from verifier.engines.symbolic.machine import OP_CALL, OP_STATICCALL, CallOut, Machine


def payments(context: CallContext) -> Iterator[CallOut]:
    """Yield the payments to strangers that were accepted and not undone."""
    for mark, answer in call_outs(context):
        if answer.output.error is None and mark.op == OP_CALL:
            yield mark


def call_outs(context: CallContext) -> Iterator[tuple[CallOut, CallContext]]:
    """Yield the call-outs of frames that were not undone, each with its answer, in order."""
    mark: CallOut | None = None
    for t in context.trace:
        if isinstance(t, CallOut):
            mark = t
        elif isinstance(t, CallContext):
            if mark is not None:
                yield mark, t
            elif t.output.error is None:
                yield from call_outs(t)
            mark = None


def answers(context: CallContext) -> Iterator[tuple[BitVecRef, bool]]:
    """Yield whom the call called, in frames that were undone too, and whether that went through.

    A call for which there was not enough ether did not come to anybody.
    """
    mark: CallOut | None = None
    for t in context.trace:
        if isinstance(t, CallOut):
            mark = t
        elif isinstance(t, CallContext):
            accepted = t.output.error is None
            if mark is not None:
                yield mark.to, accepted
            elif not isinstance(t.output.error, InsufficientFunds) and t.message.call_scheme in {OP_CALL, OP_STATICCALL}:
                yield uint160(t.message.target).as_z3(), accepted
                yield from answers(t)
            mark = None


def handed_over(context: CallContext) -> bool:
    """Tell whether strangers had control, and what they did was not undone."""
    return any(answer.output.error is None and not answer.message.is_static for _, answer in call_outs(context))


def refused(context: CallContext) -> bool:
    """Tell whether any stranger refused, in frames that were undone too."""
    mark = False
    for t in context.trace:
        if isinstance(t, CallOut):
            mark = True
        elif isinstance(t, CallContext):
            if mark and t.output.error is not None:
                return True
            if not mark and refused(t):
                return True
            mark = False
    return False


def logs(context: CallContext) -> Iterator[EventLog]:
    """Yield the contract's events of frames that were not undone."""
    for t in context.trace:
        if isinstance(t, EventLog):
            yield t
        elif isinstance(t, CallContext) and t.output.error is None:
            yield from logs(t)


def touches_after_call_out(machine: Machine, context: CallContext, out: bool = False) -> tuple[int, bool]:
    """Count what the contract's frames do with state after their first call-out that was not undone; also tell whether there was one.

    Counted: reads and writes of storage and transient storage, looks at ether, calls of the environment, further calls. A call-out that
    reverted, or a static one, left nothing behind.
    """
    n = 0
    mark = False
    for t in context.trace:
        if isinstance(t, CallOut):
            mark = True
        elif isinstance(t, CallContext):
            static = t.message.is_static
            if mark:
                n += out
                out = out or (t.output.error is None and not static)
            elif machine.is_there(t.message.target):  # its state is as good as the contract's
                n += out
            elif machine.is_own(t.message.target):  # else it is a precompile, which touches nothing
                n += out
                inner, called = touches_after_call_out(machine, t, out)
                n += inner
                out = out or (called and t.output.error is None)
            mark = False
        elif out and isinstance(t, StorageRead | StorageWrite | EtherRead):
            n += 1
    return n, out


def outcome_words(context: CallContext) -> str:
    """Say how a call ended, for people."""
    error: Any = context.output.error
    return "succeeds" if error is None else f"reverts ({type(error).__name__})"
