"""Speak Chat Completions or Responses: one request out, the parts of one answer in.

What arrives is believed only where it has the protocol's types; anything else raises ValueError, TypeError, AttributeError or KeyError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import openai
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response

from codegen.model import FinishReason, Request, Usage, bound_input, estimate_tokens
from codegen.providers.endpoint import Protocol

LIMIT_PARAMETERS = ("max_completion_tokens", "max_tokens")
FINISH: dict[str | None, FinishReason] = {
    "length": "length",
    "max_output_tokens": "length",
    "max_tokens": "length",
    "content_filter": "filter",
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What this server has shown to understand."""

    protocol: Protocol
    limit_parameters: tuple[str, ...]  # the first one is used, the others are tried when it is refused
    streams: bool = True
    usage_option: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an answer, whatever the protocol: text, and at the end the reason and the usage."""

    text: str = ""
    finish: FinishReason | None = None
    usage: Usage | None = None
    model: str = ""


class AnswerFailed(Exception):
    """Report that the endpoint says so of its own answer; the words are the endpoint's."""


class Progress:
    """What has arrived in one try."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._pieces: list[str] = []
        self._usage: Usage | None = None
        self.bytes = 0
        self.heard = False
        self.finish: FinishReason | None = None
        self.model = ""

    def add(self, part: Part) -> None:
        self.heard = True
        self._pieces.append(part.text)
        self.bytes += len(part.text.encode("utf-8", "surrogatepass"))
        self.finish = self.finish if self.finish == "refusal" else part.finish or self.finish
        self._usage = part.usage or self._usage
        self.model = part.model or self.model

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def usage(self) -> Usage:
        """Return the usage as stated, else an estimate of what was sent and received; nothing where no answer began."""
        if self._usage is not None:
            return self._usage
        return Usage(bound_input(self._request) // 3, estimate_tokens(self.text), 0, estimated=True) if self.heard else Usage()


def simpler_dialect(dialect: Dialect, words: str) -> Dialect | None:
    """Drop the parameter that the refusal names; None when it names none of ours."""
    if dialect.streams and dialect.usage_option and ("stream_options" in words or "include_usage" in words):
        return replace(dialect, usage_option=False)
    if dialect.limit_parameters and dialect.limit_parameters[0] in words:
        return replace(dialect, limit_parameters=dialect.limit_parameters[1:])
    if dialect.streams and "stream" in words:
        return replace(dialect, streams=False)
    return None


def ask_chat(client: openai.OpenAI, model: str, request: Request, dialect: Dialect) -> Iterator[Part]:
    """Ask /chat/completions."""
    options: dict[str, object] = {"model": model, "messages": [{"role": m.role, "content": m.text} for m in request.messages]}
    if dialect.limit_parameters:
        options[dialect.limit_parameters[0]] = request.max_output_tokens
    create: Callable[..., Any] = client.chat.completions.create  # the options depend on the server's dialect, which no overload knows
    if not dialect.streams:
        yield _whole_chat(create(**options))
        return
    if dialect.usage_option:
        options["stream_options"] = {"include_usage": True}
    with create(**options, stream=True) as stream:
        for chunk in stream:
            if not isinstance(chunk, ChatCompletionChunk):
                raise TypeError("an event that is no chunk")
            choice = chunk.choices[0] if chunk.choices else None
            text = (choice.delta.content or "") if choice else ""
            refused = (choice.delta.refusal or "") if choice else ""
            finish = None if choice is None or choice.finish_reason is None else FINISH.get(choice.finish_reason, "stop")
            yield Part(
                _string(text) + _string(refused), "refusal" if refused else finish, _chat_usage(chunk.usage), _string(chunk.model or "")
            )


def _whole_chat(whole: object) -> Part:
    if not isinstance(whole, ChatCompletion) or not whole.choices:
        raise ValueError("no choice in the answer")
    choice = whole.choices[0]
    finish: FinishReason = "refusal" if choice.message.refusal else FINISH.get(choice.finish_reason, "stop")
    return Part(
        _string(choice.message.content or choice.message.refusal or ""), finish, _chat_usage(whole.usage), _string(whole.model or "")
    )


def ask_responses(client: openai.OpenAI, model: str, request: Request, dialect: Dialect) -> Iterator[Part]:
    """Ask /responses; nothing is stored there."""
    turns = [{"role": m.role, "content": m.text} for m in request.messages]
    options: dict[str, object] = {"model": model, "input": turns, "max_output_tokens": request.max_output_tokens, "store": False}
    create: Callable[..., Any] = client.responses.create  # as in ask_chat
    if not dialect.streams:
        yield _end_of_response(create(**options), with_text=True)
        return
    with create(**options, stream=True) as stream:
        for event in stream:
            kind = event.type
            if kind in {"response.output_text.delta", "response.refusal.delta"}:
                yield Part(_string(event.delta))
            elif kind in {"response.completed", "response.incomplete", "response.failed"}:
                yield _end_of_response(event.response, with_text=False)
            else:
                yield Part()


def _end_of_response(response: Response, *, with_text: bool) -> Part:
    if response.status == "failed":
        raise AnswerFailed(_string(response.error.message) if response.error else "no reason given")
    refused = any(getattr(p, "type", "") == "refusal" for item in response.output for p in getattr(item, "content", None) or ())
    cut = response.incomplete_details.reason if response.incomplete_details else None
    finish: FinishReason = "refusal" if refused else FINISH.get(cut, "stop")
    given = response.usage
    usage = (
        None if given is None else _usage(given.input_tokens, given.output_tokens, getattr(given.input_tokens_details, "cached_tokens", 0))
    )
    return Part(_string(response.output_text) if with_text else "", finish, usage, _string(response.model or ""))


def _chat_usage(given: openai.types.CompletionUsage | None) -> Usage | None:
    if given is None:
        return None
    return _usage(given.prompt_tokens, given.completion_tokens, getattr(given.prompt_tokens_details, "cached_tokens", 0))


def _usage(tokens_in: object, tokens_out: object, cached: object) -> Usage | None:
    """Believe only counts that are counts."""
    counts = [
        x if isinstance(x, int) and not isinstance(x, bool) and 0 <= x < 10**9 else None for x in (tokens_in, tokens_out, cached or 0)
    ]
    if counts[0] is None or counts[1] is None:
        return None
    return Usage(counts[0], counts[1], min(counts[2] or 0, counts[0]))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text that is no text")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
