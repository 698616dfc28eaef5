"""From verdicts to at most five root causes, told so that the writer of the code can act on them."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from codegen.text import safe_line, safe_text
from feedback.report import ObligationReport, Report
from specs.specification import Clause, Specification
from verifier.counterexample import Call, Counterexample
from verifier.finding import Finding

Kind = Literal["code wrong", "lemma missing", "promise contradictory", "tool limit"]
MOST = 5
MOST_OTHERS = 2  # of the calls that break the same function in other ways, those that are shown

#: Obligations of one function that break together usually break for one reason; the families are those of spec-language.md, *Obligations*.
FAMILIES: dict[str, str] = {
    **dict.fromkeys(("atomic", "callout", "locked", "unlocks", "locked_at_callout", "unlocked"), "re-entrancy"),
    **dict.fromkeys(("unknown", "undeclared", "nonpayable"), "surface"),
    **dict.fromkeys(("succeeds", "deployable", "reachable"), "liveness"),
    "emits": "events",
    "lemma": "lemma",
}
#: How certain a verdict is, the most certain first, and what it means for the writer.
KINDS: dict[str, Kind] = {
    "refuted": "code wrong",
    "not inductive": "lemma missing",
    "vacuous": "promise contradictory",
    "limit": "tool limit",
}
CERTAINTIES = tuple(KINDS)
ADVICE = Path(__file__).with_name("advice.toml")


@functools.cache
def _advice(name: str) -> str:
    advice: dict[str, str] = tomllib.loads(ADVICE.read_text(encoding="utf-8"))
    return advice[name]


@dataclass(frozen=True, slots=True)
class Cause:
    """One root cause.

    `trace` is the replayed counterexample in a few lines; `also` names what else breaks, and by which calls if by others.
    """

    kind: Kind
    title: str
    clause: str
    trace: tuple[str, ...]
    where: str
    advice: str
    also: tuple[str, ...] = ()

    def tell(self) -> str:
        """Return the cause as text for the model and for people."""
        parts = [f"**{self.title}** ({self.kind})"]
        parts += [self.clause] if self.clause else []
        parts += [f"- {line}" for line in self.trace]
        parts += [f"- where: {self.where}"] if self.where else []
        parts += [f"- breaks with it: {line}" for line in self.also]
        parts += [self.advice] if self.advice else []
        return safe_text("\n".join(parts), max_lines=40)


def diagnose(report: Report, specification: Specification, source: str, contested: frozenset[str] = frozenset()) -> tuple[Cause, ...]:
    """Return the root causes, the most certain and the smallest first; obligations that only lean on broken ones are not among them."""
    findings = _by_check(f for f in report.findings if f.severity == "refutes")
    causes = [_finding(group, source) for group in findings]
    groups = _groups(o for o in report.unproved if not _is_consequence(o))
    causes += [_obligations(group, specification, source, contested) for group in groups]
    if not causes and report.open:
        causes.append(Cause("tool limit", "not everything could be judged", "", report.open[:8], "", _advice("limit")))
    return _few(causes)


def diagnose_refusal(lines: Sequence[str], source: str) -> tuple[Cause, ...]:
    """Return the causes where the compiler or the workspace refuses the source.

    `lines` are its messages, with `path:line:column:` in front.
    """
    causes = []
    for line in lines[:MOST]:
        place = re.search(r":(\d+):\d+:", line)
        where = _quote(source, int(place[1])) if place else ""
        causes.append(Cause("code wrong", "the source is refused", safe_line(line), (), where, ""))
    return tuple(causes)


def _few(causes: list[Cause]) -> tuple[Cause, ...]:
    if len(causes) <= MOST:
        return tuple(causes)
    rest = [c.title for c in causes[MOST:]]
    last = causes[MOST - 1]
    more = f"({len(rest)} more causes are open and may go away with these: {', '.join(rest[:10])})"
    return (
        *causes[: MOST - 1],
        Cause(last.kind, last.title, last.clause, last.trace, last.where, f"{last.advice}\n{more}".strip(), last.also),
    )


def _is_consequence(o: ObligationReport) -> bool:
    return o.verdict == "UNKNOWN" and o.counterexample is None and o.reason.startswith("its proof leans on")


def _groups(obligations: Iterable[ObligationReport]) -> list[list[ObligationReport]]:
    """Put together what breaks in one function, in one way; the smallest counterexample leads each group, and the whole."""
    groups: dict[tuple[str, str, str], list[ObligationReport]] = {}
    for o in obligations:
        groups.setdefault((_certainty(o), o.function or o.id, FAMILIES.get(o.kind, "effects")), []).append(o)
    ordered = [sorted(group, key=_size) for group in groups.values()]
    return sorted(
        ordered, key=lambda group: (CERTAINTIES.index(_certainty(group[0])), FAMILIES.get(group[0].kind) == "events", _size(group[0]))
    )


def _certainty(o: ObligationReport) -> str:
    if o.verdict == "REFUTED":
        return "refuted"
    if o.verdict == "VACUOUS":
        return "vacuous"
    if o.verdict == "UNKNOWN" and o.counterexample is not None:
        return "not inductive"
    return "limit"


def _size(o: ObligationReport) -> tuple[int, int, int, str]:
    c = o.counterexample
    return (0 if o.clause else 1, len(c.calls), sum(len(call.text) for call in c.calls), o.id) if c else (2, 0, 0, o.id)


def _obligations(group: list[ObligationReport], specification: Specification, source: str, contested: frozenset[str]) -> Cause:
    first = group[0]
    certainty, family = _certainty(first), FAMILIES.get(first.kind, "effects")
    kind = KINDS[certainty]
    advice = "" if certainty == "refuted" else _advice(certainty)
    if family == "re-entrancy" and certainty in {"refuted", "not inductive"}:
        kind, advice = "code wrong", _advice("re-entrancy")
    if certainty == "vacuous" and family == "liveness":
        kind = "code wrong"
    if any(f"{o.id} {o.verdict}" in contested for o in group):
        kind, advice = "promise contradictory", f"{advice}\n{_advice('contested')}".strip()
    trace = _trace(first.counterexample) if first.counterexample else tuple(safe_line(line) for line in [first.reason] if line)
    also = _also(group)
    return Cause(kind, f"{first.id} is {first.verdict}", _clause(first, specification), trace, _place(first, source), advice, also)


def _also(group: Sequence[ObligationReport]) -> tuple[str, ...]:
    """Name what breaks with the first of a group: a line for what the same calls break, and one with its calls for what others do."""
    by_calls: dict[tuple[Call, ...], list[ObligationReport]] = {}
    for o in group[:9]:
        by_calls.setdefault(o.counterexample.calls if o.counterexample else (), []).append(o)
    (_, *same), *others = by_calls.values()
    lines = ["; ".join(map(_short, same))] if same else []
    lines += ["; ".join(map(_short, broken)) + _by(broken[0].counterexample) for broken in others[:MOST_OTHERS]]
    lines += ["; ".join(_short(o) for broken in others[MOST_OTHERS:] for o in broken)] if others[MOST_OTHERS:] else []
    return tuple(safe_line(line, max_columns=900) for line in lines)


def _short(o: ObligationReport) -> str:
    return safe_line(f"{o.id} ({o.reason})" if o.reason and _certainty(o) != "limit" else o.id, max_columns=160)


def _by(c: Counterexample | None) -> str:
    return f", by other calls: {'; '.join(c.story())}" if c else ""


def _clause(o: ObligationReport, specification: Specification) -> str:
    """Say the promise: in plain words from its formula, as written, and with the writer's own words."""
    comment = next((c.words for c in _clauses_of(specification, o.function) if o.clause and c.text == o.clause and c.words), "")
    written = f" — written: `{o.clause}`" if o.clause else ""
    at = f" (specification, {o.place})" if o.line else ""
    return safe_line(f"Promised: {o.words}{written}{at}" + (f" — meant: {comment}" if comment else ""), max_columns=700)


def _clauses_of(specification: Specification, function: str) -> tuple[Clause, ...]:
    own = next((f.clauses for f in specification.functions if f.title == function), ())
    return (*own, *specification.clauses, *specification.constructor.clauses)


def _trace(c: Counterexample) -> tuple[str, ...]:
    shown = [safe_line(line, max_columns=500) for line in c.lines()]
    shown += [safe_line(_meanwhile(call), max_columns=500) for call in c.calls if call.callback is not None][:3]
    before = [o for o in c.observations if o.before == o.after][:6]
    if before:
        shown.append(safe_line("unmoved: " + ", ".join(f"{o.getter} = {o.before}" for o in before), max_columns=400))
    if not c.replayed:
        shown.append("(not replayed on the EVM)")
    return (*shown, *(safe_line(note) for note in c.notes[:3]))


def _meanwhile(call: Call) -> str:
    """Say what whoever was called did before the call came back."""
    back = call.callback
    assert back is not None, "asked only of calls that were called back"
    sent = f" with {back.value} wei" if back.value else ""
    return f"meanwhile: while {call.text} has called out, {back.sender} calls {back.text}{sent}"


def _place(o: ObligationReport, source: str) -> str:
    name = o.function.split("(")[0]
    pattern = (
        r"^\s*constructor\s*\("
        if name == "constructor"
        else rf"^\s*(function\s+{re.escape(name)}\s*\(|{re.escape(name)}\s*\()"
        if name
        else r"(?!)"
    )
    found = re.search(pattern, source, re.MULTILINE)
    return _quote(source, source.count("\n", 0, found.end()) + 1) if found else ""


def _by_check(findings: Iterable[Finding]) -> list[list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.check, []).append(finding)
    return list(groups.values())


def _finding(group: list[Finding], source: str) -> Cause:
    first = group[0]
    trace = tuple(safe_line(f.message) for f in group[:4])
    return Cause(
        "code wrong",
        f"{first.check} is refused",
        "The language refuses such code whatever else is proved.",
        trace,
        _quote(source, first.line),
        "",
    )


def _quote(source: str, line: int) -> str:
    lines = source.split("\n")
    return f"line {line} of the contract: `{safe_line(lines[line - 1].strip(), max_columns=200)}`" if 0 < line <= len(lines) else ""
