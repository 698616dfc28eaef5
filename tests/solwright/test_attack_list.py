"""docs/attack-list.md and docs/false-passes.md are true: what they name exists, and what the release must try is there."""

from __future__ import annotations

import re

import pytest

from tests.solwright.command import ROOT

TEXT = (ROOT / "docs" / "attack-list.md").read_text()
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith(("| # ", "|---"))]
FALSE_PASSES = (ROOT / "docs" / "false-passes.md").read_text()
PASSED = [line for line in FALSE_PASSES.splitlines() if line.startswith("| ") and not line.startswith(("| # ", "| where", "|---"))]
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", TEXT + FALSE_PASSES)))
REQUIRED = {2, 3, 4, 5, 8, 11, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 34}


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda x: x)
def test_each_named_test_exists(path: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (ROOT / "tests" / path).read_text(), re.MULTILINE)


def test_every_item_that_must_be_tried_is_there() -> None:
    tried = {int(row.split("|")[1]) for row in ROWS if row.split("|")[1].strip().isdigit()}
    assert tried >= REQUIRED


def test_no_row_is_without_a_test() -> None:
    assert all("::test_" in row for row in (*ROWS, *PASSED))


def test_every_false_pass_that_was_tried_is_there() -> None:
    assert [int(row.split("|")[1]) for row in PASSED if row.split("|")[1].strip().isdigit()] == [*range(1, 21)]
