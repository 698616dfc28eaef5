"""Record what a model answered, and answer from the record.

A tape is JSON lines. The first says what it is and how its answers were made; each other one holds one request (by digest, with its
messages for people) and its answer. Each request of a conversation is different from all others, so an answer is found by digest alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from codegen.model import FinishReason, Listener, Message, Model, Reply, Request, Usage
from toolchain.errors import ModelUnavailable, SettingsError

#: The part of a prompt that says what it is about, in a fence: see codegen/prompts.
SUBJECT = re.compile(r"^# The (request|specification)\b[^\n]*\n\n(`{3,})\w*\n(.*?)\n\2", re.S | re.M)


class Header(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    tape: Literal[1] = 1
    model: str
    made: str  # how the answers were made
    seed: str = ""  # of the recorded run: prompts can depend on which mutants it shows


class Turn(BaseModel):
    """One answer.

    `messages` are for people and for showing what changed; a system message is kept as its digest only, being the same in all of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    request: str
    messages: list[tuple[str, str]]
    reply: str
    finish: FinishReason
    input_tokens: int
    output_tokens: int
    estimated: bool


class Tape:
    """Answer from a tape; a question that is not on it is an error that says how to record it anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        header, self._turns = read_tape(path)
        self._header = header
        self._by_digest = {turn.request: turn for turn in self._turns}

    @property
    def name(self) -> str:
        return self._header.model

    @property
    def made(self) -> str:
        """Return how the answers were made."""
        return self._header.made

    @property
    def seed(self) -> str:
        """Return the seed of the recorded run, "" where none is known."""
        return self._header.seed

    def complete(self, request: Request, listener: Listener) -> Reply:
        """Answer as recorded. Raises: ModelUnavailable when the tape does not hold this request."""
        turn = self._by_digest.get(request.digest)
        if turn is None:
            raise ModelUnavailable(
                f"{self._path} holds no answer to this prompt ({request.digest[:12]}): {self._difference(request)}",
                "a tape answers only the request, prompts and engines that it was recorded with: name the tape of this request, "
                "or record another one with a model and --record NEW.jsonl",
            )
        listener.starting()
        listener.text(turn.reply)
        usage = Usage(turn.input_tokens, turn.output_tokens, 0, turn.estimated)
        listener.spent(usage)
        return Reply(turn.reply, usage, turn.finish, self._header.model)

    def _difference(self, request: Request) -> str:
        """Say where the prompt leaves the closest recorded one."""
        asked = _messages(request)
        fronts = {(role, text) for turn in self._turns for role, text in turn.messages if role == "system"}
        if asked[0][0] == "system" and asked[0] not in fronts:
            return "the text in front of every prompt has changed since"
        closest = max(self._turns, key=lambda t: _shared(asked, t.messages), default=None)
        if closest is None:
            return "the tape is empty"
        for subject, wanted in _subjects(words for _, words in asked):
            if (subject, wanted) not in set(_subjects(words for turn in self._turns for _, words in turn.messages)):
                return f"this tape is of another {subject}"
        at = _shared(asked, closest.messages)
        text = "\n".join(words for _, words in asked)
        return f"it leaves the closest recorded one after {at} characters, at {text[max(0, at - 30) : at + 30]!r}"


class Recorder:
    """Pass questions on to a model and add each answer to a tape."""

    def __init__(self, model: Model, path: Path, made: str, redact: Callable[[str], str] = str, seed: str = "") -> None:
        self._model = model
        self._path = path
        self._redact = redact
        if _cut_torn_line(path):
            header, turns = read_tape(path)
            if header.made != made or header.model != model.name:
                raise SettingsError(
                    f"{path} was recorded with another model or in another way", "record into a new file, or delete that one"
                )
            self._known = {t.request for t in turns}
        else:
            self._known = set()
            _append(path, Header(model=model.name, made=made, seed=seed))

    @property
    def name(self) -> str:
        return self._model.name

    def complete(self, request: Request, listener: Listener) -> Reply:
        """Answer through the model and record it."""
        reply = self._model.complete(request, listener)
        if request.digest not in self._known:
            self._known.add(request.digest)
            messages = [(role, self._redact(text)) for role, text in _messages(request)]
            usage = reply.usage
            _append(
                self._path,
                Turn(
                    request=request.digest,
                    messages=messages,
                    reply=reply.text,
                    finish=reply.finish_reason,
                    input_tokens=usage.input_tokens,
                    output_tokens=usage.output_tokens,
                    estimated=usage.estimated,
                ),
            )
        return reply


def read_tape(path: Path) -> tuple[Header, tuple[Turn, ...]]:
    """Read a tape. Raises: SettingsError with the line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise SettingsError(f"the tape {path} cannot be read: {why}", "name a file that --record wrote") from None
    header = _line(Header, path, 1, lines[0])
    turns = tuple(_line(Turn, path, number, line) for number, line in enumerate(lines[1:], start=2))
    return header, turns


M = TypeVar("M", Header, Turn)


def _line(kind: type[M], path: Path, number: int, line: str) -> M:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        raise SettingsError(f"{path}:{number} is no line of a tape: {error.errors()[0]['msg']}", "record it anew with --record") from None


def _subjects(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what prompts are about: the request or the specification, with its text."""
    for text in texts:
        if m := SUBJECT.search(text):
            yield m[1], m[3]


def _messages(request: Request) -> list[tuple[str, str]]:
    return [(m.role, _kept(m)) for m in request.messages]


def _kept(message: Message) -> str:
    return (
        "sha256:" + hashlib.sha256(message.text.encode("utf-8", "surrogatepass")).hexdigest() if message.role == "system" else message.text
    )


def _shared(asked: list[tuple[str, str]], recorded: list[tuple[str, str]]) -> int:
    left, right = ("\n".join(words for _, words in side) for side in (asked, recorded))
    return len(os.path.commonprefix([left, right]))


def _cut_torn_line(path: Path) -> bool:
    """Cut off a line that a killed process left half written; say whether whole ones are there."""
    if not path.exists():
        return False
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.truncate(path, whole)
    return whole > 0


def _append(path: Path, line: BaseModel) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line.model_dump()) + "\n")
        file.flush()
        os.fsync(file.fileno())
