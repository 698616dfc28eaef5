"""The main job: agree on a promise, freeze it, then write, judge and repair until all is proved or there is a reason to stop; and find out
whether the promise refuses wrong contracts, before anything is returned.

Whoever iterates sees every step as an event; the last one is `Ended`. Each slow step is recorded when it is done, so that the same call
on the same folder goes on where a killed process was.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

from codegen.reply import Contradiction, Source
from feedback.asking import Writer
from feedback.attempt import Attempt, judge_contract, write_contract
from feedback.events import Decided, Diagnosed, Ended, Event, Frozen, Started
from feedback.judging import Approval, Court, accept_all
from feedback.policy import Policy, next_step
from feedback.promise import Wish, agree
from feedback.strengthen import is_strong, measure, strengthen, weakness
from specs.specification import Specification
from toolchain.errors import ModelError


def run(
    wish: Wish, writer: Writer, court: Court, policy: Policy, approve: Callable[[Specification], Approval] = accept_all
) -> Iterator[Event]:
    """Do the main job.

    Raises: SpecificationError when a given specification does not stand; ModelError when no attempt was judged; ToolError when a tool
    cannot be asked.
    """
    history = writer.history
    yield Started(str(history.folder), writer.model.name, history.resumed)
    specification = yield from agree(wish, writer, court, approve)
    if specification is None:
        ended = Ended("rejected", "the promise was not approved", None, "", None)
    else:
        ended = yield from _until_strong(wish, specification, writer, court, policy, approve)
    history.keep_end(ended.ending, ended.why)
    yield ended


def _until_strong(
    wish: Wish,
    specification: Specification,
    writer: Writer,
    court: Court,
    policy: Policy,
    approve: Callable[[Specification], Approval],
) -> Generator[Event, None, Ended]:
    """Freeze, verify, measure; a promise that accepts wrong contracts goes back to its writer, and is frozen anew."""
    history, source = writer.history, ""
    for left in range(policy.strengthenings, -1, -1):
        history.write(f"{specification.name}.spec.sol", specification.text)
        yield Frozen(specification)
        ended, attempt = yield from _until_verified(specification, source, writer, court, policy)
        if attempt is None:
            break
        strength = yield from measure(specification, attempt, court)
        report = replace(ended.report, strength=strength) if ended.report is not None else None
        ended = replace(ended, strength=strength, report=report)
        if strength is None or is_strong(strength, policy):
            return ended
        why = weakness(strength, policy)
        report = replace(report, verdict="incomplete", open=(why,)) if report is not None else None
        ended = replace(ended, ending="weak", why=why, report=report, judgement=None)
        stronger = (yield from strengthen(wish, specification, strength, writer, court, approve)) if left else None
        if stronger is None:
            break
        specification, source = stronger, ended.source
    if ended.source:
        history.write(f"{specification.name}.unverified.sol", ended.source)
    return ended


def _until_verified(
    specification: Specification, source: str, writer: Writer, court: Court, policy: Policy
) -> Generator[Event, None, tuple[Ended, Attempt | None]]:
    """Return how it ended, with the attempt that was verified; a `source` that kept an earlier promise is judged first."""
    attempts: list[Attempt] = []
    fresh = True
    while True:
        try:
            if source and not attempts:
                content: Source | Contradiction = Source(source, "")
            else:
                content = yield from write_contract(specification, writer, attempts, fresh=fresh)
        except ModelError as error:
            if not attempts:
                raise
            return _best(specification, attempts, str(error)), None
        if isinstance(content, Contradiction):
            return _question(specification, attempts, content), None
        attempt = yield from judge_contract(specification, content.text, attempts, writer, court, policy, fresh=fresh)
        attempts.append(attempt)
        if attempt.verified:
            ended = Ended("verified", "every obligation is proved", specification, attempt.source, attempt.report, attempt.judgement)
            return ended, attempt
        yield Diagnosed(attempt.number, attempt.causes)
        step, reason = next_step([a.outcome for a in attempts], policy)
        yield Decided(step, reason)
        if step == "stop":
            return _best(specification, attempts, reason), None
        fresh = step == "fresh"


def _best(specification: Specification, attempts: Sequence[Attempt], why: str) -> Ended:
    best = min(attempts, key=lambda a: a.rank)
    ending = best.report.verdict if best.report is not None else "not-verified"
    return Ended(ending, why, specification, best.source, best.report)


def _question(specification: Specification, attempts: Sequence[Attempt], content: Contradiction) -> Ended:
    why = f"the writer says that these cannot hold together: {', '.join(content.clauses)}"
    best = min(attempts, key=lambda a: a.rank, default=None)
    return Ended("question", why, specification, best.source if best else "", best.report if best else None, question=content)
