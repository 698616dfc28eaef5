"""Limit what an endpoint can send: bytes, time, encodings, redirects."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx2
import openai

from codegen.providers.endpoint import Endpoint


class WireTooLarge(Exception):
    """Stop reading an answer that is too large, or may be once unpacked."""


class WireTooSlow(Exception):
    """Stop reading an answer that does not end."""


class LimitedStream(httpx2.SyncByteStream):
    """Pass on a response's raw bytes until a limit is reached, whatever they hold: an endless comment or an endless line counts too."""

    def __init__(self, inner: httpx2.SyncByteStream, limit_bytes: int, deadline: float) -> None:
        self._inner = inner
        self._left = limit_bytes
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._inner:
            self._left -= len(chunk)
            if self._left < 0:
                raise WireTooLarge("the answer is larger than any reply may be")
            if time.monotonic() > self._deadline:
                raise WireTooSlow("the answer took longer than a call may take")
            yield chunk

    def close(self) -> None:
        self._inner.close()


def open_client(endpoint: Endpoint, deadline: float) -> openai.OpenAI:
    """Return a client for one try. Compressed answers are refused, since a small one may unpack to any size."""

    def limit(response: httpx2.Response) -> None:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise WireTooLarge("the answer is compressed although that was not asked for")
        stream = response.stream
        if isinstance(stream, httpx2.SyncByteStream):
            response.stream = LimitedStream(stream, endpoint.patience.wire_bytes, deadline)

    patience = endpoint.patience
    left_s = max(0.1, deadline - time.monotonic())
    timeout = httpx2.Timeout(min(patience.idle_s, left_s), connect=min(patience.connect_s, left_s))
    http = openai.DefaultHttpxClient(follow_redirects=False, timeout=timeout, event_hooks={"response": [limit]})
    return openai.OpenAI(
        api_key=endpoint.key or "none",
        base_url=endpoint.base_url,
        max_retries=0,
        timeout=timeout,
        http_client=http,
        default_headers={"Accept-Encoding": "identity"},
    )
