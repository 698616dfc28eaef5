"""Tell whether two SMT-LIB scripts ask the same.

z3 orders the arguments of `or`, `and`, `=`, `bvadd` … by when it first saw them, declares symbols as it meets them, and names what
it writes once by where it stands. All of that differs between a maker and a checker, who ask their solvers different things on the way.
Nothing else may.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TypeAlias

from verifier.engines.horn.sexpr import tokens

#: Operators whose arguments may stand in any order.
COMMUTATIVE = frozenset({"and", "or", "xor", "=", "distinct", "bvadd", "bvmul", "bvand", "bvor", "bvxor", "bvxnor"})

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
    out: list[int] = []
    for declares, group in groupby(_read(text), lambda x: isinstance(x, list) and x[:1] == ["declare-fun"]):
        numbers = [_number(x, {}, known) for x in group]
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


def _number(expression: Expression, names: Mapping[str, int], known: Known) -> int:
    """Return the number of an expression: equal for those that are the same but for order and names."""
    while isinstance(expression, list) and len(expression) == 3 and expression[0] == "let":
        _, bindings, expression = expression
        bound = {}
        for binding in bindings:
            if len(binding) != 2 or not isinstance(binding[0], str) or binding[0] in COMMUTATIVE:
                raise ValueError("a let that binds no name")
            bound[binding[0]] = _number(binding[1], names, known)
        names = {**names, **bound}
    if isinstance(expression, str):
        return names[expression] if expression in names else known.setdefault((expression,), len(known))
    parts = [_number(x, names, known) for x in expression]
    if parts and isinstance(expression[0], str) and expression[0] in COMMUTATIVE:
        parts[1:] = sorted(parts[1:])
    return known.setdefault(("(", *parts), len(known))
