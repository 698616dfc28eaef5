"""Reads of arrays that were written on a path, resolved under what is known of their keys.

`storage_01 == Store(storage_00, k, v)` is how halmos notes a write. Under conditions that decide whether a key is `k`, a read of
`storage_01` is `v` or a read of `storage_00`; solvers then meet plain words. What is not decided stays as it is, so every rewriting is
an equivalence under the conditions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from z3 import Z3_OP_SELECT, Z3_OP_STORE, Z3_OP_UNINTERPRETED, BoolRef, is_app, is_app_of, is_eq, substitute

Decide = Callable[[Any, Any], bool | None]


class Resolver:
    """Rewrite terms of one state. `stores` maps array symbols to the writes that define them."""

    def __init__(self, stores: Mapping[Any, Any], decide: Decide) -> None:
        self.stores = {k.get_id(): v for k, v in stores.items()}
        self.written = frozenset(k.decl().name() for k in stores)
        self.decide = decide
        self.known: dict[tuple[int, int], tuple[bool | None, Any, Any]] = {}  # the terms live as long as their numbers stand for them

    def resolve(self, term: Any) -> Any:
        """Return an equivalent term."""
        if self.written.isdisjoint(names(term)):
            return term
        for _ in range(20):
            pairs = [(s, r) for s in self._selects(term) if not (r := self._read(s)).eq(s)]
            if not pairs:
                return term
            term = substitute(term, *pairs)
        return term

    def _selects(self, term: Any) -> list[Any]:
        seen: set[int] = set()
        found: list[Any] = []
        stack = [term]
        while stack:
            t = stack.pop()
            if t.get_id() in seen:
                continue
            seen.add(t.get_id())
            if is_app_of(t, Z3_OP_SELECT) and t.arg(0).get_id() in self.stores:
                found.append(t)
            stack.extend(t.children())
        return found

    def _read(self, select: Any) -> Any:
        array, key = select.arg(0), select.arg(1)
        while (store := self.stores.get(array.get_id())) is not None and is_app_of(store, Z3_OP_STORE):
            base, where, value = store.children()
            same = self._same(key, where)
            if same is None:
                break
            if same:
                return value
            array = base
        return array[key] if not array.eq(select.arg(0)) else select

    def _same(self, a: Any, b: Any) -> bool | None:
        if a.eq(b):
            return True
        pair = (a.get_id(), b.get_id())
        if pair not in self.known:
            self.known[pair] = (self.decide(a, b), a, b)
        return self.known[pair][0]


def without_unused_writes(conditions: Sequence[BoolRef], stores: Mapping[Any, Any], claims: Sequence[BoolRef]) -> list[BoolRef]:
    """Drop definitions of arrays that nothing reads. Fewer conditions can only make a proof harder."""
    defined = {k.decl().name() for k in stores}
    kept = [(c, c.arg(0).decl().name() if is_eq(c) and is_app(c.arg(0)) and c.arg(0).decl().name() in defined else "") for c in conditions]
    claimed = frozenset().union(*(names(c) for c in claims)) if claims else frozenset()
    while True:
        used = set(claimed)
        for c, definition in kept:
            used |= names(c.arg(1)) if definition else names(c)
        fewer = [(c, definition) for c, definition in kept if not definition or definition in used]
        if len(fewer) == len(kept):
            return [c for c, _ in kept]
        kept = fewer


HASHES = re.compile(r"f_(inv_)?sha3_")


def relevant(conditions: Sequence[BoolRef], claim: BoolRef) -> list[BoolRef]:
    """Return the conditions that share symbols with the claim, directly or through others; facts about hashes only where the claim or its
    kin speak of hashes.

    What is left out can only make a proof harder, never a false one possible.
    """
    wanted = set(names(claim))
    open_ones = [(c, names(c)) for c in conditions]
    hashes = any(HASHES.match(n) for n in wanted)
    kept: set[int] = set()
    grown = True
    while grown:
        grown = False
        for i, (_, symbols) in enumerate(open_ones):
            if i in kept or wanted.isdisjoint(symbols):
                continue
            if not hashes and any(HASHES.match(n) for n in symbols):
                continue
            kept.add(i)
            wanted |= symbols
            grown = True
    return [c for i, (c, _) in enumerate(open_ones) if i in kept]


def subterms(terms: Sequence[Any]) -> list[Any]:
    """Return all that terms are made of, each once and behind its own parts."""
    found: list[Any] = []
    seen: set[int] = set()

    def visit(term: Any) -> None:
        if term.get_id() in seen:
            return
        seen.add(term.get_id())
        for x in term.children():
            visit(x)
        found.append(term)

    for term in terms:
        visit(term)
    return found


_names: dict[int, tuple[Any, frozenset[str]]] = {}  # the term is kept, so that its id stays its own


def names(term: Any) -> frozenset[str]:
    """Return the names of the uninterpreted symbols of a term."""
    key = term.get_id()
    if key not in _names:
        found: set[str] = set()
        seen: set[int] = set()
        stack = [term]
        while stack:
            t = stack.pop()
            if t.get_id() in seen:
                continue
            seen.add(t.get_id())
            if is_app(t) and t.decl().kind() == Z3_OP_UNINTERPRETED:
                found.add(t.decl().name())
            stack.extend(t.children())
        _names[key] = (term, frozenset(found))
    return _names[key][1]
