"""halmos, with the world of the specification language.

Stock halmos 0.3.3 interprets the bytecode; this module replaces what it fixes or omits and the language leaves open:

- the environment's address has the code of its model: it calls nobody, and what it says when it refuses is arbitrary (`_call_there`);
- every address without known code is a *stranger*: it accepts or refuses, and returns anything (`_call_stranger`);
- code size and code hash of strangers are arbitrary, or, where clauses ask for them, what they were when the call began (`_code_now`);
- EXTCODECOPY of a stranger ends the path as not understood;
- transient storage has symbols of its own, and storage that the compiler keeps clean (enums) starts clean;
- the contract's address is a symbol, so a call to any address may be a call to itself;
- of the precompiles SHA-256, RIPEMD-160 and the identity are halmos'; ecrecover answers nothing or some address; others are not followed;
- what corrections.py replaces in halmos' own classes.

Not covered: gas, creation of contracts and delegatecall to strangers end the path as not understood. Source of the world: docs/language.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eth_hash.auto import keccak
from halmos import sevm
from halmos.__main__ import mk_solver
from halmos.bytevec import ByteVec
from halmos.calldata import FunctionInfo
from halmos.config import Config as HalmosConfig
from halmos.config import ConfigSource, arg_parser, default_config
from halmos.constants import MAX_MEMORY_SIZE
from halmos.contract import Contract, Instruction
from halmos.exceptions import HalmosException, Revert
from halmos.sevm import BV, SEVM, CallContext, CallOutput, Exec, Message, Worklist
from halmos.utils import uint160, uint256
from z3 import (
    UGE,
    ULT,
    And,
    Array,
    BitVec,
    BitVecRef,
    BitVecSort,
    BitVecVal,
    BoolRef,
    BoolVal,
    Concat,
    Extract,
    Function,
    If,
    Not,
    Or,
    SignExt,
    Solver,
    Store,
    is_app,
    is_bv_value,
    is_false,
    simplify,
    unsat,
)

from verifier.engines.symbolic.corrections import BRANCHING_WORK, stage
from verifier.engines.symbolic.handed_on import is_handed_on
from verifier.engines.symbolic.storage import CleanStorage, Journal, OtherStorage

OPTIONS = (
    "--no-status --width 0 --depth 0 --solver yices --solver-threads 1 --storage-layout solidity "
    "--panic-error-codes 0x01 --default-bytes-lengths 0,32,65 --default-array-lengths 0,1,2"
)
RETURN_SIZES = (0, 32)
RETURN_SIZES_OBSERVED = (0, 32, 64)
PRECOMPILES = range(1, 11)
ECRECOVER, PLAIN_PRECOMPILES = 1, {2, 3, 4}  # the plain ones never fail with enough gas
SYSTEM_ADDRESSES = 1 << 16
CODE_SIZE = Function("sw_codesize", BitVecSort(160), BitVecSort(256))  # when the call begins
NO_CODE_HASH = int.from_bytes(keccak(b""), "big")


@dataclass(frozen=True, slots=True)
class There:
    """The environment: a contract at an address (a symbol) that behaves as its model, and which functions the model has.

    `views` are those that promise an answer to a static call; `arguments` are the types that each takes. `counter` is the slot of the
    number that says which of the words that the model leaves open is next (None: it leaves nothing open). `no_behaviour` is the data of the
    refusal that says that the model never does what it did there; empty where there is none.
    """

    address: BitVecRef
    code: Any
    selectors: frozenset[str]
    views: frozenset[str]
    arguments: Mapping[str, tuple[str, ...]]
    counter: int | None = None
    no_behaviour: bytes = b""


@dataclass(slots=True)
class Definitions:
    """How getters are read that the contract does not have: the selectors of the functions that stand for them, by the getters' signatures,
    in the code that `probe` makes of installed code (None where they read more than storage)."""

    selectors: Mapping[str, bytes]
    probe: Callable[[ByteVec], ByteVec | None]
    made: dict[int, tuple[Contract, Code | None]] = field(default_factory=dict)  # the code is kept, so that its id stays its own

    def code(self, installed: Contract) -> Code | None:
        """Return the code that is put in the contract's place to be read."""
        if id(installed) not in self.made:
            probe = self.probe(installed._code)
            self.made[id(installed)] = installed, Code(probe) if probe is not None else None
        return self.made[id(installed)][1]


@dataclass(frozen=True, slots=True)
class CallOut:
    """A mark in the trace: the next sub-context is a call of a stranger. `to` is the original target."""

    to: BitVecRef
    value: BitVecRef
    op: int
    own: bool  # made by a frame of the contract under judgement
    static: bool = False  # it cannot change anything
    itself: bool = False  # the contract calls itself


def options(loop: int, branching_ms: int) -> HalmosConfig:
    """Return halmos' configuration, every option explicit; no configuration file and no NatSpec is read."""
    given = arg_parser().parse_args([*OPTIONS.split(), "--loop", str(loop), "--solver-timeout-branching", f"{branching_ms}ms"])
    return default_config().with_overrides(ConfigSource.command_line, **vars(given))


def branch_solver(config: HalmosConfig) -> Solver:
    """Return a solver for branches whose limit is work, not time: whoever explores again explores the same."""
    solver = mk_solver(config)
    solver.set(rlimit=BRANCHING_WORK)
    return solver


# ---------------------------------------------------------------- code whose EXTCODE* opcodes are ours

OP_EXTCODESIZE, OP_EXTCODECOPY, OP_EXTCODEHASH, OP_SLOAD = 0x3B, 0x3C, 0x3F, 0x54
OP_CALL, OP_CALLCODE, OP_DELEGATECALL, OP_STATICCALL = 0xF1, 0xF2, 0xF4, 0xFA
OP_CALLDATASIZE, OP_CALLDATACOPY, OP_GASPRICE, OP_CREATE = 0x36, 0x37, 0x3A, 0xF0


class Code(Contract):
    """Bytecode; EXTCODESIZE and EXTCODEHASH are interpreted through `Machine.sload`, which halmos lets us replace."""

    def decode_instruction(self, pc: int) -> Instruction:
        insn = super().decode_instruction(pc)
        if insn.opcode in {OP_EXTCODESIZE, OP_EXTCODEHASH}:
            insn = Instruction(OP_SLOAD, pc=pc, next_pc=insn.next_pc)
            self._insn[pc] = insn
        return insn

    def opcode_at(self, pc: int) -> int:
        return int(self[pc])


class AnyCalldata(Code):
    """Bytecode whose calldata has any length: CALLDATASIZE is one symbol (halmos' gas price), and nothing is copied.

    Not for code that asks for the gas price.
    """

    def decode_instruction(self, pc: int) -> Instruction:
        insn = super().decode_instruction(pc)
        instead = {OP_CALLDATASIZE: OP_GASPRICE, OP_CALLDATACOPY: OP_CREATE}.get(insn.opcode)
        if instead is not None:
            insn = Instruction(instead, pc=pc, next_pc=insn.next_pc)
            self._insn[pc] = insn
        return insn


# ---------------------------------------------------------------- the machine


class Machine(SEVM):
    """The interpreter of one exploration. `own` is the address (a symbol) of the contract under judgement."""

    def __init__(
        self,
        config: HalmosConfig,
        own: BitVecRef,
        journal: Journal,
        *,
        observes_returns: bool = False,
        ether_arrives: bool = False,
        there: There | None = None,
        definitions: Definitions | None = None,
    ) -> None:
        super().__init__(config, FunctionInfo("", "", "", ""))
        self.own = own
        self.there = there
        self.definitions = definitions
        self.journal = journal
        self.storage_model = CleanStorage
        self.return_sizes = RETURN_SIZES_OBSERVED if observes_returns else RETURN_SIZES
        self.ether_arrives = ether_arrives
        self.code_at_first = False  # clauses ask who has code when the call begins
        self.undisturbed: list[BoolRef] = [BoolVal(True)]  # by how far a path is (its count `control`): nobody has had control yet
        self.accepting = False  # strangers are plain accounts: they accept and return nothing
        self.on_callout: Callable[[Exec, CallOut], None] | None = None
        self.cuts: list[tuple[BoolRef, ...]] = []  # conditions of the paths on which a loop was not followed further
        self.selector_only = False  # of the calldata nothing but the selector is known
        self._fresh = 0

    def fresh(self, name: str, bits: int = 256) -> BitVecRef:
        """Return a new symbol."""
        self._fresh += 1
        return BitVec(f"sw_{name}_{stage()}{self._fresh}", bits)

    @property
    def invented(self) -> int:
        """How many symbols of its own this run has made: for what others are, or do."""
        return self._fresh

    def is_own(self, address: Any) -> bool:
        return bool(uint160(address).as_z3().eq(self.own))

    def is_there(self, address: Any) -> bool:
        return self.there is not None and bool(uint160(address).as_z3().eq(self.there.address))

    def jumpi(self, ex: Exec, stack: Worklist, target: int, cond: Any) -> None:
        """Branch, and note the paths that the limit on loops cuts off."""
        visited = ex.jumpis.get(ex.jumpid(), {})
        late = [side for side in (True, False) if visited.get(side, 0) >= self.options.loop]
        conditions, cut_before = tuple(ex.path.conditions) if late else (), len(self.logs.bounded_loops)
        try:
            super().jumpi(ex, stack, target, cond)
        finally:  # a jump to a place that is none halts, and the other side may be cut off all the same
            if len(self.logs.bounded_loops) > cut_before:
                taken = simplify(cond.as_z3())
                self.cuts += [(*conditions, taken if side else simplify(Not(taken))) for side in late]

    def calldataload(self, ex: Exec, stack: Worklist) -> None:
        if self.selector_only and not (ex.st.top().is_concrete and int(ex.st.top()) == 0):
            raise HalmosException("arguments are read")
        super().calldataload(ex, stack)
        if self.is_there(ex.this()):  # arguments that assembly put together are the words that they are: one account, one slot
            word = ex.st.pop()
            ex.st.push(word if word.is_concrete else BV(simplify(word.as_z3()), size=256))

    def sload(self, ex: Exec, addr: Any, loc: Any, transient: bool = False) -> Any:
        code = ex.pgm
        if not transient and isinstance(code, Code):
            opcode = code.opcode_at(ex.pc)
            if opcode in {OP_EXTCODESIZE, OP_EXTCODEHASH}:
                return self._about_code(ex, uint160(loc), opcode)
        return super().sload(ex, addr, loc, transient)

    def _about_code(self, ex: Exec, account: Any, opcode: int) -> Any:
        """Return size or hash of an account's code: known for the contract itself, arbitrary for everybody else."""
        who = account.as_z3()
        if self.code_at_first:
            return self._code_now(ex, who, opcode)
        what = "codesize" if opcode == OP_EXTCODESIZE else "codehash"
        if self.accepting:
            tag = stage()
            code = If(BitVec(f"sw_sendercode{tag}", 1) == 1, BitVecVal(1, 256), BitVecVal(0, 256))
            value: Any = (
                If(who == uint160(ex.context.message.caller).as_z3(), code, BitVecVal(0, 256))
                if opcode == OP_EXTCODESIZE
                else self.fresh(what)
            )
        else:
            value = self.fresh(what)
        for known, code in ex.code.items():
            if self.is_there(known):
                ex.path.append(Or(who != known, value != 0))  # it has code, of any size
            elif opcode == OP_EXTCODESIZE:
                value = If(who == known, BitVecVal(len(code), 256), value)
        # nobody has more code than fits; a contract that exists has some
        if opcode == OP_EXTCODESIZE:
            ex.path.append(ULT(value, BitVecVal(1 << 32, 256)))
        return simplify(value)

    def codeless(self, who: Any) -> BoolRef:
        """Return whether there is no code at an address when the call begins; at the contract and the environment there is some."""
        known = (self.own,) if self.there is None else (self.own, self.there.address)
        return simplify(And(CODE_SIZE(who) == 0, *(who != x for x in known)))

    def _code_now(self, ex: Exec, who: Any, opcode: int) -> Any:
        """Return size or hash of code: what it was when the call began as long as nobody has had control since, arbitrary then.

        Whoever has no code gets no control by being called. Hashes of code are neither 0 nor the hash of nothing.
        """
        quiet = self.undisturbed[ex.cnts["control"]]
        if opcode == OP_EXTCODEHASH:
            value = self.fresh("codehash")
            ex.path.append(Or(Not(quiet), Or(value == 0, value == NO_CODE_HASH) == self.codeless(who)))
        else:
            value = If(quiet, CODE_SIZE(who), self.fresh("codesize"))
            value = simplify(If(who == self.own, BitVecVal(len(ex.code[self.own]), 256), value))
            ex.path.append(ULT(value, BitVecVal(1 << 32, 256)))
        if self.there is not None:
            ex.path.append(Or(who != self.there.address, value != 0))
        return value

    def resolve_address_alias(self, ex: Exec, target: Any, stack: Worklist, allow_branching: bool = True) -> Any:  # noqa: ARG002 — halmos calls it so
        """Return the known address that the target is on this path, or None for a stranger; the other cases become branches."""
        address = uint160(target).as_z3()
        if ex.current_opcode() == OP_EXTCODECOPY and not address.eq(self.own):
            raise HalmosException("EXTCODECOPY of another account")
        for known in ex.code:
            if address.eq(known):
                return known
        if is_bv_value(address) and address.as_long() in PRECOMPILES:
            return None
        if address in ex.alias:
            return ex.alias[address]
        cases: list[tuple[Any, BoolRef]] = []
        for known in ex.code:
            same = simplify(address == known)
            if ex.check(same) != unsat:
                cases.append((known, same))
        stranger = simplify(Not(Or([address == known for known in ex.code])))
        if ex.check(stranger) != unsat:
            cases.append((None, stranger))
        if not cases:
            raise sevm.InfeasiblePath("no such account")
        head, *tail = cases
        for known, cond in tail:
            branch = self.create_branch(ex, cond, ex.pc)
            branch.alias[address] = known
            stack.push(branch)
        ex.path.append(head[1], branching=True)
        ex.alias[address] = head[0]
        return head[0]

    def call(self, ex: Exec, op: int, to_alias: Any, stack: Worklist) -> None:
        if self.selector_only:
            raise HalmosException("a call where the calldata is not known")
        to = uint160(ex.st.peek(2))
        where, size = (ex.st.peek(n - (op in {OP_STATICCALL, OP_DELEGATECALL})) for n in (6, 7))
        if not (size.is_concrete and where.is_concrete) or (int(size) and int(where) + int(size) > MAX_MEMORY_SIZE):
            raise HalmosException("a call whose answer goes to a place in memory that is not known")
        if op == OP_CALL and ex.message().is_static and not uint256(ex.st.peek(3)).as_z3().eq(BitVecVal(0, 256)):
            raise HalmosException("a call with value in a static context")
        if to.is_concrete and int(to) in PRECOMPILES and int(to) not in {ECRECOVER, *PLAIN_PRECOMPILES}:
            raise HalmosException(f"a call of precompile {int(to)}")
        if to_alias is not None or (to.is_concrete and int(to) in PRECOMPILES):
            self._refuse_gas_limit(ex)
        if to_alias is None and to.is_concrete and int(to) not in PRECOMPILES and 0 < int(to) < SYSTEM_ADDRESSES:
            raise HalmosException("a call to an address that some chains keep for precompiles")
        pays = op == OP_CALL and not uint256(ex.st.peek(3)).as_z3().eq(BitVecVal(0, 256))
        if to_alias is None and (pays or not (to.is_concrete and int(to) in PRECOMPILES)):
            self._call_stranger(ex, op, stack)
            return
        if to.is_concrete and int(to) == ECRECOVER:
            self._recover(ex, op, stack)
            return
        if to_alias is not None and self.is_there(to_alias):
            self._call_there(ex, op, to_alias, stack)
            return
        if to_alias is not None:
            self._note_self_call(ex, op)
            if self.on_callout is not None:
                value = uint256(ex.st.peek(3)).as_z3() if op == OP_CALL else BitVecVal(0, 256)
                static = op == OP_STATICCALL or ex.message().is_static
                self.on_callout(ex, CallOut(to.as_z3(), value, op, True, static, itself=True))
        super().call(ex, op, to_alias, stack)

    def _recover(self, ex: Exec, op: int, stack: Worklist) -> None:
        """Recover a signer: no bytes where there is none, else some address; which one is left open."""
        _, _, _, ret_loc, ret_size = _operands(ex, op)
        signer = self.fresh("signer", 160)
        none = self.create_branch(ex, signer == 0, ex.pc)
        ex.path.append(signer != 0, branching=True)
        for branch, data in ((none, ByteVec()), (ex, ByteVec(simplify(Concat(BitVecVal(0, 96), signer))))):
            message = Message(
                target=BitVecVal(ECRECOVER, 160),
                caller=ex.this(),
                origin=ex.origin(),
                value=sevm.ZERO,
                data=ByteVec(),
                is_static=True,
                call_scheme=op,
            )
            branch.context.trace.append(CallContext(message=message, output=CallOutput(data=data), depth=ex.context.depth + 1))
            sevm.copy_returndata_to_memory(data, ret_loc, ret_size, branch)
            branch.st.push(sevm.ONE)
            branch.advance()
            stack.push(branch)

    def _refuse_gas_limit(self, ex: Exec) -> None:
        """End the path where a call that always succeeds here could run out of the gas that it is given."""
        gas = ex.st.peek(1)
        term = gas.as_z3() if hasattr(gas, "as_z3") else gas
        if not (is_app(term) and term.decl().name() == "f_gas"):
            raise HalmosException("a call with a gas limit (`.transfer` and `.send` are such calls, `.call{value: …}` is none)")

    def _note_self_call(self, ex: Exec, op: int) -> None:
        selector = _selector(ex, op)
        self.journal.self_calls.add("*" if selector is None else selector)

    def _call_there(self, ex: Exec, op: int, to: Any, stack: Worklist) -> None:
        """Run the environment's model. The words of its refusals are its own: they are arbitrary.

        A path on which the model says that it has no such behaviour ends here, and nothing is claimed of it. Only the model's own code can
        say so: it calls nobody, and what is looked at is how its own call ended.
        """
        assert self.there is not None
        if op in {OP_DELEGATECALL, OP_CALLCODE}:
            raise HalmosException("delegatecall or callcode to the environment")
        selector = _selector(ex, op)
        if selector is None or (selector and selector not in self.there.selectors):
            raise HalmosException(f"the environment is asked for what its model lacks{f' ({selector})' if selector else ''}")
        if selector not in self.there.views:
            if ex.message().is_static or op == OP_STATICCALL:
                raise HalmosException("a static call of a function of the environment that changes state")
            self._choose_anew(ex)
        self._refuse_malformed(ex, op, self.there.arguments.get(selector, ()))
        operands = 6 if op == OP_STATICCALL else 7
        looked_at = len(self.return_sizes) > 2 and not (
            ex.context.depth == 1 and is_handed_on(ex.pgm, ex.insn.next_pc, ex.st.stack[:-operands])
        )
        begun: list[Exec] = []
        super().call(ex, op, to, _Held(begun))
        *others, inside = begun
        for other in others:
            stack.push(other)
        go_on = inside.callback

        def returned(end: Exec, stack: Worklist) -> Any:
            if end.context.output.error is not None and not end.context.is_stuck():
                if self.is_no_behaviour(end):
                    return
                end.context.output.data = ByteVec(self.fresh("refusal", 256))
                self.journal.observed = self.journal.observed or looked_at
            yield from go_on(end, stack)

        inside.callback = returned
        stack.push(inside)

    def _choose_anew(self, ex: Exec) -> None:
        """Let each call but the first of a path read other words of what the model leaves open, also where those before it were undone:
        what a model did in a call that was taken back says nothing of what it does next."""
        assert self.there is not None
        if self.there.counter is None:
            return
        before = ex.cnts["there"]
        ex.cnts["there"] += 1
        if before:
            self.storage_model.store(ex, ex.storage, self.there.address, BitVecVal(self.there.counter, 256), BitVecVal(before << 128, 256))

    def _refuse_malformed(self, ex: Exec, op: int, types: tuple[str, ...]) -> None:
        """End the path where the environment is called with fewer arguments than it takes, or with words that are no values of their types.

        The model refuses those, as what solc makes does today; contracts of other compilers take them (solc 0.4 cuts an address off).
        """
        first = 4 if op == OP_CALL else 3
        where, size = int(ex.st.peek(first)), int(ex.st.peek(first + 1))
        if types and size < 4 + 32 * len(types):
            raise HalmosException("the environment is called with fewer arguments than it takes")
        for i, t in enumerate(types):
            raw = ex.st.mslice(where + 4 + 32 * i, 32).unwrap()
            word = BitVecVal(int.from_bytes(raw, "big"), 256) if isinstance(raw, bytes) else raw
            odd = simplify(Not(_is_value(word, t)))
            if not is_false(odd) and ex.check(odd) != unsat:
                raise HalmosException(f"the environment is called with a word that is no {t}")

    def is_no_behaviour(self, end: Exec) -> bool:
        """Tell whether a call of the model's code ended by saying that the model has no such behaviour."""
        if self.there is None or not self.there.no_behaviour or end.context.output.data is None:
            return False
        raw = end.context.output.data.unwrap() if len(end.context.output.data) else b""
        return bool(isinstance(raw, bytes) and raw == self.there.no_behaviour)

    def _call_stranger(self, ex: Exec, op: int, stack: Worklist) -> None:
        """Let a stranger accept or refuse and return anything; control that it has meanwhile is judged in `on_callout`."""
        if op in {OP_DELEGATECALL, OP_CALLCODE}:
            raise HalmosException("delegatecall or callcode to code that is not known")
        to, value, arg, ret_loc, ret_size = _operands(ex, op)
        caller, origin = ex.this(), ex.origin()
        static = ex.message().is_static or op == OP_STATICCALL
        message = Message(target=to.as_z3(), caller=caller, origin=origin, value=value, data=arg, is_static=static, call_scheme=op)
        mark = CallOut(to.as_z3(), uint256(value).as_z3(), op, self.is_own(caller), static)
        self.handle_insufficient_fund_case(caller, value, message, ex, stack)
        before = ex.balance
        self.transfer_value(ex, caller, to, value)
        if self.on_callout is not None:
            self.on_callout(ex, mark)
        answers = [(True, n) for n in self.return_sizes] + [(False, n) for n in self.return_sizes]
        if self.accepting:
            answers = [(True, 0)]
        elif len(self.return_sizes) > 2:
            self.journal.observed = True
        choice = self.fresh("answer", 8)
        for i, (accepts, size) in enumerate(answers):
            last = i == len(answers) - 1
            chosen = choice == i if not last else UGE(choice, i)
            if self.code_at_first and (not accepts or size):  # where no code is, nobody refuses or answers (but for precompiles)
                nobody = And(self.undisturbed[ex.cnts["control"]], self.codeless(to.as_z3()))
                chosen = And(chosen, Or(Not(nobody), ULT(to.as_z3(), SYSTEM_ADDRESSES)))
            if last:
                branch = ex
                ex.path.append(chosen, branching=True)
            else:
                branch = self.create_branch(ex, chosen, ex.pc)
            data = ByteVec(self.fresh("returned", size * 8)) if size else ByteVec()
            if not accepts:
                branch.balance = before
            branch.context.trace.append(mark)
            error = None if accepts else Revert()
            branch.context.trace.append(CallContext(message=message, output=CallOutput(data=data, error=error), depth=ex.context.depth + 1))
            sevm.copy_returndata_to_memory(data, ret_loc, ret_size, branch)
            branch.st.push(sevm.ONE if accepts else sevm.ZERO)
            if accepts and self.code_at_first and not static:
                self.undisturbed.append(simplify(And(self.undisturbed[branch.cnts["control"]], self.codeless(to.as_z3()))))
                branch.cnts["control"] = len(self.undisturbed) - 1
            if accepts and self.ether_arrives and not static:
                self._let_ether_arrive(branch)
                if self.there is not None:  # whoever has control uses it as it likes
                    branch.storage[self.there.address] = OtherStorage(f"_there{stage()}{self._fresh}")
            branch.advance()
            stack.push(branch)

    def _let_ether_arrive(self, ex: Exec) -> None:
        """Let strangers move their ether as they like, and add to the contract's, while they have control."""
        more, own = self.fresh("arrived", 256), ex.balance_of(self.own)
        others, balances = (Array(f"sw_{n}_{stage()}{self._fresh}", BitVecSort(160), BitVecSort(256)) for n in ("others", "balance"))
        store = Store(others, self.own, own + more)
        facts = (ULT(more, BitVecVal(1 << 128, 256)), balances == store)
        if ex.path.is_activated():
            for fact in facts:
                ex.path.append(fact)
        else:  # conditions of a branch are added when it is taken up: queue them with its branching condition
            ex.path.pending.extend(facts)
        ex.balance = balances
        ex.balances[balances] = store

    def create(self, *_: Any) -> None:
        raise HalmosException("creation of contracts is not supported")


def _is_value(word: BitVecRef, t: str) -> BoolRef:
    """Return that a word of calldata is a value of an elementary type. Source: the ABI, formal specification of the encoding."""
    kind = t.rstrip("0123456789")
    bits = {"address": 160, "bool": 1}.get(t) or int(t[len(kind) :])
    if kind == "bytes":
        return Extract(255 - 8 * bits, 0, word) == 0 if bits < 32 else BoolVal(True)
    if bits == 256:
        return BoolVal(True)
    if kind == "int":
        return SignExt(256 - bits, Extract(bits - 1, 0, word)) == word
    return Extract(255, bits, word) == 0


class _Held:
    """Take what halmos would put on its worklist."""

    def __init__(self, begun: list[Exec]) -> None:
        self.begun = begun

    def push(self, ex: Exec) -> None:
        self.begun.append(ex)


def _selector(ex: Exec, op: int) -> str | None:
    """Return the first four bytes of a call's data in hex, fewer where there are fewer; None where they are not known."""
    first = 4 if op == OP_CALL else 3
    where, size = ex.st.peek(first), ex.st.peek(first + 1)
    try:
        data = ex.st.mslice(int(where), min(int(size), 4)) if int(size) else ByteVec()
        head = data.unwrap() if len(data) else b""
    except HalmosException:
        head = None
    return head.hex() if isinstance(head, bytes) else None


def _operands(ex: Exec, op: int) -> tuple[Any, Any, ByteVec, int, int]:
    """Take a call's operands from the stack: target, value, calldata, and where in memory how much of the answer goes."""
    ex.st.pop()  # gas
    to = uint160(ex.st.pop())
    value = sevm.ZERO if op == OP_STATICCALL else ex.st.popi()
    data = ex.st.mslice(ex.mloc(check_size=False), ex.int_of(ex.st.pop(), "symbolic size of call data"))
    return to, value, data, ex.mloc(check_size=False), ex.int_of(ex.st.pop(), "symbolic size of return data")
