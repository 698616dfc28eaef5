"""Ask for a specification of a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codegen.model import Message
from codegen.prompt import fence, fill, front

LONGEST_REQUEST = 40_000


@dataclass(frozen=True, slots=True)
class RefusedDraft:
    """A specification that did not stand, and why; `number` counts the versions from 1."""

    number: int
    text: str
    problems: tuple[str, ...]


def specification_messages(request: str, refused: RefusedDraft | None = None, complaints: Sequence[str] = ()) -> tuple[Message, ...]:
    """Return the conversation that asks for a specification; complaints are about replies whose form was wrong."""
    text = fill("specify", request=fence(request[:LONGEST_REQUEST], "text"))
    if refused is not None:
        problems = "\n".join(f"{n}. {p}" for n, p in enumerate(refused.problems, start=1))
        text += fill("specify_again", number=str(refused.number), draft=fence(refused.text), problems=problems)
    return front(), Message("user", text + complain(complaints))


def stronger_messages(
    specification: str, survivors: Sequence[str], refused: RefusedDraft | None = None, complaints: Sequence[str] = ()
) -> tuple[Message, ...]:
    """Return the conversation that asks for a specification which refuses wrong contracts; `survivors` tells of each, with its diff."""
    told = "\n\n".join(f"## Wrong contract {n}\n\n{s}" for n, s in enumerate(survivors, start=1))
    text = fill("strengthen", specification=fence(specification), survivors=told)
    if refused is not None:
        problems = "\n".join(f"{n}. {p}" for n, p in enumerate(refused.problems, start=1))
        text += fill("strengthen_again", draft=fence(refused.text), problems=problems)
    return front(), Message("user", text + complain(complaints))


def complain(complaints: Sequence[str]) -> str:
    """Say what was wrong with the form of the last reply; the number keeps each request of a run different from all others."""
    return fill("complaint", number=str(len(complaints)), problem=complaints[-1]) if complaints else ""
