"""What people see of a violated claim: its model with all that the path writes, and the words of storage, private variables included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from z3 import BitVecVal, BoolRef, Not, is_bv_value

from verifier.engines.symbolic.explore import PathRecord
from verifier.engines.symbolic.resolve import names
from verifier.engines.symbolic.solve import model_of
from verifier.engines.symbolic.storage import Journal, SlotRead

#: Base slot, keys (storage.Location) and value.
StoredWord = tuple[int, tuple[int, ...], int]
LIMIT_S = 2.0
MOST = 24


def look(journal: Journal, path: PathRecord, claim: BoolRef, model: Mapping[str, int]) -> tuple[Mapping[str, int], list[StoredWord]]:
    """Return a model of a violated claim with all that the path writes, and its words of storage that path or claim speak of.

    The call and the getters before it keep the values of `model` where they can; where nothing is found in time, that is what is known.
    """
    spoken_of = frozenset[str]().union(*(names(c) for c in (*path.conditions, claim)))
    reads = [r for r in journal.reads.values() if not (r.transient or r.account) and _symbol(r) in spoken_of]
    reads = sorted(reads, key=lambda r: len(r.location.keys))[:MOST]
    terms: dict[str, Any] = dict(path.witness)
    for i, r in enumerate(reads):
        terms[f"s{i}"] = r.value
        terms |= {f"s{i}_k{j}": k for j, k in enumerate(r.location.keys) if not is_bv_value(k)}
    before = {n: t for n, t in path.witness.items() if f"w_{n}" in model and not n.endswith("_after")}
    same = [t == BitVecVal(model[f"w_{n}"], t.size()) for n, t in before.items()]
    broken = [*path.conditions, *path.writes, Not(claim)]
    found = model_of([*broken, *same], terms, LIMIT_S) or model_of(broken, terms, LIMIT_S)
    if not found:
        return model, []
    return {n: x for n, x in found.items() if n.removeprefix("w_") in path.witness}, [_word(i, r, found) for i, r in enumerate(reads)]


def _symbol(read: SlotRead) -> str:
    """Return the name of the initial word, or of the array that holds it."""
    term = read.value if not read.location.keys else read.value.arg(0)
    return str(term.decl().name())


def _word(number: int, read: SlotRead, model: Mapping[str, int]) -> StoredWord:
    keys = tuple(int(k.as_long()) if is_bv_value(k) else model[f"w_s{number}_k{j}"] for j, k in enumerate(read.location.keys))
    return read.location.slot, keys, model[f"w_s{number}"]
