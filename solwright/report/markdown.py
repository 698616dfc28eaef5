"""Write a report as Markdown. Text of others stands in fences or is escaped: it makes no link, no image, no mention, no HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codegen.text import safe_line, safe_text
from feedback.report import ObligationReport, Report
from solwright.report.strength import PARTS, counted, fate, killers
from solwright.report.tally import by_function, count, leaning, troubles
from verifier.finding import Finding
from verifier.mutants.found import Strength

TITLES = {"verified": "Verified", "not-verified": "Not verified", "incomplete": "Incomplete"}
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
SPECIAL = re.compile(r"[\\`*_\[\]|~]|:(?=//)|(?<=www)\.")
#: Mentions and references are made after rendering: only a joiner inside them keeps them from being one.
MENTION = re.compile(r"@(?=\w)|#(?=\d)")


def render_markdown(report: Report, source: str = "") -> str:
    """Return the whole report."""
    return "\n".join(_lines(report, source)) + "\n"


def escape(text: str) -> str:
    """Return text of others on one line, so that Markdown shows it as it is."""
    line = "".join(ENTITIES.get(c, c) for c in safe_line(text, max_columns=600))
    return MENTION.sub(lambda m: m[0] + "\u200d", SPECIAL.sub(lambda m: "\\" + m[0], line))


def fence(text: str, language: str = "") -> str:
    """Put text of others into a fence that it cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    mark = "`" * max(3, longest + 1)
    return f"{mark}{language}\n{safe_text(text, max_lines=2000, max_columns=2000)}\n{mark}"


def _lines(report: Report, source: str) -> Iterator[str]:
    yield f"# {TITLES[report.verdict]}: {escape(report.artifact.contract)}"
    yield ""
    against = f"{escape(source)} against {escape(report.specification.path)}" if source else f"against {escape(report.specification.path)}"
    yield f"{against}. {count(report.obligations)}. {report.time_s:.1f} s."
    refusing = [f for f in report.findings if f.severity == "refutes"]
    if refusing:
        yield "\n## Refused\n"
        yield from (_finding(f) for f in refusing)
    if report.unproved:
        yield "\n## Not proved"
        for group in troubles(report.unproved):
            yield from _unproved(group)
    if waiting := leaning(report.unproved):
        yield "\n## Would be proved if the above were\n"
        yield from (f"- {escape(o.id)}: {escape(o.words)} ({escape(o.reason)})" for o in waiting)
    if report.open:
        yield "\n## Every reason why it is not verified\n"
        yield from (f"- {escape(reason)}" for reason in report.open)
    yield "\n## Promises\n"
    yield "| function | promise | verdict | by | in plain words |"
    yield "|---|---|---|---|---|"
    for name, obligations in by_function(report.obligations):
        for o in obligations:
            yield f"| {escape(name)} | {escape(o.id)} | {o.verdict} | {', '.join(o.proved_by)} | {escape(o.words)} |"
    if report.strength is not None:
        yield from _strength(report.strength)
    yield from _conditions(report)
    informing = [f for f in report.findings if f.severity == "informs"]
    if informing:
        yield "\n## Noticed (decides nothing)\n"
        yield from (_finding(f) for f in informing)
    yield from _provenance(report)


def _unproved(group: Sequence[ObligationReport]) -> Iterator[str]:
    """Yield one section for what is broken by one thing."""
    first = group[0]
    same = "are" if len(group) > 1 else "is"
    by = " by the same calls" if len(group) > 1 else ""
    yield f"\n### {', '.join(escape(o.id) for o in group)} {same} {first.verdict}{by}\n"
    for o in group:
        yield f"Promised: {escape(o.words)}"
        if o.clause:
            yield fence(o.clause)
        if o.reason:
            yield f"\n{escape(o.reason)}\n"
    if first.counterexample is not None:
        broken = (o.counterexample.lines()[-1] for o in group[1:] if o.counterexample is not None)
        yield fence("\n".join((*first.counterexample.lines(), *broken, *first.counterexample.notes)), "text")
    for o in group:
        if o.counterexample is not None and o.counterexample.test:
            yield "\n<details><summary>a test that fails</summary>\n"
            yield fence(o.counterexample.test, "solidity")
            yield "\n</details>"


def _finding(f: Finding) -> str:
    where = f"{escape(f.path)}:{f.line}: " if f.line else ""
    return f"- **{escape(f.check)}** {where}{escape(f.message)}" + (" (suppressed in source)" if f.suppressed else "")


def _conditions(report: Report) -> Iterator[str]:
    if report.assumptions:
        yield "\n## Under these assumptions\n"
        yield from (f"- {escape(a)}" for a in report.assumptions)
    premises = sorted({p for o in report.obligations for p in o.premises})
    if premises:
        yield "\n## Premises\n"
        yield from (f"- {escape(p)}" for p in premises)
    if report.specification.warnings:
        yield "\n## Warnings of the specification\n"
        yield from (f"- {escape(w)}" for w in report.specification.warnings)


def _strength(found: Strength) -> Iterator[str]:
    yield "\n## Strength of the specification\n"
    yield f"{counted(found)}. {', '.join(f'{n} killed by {k}' for k, n in killers(found))}."
    yield ""
    yield "| set | refused | of |"
    yield "|---|---|---|"
    for part in PARTS:
        mine = found.of(part)
        yield f"| {part} | {sum(j.killed for j in mine)} | {len(mine)} |"
    for j in found.survivors():
        yield f"\n### {escape(j.mutant.path)}:{j.mutant.line} {j.mutant.operator} ({j.part}): {escape(fate(j))}\n"
        yield fence(j.diff, "diff")


def _provenance(report: Report) -> Iterator[str]:
    yield "\n## What was judged, and with what\n"
    yield f"- specification: sha-256 `{report.specification.digest}`"
    yield f"- creation code: sha-256 `{report.artifact.creation_digest}`"
    yield f"- sandbox: {escape(report.sandbox)}"
    yield from (f"- {escape(name)}: {escape(version)}" for name, version in report.tools)
    for c in report.canaries:
        yield f"- canary {escape(c.engine)}/{escape(c.name)}: as expected" if c.intact else f"- BROKEN canary {escape(c.tell())}"
