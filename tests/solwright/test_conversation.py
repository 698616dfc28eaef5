"""What a person is told and asked during a run."""

from __future__ import annotations

import io
import re

import pytest

from feedback import events as e
from feedback.diagnose import Cause
from solwright.commands.new import approver
from solwright.narration import Narrator
from solwright.terminal import Terminal
from specs.parse import parse
from specs.specification import Specification
from tests.solwright.command import ROOT
from tests.solwright.samples import REFUTED


@pytest.fixture(scope="module")
def vault() -> Specification:
    return parse(ROOT / "tests" / "corpus" / "vault" / "Vault.spec.sol")


@pytest.mark.parametrize(
    ("answer", "accepted", "remark"),
    [
        ("y\n", True, ""),
        ("YES\n", True, ""),
        ("n\n", False, ""),
        ("\n", False, ""),
        ("", False, ""),
        ("allow a fee\n", False, "allow a fee"),
    ],
)
def test_a_promise_is_accepted_refused_or_sent_back(
    answer: str, accepted: bool, remark: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], vault: Specification
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    approval = approver(Terminal())(vault)
    assert (approval.accepted, approval.remark) == (accepted, remark)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "[withdraw.short] `withdraw` reverts with InsufficientBalance" in shown.err
    assert re.search(r"rejects: withdraw\(\d+\) by 0x\w+; .*it reverts", shown.err)
    assert "Is this what you want?" in shown.err


def test_nobody_is_asked_where_nobody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert not Terminal().attended
    monkeypatch.setattr("sys.stdin", None)
    assert not Terminal().attended


def test_each_event_is_told_in_its_way(vault: Specification) -> None:
    cause = Cause("code wrong", "withdraw.short is REFUTED", "", (), "", "")
    told: dict[e.Event, list[str]] = {
        e.Started("runs/1", "m", resumed=True): ["continuing in runs/1, model m"],
        e.Noticed("a wait"): ["note: a wait"],
        e.Answered("contract", 1, "5 tokens", recorded=True): ["contract 1: from the run record"],
        e.ReplyRefused("no fence"): ["the reply cannot be used: no fence"],
        e.SpecificationRefused(2, ("too weak",)): ["specification 2 is sent back:", "  · too weak"],
        e.Frozen(vault): [f"frozen: Vault ({vault.digest[:16]})"],
        e.Judged(1, REFUTED, recorded=False): ["attempt 1: not-verified — 1 proved, 2 refuted, 2 unknown"],
        e.Judged(2, None, recorded=False): ["attempt 2: not judged — the source is refused"],
        e.Diagnosed(1, (cause,)): ["  · code wrong: withdraw.short is REFUTED"],
        e.Decided("repair", ""): [],
        e.Decided("fresh", "stuck"): ["starting afresh: stuck"],
        e.Decided("stop", "stuck"): ["stopping: stuck"],
        e.Asked("contract", 1, "0 of 5 tokens"): [],
        e.Ended("verified", "", vault, "", None): [],
    }
    for event, lines in told.items():
        assert list(Narrator().lasting(event)) == lines


def test_streaming_is_counted_not_shown() -> None:
    narrator = Narrator()
    assert list(narrator.passing(e.Asked("repair", 2, "$1 of $2"))) == ["asking for a repaired contract (2) — $1 of $2"]
    assert list(narrator.passing(e.Wrote("x" * 499))) == []
    assert list(narrator.passing(e.Wrote("\x1b[31m"))) == ["writing: 504 characters"]
    assert list(narrator.passing(e.Checking(0, "always reverts"))) == ["specification: always reverts"]
    assert list(narrator.passing(e.Checking(3, "compiling"))) == ["attempt 3: compiling"]
