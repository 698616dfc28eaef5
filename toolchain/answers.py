"""Keep the compiler's answers by the digest of what it was asked, so that nothing is compiled twice.

The answers lie in this user's own folder of installed tools; whoever can write there can exchange the compiler itself. An answer that
was cut or altered by accident does not fit its digest and is not used.
"""

from __future__ import annotations

import contextlib
import hashlib
import zlib
from pathlib import Path

from toolchain.install import home, lock
from toolchain.process import atomic_write

MOST = 3000
KEPT_AFTER_PRUNING = 2000


def key_of(standard_json: str) -> str:
    """Return the digest of a question to the pinned compiler."""
    pinned = f"{lock()['solc']} {lock()['npm'].get('solc')}"
    return hashlib.sha256(f"{pinned}\n{standard_json}".encode()).hexdigest()


def recall(key: str) -> str | None:
    """Return the answer to a question that was asked before; None when there is none, or a damaged one."""
    try:
        digest, _, packed = (_folder() / key).read_bytes().partition(b"\n")
        answer = zlib.decompress(packed)
    except (OSError, zlib.error):
        return None
    return answer.decode() if hashlib.sha256(answer).hexdigest().encode() == digest else None


def keep(key: str, answer: str) -> None:
    """Remember an answer, where there is room for it."""
    text = answer.encode()
    folder = _folder()
    with contextlib.suppress(OSError):  # a full or read-only disk: the answer is merely asked for again
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic_write(folder / key, hashlib.sha256(text).hexdigest().encode() + b"\n" + zlib.compress(text, 1))
        _prune(folder)


def _folder() -> Path:
    return home() / "answers"


def _prune(folder: Path) -> None:
    kept = [(path.stat().st_mtime, path) for path in folder.iterdir()]
    if len(kept) > MOST:
        for _, path in sorted(kept)[:-KEPT_AFTER_PRUNING]:
            path.unlink(missing_ok=True)
