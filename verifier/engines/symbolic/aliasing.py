"""How the keys of listed locations may coincide: claims are made case by case, as solvers add words better without masks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from z3 import BitVecRef, BoolRef, is_false

from verifier.engines.symbolic.evaluate import same_key
from verifier.engines.symbolic.values import conj, negation

Keys = tuple[tuple[BitVecRef, ...], ...]


@dataclass(frozen=True, slots=True)
class Aliasing:
    """One way in which the keys of listed locations coincide: `keys` has one key of each class, for each getter."""

    condition: BoolRef
    keys: Mapping[str, Sequence[tuple[BitVecRef, ...]]]
    classes: Mapping[str, Sequence[int]]  # for each listed key of a getter, in order, the class that it is in


def aliasings(named: Mapping[str, Sequence[tuple[BitVecRef, ...]]]) -> Iterator[Aliasing]:
    """Yield every way in which the keys of each getter coincide."""
    for chosen in product(*(list(_partitions(keys)) for keys in named.values())):
        keys = {g: kept for g, (_, kept, _) in zip(named, chosen, strict=True)}
        yield Aliasing(conj(*(cond for cond, _, _ in chosen)), keys, {g: classes for g, (_, _, classes) in zip(named, chosen, strict=True)})


def _partitions(keys: Sequence[tuple[BitVecRef, ...]]) -> Iterator[tuple[BoolRef, Keys, tuple[int, ...]]]:
    """Yield every way in which keys coincide: its condition, one key for each class, and the class of every key."""

    def extend(
        done: Keys, classes: tuple[int, ...], cond: tuple[BoolRef, ...], rest: Sequence[tuple[BitVecRef, ...]]
    ) -> Iterator[tuple[BoolRef, Keys, tuple[int, ...]]]:
        if not rest:
            yield conj(*cond), done, classes
            return
        key, *more = rest
        for i, other in enumerate(done):
            if not is_false(same := same_key(key, other)):
                yield from extend(done, (*classes, i), (*cond, same), more)
        apart = [negation(same_key(key, other)) for other in done]
        if not any(is_false(a) for a in apart):
            yield from extend((*done, key), (*classes, len(done)), (*cond, *apart), more)

    yield from extend((), (), (), keys)
