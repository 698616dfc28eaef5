"""Tell the events of a run to a person, one line each; text of others is washed by the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from feedback import events as e
from solwright.report.tally import count

PURPOSES = {
    "specification": "a specification",
    "contract": "a contract",
    "fresh contract": "a fresh contract",
    "repair": "a repaired contract",
    "stronger specification": "a stronger specification",
}


class Narrator:
    """Say what lasts (`lasting` lines) and what only shows that work goes on (`passing`)."""

    def __init__(self) -> None:
        self._written = 0

    def lasting(self, event: e.Event) -> Iterator[str]:
        match event:
            case e.Started(folder, model, resumed):
                yield f"{'continuing' if resumed else 'run'} in {folder}, model {model}"
            case e.Noticed(text):
                yield f"note: {text}"
            case e.Answered(purpose, number, usage, recorded):
                yield f"{purpose} {number}: {'from the run record' if recorded else usage}"
            case e.ReplyRefused(problem):
                yield f"the reply cannot be used: {problem}"
            case e.SpecificationRefused(number, problems):
                yield f"specification {number} is sent back:"
                yield from (f"  · {p}" for p in problems)
            case e.Frozen(specification):
                yield f"frozen: {specification.name} ({specification.digest[:16]})"
            case e.Judged(attempt, report, recorded):
                found = count(report.obligations) if report else "the source is refused"
                where = " (from the run record)" if recorded else ""
                yield f"attempt {attempt}: {report.verdict if report else 'not judged'} — {found}{where}"
            case e.Measured(_, strength):
                rates = (strength.rate("feedback"), strength.rate("held-out"))
                told = (f"{100 * r:.1f} %" if r is not None else "no mutant" for r in rates)
                yield "strength: {} of the feedback mutants, {} of the held-out ones are refused".format(*told)
            case e.Diagnosed(_, causes):
                yield from (f"  · {c.kind}: {c.title}" for c in causes)
            case e.Decided(step, reason) if reason or step != "repair":
                yield f"{ {'repair': 'repairing', 'fresh': 'starting afresh', 'stop': 'stopping'}[step] }: {reason}"
            case _:
                return

    def passing(self, event: e.Event) -> Iterator[str]:
        match event:
            case e.Asked(purpose, number, budget):
                self._written = 0
                yield f"asking for {PURPOSES[purpose]} ({number}) — {budget}"
            case e.Wrote(text):
                before, self._written = self._written, self._written + len(text)
                if before // 500 != self._written // 500:
                    yield f"writing: {self._written:,} characters"
            case e.Checking(attempt, text):
                yield f"{'specification' if attempt == 0 else f'attempt {attempt}'}: {text}"
            case _:
                return
