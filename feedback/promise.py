"""From a request to a specification that stands and that a person approved."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from codegen.reply import Contradiction, Source
from codegen.specify import RefusedDraft, specification_messages
from codegen.text import safe_line
from feedback.asking import Writer
from feedback.events import Checking, Event, SpecificationRefused
from feedback.judging import Approval, Court
from feedback.kept import losses
from feedback.key import key_of
from feedback.stream import streamed
from specs import breaking
from specs.specification import Specification
from toolchain.errors import ReplyFormatError, SpecificationError


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: a request in plain words, or a specification (`given`: its path and text).

    `versions` bounds how often the model may write one; `keeping` is a specification of which nothing may be lost.
    """

    request: str
    given: tuple[Path, str] | None = None
    keeping: tuple[Path, str] | None = None
    versions: int = 6


def agree(
    wish: Wish, writer: Writer, court: Court, approve: Callable[[Specification], Approval]
) -> Generator[Event, None, Specification | None]:
    """Return the specification that stands and was approved, None where a person turned it down.

    Raises: SpecificationError when a given one does not stand; ReplyFormatError when the model writes none that does.
    """
    if wish.given is not None:
        return (yield from _agree_on_given(wish, *wish.given, writer, court, approve))
    floor = court.parse(*wish.keeping) if wish.keeping else None
    refused: RefusedDraft | None = None
    problems: tuple[str, ...] = ()
    for number in range(1, wish.versions + 1):
        text = yield from _draft(wish.request, writer, number, refused)
        accepted, problems = yield from weigh(text, floor, floor.path.name if floor else "", writer, court, approve)
        if accepted is not None or not problems:
            return accepted
        yield SpecificationRefused(number, problems)
        refused = RefusedDraft(number, text, problems)
    raise ReplyFormatError(
        f"the model wrote no specification that stands in {wish.versions} versions; the last one lacks: {'; '.join(problems)}",
        "write one by hand (docs/language.md) and give it with --spec",
    )


def _agree_on_given(
    wish: Wish, path: Path, text: str, writer: Writer, court: Court, approve: Callable[[Specification], Approval]
) -> Generator[Event, None, Specification | None]:
    given = court.parse(path, text)
    if wish.keeping is not None:
        yield Checking(0, f"comparing it with {wish.keeping[0].name}, of which nothing may be lost")
        lost = losses(court.parse(*wish.keeping), given)
        if lost:
            found = f"it promises less than {wish.keeping[0]}: {'; '.join(lost)}"
            raise SpecificationError(
                path, 0, 0, found, f"see solwright spec diff {wish.keeping[0]} {path}; a person decides what may give way"
            )
    specification, problems = yield from _examined(path, text, writer, court)
    if specification is None or problems:
        raise SpecificationError(path, 0, 0, "; ".join(problems), "correct the specification, then start again")
    return specification if _approval_of(specification, writer, approve).accepted else None


def _draft(request: str, writer: Writer, number: int, refused: RefusedDraft | None) -> Generator[Event, None, str]:
    def accept(content: Source | Contradiction) -> None:
        if isinstance(content, Contradiction):
            raise ReplyFormatError(
                "a contradiction can only be declared for a frozen specification", "write the specification in one ```solidity block"
            )

    content = yield from writer.ask(
        "specification", number, lambda complaints: specification_messages(request, refused, complaints), accept
    )
    assert isinstance(content, Source)
    return content.text


def weigh(
    text: str,
    floor: Specification | None,
    floor_name: str,
    writer: Writer,
    court: Court,
    approve: Callable[[Specification], Approval],
) -> Generator[Event, None, tuple[Specification | None, tuple[str, ...]]]:
    """Return a draft that stands, loses nothing of `floor` and was approved; else None with what is wrong with it.

    With nothing wrong, a person turned it down.
    """
    found, problems = yield from _examined(_path_of(text), text, writer, court)
    if found is not None and not problems:
        problems = _hidden(found)
    if found is not None and not problems and floor is not None and found.digest != floor.digest:
        yield Checking(0, f"comparing it with {floor_name}, of which nothing may be lost")
        problems = losses(floor, found)
    if found is not None and not problems:
        problems = _breaking(found, writer, court)
    if found is None or problems:
        return None, problems
    approval = _approval_of(found, writer, approve)
    if approval.accepted:
        return found, ()
    return None, (f"the person who asked says: {approval.remark}",) if approval.remark else ()


def _hidden(specification: Specification) -> tuple[str, ...]:
    """Return the getters that the contract need not have: whoever writes it would say what they are, so they would bind nobody."""
    abstract = [g for g in specification.getters if g.abstract is not None]
    return tuple(
        f"{g.title} is `abstract`, and the contract is still to be written: take the tag out, so that it has this getter" for g in abstract
    )


def _breaking(specification: Specification, writer: Writer, court: Court) -> tuple[str, ...]:
    """Return the promises that no contract keeps from some state; what was found stands in the record, since it becomes a question.

    A person may know that no calls lead there, so a given specification is not held to it.
    """
    key = key_of("breaking", specification.digest, court.stamp)
    problems = writer.history.problems(key)
    if problems is None:
        found = breaking.findings(specification)
        lines = (f"{specification.path.name}:{x.position.line}:{x.position.column}: {x.clause}: {x.found} — {x.expected}" for x in found)
        problems = tuple(safe_line(line, max_columns=700) for line in lines)
        writer.history.keep_problems(key, problems)
    return problems


def _examined(path: Path, text: str, writer: Writer, court: Court) -> Generator[Event, None, tuple[Specification | None, tuple[str, ...]]]:
    """Parse and examine; an examination that is in the record is not repeated."""
    try:
        specification = court.parse(path, text)
    except SpecificationError as error:
        return None, (str(error), *error.also)
    key = key_of("specification", specification.digest, court.stamp)
    problems = writer.history.problems(key)
    if problems is None:

        def work(report: Callable[[Event], None]) -> tuple[str, ...]:
            return court.examine(specification, lambda line: report(Checking(0, line)))

        problems = yield from streamed(work)
        writer.history.keep_problems(key, problems)
    return specification, problems


def _approval_of(specification: Specification, writer: Writer, approve: Callable[[Specification], Approval]) -> Approval:
    if writer.history.approved(specification.digest):
        return Approval(accepted=True)
    approval = approve(specification)
    if approval.accepted:
        writer.history.keep_approval(specification.digest)
    return approval


def _path_of(text: str) -> Path:
    names = re.findall(r"^\s*interface\s+([A-Za-z]\w{0,60})\b", text, re.MULTILINE)
    return Path(f"{names[-1] if names else 'Promise'}.spec.sol")
