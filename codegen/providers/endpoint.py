"""Where a model is reached and with what patience; the key comes from the environment and is never shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from codegen.redact import Redactor
from toolchain.errors import ModelUnavailable, SettingsError

OPENAI = "https://api.openai.com/v1"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
Protocol = Literal["chat", "responses"]


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits on one call. Times in seconds; `call_s` bounds all tries and waits together; sizes in bytes as received.

    `idle_s` is the longest silence inside an answer; before the first byte a thinking model may be silent for `call_s`.
    """

    tries: int = 5
    connect_s: float = 10.0
    idle_s: float = 600.0
    call_s: float = 1800.0
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    reply_bytes: int = 400_000
    wire_bytes: int = 16_000_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One OpenAI-compatible server."""

    base_url: str
    key: str = field(default="", repr=False)
    protocol: Protocol = "chat"
    patience: Patience = Patience()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], protocol: Protocol = "chat", patience: Patience = Patience()) -> Endpoint:
        """Read OPENAI_BASE_URL and OPENAI_API_KEY.

        Raises: SettingsError, ModelUnavailable when there is no key and the server is not this machine.
        """
        base_url = environment.get("OPENAI_BASE_URL", "").strip() or OPENAI
        key = environment.get("OPENAI_API_KEY", "").strip()
        host = _host(base_url)
        if not key and host not in LOOPBACK:
            raise ModelUnavailable(
                f"there is no key for the model at {host}",
                "set OPENAI_API_KEY in the environment (and OPENAI_BASE_URL for another OpenAI-compatible server)",
            )
        if not key.isascii() or any(c.isspace() for c in key):
            raise SettingsError("OPENAI_API_KEY holds characters that no key has", "copy the key again, without line breaks")
        return cls(base_url.rstrip("/"), key, protocol, patience)

    @property
    def host(self) -> str:
        return _host(self.base_url)

    @property
    def place(self) -> str:
        """Return the host, with the port where the address names one."""
        port = urlsplit(self.base_url).port
        return f"{self.host}:{port}" if port is not None else self.host

    @property
    def redactor(self) -> Redactor:
        """Return what keeps this endpoint's secrets out of sight, a password inside the address included."""
        parts = urlsplit(self.base_url)
        return Redactor(tuple(s for s in (self.key, parts.password or "") if s))


def _host(base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    else:
        host = host if parts.scheme in {"http", "https"} else None
    if host is None:
        raise SettingsError("OPENAI_BASE_URL is not an http or https address", "write for instance http://127.0.0.1:11434/v1")
    return host
