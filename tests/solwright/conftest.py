from __future__ import annotations

import os

import pytest

from tests.solwright.bundles import Files, made_once, make_counter, make_vault
from tests.solwright.command import Inside


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Inside:
    """Give the command line inside this process, without settings and keys of whoever runs the tests.

    The fuzzer tries little, and the Horn engine soon gives up what it does not prove.
    """
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "SOLWRIGHT_")) and name != "SOLWRIGHT_HOME":
            monkeypatch.delenv(name)
    monkeypatch.setenv("SOLWRIGHT_FUZZ_RUNS", "100")
    monkeypatch.setenv("SOLWRIGHT_HORN_S", "4")
    return Inside(monkeypatch, capfd)


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Give the files of the example's bundle."""
    return made_once(tmp_path_factory, "Vault", make_vault)


@pytest.fixture(scope="session")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Give the files of a bundle with invariants."""
    return made_once(tmp_path_factory, "Counter", make_counter)
