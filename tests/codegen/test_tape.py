"""Tapes: what was recorded is answered again, anything else fails loudly and says how to re-record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codegen.implement import FrozenSpecification, implementation_messages
from codegen.model import Listener, Message, Reply, Request, Usage
from codegen.providers.replay import Recorder, Tape
from codegen.redact import Redactor
from codegen.specify import specification_messages
from tests.codegen.endpoint import KEY, Server
from toolchain.errors import BudgetExceeded, ModelUnavailable, SettingsError

ROOT = Path(__file__).parents[2]
FIRST = Request((Message("system", "front"), Message("user", f"one \u2028 {KEY}")), 100)
SECOND = Request((Message("system", "front"), Message("user", "two and more")), 100)


def record(server: Server, path: Path) -> list[Reply]:
    server.answer = lambda h: h.reply(f"answer {h.number} \u2028 \x00")
    recorder = Recorder(server.model(), path, "by a test server", Redactor((KEY,)).everything)
    return [recorder.complete(request, Listener()) for request in (FIRST, SECOND)]


def test_a_tape_answers_as_recorded(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    replies = record(server, path)
    tape = Tape(path)
    assert tape.made == "by a test server"
    assert tape.name == "test-model"
    heard: list[str] = []
    spent: list[Usage] = []
    for request, reply in zip((SECOND, FIRST, SECOND), (replies[1], replies[0], replies[1]), strict=True):
        again = tape.complete(request, Listener(text=heard.append, spent=spent.append))
        assert again.text == reply.text
        assert again.usage == reply.usage
    assert heard == [replies[1].text, replies[0].text, replies[1].text]
    assert len(spent) == 3


@pytest.mark.attack
def test_keys_are_redacted_on_a_tape(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    record(server, path)
    assert KEY not in path.read_text()
    assert Tape(path).complete(FIRST, Listener()).text


def test_limits_are_no_part_of_the_question(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    record(server, path)
    assert Tape(path).complete(Request(SECOND.messages, 7), Listener()).text


@pytest.mark.parametrize(
    ("request_", "difference"),
    [
        (Request((Message("system", "another front"), SECOND.messages[1]), 100), "the text in front of every prompt has changed"),
        (Request((Message("system", "front"), Message("user", "two and less")), 100), "after .* characters, at .*two and less"),
    ],
)
def test_a_changed_prompt_fails_loudly(server: Server, tmp_path: Path, request_: Request, difference: str) -> None:
    path = tmp_path / "tape.jsonl"
    record(server, path)
    with pytest.raises(ModelUnavailable, match=difference) as caught:
        Tape(path).complete(request_, Listener())
    assert "--record NEW.jsonl" in str(caught.value)
    assert "delete" not in str(caught.value)


def test_a_tape_of_another_request_says_so() -> None:
    tape = Tape(ROOT / "examples" / "vault" / "tape.jsonl")
    for messages, what in (
        (specification_messages("a token"), "request"),
        (implementation_messages(FrozenSpecification("interface Token {}", "Token")), "specification"),
    ):
        with pytest.raises(ModelUnavailable, match=f"this tape is of another {what}"):
            tape.complete(Request(messages, 100), Listener())


def test_recording_goes_on_where_it_was(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    record(server, path)
    before = path.read_text()
    record(server, path)
    assert path.read_text() == before
    with pytest.raises(SettingsError, match="in another way"):
        Recorder(server.model(), path, "by somebody else")


@pytest.mark.parametrize("cut", [1, 30, 2000])
def test_a_half_written_line_is_recorded_anew(server: Server, tmp_path: Path, cut: int) -> None:
    path = tmp_path / "tape.jsonl"
    replies = record(server, path)
    path.write_bytes(path.read_bytes()[:-cut])
    record(server, path)
    assert Tape(path).complete(SECOND, Listener()).text.startswith("answer")
    assert len(path.read_text().splitlines()) == 1 + len(replies)


def test_the_budget_can_refuse_a_recorded_answer(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    record(server, path)

    def refuse() -> None:
        raise BudgetExceeded("no")

    with pytest.raises(BudgetExceeded):
        Tape(path).complete(FIRST, Listener(starting=refuse))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("not JSON", 1),
        ('{"tape": 2, "model": "m", "made": "x"}', 1),
        ('{"tape": 1, "model": "m"}', 1),
        ('{"tape": 1, "model": "m", "made": "x"}\n{"request": "0"}', 2),
        ('{"tape": 1, "model": "m", "made": "x"}\n' + json.dumps({"request": "0", "messages": [], "reply": 5})[:-9], 2),
    ],
)
def test_a_file_that_is_no_tape(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "tape.jsonl"
    path.write_text(text)
    with pytest.raises(SettingsError, match=rf"tape.jsonl:{line} is no line of a tape"):
        Tape(path)


def test_a_missing_tape(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        Tape(tmp_path / "none.jsonl")
