"""Hold that a promise that is written again promises no less (threat model, items 15 to 17)."""

from __future__ import annotations

from specs.compare import compare
from specs.specification import Specification


def losses(before: Specification, again: Specification) -> tuple[str, ...]:
    """Return, in words, where a specification may promise less than an older one; nothing means that all of it is kept.

    What the solver does not decide counts as a loss, and so does an id that is gone or stands for another promise.
    """
    return tuple(f"{row.id} is {row.relation} ({row.note})" for row in compare(before, again).loses)
