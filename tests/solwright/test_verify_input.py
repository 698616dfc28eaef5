"""What cannot be judged is refused with a message and exit 2, before any engine runs (threats 8, 9, 10)."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.solwright.command import Inside, solwright

SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title A counter
/// @custom:initially zero: n() == 0
interface Counter {
    function n() external view returns (uint256);

    /// @custom:reverts full: n() == type(uint256).max
    /// @custom:changes up: n() by +1
    /// @custom:succeeds otherwise
    function count() external;
}
"""
HEAD = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n"
CONTRACT = HEAD + "contract Counter { uint256 public n; function count() external { n += 1; } }\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Counter.spec.sol").write_text(SPECIFICATION)
    (tmp_path / "Counter.sol").write_text(CONTRACT)
    return tmp_path


class Refused:
    """Return the message of a command that gives nothing on stdout and leaves nothing behind."""

    def __init__(self, inside: Inside) -> None:
        self.inside = inside

    def __call__(self, folder: Path, *words: str) -> str:
        before = sorted(folder.iterdir())
        ran = self.inside("verify", *words, cwd=folder)
        assert (ran.code, ran.out) == (2, ""), ran.err
        assert sorted(folder.iterdir()) == before
        message = ran.err[ran.err.index("solwright: ") :]
        assert "\n  next: " in message
        return message


@pytest.fixture
def refused(inside: Inside) -> Refused:
    return Refused(inside)


def test_json_has_the_message_too(folder: Path, inside: Inside) -> None:
    ran = inside("verify", "Missing.sol", "--spec", "Counter.spec.sol", "--json", cwd=folder)
    value = json.loads(ran.out)
    assert (ran.code, value["exitCode"], value["error"]["kind"]) == (2, 2, "SourceError")
    assert value["error"]["message"] == "Missing.sol does not exist"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("this is not Solidity", "Counter.sol:1:6"),
        ("", "Counter.sol has no contract Counter\n  next: it has none that can be deployed: name the file that holds it"),
        (
            HEAD + "contract Other {} abstract contract Base {} contract More {}",
            "no contract Counter\n  next: it has More, Other: choose with",
        ),
        (
            HEAD + "contract Counter { uint256 public m; function bump() external { m++; } }",
            "none of the functions that Counter.spec.sol speaks",
        ),
        (
            HEAD + "abstract contract Counter { function f() public virtual; }",
            "is an abstract contract, not a contract that can be deployed",
        ),
        (HEAD + "interface Counter { function f() external; }", "is an interface, not a contract that can be deployed"),
        (HEAD + "library Counter { }", "is a library, not a contract that can be deployed"),
        (HEAD + "contract Counter { uint256 x = true; }", "Counter.sol:3:"),
        ("pragma solidity ^0.7.0;\ncontract Counter {}", "the pragma excludes solc 0.8.37"),
        ("pragma solidity 0.8.19;\ncontract Counter {}", "the pragma excludes solc 0.8.37"),
        (HEAD + 'import "./Missing.sol"; contract Counter {}', "Missing.sol"),
        (HEAD + 'import "@openzeppelin/contracts/Nowhere.sol"; contract Counter {}', "Nowhere.sol"),
        (HEAD + 'import "left-pad/x.sol"; contract Counter {}', "left-pad/x.sol"),
        (HEAD + 'import "https://evil.example/x.sol"; contract Counter {}', "evil.example"),
    ],
)
def test_a_contract_that_cannot_be_judged(folder: Path, refused: Refused, content: str, message: str) -> None:
    (folder / "Counter.sol").write_text(content)
    assert message in refused(folder, "Counter.sol", "--spec", "Counter.spec.sol")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("Missing.sol", "--spec", "Counter.spec.sol"), "Missing.sol does not exist"),
        (("Counter.txt", "--spec", "Counter.spec.sol"), "Counter.txt is not a Solidity file"),
        ((".", "--spec", "Counter.spec.sol"), "is not a Solidity file"),
        (("Counter.sol", "--spec", "Missing.spec.sol"), "Missing.spec.sol"),
        (("Counter.sol", "--spec", "Counter.sol"), "Counter.sol:3:"),
        (("Counter.sol", "--spec", "Counter.spec.sol", "--contract", "Other"), "no contract Other"),
        (("Counter.sol", "--spec", "Counter.spec.sol", "--contract", ""), "no contract without a name"),
        (("Counter.sol", "--spec", "Counter.spec.sol", "--timeout", "0"), "--timeout: timeout cannot be 0"),
        (("Counter.sol", "--spec", "Counter.spec.sol", "--jobs", "-1"), "--jobs: jobs cannot be -1"),
        (("Counter.sol", "--spec", "Counter.spec.sol", "--out", "Counter.sol"), "cannot write into Counter.sol: Not a directory"),
        (("Counter.sol", "--spec", "Counter.spec.sol", "--out", "Counter.sol/below"), "cannot write into Counter.sol/below"),
        (("Counter.sol", "--spec", "Counter.spec.sol", "--trust-config", "none.json"), "--trust-config alone does nothing"),
    ],
)
def test_arguments_that_name_nothing(folder: Path, refused: Refused, words: tuple[str, ...], message: str) -> None:
    assert message in refused(folder, *words)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("changes up: n()", "changes up: m()", "Counter.spec.sol:10:"),
        ("zero: n() == 0", "zero: n() == true", "Counter.spec.sol:5:"),
        ("    /// @custom:changes up: n() by +1\n", "", "no clause says what it may change"),
        ("succeeds otherwise", "succeeds always: true", "contradicts"),
        ("@custom:succeeds otherwise", "@custom:succeds otherwise", "succeds"),
        ("pragma solidity ^0.8.24", "pragma solidity ^0.7.0", "pragma"),
    ],
)
def test_a_specification_that_cannot_be_used(folder: Path, refused: Refused, old: str, new: str, message: str) -> None:
    (folder / "Counter.spec.sol").write_text(SPECIFICATION.replace(old, new))
    assert message in refused(folder, "Counter.sol", "--spec", "Counter.spec.sol")


def test_all_that_is_wrong_with_a_specification_is_said(folder: Path, inside: Inside) -> None:
    wrong = SPECIFICATION.replace("zero: n() == 0", "zero: n() == true").replace("full: n() ==", "full: m() ==")
    (folder / "Counter.spec.sol").write_text(wrong)
    ran = inside("verify", "Counter.sol", "--spec", "Counter.spec.sol", "--json", cwd=folder)
    error = json.loads(ran.out)["error"]
    assert "Counter.spec.sol:5:" in error["message"]
    assert len(error["also"]) == 1 and "the unknown getter m(…)" in error["also"][0]
    assert "the unknown getter m(…)" in ran.err


@pytest.mark.attack
def test_an_import_that_leaves_the_project_shows_its_path_only(folder: Path, refused: Refused) -> None:
    secret = folder.parent / "secret.sol"
    secret.write_text("// very secret content\ncontract Secret {}")
    project = folder / "project"
    (project / ".git").mkdir(parents=True)
    for name, target in (("Up.sol", "../../secret.sol"), ("Link.sol", "./link.sol")):
        (project / name).write_text(HEAD + f'import "{target}"; contract Counter {{}}')
    (project / "link.sol").symlink_to(secret)
    (project / "Counter.spec.sol").write_text(SPECIFICATION)
    for name in ("Up.sol", "Link.sol"):
        message = refused(project, name, "--spec", "Counter.spec.sol")
        assert "secret content" not in message


@pytest.mark.attack
@pytest.mark.parametrize("content", [b"\xff\xfe\x00contract", b"\x80\x81", b"contract Counter { string s = unicode'\xed\xa0\x80'; }"])
def test_bytes_that_are_no_text(folder: Path, refused: Refused, content: bytes) -> None:
    (folder / "Counter.sol").write_bytes(content)
    refused(folder, "Counter.sol", "--spec", "Counter.spec.sol")
    (folder / "Counter.sol").write_text(CONTRACT)
    (folder / "Counter.spec.sol").write_bytes(content)
    refused(folder, "Counter.sol", "--spec", "Counter.spec.sol")


@pytest.mark.attack
def test_things_that_are_no_files(folder: Path, refused: Refused) -> None:
    os.mkfifo(folder / "Pipe.sol")
    refused(folder, "Pipe.sol", "--spec", "Counter.spec.sol")
    (folder / "Device.sol").symlink_to("/dev/zero")
    refused(folder, "Device.sol", "--spec", "Counter.spec.sol")
    refused(folder, "Counter.sol", "--spec", "Pipe.sol")


@pytest.mark.attack
def test_names_with_escape_sequences_are_shown_washed(folder: Path, refused: Refused) -> None:
    evil = "a\x1b[31m\n::error::b.sol"
    (folder / evil).write_text("nonsense")
    message = refused(folder, evil, "--spec", "Counter.spec.sol")
    assert "\x1b" not in message
    assert "\n::error" not in message


def test_tools_that_are_missing(folder: Path) -> None:
    ran = solwright("verify", "Counter.sol", "--spec", "Counter.spec.sol", cwd=folder, env={"SOLWRIGHT_HOME": str(folder / "empty")})
    assert ran.code == 3
    assert "next: run: solwright setup" in ran.err


def test_a_bundle_that_cannot_be_made_is_refused_before_anything_is_judged(folder: Path, refused: Refused) -> None:
    (folder / "file").write_text("")
    message = refused(folder, "Counter.sol", "--spec", "Counter.spec.sol", "--bundle", "file/Counter.bundle")
    assert "choose another folder with --bundle" in message


def test_a_folder_with_another_report_is_refused_before_anything_is_judged(folder: Path, refused: Refused) -> None:
    (folder / "theirs").mkdir()
    (folder / "theirs" / "report.md").write_text("of somebody else")
    assert "theirs holds report.md already" in refused(folder, "Counter.sol", "--spec", "Counter.spec.sol", "--out", "theirs")
