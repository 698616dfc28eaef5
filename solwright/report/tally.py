"""Count verdicts, and put obligations together: by function, and by what breaks them."""

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


def trace(o: ObligationReport) -> tuple[str, ...]:
    """Return what happens in a counterexample, without what it breaks; () where there is none."""
    c = o.counterexample
    if c is None:
        return ()
    back = (f"meanwhile: while {x.text} runs, {x.callback.sender} calls {x.callback.text}" for x in c.calls if x.callback is not None)
    return (*c.lines()[:-1], *back)


def by_trace(obligations: Sequence[ObligationReport]) -> tuple[tuple[ObligationReport, ...], ...]:
    """Put together what the same calls refute; all others stay alone, where they are."""
    groups: dict[tuple[str, ...], list[ObligationReport]] = {}
    for o in obligations:
        key = trace(o) if o.verdict == "REFUTED" and o.counterexample is not None else (o.id,)
        groups.setdefault(key, []).append(o)
    return tuple(tuple(group) for group in groups.values())


def troubles(obligations: Sequence[ObligationReport]) -> tuple[tuple[ObligationReport, ...], ...]:
    """Return what is not proved for a reason of its own, by what breaks it; the worst comes first."""
    return by_trace(sorted((o for o in obligations if not leans(o)), key=seriousness))


def leaning(obligations: Sequence[ObligationReport]) -> tuple[ObligationReport, ...]:
    """Return what would be proved if the rest were."""
    return tuple(o for o in obligations if leans(o))


def leans(o: ObligationReport) -> bool:
    """Tell whether only something else is missing to an obligation."""
    return o.counterexample is None and o.reason.startswith("its proof leans on")


def seriousness(o: ObligationReport) -> int:
    """Return the place of an unproved obligation among others; the worst come first."""
    return {"CONFLICT": 0, "REFUTED": 1, "VACUOUS": 2}.get(o.verdict, 3)
