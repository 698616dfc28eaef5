"""Fill prompt templates: the same front for every call, what changes most last."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from string import Template

from codegen.model import Message
from codegen.text import safe_text

FOLDER = Path(__file__).with_name("prompts")


@functools.cache
def read_prompt(name: str) -> str:
    """Return a template's text."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def front() -> Message:
    """Return what stands in front of every conversation, byte for byte the same, so that endpoints can cache it."""
    return Message("system", read_prompt("front"))


def fill(prompt: str, /, **values: str) -> str:
    """Fill a template. Values come from outside: they are made harmless, and are not searched for placeholders."""
    return Template(read_prompt(prompt)).substitute(
        {key: safe_text(value, max_lines=3_000, max_columns=2_000) for key, value in values.items()}
    )


def fence(text: str, info: str = "solidity") -> str:
    """Put text into a fence that nothing inside it can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{info}\n{text.rstrip()}\n{ticks}"
