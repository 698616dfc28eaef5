"""Tell of the strength of a specification: as JSON, and in lines for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from codegen.text import safe_text
from solwright.terminal import Line
from verifier.mutants.found import Judged, Part, Strength

PARTS: tuple[Part, ...] = ("feedback", "held-out")
MOST_LINES = 12


def strength_json(found: Strength) -> dict[str, Any]:
    """Return an object for `--json`; rates are fractions, null where there is no mutant."""
    return {
        "feedbackKillRate": found.rate("feedback"),
        "heldOutKillRate": found.rate("held-out"),
        "seed": found.seed,
        "mutants": {
            "written": found.written,
            "refused": found.refused,
            "equivalent": found.equivalent,
            "doubles": found.doubles,
            "judged": len(found.judged),
        },
        "killers": dict(killers(found)),
        "survivors": [survivor_json(j) for j in found.survivors()],
        "time_s": found.time_s,
    }


def survivor_json(j: Judged) -> dict[str, Any]:
    m = j.mutant
    return {
        "id": m.id,
        "file": m.path,
        "line": m.line,
        "operator": m.operator,
        "set": j.part,
        "diff": j.diff,
        "fate": j.found.fate,
        "reason": j.found.reason,
    }


def killers(found: Strength) -> list[tuple[str, int]]:
    """Return who killed how many."""
    return sorted(Counter(j.found.killer for j in found.judged if j.killed and j.found.killer).items())


def rates(found: Strength) -> Iterator[str]:
    """Yield for each set how many of its mutants are refused."""
    for part in PARTS:
        mine, rate = found.of(part), found.rate(part)
        share = f"{100 * rate:.1f} %" if rate is not None else "—"
        yield f"{part:<9} {sum(j.killed for j in mine):>4} of {len(mine):>4}   {share}"


def fate(j: Judged) -> str:
    """Say why a mutant counts as alive."""
    return "keeps every promise" if j.found.fate == "accepted" else f"not decided: {j.found.reason}"


def counted(found: Strength) -> str:
    """Say in one line which mutants there are."""
    told = [f"{len(found.judged)} wrong contracts judged"]
    told += [f"{found.equivalent} do the same as the original"] if found.equivalent else []
    told += [f"{found.doubles} twice"] if found.doubles else []
    told += [f"{found.refused} do not compile"] if found.refused else []
    return " · ".join(told)


def survivors(found: Strength) -> Iterator[Line]:
    """Yield each wrong contract that was not refused, as a diff."""
    for j in found.survivors():
        yield Line("")
        yield Line(f"? {j.mutant.path}:{j.mutant.line} {j.mutant.operator} ({j.part}) — {fate(j)}", "bad")
        yield from change(j)


def change(j: Judged) -> Iterator[Line]:
    """Yield the lines in which a wrong contract differs from the original."""
    changed = [line for line in j.diff.splitlines()[3:] if line[:1] in "+-"]
    yield from (Line(f"    {safe_text(line)}") for line in changed[:MOST_LINES])
