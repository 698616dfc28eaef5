"""Keep keys out of everything that is shown or stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

#: Texts that look like keys whoever they belong to: provider keys, bearer tokens, credentials inside an address.
LOOKS_SECRET = re.compile(
    r"\bBearer\s+[^\s\"']{4,}|(?<=://)[^\s/@]+:[^\s/@]+(?=@)|\b(?:sk|rk|pk)-[-_A-Za-z0-9]{12,}|\b(?:gsk|xai|hf|ghp|gho|ghs)_[A-Za-z0-9]{20,}|\bAKIA[0-9A-Z]{16}\b"
)
MARK = "[redacted]"
SHORTEST = 8  # what is shorter is a placeholder for a server that wants none, and may be a word of the code


@dataclass(frozen=True, slots=True)
class Redactor:
    """Replace secrets. Of a reply only the known ones: its text is code, where a look-alike must stay as it is."""

    secrets: tuple[str, ...] = field(default=(), repr=False)

    def known(self, text: str) -> str:
        """Replace the secrets that we hold."""
        for secret in sorted((s for s in self.secrets if len(s) >= SHORTEST), key=len, reverse=True):
            text = text.replace(secret, MARK)
        return text

    def everything(self, text: str) -> str:
        """Replace the secrets that we hold and everything that looks like one."""
        return LOOKS_SECRET.sub(MARK, self.known(text))

    def stream(self, forward: Callable[[str], None]) -> Stream:
        """Return what redacts a text that comes in pieces; call its `end` after the last one."""
        return Stream(self, forward)

    def pending(self, text: str) -> int:
        """Return how many of the last characters may be the beginning of a secret."""
        sizes = (
            size for secret in self.secrets if len(secret) >= SHORTEST for size in range(1, len(secret)) if text.endswith(secret[:size])
        )
        return max(sizes, default=0)


class Stream:
    """Hold back what may become a secret with the next piece."""

    def __init__(self, redactor: Redactor, forward: Callable[[str], None]) -> None:
        self._redactor = redactor
        self._forward = forward
        self._held = ""

    def add(self, piece: str) -> None:
        text = self._redactor.known(self._held + piece)
        keep = self._redactor.pending(text)
        self._held = text[len(text) - keep :]
        self._pass(text[: len(text) - keep])

    def end(self) -> None:
        self._pass(self._held)
        self._held = ""

    def _pass(self, text: str) -> None:
        if text:
            self._forward(text)
