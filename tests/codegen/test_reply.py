"""Replies in every bad form: a typed error that can be said to the model, and never a name or a path of the model's choice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.model import FinishReason, Reply, Usage
from codegen.reply import Contradiction, Source, parse_reply
from codegen.text import hidden_characters, safe_line, safe_text
from toolchain.errors import ReplyFormatError

CODE = "contract C {}"


def parse(text: str, finish: FinishReason = "stop") -> Source | Contradiction:
    return parse_reply(Reply(text, Usage(), finish, "m"))


@pytest.mark.parametrize("info", ["", "solidity", "sol", "Solidity"])
@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_one_block(info: str, fence: str) -> None:
    assert parse(f"I wrote it.\n\n{fence}{info}\n{CODE}\n{fence}\nDone.") == Source(CODE + "\n", "I wrote it.")


def test_line_ends_of_another_system() -> None:
    assert parse(f"x\r\n```solidity\r\n{CODE}\r\n```\r\n") == Source(CODE + "\n", "x")


def test_fence_inside_a_longer_fence_is_text() -> None:
    source = parse("````solidity\n/*\n```\n*/\ncontract C {}\n````")
    assert isinstance(source, Source)
    assert source.text == "/*\n```\n*/\ncontract C {}\n"


def test_contradiction() -> None:
    found = parse(
        "No.\n```contradiction\nwithdraw.short, f(uint256,address).succeeds, solvent\nWith no deposit, withdraw(1) must do both.\n```"
    )
    assert found == Contradiction(
        ("withdraw.short", "f(uint256,address).succeeds", "solvent"), "With no deposit, withdraw(1) must do both."
    )


@pytest.mark.attack
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("I would rather not.", "no fenced block"),
        (f"```solidity\n{CODE}\n", "not closed"),
        (f"```solidity\n{CODE}\n````x\n", "not closed"),
        (f"```solidity\n{CODE}\n```\nand\n```solidity\n{CODE}\n```", "2 fenced blocks"),
        ('{"a": 1}{"b": 2}', "no fenced block"),
        (f"```json\n{CODE}\n```", "marked 'json'"),
        (f"```solidity ../../etc/x.sol\n{CODE}\n```", "names a file"),
        (f"```../../x\n{CODE}\n```", "names a file"),
        (f"```C:\\x\n{CODE}\n```", "names a file"),
        (f"```Vault.sol\n{CODE}\n```", "names a file"),
        ("```solidity\n\n  \n```", "block is empty"),
        ("```solidity\ncontract\x00 C {}\n```", "line 1, column 9.*U\\+0000"),
        ("```solidity\n\n// \x1b[2J\n```", "␛"),
        ("```solidity\n// a\n/* \u202e*/\n```", "line 2, column 4.*U\\+202E"),
        ("```solidity\n// \u200b\n```", "U\\+200B"),
        ("```solidity\n// \U000e0041\n```", "U\\+E0041"),
        ("```solidity\n// \x85\n```", "U\\+0085"),
        ("```solidity\n// " + "x" * 3000 + "\n```", "line 1 .* 2,000"),
        ("```solidity\n" + "// x\n" * 30_000 + "```", "characters"),
        ("x" * 5_000_000, "far too long"),
        ("```contradiction\n\n```", "does not name"),
        ("```contradiction\nwithdraw.short\n```", "no reason"),
        ("```contradiction\nrm -rf / ; echo\nbecause of this reason\n```", "does not name"),
    ],
)
def test_bad_replies(text: str, problem: str) -> None:
    with pytest.raises(ReplyFormatError, match=problem) as caught:
        parse(text)
    assert not list(hidden_characters(str(caught.value)))
    assert len(str(caught.value)) < 600


@pytest.mark.attack
@pytest.mark.parametrize(
    ("finish", "problem"), [("length", "token limit"), ("size", "too long"), ("filter", "withheld"), ("refusal", "declined")]
)
def test_unfinished_replies(finish: FinishReason, problem: str) -> None:
    with pytest.raises(ReplyFormatError, match=problem):
        parse(f"x\n```solidity\n{CODE}\n```", finish)


@given(st.text())
def test_any_text_is_a_value_or_a_typed_error(text: str) -> None:
    try:
        content = parse(text)
    except ReplyFormatError:
        return
    shown = content.prose + content.text if isinstance(content, Source) else content.reason
    assert not list(hidden_characters(shown))


@given(st.text(), st.text(alphabet=st.characters(categories=("Lu", "Ll", "Nd", "Zs", "Po")), min_size=1))
def test_a_well_formed_block_is_returned_byte_for_byte(before: str, code: str) -> None:
    if "`" in before or "~" in before or not code.strip() or "\n" in code:
        return
    content = parse(f"{before}\n\n```solidity\n{code}\n```")
    assert isinstance(content, Source)
    assert content.text == code + "\n"


@given(st.text())
def test_safe_text_leaves_nothing_hidden_and_is_stable(text: str) -> None:
    shown = safe_text(text)
    assert not list(hidden_characters(shown))
    assert safe_text(shown) == shown
    assert "\n" not in safe_line(text)


def test_safe_text_cuts_with_a_mark() -> None:
    assert safe_text("a\nb\nc", max_lines=2) == "a\nb\n… (1 more lines)"
    assert safe_line("x" * 400) == "x" * 299 + "…"
    assert safe_text("\x1b[2J\u202e") == "␛[2J<U+202E>"
