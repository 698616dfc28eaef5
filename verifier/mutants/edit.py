"""One small change of one source, and the wrong contract that it makes."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal as Choice
from typing import NamedTuple

Operator = Choice[
    "arithmetic",
    "comparison",
    "boolean",
    "constant",
    "statement deleted",
    "check deleted",
    "check negated",
    "arguments swapped",
    "recipient changed",
    "amount changed",
    "call reordered",
    "modifier removed",
    "event skipped",
    "event changed",
    "branch omitted",
    "result changed",
    "unchecked",
    "written twice",
]


class Edit(NamedTuple):
    """`start` and `length` are in bytes of the source."""

    start: int
    length: int
    operator: Operator
    replacement: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong contract: the judged sources with one change.

    `id` depends on nothing but the change; `line` counts from 1; `entries` are the functions of the contract that can run what changed
    (`constructor` among them), by selector or title.
    """

    id: str
    path: str
    line: int
    operator: Operator
    start: int
    length: int
    replacement: str
    entries: tuple[str, ...]

    def source(self, sources: Mapping[str, str]) -> str:
        """Return the changed text of its file."""
        text = sources[self.path].encode()
        return (text[: self.start] + self.replacement.encode() + text[self.start + self.length :]).decode()

    def diff(self, sources: Mapping[str, str]) -> str:
        """Return the change as a unified diff with a line around it."""
        old, new = sources[self.path].splitlines(), self.source(sources).splitlines()
        return "\n".join(difflib.unified_diff(old, new, self.path, self.path, lineterm="", n=1))


def name_of(path: str, line: int, edit: Edit) -> str:
    """Return the id of a mutant: where it is, what kind it is, and which one of those."""
    told = f"{path}\0{edit.start}\0{edit.length}\0{edit.operator}\0{edit.replacement}"
    return f"{path}:{line}:{edit.operator.replace(' ', '-')}:{hashlib.sha256(told.encode()).hexdigest()[:8]}"
