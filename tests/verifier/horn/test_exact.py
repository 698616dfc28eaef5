"""Comparisons of sums are exact: evaluated modulo 2^256, as Solidity does, they say what integers say."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.engines.horn.exact import LARGEST, Term, Truth, both, choose, compare, either, negate, total

WORDS = st.one_of(st.integers(0, 5), st.integers(LARGEST - 5, LARGEST), st.integers(0, LARGEST))
OPERATORS = {"==": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}


class Word(int):
    """An integer that wraps, as in `unchecked`."""

    def __add__(self, other: int) -> Word:
        return Word((int(self) + int(other)) % (LARGEST + 1))

    def __sub__(self, other: int) -> Word:
        return Word((int(self) - int(other)) % (LARGEST + 1))

    def __rsub__(self, other: int) -> Word:
        return Word((int(other) - int(self)) % (LARGEST + 1))


def translated(text: str) -> str:
    """Return a condition of Solidity as Python writes it."""
    out, depth, start = "", 0, 0
    for i, c in enumerate(text):  # groups first
        if c == "(":
            depth, start = depth + 1, i if depth == 0 else start
        elif c == ")":
            depth -= 1
            out += f"({translated(text[start + 1 : i])})" if depth == 0 else ""
        elif depth == 0:
            out += c
    condition, found, rest = out.partition(" ? ")
    if found:
        yes, _, no = rest.partition(" : ")
        return f"({yes}) if ({condition}) else ({no})"
    return out


def evaluate(text: str, values: Mapping[str, int]) -> bool:
    """Evaluate a condition as Solidity would."""
    python = re.sub(r"!(?!=)", " not ", translated(text).replace("&&", " and ").replace("||", " or ").replace("uint256", "Word"))
    return bool(eval(python, {"Word": Word, "true": True, "false": False}, {n: Word(v) for n, v in values.items()}))


@pytest.mark.parametrize("operator", OPERATORS)
@given(st.lists(WORDS, min_size=1, max_size=2), st.lists(WORDS, min_size=1, max_size=2))
def test_up_to_two_terms_on_a_side_are_exact(operator: str, left: list[int], right: list[int]) -> None:
    values = {f"x{i}": v for i, v in enumerate([*left, *right])}
    names = list(values)
    truth = compare(operator, [Term(n) for n in names[: len(left)]], [Term(n) for n in names[len(left) :]])
    wanted = bool(getattr(sum(left), OPERATORS[operator])(sum(right)))
    assert truth.no is None
    assert evaluate(truth.yes, values) == wanted


@given(st.lists(WORDS, min_size=3, max_size=4), st.lists(WORDS, min_size=1, max_size=3))
def test_more_terms_err_to_the_safe_side(left: list[int], right: list[int]) -> None:
    values = {f"x{i}": v for i, v in enumerate([*left, *right])}
    names = list(values)
    truth = compare("<=", [Term(n) for n in names[: len(left)]], [Term(n) for n in names[len(left) :]])
    wanted = sum(left) <= sum(right)
    assert not (evaluate(truth.yes, values) and not wanted)
    assert not (evaluate(truth.refuted, values) and wanted)


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_a_sum_is_right_where_it_fits(parts: list[int]) -> None:
    values = {f"x{i}": v for i, v in enumerate(parts)}
    term = total([Term(n) for n in values])
    assert evaluate(both(*term.fits), values) == (sum(parts) <= LARGEST)


def test_connectives_fold_constants_and_negations() -> None:
    assert both("true", "a", "a") == "a"
    assert both("a", "false") == "false"
    assert either("false", "a") == "a"
    assert either("a", "true") == "true"
    assert negate(negate("a == b")) == "(a == b)"
    assert negate("!(a) && (b)") == "!(!(a) && (b))"
    assert choose("true", "a") == "a"
    assert Truth("a").refuted == "!(a)"
    assert Truth("a", "false").possible == "true"
