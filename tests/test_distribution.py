"""What is shipped: every data file, under names of our own, with all that it imports pinned."""

from __future__ import annotations

import ast
import fnmatch
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = tuple(name for name in ("solwright", "tui", "feedback", "codegen", "verifier", "specs", "toolchain") if (ROOT / name).is_dir())
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def distribution_of(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_has_a_package_of_that_name(package: str) -> None:
    """The folders are top-level packages on purpose: the program lives in an environment of its own."""
    assert set(importlib.metadata.packages_distributions().get(package, [])) <= {"solwright"}


def test_every_data_file_is_shipped() -> None:
    patterns = [pattern.removeprefix("**/") for pattern in PROJECT["tool"]["setuptools"]["package-data"]["*"]]
    everything = [path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()]
    files = [path for path in everything if not any(part.startswith((".", "__pycache__")) for part in path.parts)]
    assert len(files) > 50
    assert [path for path in files if path.suffix != ".py" and not any(fnmatch.fnmatch(path.name, p) for p in patterns)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_python_in_it_is_a_package(package: str) -> None:
    folders = {path.parent for path in (ROOT / package).rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_what_is_imported_is_a_declared_dependency_and_each_is_pinned() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    dependencies = [*PROJECT["project"]["dependencies"], *extras["node"], *extras["sign"]]
    assert [requirement for requirement in dependencies if "==" not in requirement] == []
    declared = {distribution_of(requirement) for requirement in dependencies}
    provided = importlib.metadata.packages_distributions()
    undeclared = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for name in imported(path) - set(PACKAGES) - set(sys.stdlib_module_names):
                if not {distribution_of(found) for found in provided.get(name, [name])} & declared:
                    undeclared.add(f"{path.relative_to(ROOT)} imports {name}")
    assert undeclared == set()


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_hold_the_pins_with_digests_and_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pinned = dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE))
    for requirement in PROJECT["project"]["dependencies"]:
        name, _, version = requirement.partition("==")
        assert pinned[distribution_of(name)] == version
    entries = re.split(r"\n(?=[\w.-]+==)", text)[1:]
    assert len(entries) > 40
    if lock == "requirements-dev.lock":  # what signs is an extra, and tried by tests
        assert [f"{name}=={version}" for name, version in pinned.items() if name == "sigstore"] == PROJECT["project"][
            "optional-dependencies"
        ]["sign"]
    assert [entry.partition(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
