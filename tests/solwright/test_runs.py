"""What is saved is whole or not there, under names that nobody else chose."""

from __future__ import annotations

from pathlib import Path

import pytest

from solwright.bundle import refuse_collisions, write_bundle
from solwright.runs import file_name, fresh_run, latest_run, save
from toolchain.errors import SolwrightError, UsageError


def test_each_run_has_its_own_folder_and_git_ignores_all(tmp_path: Path) -> None:
    first, second = fresh_run("verify-Vault", tmp_path), fresh_run("verify-Vault", tmp_path)
    assert first != second and first.is_dir() and second.is_dir()
    assert (tmp_path / ".solwright" / ".gitignore").read_text() == "*\n"
    assert latest_run("verify-Vault", tmp_path) == second


def test_there_must_be_a_run_to_go_on_with(tmp_path: Path) -> None:
    fresh_run("new-1234", tmp_path)
    with pytest.raises(UsageError, match="holds no run of this request"):
        latest_run("new-12", tmp_path)


@pytest.mark.attack
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("a/b\nc", "a_b_c"),
        (".hidden", "hidden"),
        ("::error::x\x1b[31m", "error_x_31m"),
        ("", "unnamed"),
        ("-rf", "rf"),
        ("x" * 500, "x" * 80),
        ("withdraw.solvent@callout", "withdraw.solvent@callout"),
    ],
)
def test_names_of_others_become_harmless(text: str, name: str) -> None:
    assert file_name(text) == name


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / ".solwright").write_text("a file")
    with pytest.raises(SolwrightError, match="cannot write into"):
        fresh_run("x", tmp_path)
    with pytest.raises(SolwrightError, match="cannot write into"):
        save(tmp_path / ".solwright", {"report.json": "{}"})


def test_a_bundle_appears_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    contract, bundle = write_bundle(out, "Vault", "contract Vault {}", {"certificate.json": b"{}", "evidence/results.json": b"[]"})
    assert contract.read_text() == "contract Vault {}"
    assert sorted(p.relative_to(bundle).as_posix() for p in bundle.rglob("*") if p.is_file()) == [
        "certificate.json",
        "evidence/results.json",
    ]
    assert sorted(p.name for p in out.iterdir()) == ["Vault.bundle", "Vault.sol"]


@pytest.mark.attack
def test_a_bundle_that_cannot_be_finished_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SolwrightError, match=r"cannot write .*Vault\.bundle"):
        write_bundle(tmp_path, "Vault", "x", {"a": b"1", "a/b": b"2"})
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "Vault.sol").mkdir()
    with pytest.raises(SolwrightError):
        write_bundle(tmp_path, "Vault", "x", {"a": b"1"})
    assert [p.name for p in tmp_path.iterdir()] == ["Vault.sol"]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    refuse_collisions(tmp_path, "Vault")
    (tmp_path / "Vault.sol").write_text("mine")
    with pytest.raises(UsageError, match=r"holds Vault\.sol already"):
        refuse_collisions(tmp_path, "Vault")
