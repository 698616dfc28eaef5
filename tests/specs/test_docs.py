"""What docs/language.md shows is the language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from specs.documentation import KINDS, RESERVED_KINDS, Tag
from specs.parse import parse
from specs.sanity import check
from specs.source import Source
from specs.syntax import parse_clause
from toolchain.errors import SpecificationError

PAGE = (Path(__file__).parent.parent.parent / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```solidity\n(.*?)```", PAGE, re.DOTALL)[0]
CLAUSES = re.findall(r"^\s*/// @custom:([a-z-]+)(.*)$", PAGE, re.MULTILINE)


def test_the_example_stands() -> None:
    assert check(parse(Path("Vault.spec.sol"), EXAMPLE)) == ()


@pytest.mark.parametrize(("kind", "text"), CLAUSES)
def test_each_clause_has_the_form(kind: str, text: str) -> None:
    assert parse_clause(Tag(Source(Path("x"), "x", text, text.encode()), kind, True, 0, 0, text))


def test_every_kind_is_explained() -> None:
    assert {kind for kind, _ in CLAUSES} == set(KINDS)
    explained = re.findall(r"`([a-z-]+)`", " ".join(re.findall(r"^\*\*(.+?)\*\* —", PAGE, re.MULTILINE)))
    assert set(explained) == set(KINDS)


def test_a_shown_refusal_is_real() -> None:
    shown = re.findall(r"^Vault\.spec\.sol:.*the unknown name.*$", PAGE, re.MULTILINE)[0]
    with pytest.raises(SpecificationError) as caught:
        parse(Path("Vault.spec.sol"), EXAMPLE.replace("total() by -amount", "total() by -amont"))
    assert str(caught.value) == shown


def test_reserved_words_are_listed() -> None:
    assert all(f"`{word}" in PAGE for word in RESERVED_KINDS - {"rule", "given", "abstract", "is", "ghost"})
