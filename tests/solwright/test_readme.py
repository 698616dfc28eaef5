"""What README.md and docs show as output is what the program prints, and the specifications that they show make sense."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from specs.parse import parse
from specs.sanity import check
from tests.solwright.command import ROOT, Inside, solwright

README = (ROOT / "README.md").read_text()
SHOWN = re.findall(r"```\n\$ solwright (verify [^\n]*)\n(.*?)```", README, re.S)
DOCUMENTS = ("README.md", "docs/language.md", "docs/library.md")


def timeless(text: str) -> list[str]:
    """Return the lines of an output without seconds, dates and the sandbox of a machine."""
    text = re.sub(r"\d+\.\d s\b", "… s", text)
    text = re.sub(r"runs/\d{8}T\d{6}-", "runs/…-", text)
    return re.sub(r"sandbox: \w+", "sandbox: …", text).rstrip("\n").split("\n")


@pytest.mark.corpus
@pytest.mark.parametrize(("words", "shown"), SHOWN, ids=[words.split()[1] for words, _ in SHOWN])
def test_the_readme_shows_what_is_printed(words: str, shown: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    printed = timeless(solwright(*words.split(), cwd=tmp_path).out)
    lines = timeless(shown)
    whole = lines[-1] != "…"
    assert printed[: None if whole else len(lines) - 1] == (lines if whole else lines[:-1])


def test_commands_of_the_readme_name_what_is_there() -> None:
    """Files of the clone, and bundles that a line before has made."""
    made: set[str] = set()
    for line in re.findall(r"^(?:\$ )?solwright ([^#\n]*)", README, re.M):
        made |= set(re.findall(r"--bundle (\S+)", line))
        for word in re.findall(r"\S+\.(?:sol|bundle)\b", line):
            assert word in made or (ROOT / word).is_file(), line
    assert made


def test_the_readme_shows_both_verdicts() -> None:
    assert [shown.split("  ")[0] for _, shown in SHOWN] == ["VERIFIED", "NOT VERIFIED"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_specifications_that_are_shown_make_sense(document: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```solidity\n(.*?)```", (ROOT / document).read_text(), re.S)
    found = [(m[1], block) for block in blocks if (m := re.search(r"^interface (\w+)", block, re.M))]
    assert found
    for name, block in found:
        file = tmp_path / f"{name}.spec.sol"
        file.write_text(block if "pragma" in block else f"pragma solidity ^0.8.24;\n{block}")
        assert [p for p in check(parse(file)) if p.severity == "error"] == []


def test_a_specification_without_a_clause_is_no_promise(tmp_path: Path, inside: Inside) -> None:
    (tmp_path / "A.spec.sol").write_text("pragma solidity ^0.8.24;\n/// @custom:deploy ()\ninterface A {}\n")
    ran = inside("spec", "check", "A.spec.sol", cwd=tmp_path)
    assert ran.code == 0
    assert "warning: A: no clause: nothing is promised" in ran.out
