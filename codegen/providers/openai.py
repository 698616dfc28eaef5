"""Ask an OpenAI-compatible endpoint: Chat Completions, or Responses where asked.

The endpoint is not trusted. Retries are ours (the SDK's are off): bounded in number and time, each admitted by the listener before it
starts. What an older server does not know (a parameter named in its 400, a missing /responses, streaming) is left out from then on. No
redirect is followed: the key stays with the host that it was meant for.
"""

from __future__ import annotations

import contextlib
import email.utils
import random
import re
import time
from collections.abc import Generator
from dataclasses import replace

import openai

from codegen.model import Listener, Reply, Request, Usage
from codegen.providers.dialects import (
    LIMIT_PARAMETERS,
    AnswerFailed,
    Dialect,
    Part,
    Progress,
    ask_chat,
    ask_responses,
    simpler_dialect,
)
from codegen.providers.endpoint import OPENAI, Endpoint
from codegen.providers.wire import WireTooLarge, WireTooSlow, open_client
from codegen.text import safe_line
from toolchain.errors import ModelUnavailable

BYTES_A_TOKEN = 6  # a server that ignores its limit on tokens is cut here
AGAIN = frozenset({408, 409, 425, 429})
CHECK_ADDRESS = "check OPENAI_BASE_URL, then continue with --resume"
LATER = "try again later with --resume"
TOO_MANY = "wait, or see what the account allows; then continue with --resume"


class Again(Exception):
    """Ask for another try; `wait_s` is what the server asked for, None if it did not; `next_step` is for when no try helped."""

    def __init__(self, reason: str, wait_s: float | None = None, next_step: str = CHECK_ADDRESS) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        self.next_step = next_step


class StepDown(Exception):
    """Ask for another try in a simpler dialect."""

    def __init__(self, reason: str, dialect: Dialect) -> None:
        super().__init__(reason)
        self.dialect = dialect


class OpenAIModel:
    """One model behind one endpoint; what the server did not understand is remembered between calls."""

    def __init__(self, endpoint: Endpoint, name: str) -> None:
        self._endpoint = endpoint
        self._name = name
        self._dialect = Dialect(endpoint.protocol, LIMIT_PARAMETERS if endpoint.base_url == OPENAI else LIMIT_PARAMETERS[::-1])

    @property
    def name(self) -> str:
        return self._name

    @property
    def host(self) -> str:
        """Return the endpoint's host: a price holds for one host."""
        return self._endpoint.host

    def complete(self, request: Request, listener: Listener) -> Reply:
        """Answer one request within the endpoint's patience. Raises: ModelUnavailable, and whatever `listener.starting` raises."""
        patience = self._endpoint.patience
        deadline = time.monotonic() + patience.call_s
        usage, tries, last = Usage(), 0, Again("")
        while tries < patience.tries:
            listener.starting()
            seen = Progress(request)
            try:
                reply = self._try(request, listener, seen, deadline)
            except StepDown as step:
                self._dialect = step.dialect
                listener.notice(str(step))
                continue
            except Again as again:
                tries += 1
                last = again
                self._wait(again, tries, deadline, listener)
                continue
            finally:
                usage += seen.usage()
                listener.spent(seen.usage())
            return replace(reply, usage=usage)
        raise self._gave_up(f"{last} ({tries} tries)", last.next_step)

    def _try(self, request: Request, listener: Listener, seen: Progress, deadline: float) -> Reply:
        redact = self._endpoint.redactor
        shown = redact.stream(listener.text)
        largest = min(self._endpoint.patience.reply_bytes, BYTES_A_TOKEN * request.max_output_tokens)
        with open_client(self._endpoint, deadline) as client, contextlib.closing(self._heard(client, request)) as parts:
            for part in parts:
                seen.add(part)
                if seen.bytes > largest:
                    seen.finish = "size"
                    break
                shown.add(part.text)
        shown.end()
        if seen.finish is None:
            if not seen.heard and self._dialect.streams:
                raise StepDown("the endpoint does not stream; asking for whole answers", replace(self._dialect, streams=False))
            raise Again("the answer was cut off")
        return Reply(redact.known(seen.text), Usage(), seen.finish, redact.known(seen.model) or self._name)

    def _heard(self, client: openai.OpenAI, request: Request) -> Generator[Part]:
        """Yield the parts of one answer; whatever goes wrong at the other end becomes StepDown, Again or ModelUnavailable."""
        ask = ask_responses if self._dialect.protocol == "responses" else ask_chat
        try:
            yield from ask(client, self._name, request, self._dialect)
        except openai.APIStatusError as error:
            raise self._judge_status(error) from None
        except openai.APITimeoutError:
            raise Again("the endpoint was silent for too long") from None
        except openai.APIConnectionError as error:
            raise Again(f"no connection to {self._endpoint.place}, or it broke: {self._words(error.__cause__ or error)}") from None
        except (openai.OpenAIError, AnswerFailed) as error:
            raise Again(f"the endpoint reported an error inside its answer: {self._words(error)}") from None
        except WireTooLarge:
            yield Part(finish="size")
        except WireTooSlow as slow:
            raise self._gave_up(str(slow)) from None
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            raise Again(f"the endpoint's answer is not the protocol's: {self._words(error)}") from None

    def _judge_status(self, error: openai.APIStatusError) -> Exception:
        """Decide what an HTTP status means: simpler, again, or never."""
        status, words, dialect = error.status_code, self._words(error), self._dialect
        if 300 <= status < 400:
            return self._gave_up(
                f"the endpoint redirects ({status}); a key never follows a redirect", "set OPENAI_BASE_URL to the final address"
            )
        if dialect.protocol == "responses" and status in {404, 405, 501}:
            return StepDown("no /responses there; using Chat Completions", replace(dialect, protocol="chat"))
        if status in {400, 404, 415, 422}:
            simpler = simpler_dialect(dialect, words)
            if simpler is not None:
                return StepDown(f"the endpoint refused a parameter ({words[:120]}); asking without it", simpler)
        if status == 429 and getattr(error, "code", None) in {"insufficient_quota", "billing_hard_limit_reached"}:
            return self._gave_up(f"the account has no credit left: {words}", "see the account's billing page")
        if status in AGAIN or status >= 500:
            return Again(f"HTTP {status}: {words}", _retry_after(error.response.headers), TOO_MANY if status == 429 else LATER)
        steps = {
            401: "check OPENAI_API_KEY",
            403: "check what the key may do",
            404: f"check OPENAI_BASE_URL and the model's name ({self._name})",
        }
        return self._gave_up(f"HTTP {status}: {words}", steps.get(status, "check OPENAI_BASE_URL and --model"))

    def _wait(self, again: Again, tries: int, deadline: float, listener: Listener) -> None:
        patience = self._endpoint.patience
        if tries >= patience.tries:
            return
        wait_s = again.wait_s
        if wait_s is None:
            wait_s = min(patience.longest_wait_s, patience.first_wait_s * 2 ** (tries - 1)) * random.uniform(0.75, 1.0)
        elif wait_s > patience.longest_wait_s:
            raise self._gave_up(f"{again}; it asks to wait {wait_s:.0f} s", LATER)
        if time.monotonic() + wait_s > deadline:
            raise self._gave_up(f"{again}; {patience.call_s:.0f} s are over", LATER)
        listener.notice(f"{again}; trying again in {wait_s:.1f} s")
        time.sleep(wait_s)

    def _words(self, error: BaseException) -> str:
        said = str(error).removeprefix(f"Error code: {getattr(error, 'status_code', '')} - ")
        said = re.sub(r"^\[Errno -?\d+\] ", "", said)
        return safe_line(self._endpoint.redactor.everything(said) or type(error).__name__)

    def _gave_up(self, what: str, next_step: str = CHECK_ADDRESS) -> ModelUnavailable:
        return ModelUnavailable(f"the model {self._name} at {self._endpoint.place} gave no answer: {what}", next_step)


def _retry_after(headers: object) -> float | None:
    """Read Retry-After (RFC 9110, 10.2.3): seconds or a date; None where there is none or it makes no sense."""
    text = headers.get("retry-after") if hasattr(headers, "get") else None
    if not text:
        return None
    with contextlib.suppress(ValueError):  # no number of seconds: it may be a date
        return max(0.0, float(text))
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
