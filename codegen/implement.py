"""Ask for a contract that keeps a frozen specification: a first one, a fresh one, or a repaired one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codegen.model import Message
from codegen.prompt import fence, fill, front
from codegen.specify import complain


@dataclass(frozen=True, slots=True)
class JudgedAttempt:
    """A contract that did not keep the specification. `causes` are told root causes; `earlier` has one line for each attempt before it."""

    number: int
    source: str
    causes: tuple[str, ...]
    earlier: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FrozenSpecification:
    """What is to be kept: the specification's text, the contract's name, and by name the texts of what the promise builds on."""

    text: str
    name: str
    beside: tuple[tuple[str, str], ...] = ()

    def tell(self) -> str:
        """Return how a prompt begins that asks for code."""
        others = (fill("beside", name=name, text=fence(text)) for name, text in self.beside)
        return fill("frozen", specification=fence(self.text)) + "".join(others)


def implementation_messages(
    frozen: FrozenSpecification, abandoned: Sequence[str] = (), complaints: Sequence[str] = ()
) -> tuple[Message, ...]:
    """Ask for a contract from the specification alone; `abandoned` has one line for each attempt that led nowhere."""
    text = frozen.tell() + fill("implement", name=frozen.name)
    if abandoned:
        text += fill("implement_afresh", count=str(len(abandoned)), broken="\n".join(f"- {line}" for line in abandoned))
    return front(), Message("user", text + complain(complaints))


def repair_messages(frozen: FrozenSpecification, attempt: JudgedAttempt, complaints: Sequence[str] = ()) -> tuple[Message, ...]:
    """Ask for a repaired contract."""
    text = frozen.tell() + fill(
        "repair",
        name=frozen.name,
        number=str(attempt.number),
        source=fence(attempt.source),
        earlier="\n".join(f"- {line}" for line in attempt.earlier) or "- this is the first attempt",
        causes="\n\n".join(f"## Cause {n}\n\n{cause}" for n, cause in enumerate(attempt.causes, start=1)),
    )
    return front(), Message("user", text + complain(complaints))
