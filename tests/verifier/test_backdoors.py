"""Backdoors planted in right contracts are never verified (threats 19 and 20); docs/backdoors.md says who caught which."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.verifier.planted import BACKDOORS, ROOT, Backdoor, is_refused, read
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import first_violations
from verifier.judge import Case

EFFORT = Effort(time_s=1800, obligation_s=400, solver_s=30, jobs=1)  # whoever tests may have little of the machine
PLANTED = [read(path) for path in BACKDOORS]
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)
#: What no engine follows is UNKNOWN: a contract that is created, a pointer to a function that was stored.
NOT_FOLLOWED = {"nft-in-create", "timelock-function-pointer"}


@pytest.mark.attack
@pytest.mark.parametrize("base", sorted({b.base for b in PLANTED}), ids=lambda p: f"{p.parents[1].name}")
def test_a_backdoor_in_a_right_contract_is_not_verified(base: Path) -> None:
    cases = [(b, b.case(EFFORT)) for b in PLANTED if b.base == base]
    asked = [(b, case) for b, case in cases if not is_refused(case) and not is_unfollowed(b, case)]
    if asked:
        answers = dict(first_violations([(case, b.breaks, b.breaks) for b, case in asked], EFFORT))
        assert {b.name: kept for n, (b, _) in enumerate(asked) if (kept := unbroken(b, answers[n]))} == {}


def is_unfollowed(backdoor: Backdoor, case: Case) -> bool:
    """Tell whether what the backdoor breaks runs code that no engine follows, so that it is UNKNOWN by a rule."""
    known = {o.id: o.function.removeprefix("view ") for o in case.job.ledger.obligations}
    assert set(backdoor.breaks) <= set(known), f"{backdoor.name} names what is no obligation: {set(backdoor.breaks) - set(known)}"
    return any(x.kind == "unknown" and x.function in {"", known[id]} for x in case.limits for id in backdoor.breaks)


def unbroken(backdoor: Backdoor, outcomes: Mapping[str, str]) -> Mapping[str, str]:
    """Return what was said of the named obligations if none of them counts as broken; an engine that says nothing catches nothing."""
    said = {id: outcomes.get(id, "no answer") for id in backdoor.breaks}
    wanted = {"unknown"} if backdoor.name in NOT_FOLLOWED else {"violated", "vacuous"}
    return {} if wanted & set(said.values()) else said


def test_the_page_lists_every_backdoor() -> None:
    """`python benchmarks/backdoors.py` writes it anew."""
    page = (ROOT / "docs" / "backdoors.md").read_text()
    rows = [(name, planted, breaks) for name, planted, breaks in ROW.findall(page)]
    assert rows == [(b.name, b.planted, ", ".join(f"`{id}`" for id in b.breaks)) for b in PLANTED]


def test_there_are_backdoors_of_every_kind() -> None:
    assert len(PLANTED) >= 60
    assert len({b.source for b in PLANTED}) == len(PLANTED)
    assert len({b.base for b in PLANTED}) >= 12
