"""Tell whether a mutant is a wrong contract at all: it is none where its functions do the same as the original's.

States are those that the specification allows, which are all that the original reaches, and so all that the mutant does.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolchain.solc import Compilation, Contract
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import alike
from verifier.engines.symbolic.task import Twin
from verifier.judge import Case
from verifier.mutants.affected import touched
from verifier.mutants.edit import Mutant
from verifier.runtime import runtime_of


def do_the_same(case: Case, mutants: Sequence[tuple[Mutant, Compilation]], effort: Effort) -> list[Mutant]:
    """Return the compiled mutants of which all that they change does the same as before. Not asked beside another contract: it is dear."""
    own = case.job.contract
    asked = []
    for mutant, made in mutants if case.job.specification.environment is None else ():
        other = made.contract(own.name, own.path)
        known = {f.selector: f.title for f in touched(case, mutant) if f.selector} | {"constructor": "constructor"}
        if {*mutant.entries} <= known.keys() and _places(own) == _places(other):
            twin = Twin(other.creation, runtime_of(made, other), tuple(known[entry] for entry in mutant.entries))
            asked.append((mutant, (case, twin)))
    if not asked:
        return []
    return [mutant for (mutant, _), same in zip(asked, alike([pair for _, pair in asked], effort), strict=True) if same]


def _places(contract: Contract) -> list[tuple[str, str, int]]:
    return [(x["label"], x["slot"], x["offset"]) for x in contract.storage_layout.get("storage", ())]
