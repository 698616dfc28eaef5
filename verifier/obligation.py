"""One thing to discharge, with the proofs that it leans on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Choice

ObligationKind = Choice[
    "initially",
    "deployable",
    "undeployable",
    "invariant",
    "frame",
    "emits",
    "reverts",
    "succeeds",
    "ensures",
    "changes",
    "pays",
    "transition",
    "nonpayable",
    "atomic",
    "callout",
    "stable",
    "unknown",
    "equals",
    "locked",
    "unlocks",
    "locked_at_callout",
    "unlocked",
    "lemma",
    "undeclared",
    "reachable",
    "callout_frame",
    "rule",
]


@dataclass(frozen=True, slots=True)
class Obligation:
    """A property for one function (or the constructor) under named assumptions.

    `id` is its full name (`withdraw.short`, `withdraw.frame(balanceOf)`, `withdraw.solvent@callout`, `constructor.solvent`,
    `stable(solvent)`, `selector`); `function` is the title of the function, `constructor`, a rule's name, or "" for the contract; `clause`
    is the clause as written ("" where the language itself makes the obligation); `words` says in plain words what must hold; `line` is
    the clause's line in the specification (0: none); `leans_on` are ids of obligations, or names of the ledger's groups, that must be
    proved for this proof to count. `subject` is what the obligation is about beside its function: a clause's id, a getter's signature, a
    lemma's id.
    """

    id: str
    kind: ObligationKind
    function: str
    clause: str
    words: str
    line: int
    leans_on: tuple[str, ...] = ()
    subject: str = ""
    premises: tuple[str, ...] = ()  # assumptions printed with the verdict
    file: str = ""  # what the specification imports, where the clause stands there


@dataclass(frozen=True, slots=True)
class Ledger:
    """All obligations of one specification and one artifact, written before any engine runs."""

    specification: str  # digest
    artifact: str  # creation-code digest
    obligations: tuple[Obligation, ...]
    assumptions: tuple[str, ...]  # ids and words of `assume`, and those of the world
    groups: tuple[
        tuple[str, tuple[str, ...]], ...
    ] = ()  # names under which many obligations are leaned on at once: `invariants`, `lock`, `frames(g)`

    def obligation(self, id: str) -> Obligation:
        """Return the obligation of that id."""
        return next(o for o in self.obligations if o.id == id)

    def leaned_on(self, obligation: Obligation) -> tuple[str, ...]:
        """Return the ids of all obligations that a proof of this one leans on, groups taken apart."""
        groups = dict(self.groups)
        return tuple(dict.fromkeys(x for name in obligation.leans_on for x in groups.get(name, (name,)) if x != obligation.id))
