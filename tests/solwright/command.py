"""Run the program as its users do: as a process, with its own streams."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str


def environment(**changes: str | None) -> dict[str, str]:
    """Return the environment of the tests without settings and keys, changed as asked (None: unset)."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith("OPENAI_") and (not k.startswith("SOLWRIGHT_") or k == "SOLWRIGHT_HOME")
    }
    kept |= {"PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    return {k: v for k, v in (kept | changes).items() if v is not None}


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "solwright", *map(str, arguments)]


def solwright(*arguments: str | Path, cwd: Path, stdin: str = "", env: Mapping[str, str | None] | None = None) -> Ran:
    """Run a command to its end; there is never a traceback."""
    done = subprocess.run(
        command(*arguments), cwd=cwd, input=stdin, capture_output=True, text=True, env=environment(**(env or {})), check=False
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


class Inside:
    """Run commands inside this process, so that they share one warm compiler."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capfd = capfd

    def __call__(self, *arguments: str | Path, cwd: Path) -> Ran:
        from solwright.cli import run

        self._monkeypatch.chdir(cwd)
        self._capfd.readouterr()
        code = run([str(a) for a in arguments])
        captured = self._capfd.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Ran(code, captured.out, captured.err)
