"""Keep the compiled template of a page between runs: to compile it takes longer than all else of the page."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import marshal
import sys
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache

from toolchain.process import atomic_write

SEAL = hashlib.sha256().digest_size


class Kept(BytecodeCache):
    """One file with the code of one template, under a seal over that code and all that it was made of."""

    def __init__(self, path: Path, environment: bytes) -> None:
        """`environment` stands for the template engine's settings, of which the code depends, too."""
        self.path = path
        self.environment = environment

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the code of this very template; what is damaged, or of another version, is compiled again."""
        with contextlib.suppress(OSError):  # there is none
            raw = self.path.read_bytes()
            if raw[:SEAL] == self._seal(bucket, raw[SEAL:]):
                bucket.code = marshal.loads(raw[SEAL:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        code = marshal.dumps(bucket.code)
        with contextlib.suppress(OSError):  # no room: it is merely compiled again
            self.path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(self.path, self._seal(bucket, code) + code)

    def _seal(self, bucket: Bucket, code: bytes) -> bytes:
        parts = (bucket.checksum.encode(), sys.version.encode(), importlib.metadata.version("jinja2").encode(), self.environment, code)
        return hashlib.sha256(b"".join(hashlib.sha256(p).digest() for p in parts)).digest()
