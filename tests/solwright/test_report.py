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
from tests.solwright.samples import EVIL, REFUTED, SHORT, STATE, VERIFIED, obligation
from toolchain.errors import some_of
from verifier.finding import Finding
from verifier.result import NO_LOCK


def test_the_text_of_a_refuted_contract(snapshot: SnapshotAssertion) -> None:
    tests = {"withdraw.short": Path("runs/1/counterexamples/withdraw.short.t.sol")}
    assert "\n".join(line.text for line in render(REFUTED, Sources("Vault.sol", tests))) == snapshot


def test_the_text_of_a_verified_contract(snapshot: SnapshotAssertion) -> None:
    assert "\n".join(line.text for line in render(VERIFIED, Sources("Vault.sol", {}))) == snapshot


def test_the_object_of_json(snapshot: SnapshotAssertion) -> None:
    assert json.dumps(to_json(REFUTED), indent=1) == snapshot


def test_the_markdown(snapshot: SnapshotAssertion) -> None:
    assert render_markdown(REFUTED, "Vault.sol") == snapshot


def test_the_markdown_says_the_worst_first_and_apart_what_leans_on_it() -> None:
    text = render_markdown(replace(REFUTED, obligations=REFUTED.obligations[::-1]), "Vault.sol")
    headings = [line for line in text.split("\n") if line.startswith("##")]
    assert headings[:7] == [
        "## Refused",
        "## Not proved",
        "### undeclared is REFUTED",
        "### withdraw.short is REFUTED",
        "### withdraw.debited(total) is UNKNOWN",
        "## Would be proved if the above were",
        "## Every reason why it is not verified",
    ]
    assert "\n- withdraw.paid: " in text


WAYS_OUT = [
    ({"id": "put.locked", "kind": "locked", "function": "put"}, "", "give it the lock (nonReentrant), too"),
    ({"id": "total.locked", "kind": "locked", "function": "view total"}, "", "give it the lock (nonReentrantView), too"),
    ({"id": "put.atomic", "kind": "atomic"}, "", "or do it under a @custom:lock"),
    ({"id": "put.succeeds", "kind": "succeeds"}, f"; the guard g may be entered in it: {NO_LOCK}", "@custom:lock with what is true"),
    ({"id": "put.succeeds", "kind": "succeeds"}, "", "can no calls lead there?"),
]


@pytest.mark.parametrize(("fields", "more", "next_step"), WAYS_OUT)
def test_what_is_not_inductive_says_what_helps(fields: dict[str, str], more: str, next_step: str) -> None:
    o = obligation(**fields, verdict="UNKNOWN", proved_by=(), reason=f"not inductive: a state breaks it{more}", counterexample=STATE)
    lines = [line.text.strip() for line in render(replace(REFUTED, obligations=(o,)), PLAIN)]
    (said,) = (line for line in lines if line.startswith("next:"))
    assert next_step in said


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


def test_what_the_same_calls_refute_stands_in_one_block() -> None:
    one = replace(obligation("withdraw.short", verdict="REFUTED", clause="reverts short: true"), counterexample=SHORT)
    other = replace(one, id="withdraw.accounted", clause="", words="books balance", counterexample=replace(SHORT, message="they do not"))
    apart = replace(one, id="withdraw.paid", counterexample=replace(SHORT, calls=SHORT.calls[:2]))
    report = replace(REFUTED, obligations=(one, other, apart))
    tests = {o.id: Path(f"{o.id}.t.sol") for o in report.obligations}
    lines = [line.text.strip() for line in render(report, Sources("V.sol", tests))]
    assert lines.count("✗ withdraw.short, withdraw.accounted — REFUTED by the same calls") == 1
    assert "✗ withdraw.paid — REFUTED" in lines
    block = lines[
        lines.index("✗ withdraw.short, withdraw.accounted — REFUTED by the same calls") : lines.index("✗ withdraw.paid — REFUTED")
    ]
    assert [line for line in block if line.startswith(("promised", "written", "call", "broken", "test"))] == [
        "promised: the language itself asks for it",
        "written:  reverts short: true",
        "promised: books balance",
        f"call: withdraw(2) by {SHORT.calls[-1].sender} → succeeded",
        "broken: withdraw.short: it must revert, and it succeeded",
        "broken: withdraw.short: they do not",
        "test:     withdraw.short.t.sol",
        "test:     withdraw.accounted.t.sol",
    ]
    text = render_markdown(report)
    assert "### withdraw.short, withdraw.accounted are REFUTED by the same calls" in text
    assert text.count("call: withdraw(2)") == 1
    assert [o["id"] for o in to_json(report)["obligations"]] == ["withdraw.short", "withdraw.accounted", "withdraw.paid"]


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


def test_a_clause_of_an_imported_specification_is_shown_with_its_file() -> None:
    own = obligation("pay.own", clause="reverts own: true", line=12, verdict="UNKNOWN", reason="why")
    inherited = replace(own, id="pay.theirs", reason="another", file="solwright/ERC20.spec.sol")
    report = replace(REFUTED, obligations=(own, inherited))
    shown = "\n".join(line.text for line in render(report, Sources("Vault.sol", {})))
    assert "reverts own: true  (line 12)" in shown
    assert "reverts own: true  (solwright/ERC20.spec.sol:12)" in shown
    assert [o["file"] for o in to_json(report)["obligations"]] == ["", "solwright/ERC20.spec.sol"]


def test_reasons_that_look_the_same_are_named_once() -> None:
    long = "symbolic: " + "a path could not be followed " * 8
    rows = [obligation(f"pay.{n}", verdict="UNKNOWN", reason=long + end) for n, end in enumerate(("", "; horn: no", "", "; horn: no"))]
    shown = [line.text for line in render(replace(REFUTED, obligations=tuple(rows)), Sources("V.sol", {}))]
    assert [text.partition(" for the reason")[0] for text in shown if " for the reason" in text] == ["? 3 more"]
    assert any(text.endswith("pay.1, pay.2, pay.3") for text in shown)


def test_the_first_names_and_how_many_more() -> None:
    assert some_of("abc", 3) == "a, b, c"
    assert some_of(("x", "y", "z"), 2) == "x, y and 1 more"
    assert some_of((), 2) == ""
