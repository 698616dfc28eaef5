"""Split SMT-LIB text into its commands and lists; the only reader that a check trusts."""

from __future__ import annotations

import re
from collections.abc import Iterator

TOKEN = re.compile(r'\|[^|]*\||"(?:[^"]|"")*"|;[^\n]*|[()]|[^\s()|";]+')


def tokens(text: str) -> Iterator[re.Match[str]]:
    """Yield the tokens of a text, comments too.

    Raises ValueError where a quote is open: what another reader makes of the rest is not known.
    """
    read = 0
    for m in TOKEN.finditer(text):
        if text[read : m.start()].strip():
            raise ValueError("a quote is open")
        read = m.end()
        yield m
    if text[read:].strip():
        raise ValueError("a quote is open")


def items(text: str) -> list[str]:
    """Return the expressions at the top of a text, as they stand there.

    Raises ValueError where parentheses do not match or a quote is open."""
    return list(_items(text))


def inside(expression: str) -> list[str]:
    """Return the parts of a list."""
    return items(expression[1:-1])


def name(symbol: str) -> str:
    """Return a symbol without the bars that quote it."""
    return symbol[1:-1] if symbol.startswith("|") else symbol


def _items(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for m in tokens(text):
        token = m.group()
        if token == "(":
            if depth == 0:
                start = m.start()
            depth += 1
        elif token == ")":
            depth -= 1
            if depth < 0:
                raise ValueError("a parenthesis too many")
            if depth == 0:
                yield text[start : m.end()]
        elif depth == 0 and not token.startswith(";"):
            yield token
    if depth:
        raise ValueError("a parenthesis is open")
