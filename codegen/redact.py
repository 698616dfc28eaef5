"""Keep keys out of everything that is shown or stored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: Texts that look like keys whoever they belong to: provider keys, bearer tokens, credentials inside an address.
LOOKS_SECRET = re.compile(
    r"\bBearer\s+[^\s\"']{4,}|(?<=://)[^\s/@]+:[^\s/@]+(?=@)|\b(?:sk|rk|pk)-[-_A-Za-z0-9]{12,}|\b(?:gsk|xai|hf|ghp|gho|ghs)_[A-Za-z0-9]{20,}|\bAKIA[0-9A-Z]{16}\b"
)
MARK = "[redacted]"


@dataclass(frozen=True, slots=True)
class Redactor:
    """Replace secrets. Of a reply only the known ones: its text is code, where a look-alike must stay as it is."""

    secrets: tuple[str, ...] = field(default=(), repr=False)

    def known(self, text: str) -> str:
        """Replace the secrets that we hold."""
        for secret in sorted((s for s in self.secrets if len(s) >= 4), key=len, reverse=True):
            text = text.replace(secret, MARK)
        return text

    def everything(self, text: str) -> str:
        """Replace the secrets that we hold and everything that looks like one."""
        return LOOKS_SECRET.sub(MARK, self.known(text))
