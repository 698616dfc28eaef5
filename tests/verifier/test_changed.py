"""What changed since the last contract steers where samples are drawn, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.changed import changed_since_last, digests, remember_last
from verifier.engines.fuzz import plan
from verifier.engines.job import Effort, Job
from verifier.judge import Candidate, JudgeOptions, prepare

CORPUS = Path(__file__).parents[1] / "corpus"
VAULT = CORPUS / "vault"


def changed(job: Job) -> frozenset[str] | None:
    return changed_since_last(job, digests(job.compilation))


def remember(job: Job) -> None:
    remember_last(job, digests(job.compilation))


def job_of(source: str, folder: Path) -> Job:
    (folder / "Vault.sol").write_text(source)
    specification = parse(VAULT / "Vault.spec.sol")
    tree = import_sources(folder / "Vault.sol", root=folder)
    return prepare(specification, Candidate(tree, "Vault"), JudgeOptions(cache=folder / "cache")).job


@pytest.fixture
def source() -> str:
    return (VAULT / "proved" / "VaultLocked.sol").read_text()


def test_nothing_is_known_of_the_first_contract(source: str, tmp_path: Path) -> None:
    assert changed(job_of(source, tmp_path)) is None


def test_a_function_and_what_calls_it_have_changed(source: str, tmp_path: Path) -> None:
    remember(job_of(source, tmp_path))
    assert changed(job_of(source, tmp_path)) == frozenset()
    body = source.index("{", source.index("function withdraw"))
    edited = job_of(source[: body + 1] + " uint256 more = 1; more; " + source[body + 1 :], tmp_path)
    assert changed(edited) == frozenset({"withdraw"})
    guard = source.index("{", source.index("modifier "))
    more = changed(job_of(source[: guard + 1] + " uint256 more = 1; more; " + source[guard + 1 :], tmp_path))
    assert more is not None
    assert more >= {"deposit", "withdraw"}


def test_what_is_in_no_function_changes_everything(source: str, tmp_path: Path) -> None:
    remember(job_of(source, tmp_path))
    end = source.rindex("}")
    assert changed(job_of(source[:end] + "    uint256 private more;\n" + source[end:], tmp_path)) is None


def test_a_damaged_memory_is_none(source: str, tmp_path: Path) -> None:
    job = job_of(source, tmp_path)
    remember(job)
    (kept,) = (tmp_path / "cache" / "last").iterdir()
    for damage in ("", "[]", "{", '{"": 1}'):
        kept.write_text(damage)
        assert changed(job) is None


def test_what_changed_is_tested_most() -> None:
    specification = parse(VAULT / "Vault.spec.sol")
    runs = {c.name: c.runs for c in plan(specification, Effort(), frozenset({"withdraw"}))}
    even = {c.name: c.runs for c in plan(specification, Effort())}
    deposit, withdraw = (f"function {i}" for i, fn in enumerate(specification.functions) if fn.name in {"deposit", "withdraw"})
    assert 0 < runs[deposit] < runs[withdraw] < even[withdraw]
    assert runs[deposit] < even[deposit]
    assert runs.keys() == even.keys()


def test_views_that_changed_are_tested_more() -> None:
    specification = parse(CORPUS / "library-vesting" / "Plan.spec.sol")
    (changed_, other) = (
        next(c.runs for c in plan(specification, Effort(), frozenset({name})) if c.name == "views") for name in ("vestedAmount", "release")
    )
    assert changed_ > other
