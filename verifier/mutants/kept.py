"""Keep what became of each mutant as soon as it is known, so that an interrupted measurement goes on where it was."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from verifier.judge import Case
from verifier.mutants.found import Found
from verifier.remember import key_of


@dataclass(frozen=True, slots=True)
class Kept:
    """One mutant: the digest of its creation code ("": it does not compile), and what became of it (None: not judged yet)."""

    mutant: str
    artifact: str
    found: Found | None = None
    equivalent: bool = False


LINE = TypeAdapter(Kept)


class Record:
    """The record of one original under one specification, one version of us and one effort; without a cache it forgets."""

    def __init__(self, case: Case, cache: Path | None, options: str) -> None:
        key = hashlib.sha256(json.dumps([key_of("mutants", case), options]).encode()).hexdigest()
        self._path = cache / "strength" / f"{key}.jsonl" if cache is not None else None
        self.known: dict[str, Kept] = dict(self._read())

    def keep(self, kept: Kept) -> None:
        """Remember one mutant; what time decided is not kept."""
        self.known[kept.mutant] = kept
        if self._path is not None:
            with contextlib.suppress(OSError):  # a full or read-only disk: it is merely judged again
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("ab") as file:
                    file.write(LINE.dump_json(kept) + b"\n")

    def _read(self) -> Mapping[str, Kept]:
        found: dict[str, Kept] = {}
        try:
            lines = self._path.read_bytes().splitlines() if self._path is not None else []
        except OSError:
            return found
        for raw in lines:
            with contextlib.suppress(ValidationError):  # a torn line: that mutant is judged again
                kept = LINE.validate_json(raw)
                found[kept.mutant] = kept
        return found
