"""The one way for text of others to reach a model or a terminal.

Source: threat-model.md, facts 8 and 31; Unicode categories Cc, Cf, Cs, Zl, Zp hold every control, bidirectional, zero-width and tag
character.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Hidden:
    """A character that does not show; line and column count from 1."""

    line: int
    column: int
    name: str


def safe_text(text: str, *, max_lines: int = 400, max_columns: int = 600) -> str:
    """Make text harmless to show: control characters become visible, long lines and long texts are cut with a mark."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = plain.split("\n")
    shown = [_cut(_visible(line[: 2 * max_columns]), max_columns) for line in lines[:max_lines]]
    if len(lines) > max_lines:
        shown.append(f"… ({len(lines) - max_lines} more lines)")
    return "\n".join(shown)


def safe_line(text: str, *, max_columns: int = 300) -> str:
    """Make text harmless and put it on one line."""
    return safe_text(" ".join(text[: 4 * max_columns].split()), max_lines=1, max_columns=max_columns)


def hidden_characters(text: str) -> Iterator[Hidden]:
    """Find every character that does not show, tabs and line feeds excepted."""
    for number, line in enumerate(text.split("\n"), start=1):
        for column, character in enumerate(line, start=1):
            if character != "\t" and unicodedata.category(character) in HIDDEN:
                yield Hidden(number, column, _name(character))


def _visible(line: str) -> str:
    return "".join(c if c == "\t" or unicodedata.category(c) not in HIDDEN else _name(c) for c in line)


def _name(character: str) -> str:
    return "␛" if character == "\x1b" else f"<U+{ord(character):04X}>"


def _cut(line: str, max_columns: int) -> str:
    return line if len(line) <= max_columns else line[: max_columns - 1] + "…"
