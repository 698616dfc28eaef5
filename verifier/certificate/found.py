"""What checking a bundle found: one line per file, one per obligation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Choice

from verifier.canary import Canary
from verifier.certificate.schema import Certificate

#: equal: computed again, the same bytes; replayed: it came out the same; unchanged: only its digest was compared; stated: nobody can
#: compute it again; signed: a signature by whom it must be; differs: the bundle is wrong.
State = Choice["equal", "replayed", "unchanged", "stated", "signed", "differs"]

#: How much of a proof was found again: by the solvers of the proof alone, by others, by checking an invariant clause by clause.
Level = Choice["not checked", "inspected", "one solver", "two solvers", "invariant re-checked", "both"]


@dataclass(frozen=True, slots=True)
class FileLine:
    name: str
    state: State
    note: str = ""


@dataclass(frozen=True, slots=True)
class ObligationLine:
    id: str
    level: Level
    agrees: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """The whole account. `quick`: the engines did not run again; `tools`: what checked, with versions."""

    certificate: Certificate
    quick: bool
    files: tuple[FileLine, ...]
    obligations: tuple[ObligationLine, ...] = ()
    canaries: tuple[Canary, ...] = ()
    tools: tuple[tuple[str, str], ...] = ()
    sandbox: str = ""
    time_s: float = 0.0

    @property
    def disagreements(self) -> tuple[str, ...]:
        """Return what is wrong, each with the name of the file, the obligation or the canary."""
        files = (f"{f.name}: {f.note}" for f in self.files if f.state == "differs")
        obligations = (f"{o.id}: {o.note}" for o in self.obligations if not o.agrees)
        broken = (f"canary {c.tell()}" for c in self.canaries if not c.intact)
        return (*files, *obligations, *broken)

    @property
    def agrees(self) -> bool:
        """Whether every file was looked at and everything was found again."""
        return bool(self.files) and bool(self.obligations) and not self.disagreements


class Differs(Exception):
    """Stop at the first file that is not what it should be."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why
