"""Parse the text of a clause into an untyped tree with positions, by the grammar in language.lark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from specs.documentation import KINDS, Tag
from specs.source import Source
from toolchain.install import home

LONGEST = 8_000
DEEPEST = 120

OPERATORS = frozenset(
    [
        "OR",
        "AND",
        "EQUAL",
        "UNEQUAL",
        "LESS_EQUAL",
        "MORE_EQUAL",
        "SHIFT_LEFT",
        "SHIFT_RIGHT",
        "LESS",
        "MORE",
        "BAR",
        "CARET",
        "AMPERSAND",
        "POWER",
        "STAR",
        "SLASH",
        "PERCENT",
        "IFF",
        "IMPLIES",
        "QMARK",
        "LSQB",
        "DOT",
        "PLUS",
        "MINUS",
    ]
)
OPERANDS = {"BANG", "TILDE", "STRING", "NUMBER"}
SPELLING = {
    "COLON": "`:`",
    "COMMA": "`,`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "BY": "`by`",
    "WITH": "`with`",
    "WHEN": "`when`",
    "NAME": "a name",
    "PAYABLE": "`payable`",
    "LOCKED": "`locked`",
    "OTHERWISE": "`otherwise`",
    "NEVER": "`never`",
    "NOTHING": "`nothing`",
    "WORDS": "`-- words`",
    "FORALL": "`forall`",
    "PLUS": "`+`",
    "MINUS": "`-`",
    "STAR": "`*`",
    "UNIT": "a unit",
    "$END": "the end of the clause",
}
FORBIDDEN = (
    (re.compile(r"\+\+|--|\+=|-=|\*=|/=|%=|\|=|&=|\^=|<<=|>>=|=(?![=>])"), "an assignment (`{}`)", "clauses change nothing; `==` compares"),
    (re.compile(r"=>|->"), "`{}`", "`==>` is the implication"),
    (re.compile(r"[{}]"), "`{}`", "calls with options, named arguments, blocks and assembly are not in the language"),
    (re.compile(r";"), "`{}`", "a clause is one expression, without `;`"),
    (re.compile(r"\"[^\"\n]*$|'[^'\n]*$", re.MULTILINE), "a string that does not end on its line", "close the string"),
    (re.compile(r"/[/*]"), "a comment inside a clause", "put plain words at its end, behind ` -- `"),
)
#: Words of other languages for operators of this one.
SPELLED_OUT = {"and": "&&", "or": "||", "implies": "==>", "iff": "<==>"}
#: The kinds whose formula stands behind an id and a colon.
NAMED = {"initially", "deployable", "undeployable", "invariant", "transition", "assume", "reverts", "ensures", "ensures-strictly"}


@dataclass(frozen=True, slots=True, eq=False)
class Syntax:
    """A node of the untyped tree; `text` is the token's text, or the operator. Offsets are those of the source."""

    source: Source
    kind: str
    start: int
    end: int
    text: str = ""
    children: tuple[Syntax, ...] = ()

    def part(self, kind: str) -> Syntax | None:
        """Return the first child of a kind."""
        return next((c for c in self.children if c.kind == kind), None)

    def parts(self, *kinds: str) -> tuple[Syntax, ...]:
        """Return all children of these kinds."""
        return tuple(c for c in self.children if c.kind in kinds)


def walk(node: Syntax) -> Iterator[Syntax]:
    """Yield the node and everything inside it."""
    yield node
    for c in node.children:
        yield from walk(c)


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("language.lark").read_text(encoding="utf-8")
    kept = str(home() / "language.parser")  # lark holds it against the grammar's digest; what it cannot read it builds again
    return Lark(
        grammar, parser="lalr", start=[_rule(kind) for kind in KINDS], propagate_positions=True, maybe_placeholders=False, cache=kept
    )


def _rule(kind: str) -> str:
    """Return the grammar's name of a kind of clause."""
    return kind.replace("-", "_")


def parse_clause(tag: Tag) -> Syntax:
    """Parse one clause.

    Raises: SpecificationError at the first token that does not fit.
    """
    source, text = tag.source, tag.text.rstrip()
    if len(text) > LONGEST:
        source.refuse(tag.start, f"a clause of {len(text):,} characters", f"at most {LONGEST:,}")
    try:
        tree = _parser().parse(text, start=_rule(tag.kind))
    except UnexpectedInput as e:
        _refuse(tag, text, e)
    return _convert(tag, tree, 0)


def _convert(tag: Tag, tree: Tree[Token] | Token, depth: int) -> Syntax:
    source = tag.source
    if isinstance(tree, Token):
        start, end = tag.start + (tree.start_pos or 0), tag.start + (tree.end_pos or 0)
        return Syntax(source, tree.type, start, end, str(tree))
    empty = tree.meta.empty
    start = tag.start + (0 if empty else tree.meta.start_pos)
    end = start if empty else tag.start + tree.meta.end_pos
    if depth > DEEPEST:
        source.refuse(start, "an expression nested too deeply", "split the clause")
    children = tuple(_convert(tag, c, depth + 1) for c in tree.children)
    kind = str(tree.data)
    if kind == "binary":
        left, operator, right = children
        return Syntax(source, kind, start, end, operator.text, (left, right))
    if kind == "unary":
        return Syntax(source, kind, start, end, children[0].text, children[1:])
    if kind in {"name", "string"}:
        return Syntax(source, kind, start, end, children[0].text)
    if kind == "number":
        return Syntax(source, kind, start, end, " ".join(c.text for c in children))
    if kind == "member":
        return Syntax(source, kind, start, end, children[1].text, children)
    if kind == "call_of_name":
        name = children[0]
        callee = Syntax(source, "name", name.start, name.end, name.text)
        return Syntax(source, "call", start, end, "", (callee, *children[1:]))
    if kind in {"call_there", "everywhere_there"}:
        callee = _member_of_call(*children[:3])
        return Syntax(source, "call" if kind == "call_there" else "everywhere", start, end, "", (callee, *children[3:]))
    return Syntax(source, kind, start, end, "", children)


def _member_of_call(name: Syntax, arguments: Syntax, member: Syntax) -> Syntax:
    """Return `name(arguments).member` as the expression that it is."""
    callee = Syntax(name.source, "name", name.start, name.end, name.text)
    call = Syntax(name.source, "call", name.start, arguments.end + 1, "", (callee, arguments))
    return Syntax(name.source, "member", name.start, member.end, member.text, (call, member))


def _refuse(tag: Tag, text: str, e: UnexpectedInput) -> NoReturn:
    source = tag.source
    at = (
        len(text) if isinstance(e, UnexpectedEOF) or (isinstance(e, UnexpectedToken) and e.token.type == "$END") else (e.pos_in_stream or 0)
    )
    offset = tag.start + at
    for m in re.finditer(r"\bforall\s*\(", text[:at]):
        if text[: m.start()].rstrip()[-1:] != ":":
            source.refuse(tag.start + m.start(), "`forall` inside an expression", "it may stand at the very front of a clause only")
    for pattern, found, expected in FORBIDDEN:
        start = at - 1 if pattern is FORBIDDEN[0][0] and 0 < at < len(text) and text[at - 1] in "+-*/%|&^<>" else at
        wrong = pattern.match(text, start)
        if wrong is not None:
            source.refuse(tag.start + start, found.format(wrong[0]), expected)
    found = f"`{_word_at(text, at)}`" if at < len(text) else "the end of the clause"
    hint = _hint(tag.kind, text[:at], text[at:])
    if hint:
        source.refuse(offset, f"{found} in @custom:{tag.kind}", hint)
    if isinstance(e, UnexpectedCharacters):
        accepted = set(e.allowed or ())
    elif isinstance(e, UnexpectedToken):
        accepted = set(e.accepts or e.expected or ())
    else:
        accepted = set(getattr(e, "expected", ()))
    source.refuse(offset, f"{found} in @custom:{tag.kind}", _expected(tag.kind, accepted))


def _hint(kind: str, before: str, rest: str) -> str:
    """Say what is to be written where a common slip is seen; "" where none is."""
    word = re.match(r"\w+", rest)
    if word and word[0] in SPELLED_OUT and before.strip():
        return f"write `{SPELLED_OUT[word[0]]}`"
    if re.search(r"\bnot\s+$", before):
        return "write `!` for `not`"
    if re.search(r"\bwith\s+$", before) and rest[:1] in {'"', "'"}:
        return 'a text is an error of its own: write `with Error("…")`'
    if (named := re.search(r"\bwith\s+([\w$]+)\s*$", before)) and not rest.startswith("("):
        return f"expected `(`: write `with {named[1]}()`"
    plain = re.fullmatch(r"\s*([\w$]*)\s*", before)
    if kind == "environment":
        return "write `environment asset is ERC20`: a getter of an address, and a model"
    if kind == "succeeds" and plain:
        return "write `succeeds id: condition`, `succeeds otherwise`, or `succeeds never -- why`; the id and its `:` stand first"
    if kind in NAMED and plain:
        locked = " locked" if plain[1] == "locked" else ""
        return f"a name and a `:` stand in front of the formula: write `{kind} id{locked}: …`"
    alone = re.search(r"(?:^|,)\s*([A-Za-z_$][\w$]*)\s*$", before)
    if kind in {"modifies", "changes", "emits"} and alone and alone[1] != "nothing" and not rest.startswith(("(", ":")):
        if alone[1] in {"none", "no", "null"}:
            return "leave the clause out" if kind == "changes" else f"write `{kind} nothing`"
        every = ", or `(*)` for all of its keys" if kind == "modifies" else ""
        return f"expected `(`: write {alone[1]}(), with its arguments{every}"
    return ""


def _word_at(text: str, at: int) -> str:
    m = re.compile(r"[\w$]+|[-+*/%<>=!&|^~]+|.").match(text, at)
    return m[0] if m else text[at : at + 1]


def _expected(kind: str, accepted: set[str]) -> str:
    if accepted == {"PLUS", "MINUS"}:
        return "`+` or `-` in front of the amount: `balanceOf(to) by +value`"
    parts: list[str] = []
    if accepted & OPERANDS:
        parts.append("an expression")
        accepted = accepted - OPERANDS - {"NAME", "LPAR", "MINUS", "FORALL"}
    if len(accepted & OPERATORS) > 4:
        parts.append("an operator")
        accepted = accepted - OPERATORS - {"LPAR"}
    elif kind == "changes" and accepted & {"STAR", "SLASH"}:
        parts.append("an amount without sums, or one in parentheses (`by -(a + b)`)")
        accepted = accepted - OPERATORS - {"LPAR"}
    parts += [SPELLING[t] for t in sorted(accepted) if t in SPELLING]
    return "expected " + ", or ".join(parts) if parts else "see docs/language.md for the form of the clause"
