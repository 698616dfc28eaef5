"""Spend no more than was allowed: tokens always, money where the price is known."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from codegen.model import Request, Usage, bound_input
from toolchain.errors import BudgetExceeded, SettingsError

PRICES = Path(__file__).with_name("prices.toml")
DEFAULT_TOKENS = 2_000_000
WARN_AT = Decimal("0.8")

_DOLLARS = re.compile(r"\$?(\d+(?:\.\d+)?)\s*(?:usd|\$)?", re.IGNORECASE)
_TOKENS = re.compile(r"(\d+(?:\.\d+)?)\s*([km]?)\s*(?:t|tok|tokens)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent in a run. `dollars` None: no limit on money; the limit on tokens always stands."""

    tokens: int = DEFAULT_TOKENS
    dollars: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, and the day on which that was so."""

    input: Decimal
    cached: Decimal
    output: Decimal
    date: str

    def of(self, usage: Usage) -> Decimal:
        """Return what tokens cost, in dollars."""
        fresh = max(0, usage.input_tokens - usage.cached_tokens)
        return (fresh * self.input + usage.cached_tokens * self.cached + usage.output_tokens * self.output) / 1_000_000


def parse_limits(text: str) -> Limits:
    """Read a budget: dollars (`5`, `$2.50`), tokens (`300k tokens`), or both with a comma; 0 allows no call.

    Raises: SettingsError.
    """
    limits = Limits()
    for part in (p.strip() for p in text.split(",")):
        if tokens := _TOKENS.fullmatch(part):
            scale = {"": 1, "k": 1_000, "m": 1_000_000}[tokens.group(2).lower()]
            limits = Limits(int(Decimal(tokens.group(1)) * scale), limits.dollars)
        elif dollars := _DOLLARS.fullmatch(part):
            limits = Limits(limits.tokens, Decimal(dollars.group(1)))
        else:
            raise SettingsError(
                f"the budget {text!r} is neither dollars nor tokens", "write for instance 5, $2.50, 300k tokens, or 5, 300k tokens"
            )
    return limits


def look_up_price(model: str, host: str) -> Price | None:
    """Return the price of a model at a host, None where we do not know it."""
    table = tomllib.loads(PRICES.read_text(encoding="utf-8"))
    row = table["models"].get(model)
    if host != table["host"] or row is None:
        return None
    return Price(Decimal(row["input"]), Decimal(row["cached"]), Decimal(row["output"]), table["date"])


class Budget:
    """Keep what was spent under the limits; a call whose worst case would exceed one is not started."""

    def __init__(self, limits: Limits, price: Price | None) -> None:
        self.limits = limits
        self.price = price
        self.spent = Usage()
        self.calls = 0

    def admit(self, request: Request) -> None:
        """Refuse a call that could exceed a limit. Raises: BudgetExceeded."""
        worst = Usage(bound_input(request), request.max_output_tokens)
        if self.limits.dollars == 0 or self.limits.tokens == 0:
            raise BudgetExceeded("the budget is 0: no model is asked", "give a budget with --budget")
        if self.spent.tokens + worst.tokens > self.limits.tokens:
            raise BudgetExceeded(
                f"the next call may take {worst.tokens:,} tokens, "
                f"{max(0, self.limits.tokens - self.spent.tokens):,} of {self.limits.tokens:,} are left",
                "raise the limit (--budget '500k tokens'), then continue with --resume",
            )
        if self.price is not None and self.limits.dollars is not None:
            cost, dearest = self.price.of(self.spent), self.price.of(worst)
            if cost + dearest > self.limits.dollars:
                raise BudgetExceeded(
                    f"the next call may cost ${dearest:.4f}, "
                    f"${max(Decimal(0), self.limits.dollars - cost):.4f} of ${self.limits.dollars} are left (prices of {self.price.date})",
                    "raise the limit (--budget), then continue with --resume",
                )
        self.calls += 1

    def charge(self, usage: Usage) -> bool:
        """Count what a call took; say whether this is the charge that passed 80 % of a limit."""
        before = self.share
        self.spent += usage
        return before < WARN_AT <= self.share

    @property
    def share(self) -> Decimal:
        """Return how much of the tighter limit is spent (1 is all of it)."""
        shares = [Decimal(self.spent.tokens) / self.limits.tokens if self.limits.tokens else Decimal(1)]
        if self.price is not None and self.limits.dollars:
            shares.append(self.price.of(self.spent) / self.limits.dollars)
        return max(shares)

    @property
    def cost(self) -> Decimal | Literal["unknown"]:
        """Return what was spent in dollars, where the price is known."""
        return self.price.of(self.spent) if self.price is not None else "unknown"

    def __str__(self) -> str:
        tokens = f"{'≈' if self.spent.estimated else ''}{self.spent.tokens:,} of {self.limits.tokens:,} tokens"
        if self.price is None:
            return f"{tokens}, cost unknown"
        cap = f" of ${self.limits.dollars}" if self.limits.dollars is not None else ""
        return f"{tokens}, ≈${self.price.of(self.spent):.4f}{cap} (prices of {self.price.date})"
