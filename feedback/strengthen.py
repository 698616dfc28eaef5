"""From a specification that accepts wrong contracts to one that refuses them.

Only survivors of the feedback set are shown to the writer; those that are held out are counted, so that nobody writes against the measure.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from codegen.prompt import fence
from codegen.reply import Contradiction, Source
from codegen.specify import RefusedDraft, stronger_messages
from feedback.asking import Writer
from feedback.attempt import Attempt
from feedback.events import Checking, Event, Measured, Noticed, SpecificationRefused
from feedback.judging import Approval, Court
from feedback.policy import Policy
from feedback.promise import Wish, weigh
from feedback.stream import streamed
from specs.specification import Specification
from toolchain.errors import ModelError, ReplyFormatError
from verifier.mutants.edit import Operator
from verifier.mutants.found import Judged, Strength

MOST_SHOWN = 12
#: What a mutant does, in words for whoever wrote the promise.
WORDS: dict[Operator, str] = {
    "arithmetic": "it computes something else",
    "comparison": "it draws the line elsewhere",
    "boolean": "its condition is another one",
    "constant": "it uses another constant",
    "statement deleted": "it leaves out something that it must do",
    "check deleted": "it does not check",
    "check negated": "it checks the opposite",
    "arguments swapped": "it confuses two values of one type",
    "recipient changed": "it takes somebody else for the right one",
    "amount changed": "its amount is another one",
    "call reordered": "it hands control away before it has written down what it does",
    "modifier removed": "it does not have the guard of the right one",
    "event skipped": "it does not log what happens",
    "event changed": "it logs something else",
    "branch omitted": "it leaves out a case",
    "result changed": "it answers something else",
    "unchecked": "it does not notice an overflow",
    "written twice": "it does something twice",
}


def measure(specification: Specification, attempt: Attempt, court: Court) -> Generator[Event, None, Strength | None]:
    """Measure the strength of a specification on an attempt that was verified in this process; None where nobody wants to know."""
    judgement = attempt.judgement
    assert judgement is not None, "strength is measured on verified contracts"

    def work(report: Callable[[Event], None]) -> Strength | None:
        return court.measure(specification, attempt.source, judgement, lambda line: report(Checking(attempt.number, line)))

    strength = yield from streamed(work)
    if strength is not None:
        yield Measured(attempt.number, strength)
    return strength


def is_strong(strength: Strength | None, policy: Policy) -> bool:
    """Tell whether enough mutants are refused, of either set."""
    if strength is None:
        return True
    feedback = strength.rate("feedback")
    return strength.meets(policy.strength) and (feedback is None or feedback >= policy.strength)


def weakness(strength: Strength, policy: Policy) -> str:
    """Say in one line that a specification accepts too many wrong contracts."""
    alive, all_ = len(strength.survivors()), len(strength.judged)
    return f"the specification refuses too few wrong contracts: {alive} of {all_} are not refused, at most {1 - policy.strength:.0%} may be"


def strengthen(
    wish: Wish,
    specification: Specification,
    strength: Strength,
    writer: Writer,
    court: Court,
    approve: Callable[[Specification], Approval],
) -> Generator[Event, None, Specification | None]:
    """Ask for a specification that refuses the survivors of the feedback set, and have it approved.

    None where there are none to show, where the writer leaves it as it is or finds none that stands, or where a person turns it down.
    """
    survivors = [tell(j) for j in strength.survivors("feedback")[:MOST_SHOWN]]
    if not survivors or wish.given is not None:
        return None
    refused: RefusedDraft | None = None
    for number in range(1, wish.versions + 1):
        try:
            text = yield from _draft(specification, survivors, writer, number, refused)
        except ModelError as error:
            yield Noticed(f"no stronger specification was written: {error}")
            return None
        found, problems = yield from weigh(text, specification, "the one before", writer, court, approve)
        if found is not None or not problems:
            return found if found is not None and found.digest != specification.digest else None
        yield SpecificationRefused(number, problems)
        refused = RefusedDraft(number, text, problems)
    return None


def tell(j: Judged) -> str:
    """Return one wrong contract as text for the model."""
    return f"Line {j.mutant.line}: {WORDS[j.mutant.operator]}.\n\n{fence(j.diff, 'diff')}"


def _draft(
    specification: Specification, survivors: Sequence[str], writer: Writer, number: int, refused: RefusedDraft | None
) -> Generator[Event, None, str]:
    def accept(content: Source | Contradiction) -> None:
        if isinstance(content, Contradiction):
            raise ReplyFormatError("no contradiction can be declared here", "write the specification in one ```solidity block")

    content = yield from writer.ask(
        "stronger specification",
        number,
        lambda complaints: stronger_messages(specification.text, survivors, refused, complaints),
        accept,
    )
    assert isinstance(content, Source)
    return content.text
