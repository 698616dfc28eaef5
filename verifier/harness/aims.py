"""Write what is drawn on purpose: senders, arguments, values and moments that clauses compare something with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal as Choice

from specs import formula as f
from specs.formula import Expression
from verifier.harness.expressions import formulas_of
from verifier.harness.hints import Hint, gaps, hints
from verifier.harness.parts import NOWHERE, Parts
from verifier.harness.render import NUMERIC, NotRendered, Renderer, word

AIMED = frozenset({"uint", "int", "address", "fixed_bytes"})


def gap_parts(parts: Parts) -> Iterator[str]:
    """Yield parts that evaluate how far apart the numbers are that clauses compare."""
    r = parts.renderer(0, False)
    formulas = [e for c in range(1 + len(parts.functions)) for e in formulas_of(parts.spec, c)]
    formulas += [inv.formula for inv in parts.spec.invariants]
    for left, right in gaps(formulas)[:8]:
        try:
            yield parts.part(f"gap({r.value(left)}, {r.value(right)})", "uint256")
        except NotRendered:  # a hint only: what cannot be said is not aimed at
            continue


def hint_parts(parts: Parts, c: int, target: Expression) -> list[tuple[str, bool]]:
    """Return parts, each evaluating what the target is compared with to a word, and whether what lies near it is worth a try."""
    return hint_parts_of(parts, parts.renderer(c, False), formulas_of(parts.spec, c), target)


def hint_parts_of(parts: Parts, r: Renderer, formulas: Sequence[Expression], target: Expression) -> list[tuple[str, bool]]:
    """Do so for formulas and names of any place."""
    out = []
    numeric = target.type.kind in NUMERIC
    for hint in hints(target, formulas)[:6]:
        try:
            name = parts.part(_word_of(r, hint, target), "bytes32")
        except NotRendered:  # a hint only: what cannot be said is not aimed at
            continue
        out.append((name, numeric and not hint.exact))
        if isinstance(hint.value, f.World) and hint.value.name.startswith("block."):
            parts.moments.add(name)
    return out


def _word_of(r: Renderer, hint: Hint, target: Expression) -> str:
    if target.type.kind in NUMERIC:
        return f"bytes32(asUint({r.value(hint.value)}, 256))"
    return word(r.as_type(hint.value, target.type), target.type)


def moment_parts(parts: Parts, c: int, name: Choice["block.timestamp", "block.number"]) -> tuple[str, ...]:
    """Return parts that evaluate the times or block numbers that clauses of a context speak of."""
    return tuple(part for part, _ in hint_parts(parts, c, f.World(f.UINT256, NOWHERE, name)))


def aim(parts: Parts, c: int) -> str:
    """Add a part that makes the sender, arguments or the value what a clause compares them with; "" where there is none."""
    return aim_at(parts, parts.renderer(c, False), formulas_of(parts.spec, c), _targets(parts, c), c == 0)


def aim_at(
    parts: Parts, r: Renderer, formulas: Sequence[Expression], targets: Iterable[tuple[Expression, str, int]], deploys: bool = False
) -> str:
    """Add a part that makes targets what formulas compare them with."""
    body: list[str] = []
    for target, assign, likely in targets:
        rows = hint_parts_of(parts, r, formulas, target)
        if not rows:
            continue
        body.append(f"x = engine.next(); if (x % 8 < {likely}) {{")
        for i, (name, near) in enumerate(rows):
            around = _around(target, near, deploys and name in parts.moments)
            body.append(f"if ((x >> 8) % {len(rows)} == {i}) {{ (ok, w) = _hint(this.{name}.selector); {around} }}")
        body.append(f"if (ok) {{ {assign} }} }}")
    return parts.block(" ".join(["uint256 x; uint256 w; bool ok;", *body]), "") if body else ""


def _targets(parts: Parts, c: int) -> Iterator[tuple[Expression, str, int]]:
    """Yield what can be aimed, the statement that sets it to `w`, and in how many of eight draws that is done."""
    role: Choice["deploy", "parameter"] = "deploy" if c == 0 else "parameter"
    yield f.World(f.ADDRESS, NOWHERE, "msg.sender"), "sender_ = address(uint160(w));", 6
    for i, p in enumerate(parts.parameters(c)):
        if p.type.kind in AIMED:
            assign = f"A{c} memory a = q{c}(); a.m{i} = {parts.drawing.from_word('w', p.type)}; args_ = e{c}(a);"
            yield f.Variable(p.type, NOWHERE, p.name, role), assign, 4
    if parts.spec.constructor.payable if c == 0 else parts.functions[c - 1].payable:
        yield f.World(f.UINT256, NOWHERE, "msg.value"), "value_ = w;", 6


def _around(target: Expression, near: bool, moment: bool) -> str:
    """Return the statement that leaves what was aimed at for what lies near it, or after it."""
    if target.type.kind not in NUMERIC:
        return ""
    if moment:
        return "w = _after(w, x >> 64);"
    return "w = _around(w, x >> 64);" if near else "if ((x >> 56) % 6 == 0) w = _around(w, x >> 64);"
