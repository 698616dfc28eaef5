"""What a mutant can break: the obligations of the functions that can run what changed, and of all that read it.

What is overlooked here is not asked, so that the mutant counts as alive: a mistake makes a specification look weaker, never stronger.
"""

from __future__ import annotations

from collections.abc import Iterator

from specs.specification import Function
from verifier.judge import Case
from verifier.ledger import called_by
from verifier.mutants.edit import Mutant
from verifier.obligation import Obligation, ObligationKind

#: What an implementation says of itself is no promise: breaking it alone makes no contract wrong.
OF_THE_IMPLEMENTATION: frozenset[ObligationKind] = frozenset({"lemma", "locked", "unlocks", "unlocked", "locked_at_callout"})
#: Nobody has to explore for these: they are told of the interface.
NOT_EXPLORED: frozenset[ObligationKind] = frozenset({"undeclared"})


def is_promise(o: Obligation) -> bool:
    """Tell whether an obligation belongs to the specification, so that a contract that breaks it is wrong."""
    return o.kind not in OF_THE_IMPLEMENTATION and not o.subject.startswith("lemma.") and o.subject != "(lock)"


def touched(case: Case, mutant: Mutant) -> tuple[Function, ...]:
    """Return the functions of the interface that can run what changed."""
    return tuple(f for f in case.job.specification.functions if (f.selector or f.name) in mutant.entries)


def changes_everything(case: Case, mutant: Mutant) -> bool:
    """Tell whether more than the functions that run it can be different: the values that clauses read, or those fixed at deployment."""
    if any(f.is_view for f in touched(case, mutant)):
        return True
    return "constructor" in mutant.entries and bool(case.job.contract.immutable_references)


def affected(case: Case, mutant: Mutant) -> tuple[Obligation, ...]:
    """Return the obligations that can be different: those of changed views first (they break where the change is)."""
    all_ = [o for o in case.job.ledger.obligations if o.kind not in NOT_EXPLORED]
    first = set(_homes(case, mutant))
    near = [o for o in all_ if first & {o.function, *called_by(case.job.specification, o.function)}]
    near.sort(key=lambda o: not o.function.startswith("view "))
    far = [o for o in all_ if o not in near] if changes_everything(case, mutant) else []
    if not near and not far or {"receive", "fallback"} & set(mutant.entries):
        far = far or [o for o in all_ if o.kind == "unknown" and o not in near]
    return (*near, *far)


def _homes(case: Case, mutant: Mutant) -> Iterator[str]:
    """Yield what obligations of the changed functions have as their function."""
    if "constructor" in mutant.entries:
        yield "constructor"
    for f in touched(case, mutant):
        yield f"view {f.title}" if f.is_view else f.title
