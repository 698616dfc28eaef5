"""Write a report for the terminal: the verdict first, then what is not proved and why, then the whole table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen.text import safe_line
from feedback.report import ObligationReport, Report
from solwright.report.strength import rates
from solwright.report.tally import by_function, count, leaning, trace, troubles
from solwright.terminal import Line, Style
from toolchain.errors import some_of
from verifier.result import NO_LOCK

VERDICTS: Mapping[str, tuple[str, Style]] = {
    "verified": ("VERIFIED", "good"),
    "not-verified": ("NOT VERIFIED", "bad"),
    "incomplete": ("INCOMPLETE", "bad"),
}
MEANINGS = {
    "verified": "every obligation is proved, for any number of calls",
    "not-verified": "something is refuted or refused",
    "incomplete": "nothing is refuted, but not everything is proved",
}
INFORMING = 8
LEANING = 6
REASON = 100  # columns: reasons that begin alike so far are one


@dataclass(frozen=True, slots=True)
class Sources:
    """What a report refers to: the contract's file, and the saved `.t.sol` files by obligation."""

    contract: str
    tests: Mapping[str, Path]


def render(report: Report, sources: Sources) -> tuple[Line, ...]:
    """Return the lines of the whole report."""
    return tuple(_lines(report, sources))


def _lines(report: Report, sources: Sources) -> Iterator[Line]:
    words, style = VERDICTS[report.verdict]
    yield Line(f"{words}  {report.artifact.contract} ({sources.contract}) against {report.specification.path}", style)
    yield Line(f"{MEANINGS[report.verdict]} · {count(report.obligations)} · {report.time_s:.1f} s", "weak")
    yield from _refusals(report)
    alike: dict[str, list[str]] = {}
    for group in troubles(report.unproved):
        first = group[0]
        reason = first.reason if first.verdict in {"UNKNOWN", "BOUNDED"} and first.counterexample is None else ""
        told = safe_line(reason, max_columns=REASON)
        if told in alike and reason:
            alike[told].append(first.id)
        else:
            alike[told] = []
            yield from _unproved(group, sources)
    for reason, ids in alike.items():
        yield from _same_reason(reason, ids)
    yield from _leaning([o.id for o in leaning(report.unproved)])
    yield from _other_reasons(report)
    yield from _table(report)
    if report.strength is not None:
        yield Line("")
        yield Line("wrong contracts that the specification refuses", "head")
        yield from (Line(f"  {told}") for told in rates(report.strength))
    yield from _conditions(report)
    yield from _informing(report, sources)
    yield from _provenance(report)


def _refusals(report: Report) -> Iterator[Line]:
    for f in report.findings:
        if f.severity == "refutes":
            where = f"{f.path}:{f.line}" if f.line else f.path
            yield Line("")
            yield Line(f"✗ refused: {f.check}", "bad")
            yield Line(f"    {where}: {f.message}" if where else f"    {f.message}")
            if f.suppressed:
                yield Line("    (the source asks for silence about this)", "weak")


def _unproved(group: Sequence[ObligationReport], sources: Sources) -> Iterator[Line]:
    """Yield one block for what is broken by one thing."""
    first = group[0]
    mark = "✗" if first.verdict in {"REFUTED", "CONFLICT"} else "?"
    same = " by the same calls" if len(group) > 1 else ""
    yield Line("")
    yield Line(f"{mark} {', '.join(o.id for o in group)} — {first.verdict}{same}", "bad" if mark == "✗" else "head")
    for o in group:
        yield from _promised(o)
    if first.counterexample is not None:
        lines, back = first.counterexample.lines()[:-1], trace(first)[len(first.counterexample.lines()) - 1 :]
        yield from (Line(f"    {line}") for line in lines)
        yield from (Line(f"    {o.counterexample.lines()[-1]}") for o in group if o.counterexample is not None)
        yield from (Line(f"    {line}") for line in back)
        yield from (Line(f"    ({note})", "weak") for note in first.counterexample.notes)
        if not first.counterexample.replayed:
            yield Line("    (not replayed on the EVM)", "weak")
    if first.reason.startswith("not inductive"):
        yield Line(f"    next:     {_way_out(first)} (docs/verdicts.md)")
    yield from (Line(f"    test:     {sources.tests[o.id]}") for o in group if o.id in sources.tests)


def _way_out(o: ObligationReport) -> str:
    """Say what to do about an obligation that induction does not prove."""
    if o.reason.endswith(NO_LOCK):
        return "declare it above the contract: @custom:lock with what is true while it is held (OpenZeppelin: _reentrancyGuardEntered())"
    if o.kind == "locked":
        view = o.function.startswith("view ")
        return f"give it the lock ({'nonReentrantView' if view else 'nonReentrant'}), too; override it where it is inherited"
    if o.kind == "atomic":
        return "write and read everything before control is handed away, or do it under a @custom:lock"
    if o.id.startswith("stable(frame("):
        return "let the getter read storage, or define it with equals"
    return "can no calls lead there? say so in an invariant or a @custom:lemma"


def _promised(o: ObligationReport) -> Iterator[Line]:
    yield Line(f"    promised: {o.words}")
    if o.clause:
        yield Line(f"    written:  {o.clause}" + (f"  ({o.place})" if o.line else ""), "weak")
    if o.reason and (o.counterexample is None or o.reason != o.counterexample.message):
        yield Line(f"    reason:   {o.reason}")


def _same_reason(reason: str, ids: list[str]) -> Iterator[Line]:
    if ids:
        yield Line("")
        yield Line(f"? {len(ids)} more for the reason “{reason}”: {some_of(ids, LEANING)}")


def _leaning(ids: list[str]) -> Iterator[Line]:
    if ids:
        yield Line("")
        yield Line(f"? {len(ids)} more would be proved if the above were: {some_of(ids, LEANING)}")


def _other_reasons(report: Report) -> Iterator[Line]:
    """Yield why the run is not verified where no obligation and no finding says it."""
    said = {o.id for o in report.obligations} | {f.check for f in report.findings}
    rest = [r for r in report.open if not any(r.startswith((f"{s} is ", f"{s}: ")) for s in said)]
    if rest:
        yield Line("")
        for reason in rest:
            yield Line(f"✗ {reason}", "bad")


def _table(report: Report) -> Iterator[Line]:
    rows = by_function(report.obligations)
    width = max((len(name) for name, _ in rows), default=0)
    yield Line("")
    yield Line("promises by function", "head")
    for name, obligations in rows:
        proved = sum(o.verdict == "PROVED" for o in obligations)
        rest = count(tuple(o for o in obligations if o.verdict != "PROVED"))
        yield Line(
            f"  {name:<{width}}  {proved:>3} of {len(obligations):>3} proved" + (f"   {rest}" if rest else ""),
            "plain" if not rest else "bad",
        )


def _conditions(report: Report) -> Iterator[Line]:
    if report.assumptions:
        yield Line("")
        yield Line("under these assumptions", "head")
        yield from (Line(f"  · {a}") for a in report.assumptions)
    premises = sorted({p for o in report.obligations for p in o.premises})
    if premises:
        yield Line("")
        yield Line("“succeeds” means: succeeds provided that", "head")
        yield from (Line(f"  · {p}") for p in premises)
    for warning in report.specification.warnings:
        yield Line(f"  warning: {warning}", "weak")


def _informing(report: Report, sources: Sources) -> Iterator[Line]:
    """Yield what was noticed: first by our own inspections, then by Slither in the contract's own file, then elsewhere."""
    noticed = [f for f in report.findings if f.severity == "informs"]
    informing = sorted(noticed, key=lambda f: (f.check.startswith("slither:"), not sources.contract.endswith(f.path)))
    if informing:
        yield Line("")
        yield Line("noticed (decides nothing)", "head")
        for f in informing[:INFORMING]:
            hidden = " [suppressed in source]" if f.suppressed else ""
            where = f"{f.path}:{f.line}: " if f.line else ""
            yield Line(f"  · {where}{f.check}: {safe_line(f.message, max_columns=140)}{hidden}", "weak")
        if len(informing) > INFORMING:
            yield Line(f"  · and {len(informing) - INFORMING} more (report.md)", "weak")


def _provenance(report: Report) -> Iterator[Line]:
    yield Line("")
    intact = sum(c.intact for c in report.canaries)
    tools = ", ".join(f"{name} {version}" for name, version in report.tools)
    if report.known:
        yield Line("the engines' answers are those of an earlier run, unchanged since; --fresh asks them again", "weak")
    yield Line(f"sandbox: {report.sandbox} · canaries: {intact} of {len(report.canaries)} as expected · {tools}", "weak")
