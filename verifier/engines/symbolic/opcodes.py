"""What follows from the instructions that a contract's code holds, for any loop and any length of arguments.

Execution comes to an instruction from the one before it or by a jump to a JUMPDEST, and no jump leads into the operand of a PUSH. So what
stands behind an instruction that ends the flow, up to the next JUMPDEST, never runs. Installed code is the compiled one but for its
immutables (`Subject.probe_of` holds it), and those must be operands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from specs import specification as s
from verifier.engines.symbolic.explore import Subject
from verifier.ledger import stable_frame
from verifier.runtime import JUMPDEST, Runtime, sweep

ENDS = frozenset({0x00, 0x56, 0xF3, 0xFD, 0xFE, 0xFF})  # STOP, JUMP, RETURN, REVERT, INVALID, SELFDESTRUCT
EVERYTHING = frozenset(range(256))
#: CREATE, CALL, CALLCODE, DELEGATECALL, CREATE2, SELFDESTRUCT
SENDING = frozenset({0xF0, 0xF1, 0xF2, 0xF4, 0xF5, 0xFF})
#: LOG0 to LOG4, and what runs the code of others in the contract's name.
LOGGING = frozenset({*range(0xA0, 0xA5), 0xF2, 0xF4})
#: By these code sees more than its storage, its own code, the sender, the value and the data of the call.
SEEING = frozenset({0x31, 0x32, 0x3A, 0x3B, 0x3C, 0x3F, *range(0x40, 0x4B), 0x5A, 0x5C, 0xFA, *SENDING})

SENDS_NOTHING = "its code has no instruction that could send ether"
LOGS_NOTHING = "its code has no instruction that could log"
SEES_STORAGE = "its code has no instruction that sees more than storage and the call"
#: The reasons of proofs for which no solver is asked anything.
BY_CODE = frozenset({SENDS_NOTHING, LOGS_NOTHING, SEES_STORAGE})


def instructions(runtime: Runtime) -> frozenset[int]:
    """Return the opcodes that can run; all of them where an immutable is no operand."""
    live, found = True, set()
    operands: set[tuple[int, int]] = set()
    for pc, opcode, size in sweep(bytes.fromhex(runtime.code.removeprefix("0x"))):
        live = live or opcode == JUMPDEST
        if live:
            found.add(opcode)
        if opcode in ENDS:
            live = False
        operands.add((pc + 1, size))
    fixed = all((x.start, x.length) in operands for x in runtime.immutables)
    return frozenset(found) if fixed else EVERYTHING


def by_instructions(subject: Subject) -> Mapping[str, str]:
    """Return the obligations that hold because of what the code cannot do, each with the reason."""
    return {id: why for id, why in _settled(subject, instructions(subject.runtime)) if subject.has(id)}


def _settled(subject: Subject, found: frozenset[int]) -> Iterator[tuple[str, str]]:
    for fn in subject.specification.entries:
        mine = [o for o in subject.ledger.obligations if o.function == fn.title]
        if not found & SENDING and not any(isinstance(c, s.Pays) for c in fn.clauses):
            yield from ((o.id, SENDS_NOTHING) for o in mine if o.kind == "pays")
        if not found & LOGGING and all(c.event is None for c in fn.clauses if isinstance(c, s.Emits)):
            yield from ((o.id, LOGS_NOTHING) for o in mine if o.kind == "emits")
    probe = subject.implementation.probe if subject.implementation.definitions else None
    read = instructions(probe) if probe is not None else EVERYTHING if subject.implementation.definitions else frozenset()
    if not (found | read) & SEEING:
        yield from ((stable_frame(g), SEES_STORAGE) for g in subject.specification.getters)
