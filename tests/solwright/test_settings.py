"""Settings come from where they may, and a wrong one is refused by name (never a key, never an address)."""

from __future__ import annotations

from pathlib import Path

import pytest

from solwright.settings import Settings, load_settings
from solwright.verification import judge_options
from toolchain.errors import SettingsError
from verifier.engines.job import Effort


def repository(folder: Path, text: str) -> Path:
    (folder / ".git").mkdir()
    (folder / "solwright.toml").write_text(text)
    inner = folder / "src" / "deep"
    inner.mkdir(parents=True)
    return inner


def test_options_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    inner = repository(tmp_path, 'model = "file"\njobs = 2\ntimeout = 60\nallowed_assumptions = ["a"]\n')
    settings = load_settings({"model": "option", "jobs": None}, inner, {"SOLWRIGHT_MODEL": "variable", "SOLWRIGHT_JOBS": "3"})
    assert (settings.model, settings.jobs, settings.timeout, settings.allowed_assumptions) == ("option", 3, 60.0, ("a",))
    assert dict(settings.origin)["jobs"] == "SOLWRIGHT_JOBS"
    assert dict(settings.origin)["timeout"] == str(tmp_path / "solwright.toml")


def test_the_nearest_file_wins_and_the_repository_is_the_border(tmp_path: Path) -> None:
    (tmp_path / "solwright.toml").write_text("jobs = 9\n")
    own = tmp_path / "own"
    own.mkdir()
    inner = repository(own, "jobs = 1\n")
    assert load_settings({}, inner, {}).jobs == 1
    (inner / "solwright.toml").write_text("jobs = 4\n")
    assert load_settings({}, inner, {}).jobs == 4
    (own / "solwright.toml").unlink()
    (inner / "solwright.toml").unlink()
    assert load_settings({}, inner, {}) == Settings()


@pytest.mark.attack
def test_without_a_repository_no_parent_folder_is_believed(tmp_path: Path) -> None:
    (tmp_path / "solwright.toml").write_text("jobs = 9\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    assert load_settings({}, inner, {}).jobs == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('modle = "x"', "there is no setting modle — did you mean model?"),
        ("xyzzy = 1", "there is no setting xyzzy — the settings are: model, "),
        ("jobs = -1", "jobs cannot be -1"),
        ('jobs = "many"', "jobs cannot be 'many'"),
        ("timeout = 0", "timeout cannot be 0"),
        ("fuzz_runs = 99", "fuzz_runs cannot be 99"),
        ("horn_s = 0", "horn_s cannot be 0"),
        ('protocol = "telnet"', "protocol cannot be 'telnet'"),
        ("jobs = [", "is not TOML"),
        ("\x00", "is not TOML"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_would_be_right(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "solwright.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings({}, tmp_path, {})
    assert words in str(caught.value)
    assert str(tmp_path / "solwright.toml") in str(caught.value)


@pytest.mark.attack
@pytest.mark.parametrize("name", ["api_key", "OPENAI_API_KEY", "token", "base_url", "openai_base_url"])
def test_keys_and_addresses_are_no_settings(tmp_path: Path, name: str) -> None:
    (tmp_path / "solwright.toml").write_text(f'{name} = "sk-something-secret"\n')
    with pytest.raises(SettingsError) as caught:
        load_settings({}, tmp_path, {})
    assert "only from the environment" in str(caught.value)
    assert "sk-something-secret" not in str(caught.value)


def test_variables_are_parsed_and_named(tmp_path: Path) -> None:
    variables = {"SOLWRIGHT_ALLOWED_ASSUMPTIONS": "oracle,fee", "SOLWRIGHT_BUDGET": "2.5", "SOLWRIGHT_HOME": "/x", "OPENAI_API_KEY": "k"}
    settings = load_settings({}, tmp_path, variables)
    assert (settings.allowed_assumptions, settings.budget) == (("oracle", "fee"), "2.5")
    with pytest.raises(SettingsError, match="SOLWRIGHT_MODELL — did you mean SOLWRIGHT_MODEL"):
        load_settings({}, tmp_path, {"SOLWRIGHT_MODELL": "x"})
    with pytest.raises(SettingsError, match="SOLWRIGHT_JOBS: jobs cannot be 'two'"):
        load_settings({}, tmp_path, {"SOLWRIGHT_JOBS": "two"})


def test_a_number_is_a_budget_in_dollars(tmp_path: Path) -> None:
    (tmp_path / "solwright.toml").write_text("budget = 2.5\n")
    assert load_settings({}, tmp_path, {}).budget == "2.5"


def test_processes_are_those_of_the_machine_unless_said() -> None:
    assert 1 <= Settings().processes <= 8
    assert Settings(jobs=3).processes == 3


def test_how_much_engines_try_is_set() -> None:
    usual, other = judge_options(Settings()).effort, judge_options(Settings(fuzz_runs=100, horn_s=4)).effort
    assert (usual.fuzz_runs, usual.horn_s) == (Effort().fuzz_runs, Effort().horn_s)
    assert (other.fuzz_runs, other.horn_s) == (100, 4)


def test_a_longer_timeout_is_more_time_for_each_obligation() -> None:
    usual, long, short = (judge_options(Settings(timeout=t)).effort for t in (1800.0, 3600.0, 60.0))
    assert (usual.obligation_s, usual.solver_s) == (Effort().obligation_s, Effort().solver_s)
    assert (long.time_s, long.obligation_s, long.solver_s) == (3600.0, 2 * usual.obligation_s, 2 * usual.solver_s)
    assert long.horn_s == 2 * usual.horn_s
    assert (short.time_s, short.solver_s) == (60.0, usual.solver_s)
