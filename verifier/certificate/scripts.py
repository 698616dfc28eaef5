"""Tell whether two SMT-LIB scripts ask the same.

z3 orders the arguments of `or`, `and`, `=`, `bvadd` … by when it first saw them, declares symbols as it meets them, and names what
it writes once by where it stands. All of that differs between a maker and a checker, who ask their solvers different things on the way.
Nothing else may.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TypeAlias

from verifier.engines.horn.sexpr import tokens

#: Operators whose arguments may stand in any order.
COMMUTATIVE = frozenset({"and", "or", "xor", "=", "distinct", "bvadd", "bvmul", "bvand", "bvor", "bvxor", "bvxnor"})
#: What z3 names what it writes once. No symbol of ours is called so: a `let` of another name could hide one, in quotes too.
BOUND = re.compile(r"[?$]x[0-9]+")
#: Heads of what is no term, but a name with its indices or its sort.
NAMES = ("_", "as")

Expression: TypeAlias = "str | list[Expression]"
Known: TypeAlias = dict[tuple[str | int, ...], int]


def ask_the_same(one: bytes, other: bytes) -> bool:
    """Tell whether two scripts are the same commands, but for the order of arguments and declarations and for the names in `let`."""
    known: Known = {}
    try:
        return one == other or _commands(one.decode("ascii"), known) == _commands(other.decode("ascii"), known)
    except (ValueError, RecursionError):  # no script of ours: it does not read, or nests as none does
        return False


def _commands(text: str, known: Known) -> list[int]:
    """Return the commands by number; declarations that follow each other in an order of our own."""
    if not text.replace("\n", "").isprintable():
        raise ValueError("a character that parts words for some readers only")
    out: list[int] = []
    for declares, group in groupby(_read(text), lambda x: isinstance(x, list) and x[:1] == ["declare-fun"]):
        numbers = [_command(x, known) for x in group]
        out += sorted(numbers) if declares else numbers
    return out


def _read(text: str) -> list[Expression]:
    """Read a script; a comment is a word of it, for ours say what a question is about."""
    open_lists: list[list[Expression]] = [[]]
    for m in tokens(text):
        if m.group() == "(":
            open_lists.append([])
        elif m.group() != ")":
            open_lists[-1].append(m.group())
        elif len(open_lists) > 1:
            closed = open_lists.pop()
            open_lists[-1].append(closed)
        else:
            raise ValueError("a parenthesis too many")
    if len(open_lists) > 1:
        raise ValueError("a parenthesis is open")
    return open_lists[0]


def _command(command: Expression, known: Known) -> int:
    """Return the number of a command. Terms stand in `assert` alone; everything else is taken word by word."""
    match command:
        case ["assert", term]:
            return _list([_word("assert", known), _term(term, {}, known)], known)
        case _:
            return _words(command, known)


def _words(expression: Expression, known: Known) -> int:
    """Return the number of an expression: equal for those that are the same."""
    if isinstance(expression, str):
        return _word(expression, known)
    return _list([_words(x, known) for x in expression], known)


def _term(term: Expression, names: Mapping[str, int], known: Known) -> int:
    """Return the number of a term: equal for those that are the same but for the order of arguments and the names in `let`."""
    while isinstance(term, list) and len(term) == 3 and term[0] == "let":
        _, bindings, term = term
        names = {**names, **_bound(bindings, names, known)}
    if isinstance(term, str):
        return names[term] if term in names else _word(term, known)
    head, *arguments = term or [""]
    if head in NAMES:
        return _words(term, known)
    if isinstance(head, list) and (not head or head[0] not in NAMES):
        raise ValueError("what is applied is no name")
    parts = [_term(x, names, known) for x in arguments]
    if isinstance(head, str) and head in COMMUTATIVE:
        parts.sort()
    return _list([_words(head, known), *parts], known)


def _bound(bindings: Expression, names: Mapping[str, int], known: Known) -> dict[str, int]:
    bound: dict[str, int] = {}
    for binding in bindings:
        match binding:
            case [str(name), term] if BOUND.fullmatch(name) and name not in bound:
                bound[name] = _term(term, names, known)
            case _:
                raise ValueError("a let that z3 does not write")
    return bound


def _word(word: str, known: Known) -> int:
    return known.setdefault((word,), len(known))


def _list(parts: Sequence[int], known: Known) -> int:
    return known.setdefault(("(", *parts), len(known))
