"""A budget in tokens and money: nothing starts that could exceed it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.budget import DEFAULT_TOKENS, Budget, Limits, Price, look_up_price, parse_limits
from codegen.model import Message, Request, Usage, bound_input
from toolchain.errors import BudgetExceeded, SettingsError

PRICE = Price(Decimal(2), Decimal("0.5"), Decimal(8), "2025-08-15")
SMALL = Request((Message("user", "x" * 92),), 100)  # at most 200 tokens


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("0", Limits(dollars=Decimal(0))),
        ("5", Limits(dollars=Decimal(5))),
        ("$2.50", Limits(dollars=Decimal("2.50"))),
        ("3 usd", Limits(dollars=Decimal(3))),
        ("300k tokens", Limits(300_000)),
        ("1.5m tokens, 4", Limits(1_500_000, Decimal(4))),
        ("0 tokens", Limits(0)),
    ],
)
def test_parse(text: str, limits: Limits) -> None:
    assert parse_limits(text) == limits


@pytest.mark.parametrize("text", ["", "-1", "five", "1e9", "5,", "$", "nan", "infinity tokens"])
def test_parse_refuses(text: str) -> None:
    with pytest.raises(SettingsError, match="neither dollars nor tokens"):
        parse_limits(text)


@pytest.mark.attack
@pytest.mark.parametrize("text", ["0", "0 tokens", "$0.00"])
@pytest.mark.parametrize("price", [None, PRICE])
def test_budget_0_allows_no_call(text: str, price: Price | None) -> None:
    with pytest.raises(BudgetExceeded, match="budget is 0"):
        Budget(parse_limits(text), price).admit(SMALL)


@pytest.mark.attack
def test_unknown_price_is_unknown_and_tokens_still_count() -> None:
    budget = Budget(Limits(500, Decimal(1)), look_up_price("nobody's-model", "api.openai.com"))
    budget.admit(SMALL)
    budget.charge(Usage(200, 150))
    assert budget.cost == "unknown"
    assert str(budget) == "350 of 500 tokens, cost unknown"
    with pytest.raises(BudgetExceeded, match="may take 200 tokens, 150 of 500 are left"):
        budget.admit(SMALL)


def test_a_price_holds_for_its_host_only() -> None:
    assert look_up_price("gpt-4.1", "api.openai.com") is not None
    assert look_up_price("gpt-4.1", "gateway.example") is None


def test_money_is_counted_with_cached_tokens() -> None:
    budget = Budget(Limits(dollars=Decimal("0.01")), PRICE)
    budget.charge(Usage(1000, 100, 400))
    assert budget.cost == Decimal("0.0022")
    assert str(budget) == f"1,100 of {DEFAULT_TOKENS:,} tokens, ≈$0.0022 of $0.01 (prices of 2025-08-15)"
    budget.charge(Usage(0, 875))
    with pytest.raises(BudgetExceeded, match=r"may cost \$0.0010, \$0.0008 of \$0.01 are left \(prices of 2025-08-15\)"):
        budget.admit(SMALL)


def test_80_percent_is_told_once() -> None:
    budget = Budget(Limits(1000), None)
    assert [budget.charge(Usage(100, 0)) for _ in range(10)] == [False] * 7 + [True] + [False] * 2


@given(st.integers(0, 5000), st.lists(st.integers(0, 1000)))
def test_what_was_admitted_never_exceeds(tokens: int, replies: list[int]) -> None:
    budget = Budget(Limits(tokens), None)
    for output in replies:
        request = Request((Message("user", "y" * (output % 97)),), output)
        try:
            budget.admit(request)
        except BudgetExceeded:
            continue
        budget.charge(Usage(bound_input(request), output))
    assert budget.spent.tokens <= tokens
