"""A model of a successful path as a scene that the EVM can play: code, storage, chain, call, and what strangers answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak
from halmos.bytevec import ByteVec
from halmos.sevm import CallContext
from halmos.utils import is_f_sha3_name
from z3 import UGE, ULT, BitVecVal, BoolRef, Extract, Select, is_app, is_bv_value, is_eq, simplify

from verifier.engines.symbolic import values as v
from verifier.engines.symbolic import world as w
from verifier.engines.symbolic.resolve import subterms
from verifier.engines.symbolic.storage import ARRAY, Journal
from verifier.engines.symbolic.trace import call_outs

#: Nothing below is an address of ours to play with; tests put their own code and precompiles there.
LOWEST_ADDRESS = 1 << 32
#: How a model's hashes begin, each in its own way: they are looked for among all words, and no other word shall look like one.
HASH_PREFIX = 0x9E37
#: How halmos calls what the precompiles SHA-256 and RIPEMD-160 answer.
PRECOMPILED = ("f_sha256_", "f_ripemd160_")


@dataclass(frozen=True, slots=True)
class Stage:
    """What a path stands on: the runtime code, the initial ether, the whole calldata, and the answers that strangers gave on it."""

    code: ByteVec
    balance: Any
    data: ByteVec
    answers: tuple[tuple[bool, ByteVec], ...]
    strangers: tuple[Any, ...]  # who answered
    there: str = ""  # the code of the environment in hex, "" where there is none


def stage_of(code: ByteVec, balance: Any, data: ByteVec, context: CallContext, there: str = "") -> Stage:
    """Note what a finished path stands on."""
    outs = list(call_outs(context))
    return Stage(
        code, balance, data, tuple((a.output.error is None, a.output.data) for _, a in outs), tuple(mark.to for mark, _ in outs), there
    )


def playable(stage: Stage, env: w.Environment) -> tuple[BoolRef, ...]:
    """Return what a test can set: fees, limits and times that fit its tools, and addresses that are nobody's."""
    small = [ULT(env.word(n, 256), BitVecVal(1 << 62, 256)) for n in ("chainid", "basefee", "gaslimit")]
    times = [ULT(t, BitVecVal(1 << 40, 64)) for t in (env.timestamp, env.number)]
    others = (*stage.strangers, *((w.THERE,) if stage.there else ()))
    ours = [UGE(a, BitVecVal(LOWEST_ADDRESS, 160)) for a in (env.sender, env.origin, w.OWN, env.word("coinbase", 160), *others)]
    apart = [a != b for i, a in enumerate(others) for b in others[:i]]
    return (
        *small,
        *times,
        *ours,
        *apart,
        UGE(env.number, BitVecVal(1, 64)),
        UGE(env.word("chainid", 256), BitVecVal(1, 256)),
        UGE(env.word("gaslimit", 256), BitVecVal(1 << 30, 256)),
    )


def like_hashes(hashes: Sequence[Any]) -> tuple[BoolRef, ...]:
    """Return what hashes look like: nobody chooses them, so each begins in a way of its own, or is of the same data as another."""
    return tuple(
        v.disj(
            *(x.arg(0) == other.arg(0) for other in hashes[:i] if other.decl().eq(x.decl())),
            Extract(x.size() - 1, x.size() - 16, x) == HASH_PREFIX + i,
        )
        for i, x in enumerate(hashes)
    )


def terms_of(stage: Stage, journal: Journal, hashes: Sequence[Any], env: w.Environment) -> dict[str, Any]:
    """Return the terms that a model is asked for."""
    out: dict[str, Any] = {"own_ether": Select(stage.balance, w.OWN), "sender_ether": Select(stage.balance, env.sender)}
    if len(stage.data):
        out["calldata"] = v.as_bits(stage.data)
    code = v.as_bits(stage.code)
    if not is_bv_value(simplify(code)):
        out["code"] = code
    if stage.there:
        out["there"] = w.THERE
    for i, (_, data) in enumerate(stage.answers):
        out[f"stranger{i}"] = stage.strangers[i]
        if len(data):
            out[f"answer{i}"] = v.as_bits(data)
    for i, read in enumerate(journal.reads.values()):
        out[f"s{i}"] = read.value
        out |= {f"s{i}_k{j}": k for j, k in enumerate(read.location.keys) if not is_bv_value(k)}
    for i, x in enumerate(hashes):
        out |= {f"h{i}": x, f"h{i}_of": x.arg(0)}
    return out


def hashes_of(journal: Journal, conditions: Sequence[BoolRef]) -> list[Any]:
    """Return the hashes of unknown data that words are compared with on a path, and those in keys of words that were read.

    Each stands behind those that it is made of.
    """
    keys = (key for read in journal.reads.values() for key in read.location.keys)
    sides = (x for c in conditions if is_eq(c) for x in c.children() if _is_hash(x))
    return [x for x in hashes_in([*keys, *sides]) if _is_hash(x)]


def hashes_in(terms: Sequence[Any]) -> list[Any]:
    """Return the hashes of unknown data in terms, those of precompiles too; each stands behind those that it is made of."""
    return [x for x in subterms(terms) if _is_hash(x) or _hashes(x, lambda name: name.startswith(PRECOMPILED))]


def _is_hash(term: Any) -> bool:
    return _hashes(term, is_f_sha3_name)


def _hashes(term: Any, named: Callable[[str], bool]) -> bool:
    return is_app(term) and term.num_args() == 1 and named(term.decl().name()) and not is_bv_value(simplify(term.arg(0)))


def scene_of(stage: Stage, journal: Journal, hashes: Sequence[Any], model: Mapping[str, int]) -> dict[str, Any]:
    """Return the scene as JSON.

    To a solver, hashes are any words: wherever its model has one of `hashes`, the scene has the hash that the EVM computes.
    """
    right: dict[bytes, bytes] = {}

    def real(x: int, size: int) -> bytes:
        value = x.to_bytes(size, "big")
        for made, computed in right.items():
            value = value.replace(made, computed)
        return value

    for i, x in enumerate(hashes):
        right[model[f"w_h{i}"].to_bytes(32, "big")] = keccak(real(model[f"w_h{i}_of"], x.arg(0).size() // 8))
    storage: dict[str, dict[str, str]] = {"storage": {}, "transient": {}}
    there: dict[str, str] = {}
    for i, read in enumerate(journal.reads.values()):
        at = read.location
        keys = [int(k.as_long()) if is_bv_value(k) else _number(real(model[f"w_s{i}_k{j}"], k.size() // 8)) for j, k in enumerate(at.keys)]
        words = there if read.account else storage["transient" if read.transient else "storage"]
        words[hex(slot_of(at.slot, at.shape, keys))] = hex(_number(real(model[f"w_s{i}"], 32)))
    code = stage.code.unwrap()
    answers = []
    for i, (accepts, data) in enumerate(stage.answers):
        answers.append([accepts, real(model[f"w_answer{i}"], len(data)).hex() if len(data) else ""])
    return {
        "code": code.hex() if isinstance(code, bytes) else f"{model['w_code']:x}".zfill(2 * len(stage.code)),
        "data": real(model["w_calldata"], len(stage.data)).hex() if len(stage.data) else "",
        "answers": answers,
        "strangers": [model[f"w_stranger{i}"] for i in range(len(answers))],
        "own_ether": model["w_own_ether"],
        "sender_ether": model["w_sender_ether"],
        "others": [[model["w_there"], stage.there, there]] if stage.there else [],
        **storage,
    }


def _number(word: bytes) -> int:
    return int.from_bytes(word, "big")


def slot_of(base: int, shape: Sequence[int], keys: Sequence[int]) -> int:
    """Return the slot of a word that lies behind hashes (storage.Location).

    Source: solidity documentation, layout of mappings and dynamic arrays.
    """
    slot, rest = base, iter(keys)
    for size in shape:
        key = b"" if size == ARRAY else next(rest).to_bytes(size // 8, "big")
        slot = (int.from_bytes(keccak(key + slot.to_bytes(32, "big")), "big") + next(rest)) % (1 << 256)
    return slot
