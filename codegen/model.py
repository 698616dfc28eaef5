"""What a model is to this program: messages in, one reply out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]

#: stop: the model ended by itself; length: its token limit; size: our size limit; filter: the endpoint withheld text; refusal: the
#: model declined.
FinishReason = Literal["stop", "length", "size", "filter", "refusal"]


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model; the whole conversation is in it, nothing is remembered elsewhere."""

    messages: tuple[Message, ...]
    max_output_tokens: int

    @property
    def digest(self) -> str:
        """Return the sha-256 of the canonical messages; limits are not part of the question."""
        canonical = json.dumps([[m.role, m.text] for m in self.messages], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(_bytes(canonical)).hexdigest()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or more calls.

    `cached_tokens` are part of `input_tokens`; `estimated`: the endpoint did not say, so we counted bytes.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    estimated: bool = False

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
            self.estimated or other.estimated,
        )

    @property
    def tokens(self) -> int:
        """Return the tokens in and out together."""
        return self.input_tokens + self.output_tokens

    def __str__(self) -> str:
        return f"{'≈' if self.estimated else ''}{self.input_tokens:,} tokens in, {self.output_tokens:,} out"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered, secrets redacted. `usage` covers every try of this call; `model` is the name that the endpoint gave."""

    text: str
    usage: Usage
    finish_reason: FinishReason
    model: str


def _silent(_: str) -> None:
    return None


def _free(_: Usage) -> None:
    return None


def _always() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears of a call while it runs.

    `starting` is called before each try and may refuse it by raising; `text` gets the reply as it streams (a repeated try starts over);
    `spent` gets the usage of each try, the failed ones too; `notice` gets what a person should know (a wait, a step down).
    """

    starting: Callable[[], None] = _always
    text: Callable[[str], None] = _silent
    spent: Callable[[Usage], None] = _free
    notice: Callable[[str], None] = _silent


class Model(Protocol):
    @property
    def name(self) -> str:
        """Return the model's name as the user gave it."""

    def complete(self, request: Request, listener: Listener) -> Reply:
        """Answer one request. Raises: ModelUnavailable, BudgetExceeded (from `listener.starting`)."""


def estimate_tokens(text: str) -> int:
    """Count roughly where an endpoint does not: three bytes a token."""
    return -(-len(_bytes(text)) // 3)


def bound_input(request: Request) -> int:
    """Return a number of tokens that no byte-level tokenizer exceeds for this request: its bytes, and a few for each message's frame."""
    return sum(len(_bytes(m.text)) + 8 for m in request.messages)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
