"""Reports say the verdict first, then what is missing and why; text of others makes no markup (threats 11, 31, 32)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from solwright.report.json import to_json
from solwright.report.markdown import escape, fence, render_markdown
from solwright.report.tally import by_function, count
from solwright.report.text import Sources, render
from tests.solwright.samples import EVIL, REFUTED, VERIFIED, obligation
from verifier.finding import Finding


def test_the_text_of_a_refuted_contract(snapshot: SnapshotAssertion) -> None:
    tests = {"withdraw.short": Path("runs/1/counterexamples/withdraw.short.t.sol")}
    assert "\n".join(line.text for line in render(REFUTED, Sources("Vault.sol", tests))) == snapshot


def test_the_text_of_a_verified_contract(snapshot: SnapshotAssertion) -> None:
    assert "\n".join(line.text for line in render(VERIFIED, Sources("Vault.sol", {}))) == snapshot


def test_the_object_of_json(snapshot: SnapshotAssertion) -> None:
    assert json.dumps(to_json(REFUTED), indent=1) == snapshot


def test_the_markdown(snapshot: SnapshotAssertion) -> None:
    assert render_markdown(REFUTED, "Vault.sol") == snapshot


def test_json_has_every_field_that_the_issue_names() -> None:
    value = to_json(REFUTED)
    fields = {"schemaVersion", "verdict", "specification", "artifact", "obligations", "assumptions", "canaries", "tools", "time_s"}
    assert fields <= value.keys()
    assert {"id", "clause", "function", "verdict", "provedBy", "reason", "counterexample"} <= value["obligations"][0].keys()
    assert "\x1b" not in json.dumps(to_json(replace(REFUTED, open=(EVIL,))))


PLAIN = Sources("V.sol", {})


def test_the_verdict_is_the_first_word() -> None:
    assert render(REFUTED, PLAIN)[0].text.startswith("NOT VERIFIED  Vault (V.sol) against Vault.spec.sol")
    assert render(VERIFIED, PLAIN)[0].text.startswith("VERIFIED  ")
    assert render(replace(REFUTED, verdict="incomplete"), PLAIN)[0].text.startswith("INCOMPLETE  ")


def test_counting_leaves_nothing_out() -> None:
    assert count(REFUTED.obligations) == "1 proved, 2 refuted, 2 unknown"
    assert count(()) == ""
    assert [(name, len(rows)) for name, rows in by_function(REFUTED.obligations)] == [("deposit", 1), ("withdraw", 3), ("the contract", 1)]


@pytest.mark.attack
def test_text_of_others_makes_no_markup() -> None:
    bad = obligation("withdraw.short", verdict="REFUTED", clause=EVIL, words=EVIL, reason=EVIL, counterexample=None)
    finding = Finding("refutes", EVIL, EVIL, "a|b\n::error::.sol", 3)
    text = render_markdown(replace(REFUTED, obligations=(bad,), findings=(finding,), open=(EVIL,), assumptions=(EVIL,)), EVIL)
    outside, inside = [], False
    mark = ""
    for line in text.split("\n"):
        if not inside and line.startswith("```"):
            mark, inside = line[: len(line) - len(line.lstrip("`"))], True
        elif inside and line == mark:
            inside = False
        elif not inside:
            outside.append(line)
    plain = "\n".join(outside)
    for broken_out in ("<script", "![", "@everyone", "#1 ", "http://", "<!--", "\x1b", "\n::error"):
        assert broken_out not in plain
    assert not re.search(r"(?<!\\)\]\(", plain)
    assert not inside


def test_a_fence_is_longer_than_what_it_holds() -> None:
    assert fence("a ```` b", "text").startswith("`````text\n")
    assert escape("a|b *c*") == r"a\|b \*c\*"
