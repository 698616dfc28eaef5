"""Take a reply apart: prose, then exactly one fenced block, or a declared contradiction. Nothing in it chooses a name or a path.

A reply is refused rather than repaired, since a source must be judged exactly as it was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from codegen.model import Reply
from codegen.text import hidden_characters, safe_line, safe_text
from toolchain.errors import ReplyFormatError

LONGEST_PROSE = 60_000
LONGEST_SOURCE = 120_000
LONGEST_LINE = 2_000

_FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
_CLAUSE = re.compile(r"[\w$.()@,\[\]]{1,200}")


@dataclass(frozen=True, slots=True)
class Source:
    """One Solidity file as the model wrote it, ending in one line feed, with the prose that came before it."""

    text: str
    prose: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The writer says that clauses cannot hold together."""

    clauses: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Block:
    info: str
    text: str


def parse_reply(reply: Reply) -> Source | Contradiction:
    """Return what a reply holds. Raises: ReplyFormatError, whose message can be said to the model."""
    _refuse_unfinished(reply)
    prose, blocks = _split(reply.text)
    kinds = [_kind(block) for block in blocks]
    if not blocks:
        raise ReplyFormatError(
            "the reply holds no fenced block", "give the whole file in one block that starts with ```solidity and ends with ```"
        )
    if len(blocks) > 1:
        raise ReplyFormatError(
            f"the reply holds {len(blocks)} fenced blocks", "give exactly one; write shorter snippets into the prose without fences"
        )
    if kinds[0] == "contradiction":
        return _contradiction(blocks[0].text)
    return Source(_checked(blocks[0].text), safe_text(prose.strip(), max_lines=200))


def _refuse_unfinished(reply: Reply) -> None:
    text = reply.text.strip()
    if reply.finish_reason == "refusal":
        raise ReplyFormatError(
            f"the model declined: {safe_line(text) or 'no reason given'}",
            "this is ordinary contract work; give the file that was asked for",
        )
    if reply.finish_reason == "filter":
        raise ReplyFormatError("the endpoint withheld part of the reply", "give the file again, in plain technical words")
    if reply.finish_reason == "length":
        raise ReplyFormatError("the reply was cut at its token limit", "answer shorter: a few sentences, then the file")
    if reply.finish_reason == "size" or len(text) > LONGEST_PROSE + LONGEST_SOURCE:
        raise ReplyFormatError("the reply is far too long", "answer with a few sentences, then one file of at most a few hundred lines")
    if not text:
        raise ReplyFormatError("the reply is empty", "give a few sentences, then the file in one fenced block")


def _split(text: str) -> tuple[str, list[_Block]]:
    """Separate prose from fenced blocks (CommonMark 4.5: a fence is closed by one of the same character, at least as long)."""
    prose: list[str] = []
    blocks: list[_Block] = []
    inside: list[str] | None = None
    fence = info = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        found = _FENCE.match(line)
        if inside is None:
            if found and not (found["fence"][0] == "`" and "`" in found["info"]):
                inside, fence, info = [], found["fence"], found["info"].strip()
            elif not blocks:
                prose.append(line)
        elif found and found["fence"][0] == fence[0] and len(found["fence"]) >= len(fence) and not found["info"].strip():
            blocks.append(_Block(info, "\n".join(inside)))
            inside = None
        else:
            inside.append(line)
    if inside is not None:
        raise ReplyFormatError(
            "the fenced block is not closed: the reply seems cut", "give the whole file, and end the block with ``` on a line of its own"
        )
    return "\n".join(prose), blocks


def _kind(block: _Block) -> Literal["solidity", "contradiction"]:
    info = block.info.lower()
    if info in {"", "solidity", "sol"}:
        return "solidity"
    if info == "contradiction":
        return "contradiction"
    if any(c in info for c in "/\\.:"):
        raise ReplyFormatError(
            f"the fence names a file ({safe_line(block.info, max_columns=80)})",
            "start the block with ```solidity alone; the file's name is given",
        )
    raise ReplyFormatError(f"the block is marked {safe_line(block.info, max_columns=40)!r}", "start it with ```solidity")


def _checked(source: str) -> str:
    text = source.strip("\n")
    if not text.strip():
        raise ReplyFormatError("the fenced block is empty", "write the whole file into it")
    if len(text) > LONGEST_SOURCE:
        raise ReplyFormatError(f"the file has {len(text):,} characters", f"at most {LONGEST_SOURCE:,} are read")
    hidden = next(hidden_characters(text), None)
    if hidden is not None:
        raise ReplyFormatError(
            f"line {hidden.line}, column {hidden.column} of the file holds the invisible character {hidden.name}",
            "use plain characters only",
        )
    long = next((n for n, line in enumerate(text.split("\n"), start=1) if len(line) > LONGEST_LINE), None)
    if long is not None:
        raise ReplyFormatError(f"line {long} of the file has more than {LONGEST_LINE:,} characters", "break the line")
    return text + "\n"


def _contradiction(text: str) -> Contradiction:
    first, _, rest = text.strip().partition("\n")
    clauses = tuple(part for part in re.split(r"[,\s]+(?![^(]*\))", first.strip()) if part)
    if not clauses or len(clauses) > 20 or not all(_CLAUSE.fullmatch(c) for c in clauses):
        raise ReplyFormatError(
            "the first line of the contradiction block does not name clauses", "write for instance: withdraw.short, withdraw.succeeds"
        )
    if len(rest.strip()) < 10:
        raise ReplyFormatError(
            "the contradiction has no reason", "give, below the names, a state and a call for which the clauses cannot all hold"
        )
    return Contradiction(clauses, safe_text(rest.strip(), max_lines=40))
