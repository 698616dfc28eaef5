"""Split documentation comments into tags, with exact positions.

The text of a tag keeps the offsets of the source: comment marks are blanked, so `text[i]` stands at `start + i` of the file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from specs.source import Refusals, Source

NATSPEC = {"title", "author", "notice", "dev", "param", "return", "inheritdoc"}
INTERFACE_KINDS = (
    "deploy",
    "initially",
    "deployable",
    "undeployable",
    "modifies",
    "emits",
    "invariant",
    "transition",
    "assume",
    "environment",
)
FUNCTION_KINDS = ("reverts", "only", "succeeds", "ensures", "changes", "modifies", "pays", "emits", "like", "ensures-strictly")
VIEW_KINDS = ("equals", "ensures", "reverts", "only", "succeeds", "abstract")
KINDS = tuple(dict.fromkeys((*INTERFACE_KINDS, *FUNCTION_KINDS, *VIEW_KINDS)))
IMPLEMENTATION_KINDS = {"lemma", "lock", "is"}
RESERVED_KINDS = {"rule", "given", "let", "example", "conforms", "ghost"}
RESERVED_KINDS |= {"codeless", "accepts", "sent", "changed"}
#: Words of other languages, and what stands for them in this one.
ELSEWHERE = dict.fromkeys(
    ("require", "requires", "pre", "precondition", "assumes", "expects"),
    "a precondition is a `reverts` with the opposite condition: `@custom:reverts id: amount == 0` for what requires amount > 0",
)
ELSEWHERE |= dict.fromkeys(("post", "postcondition"), "write @custom:ensures")
ELSEWHERE |= {"fails": "write @custom:reverts", "assigns": "write @custom:modifies", "returns": "write `@custom:ensures id: result == …`"}
CLAUSE = re.compile(r"@custom:")
TAG = re.compile(r"^[ \t]*@(custom:)?([^\s:]*)(:?)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: `kind` is `reverts` of `@custom:reverts`, or `title`; `at` is the offset of its `@`."""

    source: Source
    kind: str
    custom: bool
    at: int
    start: int
    text: str


def read_tags(source: Source, start: int, end: int) -> tuple[Tag, ...]:
    """Return the tags of the documentation comment that lies between two offsets, in order."""
    text = _blank(source.text[start:end])
    found = list(TAG.finditer(text))
    stops = [*(m.start() for m in found[1:]), len(text)][: len(found)]
    tags = tuple(
        Tag(source, m[2], bool(m[1]), start + m.start() + m[0].index("@"), start + m.end(2), text[m.end(2) : stop])
        for m, stop in zip(found, stops, strict=True)
    )
    return tags


def notice(source: Source, start: int, end: int) -> str:
    """Return the text of `@notice`, or what stands before the first tag."""
    text = _blank(source.text[start:end])
    first = TAG.search(text)
    untagged = text[: first.start()] if first else text
    tagged = next((t.text for t in read_tags(source, start, end) if t.kind == "notice" and not t.custom), "")
    return " ".join((untagged if untagged.strip() else tagged).split())


def refuse_unknown_tags(sources: Iterable[Source]) -> None:
    """Refuse every tag that the language does not know, wherever it stands.

    Raises: SpecificationError for the first, with the others as its notes.
    """
    refusals = Refusals()
    for source in sources:
        for offset, comment in source.comments():
            if comment.startswith(("///", "/**")) and not comment.startswith("////"):
                text = _blank(comment)
                known = {m.start() + m[0].index("@") for m in TAG.finditer(text)}
                for m in TAG.finditer(text):
                    with refusals.noted():
                        _refuse_unknown(source, offset + m.start() + m[0].index("@"), m)
                for m in CLAUSE.finditer(text):
                    if m.start() not in known:
                        with refusals.noted():
                            source.refuse(offset + m.start(), "a clause that does not begin its line", "begin a new line with it")
    refusals.raise_first()


def refuse_lost_clauses(source: Source, read: Iterable[tuple[int, int]]) -> None:
    """Refuse clauses in comments that document nothing: solc drops them, and so would we.

    `read` are the spans of the documentation that was read. Raises: SpecificationError.
    """
    spans = tuple(read)
    for offset, comment in source.comments():
        if any(start <= offset < end for start, end in spans):
            continue
        lost = re.match(r"(?://+|/\*+)[\s*]*@custom:", comment) or (CLAUSE.search(comment) if comment.startswith(("///", "/**")) else None)
        if lost:
            source.refuse(
                offset + comment.index("@custom:"),
                "a clause in a comment that documents nothing",
                "put it, as `///`, directly above the interface or the function that it speaks of, in one comment without empty lines",
            )


def _refuse_unknown(source: Source, at: int, m: re.Match[str]) -> None:
    custom, kind, colon = bool(m[1]), m[2], bool(m[3])
    if not custom:
        if kind in KINDS:
            source.refuse(at, f"the tag @{kind}", f"write @custom:{kind}")
        if kind not in NATSPEC:
            source.refuse(at, f"the unknown tag @{kind}", "clauses begin with @custom:, comments with @notice or @dev")
        return
    if colon:
        source.refuse(at, f"`:` directly behind @custom:{kind}", f"write `@custom:{kind} id: …`, or a space before the `:`")
    if kind in KINDS:
        return
    if kind in IMPLEMENTATION_KINDS:
        source.refuse(at, f"@custom:{kind} in a specification", "it belongs to the implementation, not to the promise")
    if kind in RESERVED_KINDS:
        source.refuse(at, f"@custom:{kind}", "the word is reserved for a later version of the language; leave the clause out")
    if kind in ELSEWHERE:
        source.refuse(at, f"the unknown clause @custom:{kind}", ELSEWHERE[kind])
    near = difflib.get_close_matches(kind, KINDS, 1)
    source.refuse(at, f"the unknown clause @custom:{kind}", f"did you mean @custom:{near[0]}?" if near else f"one of: {', '.join(KINDS)}")


def _blank(comment: str) -> str:
    """Replace comment marks by spaces; line ends become `\\n`, lengths stay."""
    text = comment.replace("\r\n", " \n").replace("\r", "\n")
    if text.startswith("/**"):
        text = "   " + text[3:-2] + "  "
        first, *rest = text.split("\n")
        return "\n".join([first, *(re.sub(r"^([ \t]*)\*", r"\1 ", line) for line in rest)])
    return re.sub(r"^([ \t]*)///", r"\1   ", text, flags=re.MULTILINE)
