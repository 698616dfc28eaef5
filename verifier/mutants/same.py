"""Tell whether a mutant is a wrong contract at all: it is none where its functions do the same as the original's.

States are those that the specification allows, which are all that the original reaches, and so all that the mutant does.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolchain.solc import Compilation, Contract
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import alike
from verifier.judge import Case
from verifier.mutants.affected import touched
from verifier.mutants.edit import Mutant
from verifier.runtime import runtime_of


def do_the_same(case: Case, mutants: Sequence[tuple[Mutant, Compilation]], effort: Effort) -> list[Mutant]:
    """Return the compiled mutants of which all that they change does the same as before.

    Not asked where it is dear: of deployments, and beside another contract.
    """
    own = case.job.contract
    asked = []
    for mutant, made in mutants if case.job.specification.environment is None else ():
        functions, other = [f for f in touched(case, mutant) if f.selector], made.contract(own.name, own.path)
        if functions and {*mutant.entries} == {f.selector for f in functions} and _places(own) == _places(other):
            asked.append((mutant, runtime_of(made, other), [f.title for f in functions]))
    if not asked:
        return []
    answers = alike([(case, runtime, titles) for _, runtime, titles in asked], effort)
    return [mutant for (mutant, _, _), same in zip(asked, answers, strict=True) if same]


def _places(contract: Contract) -> list[tuple[str, str, int]]:
    return [(x["label"], x["slot"], x["offset"]) for x in contract.storage_layout.get("storage", ())]
