"""stdout is data, stderr is talk, and text of others stays text (threats 31, 34)."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from solwright.terminal import Line, Terminal

EVIL = "a\x1b[31mred\x1b[0m\x07 \u202egnp.exe [bold]x[/bold] [/] [@click=app.quit]y[/] \x9b31m"


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


class Screen(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.attack
@pytest.mark.parametrize("screen", [False, True])
def test_escape_sequences_and_markup_are_shown_literally(monkeypatch: pytest.MonkeyPatch, screen: bool) -> None:
    out, err = (Screen(), Screen()) if screen else (io.StringIO(), io.StringIO())
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    terminal.note(EVIL)
    terminal.show([Line(EVIL)])
    terminal.fail(EVIL, EVIL, "E", 2)
    for text in (out.getvalue(), err.getvalue()):
        assert not set(text) & {"\x1b", "\x07", "\u202e", "\x9b"}
        assert "[bold]x[/bold] [/] [@click=app.quit]y[/]" in text


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def painted(stream: io.StringIO, **environment: str) -> bool:
        with monkeypatch.context() as m:
            m.setattr(sys, "stdout", stream)
            m.setenv("TERM", "xterm")
            for name, value in environment.items():
                m.setenv(name, value)
            Terminal().show([Line("VERIFIED", "good")])
        return "\x1b[" in stream.getvalue()

    assert painted(Screen())
    assert not painted(io.StringIO())
    assert not painted(Screen(), NO_COLOR="1")
    assert not painted(Screen(), TERM="dumb")


def test_a_terminal_stays_one_while_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    err = Screen()
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    terminal.tell("the first")
    assert sys.stderr.isatty()
    terminal.tell("the second")
    terminal.tell("the third", minor=True)
    terminal.note("done")
    shown = err.getvalue()
    assert " s  the second" not in shown
    assert "the third" in shown
    assert shown.endswith("done\n")


def test_quiet_keeps_what_must_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(quiet=True)
    terminal.tell("working")
    terminal.say("frozen")
    terminal.note("important")
    assert capsys.readouterr().err == "important\n"


def test_json_is_one_object_and_plain_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(json=True)
    terminal.show([Line("for people")])
    terminal.give({"text": EVIL})
    out = capsys.readouterr().out
    assert json.loads(out) == {"text": EVIL}
    assert out.isascii() and "\x1b" not in out


def test_a_failure_in_json_is_an_object_too(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal(json=True).fail("no file", "name one", "UsageError", 2)
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {
        "schemaVersion": 1,
        "error": {"kind": "UsageError", "message": "no file", "nextStep": "name one", "also": []},
        "exitCode": 2,
    }
    assert captured.err == "solwright: no file\n  next: name one\n"


@pytest.mark.attack
def test_a_reader_that_goes_away_ends_the_writing_only(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        terminal = Terminal()
        terminal.show([Line("x" * 100_000)])
        terminal.show([Line("y")])


def test_streams_that_are_closed_or_narrow_are_borne(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    Terminal().show([Line("x")])
    Terminal().note("x")
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    Terminal().show([Line("✗ withdraw → “x”")])
    narrow.seek(0)
    assert narrow.read() == "\\u2717 withdraw \\u2192 \\u201cx\\u201d\n"
