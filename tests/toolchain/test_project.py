"""`toolchain.project`: configuration is data, and little of it counts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from toolchain.project import find_root, inferred_remappings, read_project
from toolchain.solc import SOLC_VERSION, CompilerSettings

HOSTILE = """[profile.default]
solc = "./evil"
ffi = true
fs_permissions = [{ access = "read-write", path = "/" }]
no_match_test = ".*"
evm_version = "../evil"
optimizer = "yes"
optimizer_runs = -1
libs = ["/etc", "../up", 7]
[profile.ci]
ffi = true
[rpc_endpoints]
x = "y"
"""
BROKEN = [b"not = [toml", b"\xff\xfe", b"profile = 1", b"[profile]\ndefault = 1", b"a = " + b"[" * 5000 + b"]" * 5000]


def test_an_empty_folder_has_our_settings(tmp_path: Path) -> None:
    project = read_project(tmp_path)
    assert (project.settings, project.remappings, project.findings) == (CompilerSettings(), (), ())


def test_allowed_settings_are_taken(tmp_path: Path) -> None:
    (tmp_path / "foundry.toml").write_text(
        f'[profile.default]\nsrc = "contracts"\nlibs = ["lib", "deps"]\nsolc = "{SOLC_VERSION}"\nevm_version = "Prague"\n'
        'optimizer = true\noptimizer_runs = 999\nvia_ir = true\nremappings = ["@a/=lib/a/src/"]\n'
    )
    (tmp_path / "remappings.txt").write_text("# a remark\n@b/=deps/b/\n\n")
    project = read_project(tmp_path, ("@c/=lib/c/",))
    assert project.settings == CompilerSettings("prague", True, 999, True)
    assert project.remappings == ("@c/=lib/c/", "@a/=lib/a/src/", "@b/=deps/b/")
    assert project.libraries == ("lib", "deps")
    assert project.findings == ()


@pytest.mark.attack
def test_everything_else_is_ignored_and_listed(tmp_path: Path) -> None:
    (tmp_path / "foundry.toml").write_text(HOSTILE)
    for name in (".env", "halmos.toml", "slither.config.json", "slither.db.json", "hardhat.config.js"):
        (tmp_path / name).write_text("run me")
    (tmp_path / "out").mkdir()
    (tmp_path / "cache").mkdir()
    project = read_project(tmp_path)
    assert project.settings == CompilerSettings()
    assert project.libraries == ()
    ignored = [finding.removeprefix("repository configuration ignored: ") for finding in project.findings]
    assert ignored == [
        ".env",
        "halmos.toml",
        "slither.config.json",
        "slither.db.json",
        "hardhat.config.js",
        "out",
        "cache",
        "foundry.toml: rpc_endpoints",
        "foundry.toml: profile.ci",
        "foundry.toml: profile.default.ffi",
        "foundry.toml: profile.default.fs_permissions",
        "foundry.toml: profile.default.no_match_test",
        f"foundry.toml: solc = ./evil; {SOLC_VERSION} is used",
        "foundry.toml: evm_version = ../evil; cancun is used",
    ]


@pytest.mark.attack
@pytest.mark.parametrize("remapping", ["@a/=/etc/", "@a/=../up/", "@a/=a/../../b/", "@a/=ipfs://x/", "nonsense", "=x", "@a/=x\n::error::"])
def test_remappings_that_leave_are_ignored(tmp_path: Path, remapping: str) -> None:
    project = read_project(tmp_path, (remapping,))
    assert project.remappings == ()
    assert "is not understood" in project.findings[0]
    assert "\n" not in project.findings[0]


@pytest.mark.attack
@pytest.mark.parametrize(
    "text", [b"not = [toml", b"\xff\xfe", b"profile = 1", b"[profile]\ndefault = 1", b"a = " + b"[" * 5000 + b"]" * 5000]
)
def test_a_broken_foundry_toml_is_ignored_and_listed(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "foundry.toml").write_bytes(text)
    project = read_project(tmp_path)
    assert project.settings == CompilerSettings()
    assert project.findings


@pytest.mark.attack
def test_configuration_that_is_no_regular_file_is_ignored(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "foundry.toml")
    (tmp_path / "remappings.txt").symlink_to("/proc/self/environ")
    project = read_project(tmp_path)
    assert "foundry.toml is not a regular file" in project.findings[0]
    assert "leads out of the project" in project.findings[1]
    assert project.remappings == ()


def test_libraries_are_found_as_foundry_finds_them(tmp_path: Path) -> None:
    for name in ("solmate/src", "openzeppelin-contracts/contracts", "plain"):
        (tmp_path / "lib" / name).mkdir(parents=True)
    assert inferred_remappings(read_project(tmp_path)) == (
        "openzeppelin-contracts/=lib/openzeppelin-contracts/contracts/",
        "@openzeppelin/contracts/=lib/openzeppelin-contracts/contracts/",
        "plain/=lib/plain/",
        "solmate/=lib/solmate/src/",
    )


def test_the_root_is_the_project_else_the_repository_else_here_else_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = tmp_path / "a" / "b" / "c" / "X.sol"
    entry.parent.mkdir(parents=True)
    assert find_root(entry) == entry.parent
    monkeypatch.chdir(tmp_path / "a")
    assert find_root(entry) == tmp_path / "a"
    (tmp_path / ".git").mkdir()
    assert find_root(entry) == tmp_path
    (tmp_path / "a" / "b" / "foundry.toml").touch()
    assert find_root(entry) == tmp_path / "a" / "b"
