"""Recognise code that does nothing with a refusal but hand it on, or refuse in its own words whatever it was told.

The first is `returndatacopy(p, 0, returndatasize())`, `revert(p, returndatasize())`; the second `mstore(0, …)`, `revert(28, 4)`. A refusal
has any length, of which the machine tries one. Here its length and words decide nothing but the words of the caller's own refusal, if
those, so that one stands for all. The code behind the failed call is followed with the stack as it is there; whatever is not in this short
list ends the recognition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from halmos.contract import Contract
from halmos.sevm import Bool

STEPS = 60
SIZE = "the size of the answer"

Word = int | str  # known, or the name of an unknown word: what has one name is one word


def is_handed_on(code: Contract, pc: int, stack: Sequence[Any]) -> bool:
    """Tell whether the code from `pc` on reverts with all that it was told or with a word that it knows, and does nothing else.

    `stack` holds halmos' words below the failed call's answer, the top last.
    """
    follower = _Follower(code, pc, [*(_word(x, f"below {i}") for i, x in enumerate(stack)), 0])
    try:
        return any(follower.step() for _ in range(STEPS))
    except (IndexError, _Unlike):
        return False


def _word(value: Any, name: str) -> Word:
    plain = value.as_bv(size=256) if type(value) is Bool else value
    return int(plain) if plain.is_concrete else name


class _Unlike(Exception):
    """The code does something else."""


class _Follower:
    def __init__(self, code: Contract, pc: int, stack: list[Word]) -> None:
        self.code = code
        self.pc = pc
        self.stack = stack
        self.copied: Word | None = None  # where in memory the refusal was put
        self.written: int | None = None  # where in memory the last known word was put
        self.unknown = 0

    def step(self) -> bool:
        """Follow one instruction; tell whether it ended the code as it should."""
        insn, op, stack = self.code.decode_instruction(self.pc), self.code.opcode_at(self.pc), self.stack
        self.pc = insn.next_pc
        if 0x5F <= op <= 0x7F:  # PUSH0 to PUSH32
            stack.append(0 if insn.operand is None else _word(insn.operand, self._new()))
        elif 0x80 <= op <= 0x8F:  # DUP1 to DUP16
            stack.append(stack[-(op - 0x7F)])
        elif 0x90 <= op <= 0x9F:  # SWAP1 to SWAP16
            deep = -(op - 0x8E)
            stack[-1], stack[deep] = stack[deep], stack[-1]
        elif op == 0xFD:  # REVERT
            start, size = stack.pop(), stack.pop()
            if not self._is_own(start, size) and (self.copied is None or (start, size) != (self.copied, SIZE)):
                raise _Unlike
            return True
        elif op in STEPS_OF:
            STEPS_OF[op](self)
        else:
            raise _Unlike
        return False

    def _is_own(self, start: Word, size: Word) -> bool:
        """Tell whether a piece of memory is empty, or lies in the known word that was written last."""
        if size == 0:
            return True
        if not (isinstance(start, int) and isinstance(size, int) and self.written is not None):
            return False
        return self.written <= start and start + size <= self.written + 32

    def _new(self) -> str:
        self.unknown += 1
        return f"unknown {self.unknown}"

    def _load(self) -> None:
        where = self.stack.pop()
        self.stack.append(f"memory at {where}" if self.copied is None and self.written is None else self._new())

    def _store(self) -> None:
        where, word = self.stack.pop(), self.stack.pop()
        if self.copied is not None or not (isinstance(where, int) and isinstance(word, int)):
            raise _Unlike
        self.written = where

    def _copy(self) -> None:
        if self.written is not None:
            raise _Unlike
        self.copied, start, size = self.stack.pop(), self.stack.pop(), self.stack.pop()
        if (start, size) != (0, SIZE):
            raise _Unlike

    def _iszero(self) -> None:
        word = self.stack.pop()
        self.stack.append(int(word == 0) if isinstance(word, int) else self._new())

    def _and(self) -> None:
        a, b = self.stack.pop(), self.stack.pop()
        self.stack.append(a & b if isinstance(a, int) and isinstance(b, int) else 0 if 0 in {a, b} else self._new())

    def _or(self) -> None:
        a, b = self.stack.pop(), self.stack.pop()
        self.stack.append(a | b if isinstance(a, int) and isinstance(b, int) else self._new())

    def _lt(self) -> None:
        a, b = self.stack.pop(), self.stack.pop()
        self.stack.append(0 if b == 0 else int(a < b) if isinstance(a, int) and isinstance(b, int) else self._new())

    def _code(self) -> None:
        self.stack.pop()
        self.stack.append(self._new())

    def _eq(self) -> None:
        a, b = self.stack.pop(), self.stack.pop()
        self.stack.append(int(a == b) if isinstance(a, int) and isinstance(b, int) else self._new())

    def _jump(self) -> None:
        self._go(self.stack.pop())

    def _jumpi(self) -> None:
        target, condition = self.stack.pop(), self.stack.pop()
        if not isinstance(condition, int):
            raise _Unlike
        if condition:
            self._go(target)

    def _go(self, target: Word) -> None:
        if target not in self.code.valid_jumpdests():
            raise _Unlike
        assert isinstance(target, int), "a place to jump to is a number"
        self.pc = target


STEPS_OF: dict[int, Callable[[_Follower], object]] = {
    0x10: _Follower._lt,
    0x14: _Follower._eq,
    0x15: _Follower._iszero,
    0x16: _Follower._and,
    0x17: _Follower._or,
    0x3B: _Follower._code,  # EXTCODESIZE
    0x3D: lambda x: x.stack.append(SIZE),  # RETURNDATASIZE
    0x3E: _Follower._copy,  # RETURNDATACOPY
    0x50: lambda x: x.stack.pop(),
    0x51: _Follower._load,  # MLOAD
    0x52: _Follower._store,  # MSTORE
    0x56: _Follower._jump,
    0x57: _Follower._jumpi,
    0x5B: lambda _: None,  # JUMPDEST
}
