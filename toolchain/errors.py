"""The exceptions of the program: *we could not ask, or could not answer*.

    SolwrightError
      UsageError (exit 2)        SettingsError · SpecificationError(position) · SourceError
      ToolError (exit 3)         ToolNotFound · ToolVersionError · ToolCrashed
      ModelError (exit 4)        ModelUnavailable · ReplyFormatError · BudgetExceeded
      CertificateError (exit 5)  StaleCertificate · DigestMismatch

A property that fails is a value, never an exception. Every message says what happened, to what, and what to do next.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
from pathlib import Path


class SolwrightError(Exception):
    """Stop a command with a message for its user."""

    exit_code = 3

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} — {self.next_step}" if self.next_step else self.message

    @property
    def also(self) -> tuple[str, ...]:
        """Return what else is wrong: the notes."""
        return tuple(getattr(self, "__notes__", ()))


class UsageError(SolwrightError):
    """Refuse what the user gave."""

    exit_code = 2


class SettingsError(UsageError):
    """Refuse a setting."""


class SourceError(UsageError):
    """Refuse a source that is missing, does not compile, or leaves the workspace."""


class SpecificationError(UsageError):
    """Refuse a specification at a position (line and column count from 1; 0 means the whole file)."""

    def __init__(self, path: Path | str, line: int, column: int, found: str, expected: str) -> None:
        where = f"{path}:{line}:{column}" if line else str(path)
        super().__init__(f"{where}: {found}", expected)
        self.path = Path(path)
        self.line = line
        self.column = column
        self.found = found
        self.expected = expected


class ToolError(SolwrightError):
    """Report a tool that could not be asked."""

    exit_code = 3


class ToolNotFound(ToolError):
    """Report a tool that is not installed."""


class ToolVersionError(ToolError):
    """Report a tool of a version that we do not know."""


class ToolCrashed(ToolError):
    """Report a tool that ended without an answer that we understand."""


class ModelError(SolwrightError):
    """Report a model that gave no usable answer."""

    exit_code = 4


class ModelUnavailable(ModelError):
    """Report an endpoint that refuses, hangs or fails."""


class ReplyFormatError(ModelError):
    """Report a reply that does not have the form that was asked for."""


class BudgetExceeded(ModelError):
    """Report a budget that does not allow the next call."""


class CertificateError(SolwrightError):
    """Report evidence that does not fit what it speaks of."""

    exit_code = 5


class StaleCertificate(CertificateError):
    """Report evidence for another source, specification, compiler or bound."""


class DigestMismatch(CertificateError):
    """Report a file whose digest is not the recorded one."""


def some_of(names: Collection[str], most: int) -> str:
    """Name the first few in a message, and say how many more there are."""
    rest = len(names) - most
    return ", ".join(itertools.islice(names, most)) + (f" and {rest} more" if rest > 0 else "")
