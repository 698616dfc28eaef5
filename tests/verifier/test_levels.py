"""The level of an obligation is what was found again, and by whose solvers: never more."""

from __future__ import annotations

import pytest

from verifier.certificate.recheck import _level


@pytest.mark.parametrize(
    ("engines", "alone", "inspected", "level"),
    [
        ({"symbolic", "horn"}, False, True, "both"),
        ({"symbolic", "horn"}, True, True, "invariant re-checked"),
        ({"horn"}, False, True, "invariant re-checked"),
        ({"symbolic"}, False, True, "two solvers"),
        ({"symbolic"}, True, True, "one solver"),
        (set(), False, True, "inspected"),
        ({"static"}, False, True, "inspected"),
        (set(), False, False, "not checked"),
        (set(), True, False, "not checked"),
    ],
)
def test_the_level_follows_from_whose_solvers_took_part(engines: set[str], alone: bool, inspected: bool, level: str) -> None:
    assert _level(engines, alone=alone, inspected=inspected) == level
