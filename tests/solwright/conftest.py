from __future__ import annotations

import os

import pytest

from tests.solwright.command import Inside


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Inside:
    """Give the command line inside this process, without settings and keys of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "SOLWRIGHT_")) and name != "SOLWRIGHT_HOME":
            monkeypatch.delenv(name)
    return Inside(monkeypatch, capfd)
