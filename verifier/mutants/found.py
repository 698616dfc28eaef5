"""What became of mutants, and what that says of a specification, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Choice

from verifier.mutants.edit import Mutant

Part = Choice["feedback", "held-out"]
Killer = Choice["inspection", "fuzz", "symbolic"]
#: killed: it breaks a promise; accepted: every promise that the change can touch is proved of it, too; undecided: neither.
Fate = Choice["killed", "accepted", "undecided"]


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one mutant. `obligation`: the one that it breaks, `killer`: who found that; `reason`: why it is undecided."""

    fate: Fate
    killer: Killer | None = None
    obligation: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """One mutant that is another program than the original, and what became of it. `artifact` is the digest of its creation code."""

    mutant: Mutant
    part: Part
    artifact: str
    diff: str
    found: Found

    @property
    def killed(self) -> bool:
        return self.found.fate == "killed"


@dataclass(frozen=True, slots=True)
class Strength:
    """The strength of a specification as one contract's mutants show it.

    `written` mutants there are, of which some were drawn; `refused` do not compile, `equivalent` do what the original does, `doubles` are
    the same as another mutant. `seed`, `most` and `libraries` say which were drawn.
    """

    seed: str
    most: int
    libraries: bool
    written: int
    refused: int
    equivalent: int
    doubles: int
    judged: tuple[Judged, ...]
    time_s: float

    def of(self, part: Part) -> tuple[Judged, ...]:
        return tuple(j for j in self.judged if j.part == part)

    def survivors(self, part: Part | None = None) -> tuple[Judged, ...]:
        return tuple(j for j in self.judged if not j.killed and part in (None, j.part))

    def meets(self, least: float) -> bool:
        """Tell whether enough held-out mutants were killed (where there are none: enough of the others); no mutant at all is not enough."""
        rate = self.rate("held-out")
        rate = self.rate("feedback") if rate is None else rate
        return rate is not None and rate >= least

    def rate(self, part: Part) -> float | None:
        """Return the part of the mutants that was killed, None where there are none."""
        mine = self.of(part)
        return sum(j.killed for j in mine) / len(mine) if mine else None
