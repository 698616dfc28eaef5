"""Write a report as one page that needs nothing else: no script, no font, no picture, no other file.

Every text is washed (`safe_text`) and escaped by the template engine, whoever wrote it; the policy in the page's head forbids scripts and
whatever would be loaded, should both fail.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from codegen.text import safe_text
from feedback.report import ObligationReport, Report
from solwright.report.kept import Kept
from solwright.report.strength import PARTS, counted, fate
from solwright.report.tally import by_function, by_trace, count, leaning, troubles
from specs.render import Line
from toolchain.install import home

if TYPE_CHECKING:
    from feedback.diagnose import Cause
    from solwright.report.timeline import Turn

TEMPLATE, STYLE = "report.html.jinja", "report.css"
TITLES = {"verified": "Verified", "not-verified": "Not verified", "incomplete": "Incomplete"}
MEANINGS = {
    "verified": "Every promise is proved, for any number of calls by anybody.",
    "not-verified": "Something is refuted or refused. Do not rely on this contract.",
    "incomplete": "Nothing is refuted, but not everything is proved. Do not rely on this contract.",
}
#: What each verdict and each engine means, for readers who never saw the documentation.
VERDICTS = {
    "PROVED": "shown for every state that a deployment and any number of calls can reach, every sender, argument, value and block",
    "REFUTED": "calls that break the promise were found and played on a real EVM, or the inspection found what is refused",
    "CONFLICT": "one engine proves what another refutes: trust neither",
    "VACUOUS": "it holds only because its case never happens",
    "UNKNOWN": "neither proved nor refuted; no sign of a fault, and no sign that there is none",
    "BOUNDED": "holds up to a bound that is named; no proof",
    "TESTED": "random calls did not break it; no proof",
}
ENGINES = {
    "symbolic": "follows every path of the bytecode and lets solvers decide (halmos, yices, z3); by induction, for any number of calls",
    "horn": "turns the source into Horn clauses (solc), which z3 solves; cvc5 has confirmed each invariant clause by clause",
    "static": "inspects interface and source",
    "fuzz": "tries random calls (forge); finds counterexamples, proves nothing",
}
LONGEST_LINE = 2000
MOST_LINES = 2000


@dataclass(frozen=True, slots=True)
class Background:
    """What stands beside a report on its page.

    `source` is the contract's file, `promise` the specification in plain words, `turns` what a run of `new` tried. `bundle` is the name of
    the folder of evidence in which the page lies, "" where it lies in a run's folder.
    """

    source: str
    promise: tuple[Line, ...] = ()
    turns: tuple[Turn, ...] = ()
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A line of the promise with the obligations that come of it."""

    line: Line
    obligations: tuple[ObligationReport, ...]

    @property
    def proved(self) -> int:
        return sum(o.verdict == "PROVED" for o in self.obligations)

    @property
    def broken(self) -> bool:
        return any(o.verdict in {"REFUTED", "CONFLICT"} for o in self.obligations)


def render_html(report: Report, background: Background) -> str:
    """Return the whole page."""
    style = Path(__file__).with_name(STYLE).read_text(encoding="utf-8")
    return _template().render(
        report=report,
        background=background,
        style=style,
        style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        title=TITLES[report.verdict],
        meaning=MEANINGS[report.verdict],
        counted=count(report.obligations),
        promise=tuple(_sections(report, background.promise)),
        broken=tuple(group for group in troubles(report.unproved) if group[0].counterexample is not None),
        reasons=_by_reason(report),
        leaning=leaning(report.unproved),
        functions=by_function(report.obligations),
        premises=sorted({p for o in report.obligations for p in o.premises}),
        verdicts={k: x for k, x in VERDICTS.items() if any(o.verdict == k for o in report.obligations)},
        engines={k: x for k, x in ENGINES.items() if any(k in o.proved_by for o in report.obligations)},
        refusals=tuple(f for f in report.findings if f.severity == "refutes"),
        notices=tuple(f for f in report.findings if f.severity == "informs"),
    )


@functools.cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_washed,
        bytecode_cache=Kept(home() / "report.template", Path(__file__).read_bytes()),
    )
    environment.globals.update(count=count, by_trace=by_trace, tabled=_is_tabled, mutants=counted, fate=fate, parts=PARTS)
    return environment.get_template(TEMPLATE)


def _washed(value: Any) -> Any:
    """Wash whatever the template puts into the page, but for what it made itself; the engine escapes it afterwards."""
    if hasattr(value, "__html__"):
        return value
    return safe_text(str(value), max_lines=MOST_LINES, max_columns=LONGEST_LINE)


def _is_tabled(turn: Turn, cause: Cause) -> bool:
    """Tell whether the calls of a cause stand in a table of the attempt, too."""
    broken = turn.report.unproved if turn.report is not None else ()
    return any(o.counterexample is not None and cause.title.startswith(f"{o.id} ") for o in broken)


def _by_reason(report: Report) -> Mapping[str, tuple[ObligationReport, ...]]:
    """Put together what is open for one reason, without a counterexample; what only leans on something else is not among it."""
    reasons: dict[str, list[ObligationReport]] = {}
    for group in troubles(report.unproved):
        if group[0].counterexample is None:
            reasons.setdefault(group[0].reason or "no reason is given", []).extend(group)
    return {reason: tuple(obligations) for reason, obligations in reasons.items()}


def _sections(report: Report, promise: tuple[Line, ...]) -> Iterator[tuple[Line, tuple[Clause, ...]]]:
    """Yield each heading of the promise with what stands below it."""
    heading, below = None, list[Clause]()
    for line in promise:
        if line.kind == "heading":
            if heading is not None:
                yield heading, tuple(below)
            heading, below = line, []
        else:
            below.append(Clause(line, _of_clause(report, line)))
    if heading is not None:
        yield heading, tuple(below)


def _of_clause(report: Report, line: Line) -> tuple[ObligationReport, ...]:
    name = line.id.rpartition(".")[2]
    return tuple(o for o in report.obligations if line.line and (o.line, o.file) == (line.line, line.file) and name in o.id)
