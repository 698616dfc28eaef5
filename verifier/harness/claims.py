"""Write claims: formulas that must hold after a step, and what they remember of the state before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specs import formula as f
from specs import specification as s
from specs.formula import Expression
from specs.specification import Specification
from verifier.harness.parts import CANARY_FALSE, CANARY_TRUE, NOWHERE, Key, Parts
from verifier.harness.payments import observed
from verifier.harness.render import NotRendered
from verifier.harness.tables import Claim, Old

#: Clauses that are one formula.
Formulaic = s.Initially | s.Deployable | s.Undeployable | s.Invariant | s.Transition | s.Assume | s.Ensures | s.Equals


def claim(parts: Parts, kind: str, function: str, x: Formulaic, c: int, after: bool) -> Claim | None:
    """Return a claim of a clause with one formula; None where it cannot be rendered."""
    try:
        formula = observed(x.formula)
        forall = parts.forall(formula)
        clause = parts.part(parts.renderer(c, after).condition(formula), "bool")
    except NotRendered as err:
        parts.omitted[(kind, function, x.id)] = str(err)
        return None
    enumerated = bool(forall) and any(isinstance(e, f.Old) for e in f.walk(formula))
    return Claim(parts.id(kind, function, x.id) if kind != "assume" else 0, clause, forall, enumerated)


def remembered(parts: Parts, formula: Expression, c: int) -> Iterator[Old]:
    """Yield what must be saved before the call for every `old` of a formula."""
    formula = observed(formula)
    r = parts.renderer(c, False)
    if isinstance(formula, f.Forall):
        r.bound = {name: i for i, (name, _) in enumerate(formula.bound)}
    for e in f.walk(formula):
        if isinstance(e, f.Old):
            number, bound = parts.old(e.operand, c)
            yield Old(number, parts.part(f"abi.encode({r.value(e.operand)})", "bytes memory"), parts.forall(formula) if bound else 0)


def canaries(parts: Parts) -> tuple[list[Claim], list[Old]]:
    """Return a true claim and a false one about forced ether, through the same path as every clause, and what they remember."""
    claims = []
    for key in (CANARY_TRUE, CANARY_FALSE):
        claims.append(Claim(parts.keys[key], parts.part(parts.renderer(0, True).condition(_canary(key)), "bool"), 0, False))
    return claims, list(remembered(parts, _canary(CANARY_TRUE).right, 0))


def _canary(key: Key) -> f.Binary:
    """Return the claim that the contract's ether grew (true where some arrived), or that it did not (false there)."""
    here = f.Balance(f.UINT256, NOWHERE, f.World(f.ADDRESS, NOWHERE, "address(this)"))
    return f.Binary(f.BOOL, NOWHERE, ">" if key == CANARY_TRUE else "==", here, f.Old(f.UINT256, NOWHERE, here))


def formula_of(specification: Specification, key: Key) -> Expression | None:
    """Return the formula that an obligation claims, None where it has none."""
    kind, function, subject = key
    if kind == "canary":
        return _canary(key)
    clauses: Sequence[s.Clause] = specification.clauses
    if kind == "initially":
        clauses = specification.constructor.clauses
    if kind == "ensures":
        clauses = next((fn.clauses for fn in specification.functions if fn.title == function.removeprefix("view ")), ())
    types = {
        "initially": s.Initially,
        "ensures": s.Ensures,
        "invariant": s.Invariant,
        "stable": s.Invariant,
        "callout": s.Invariant,
        "transition": s.Transition,
    }
    found = next((c for c in clauses if c.id == subject and isinstance(c, types.get(kind, ()))), None)
    return observed(found.formula) if isinstance(found, s.Initially | s.Ensures | s.Invariant | s.Transition) else None
