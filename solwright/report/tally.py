"""Count verdicts, and put obligations together by function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from feedback.report import ObligationReport
from verifier.verdict import Status

ORDER: tuple[Status, ...] = ("PROVED", "REFUTED", "CONFLICT", "VACUOUS", "UNKNOWN", "BOUNDED", "TESTED")


def count(obligations: Sequence[ObligationReport]) -> str:
    """Return for instance `35 proved, 2 refuted`; "" for none."""
    counted = Counter(o.verdict for o in obligations)
    return ", ".join(f"{counted[s]} {s.lower()}" for s in ORDER if counted[s])


def by_function(obligations: Sequence[ObligationReport]) -> tuple[tuple[str, tuple[ObligationReport, ...]], ...]:
    """Return the obligations by function, in the ledger's order; those of the contract as a whole last."""
    names = sorted(dict.fromkeys(o.function for o in obligations), key=lambda name: name == "")
    return tuple((name or "the contract", tuple(o for o in obligations if o.function == name)) for name in names)
