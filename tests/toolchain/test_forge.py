"""`toolchain.forge`: real runs, and a forge that is broken."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolchain import install, sandbox
from toolchain.errors import SourceError, ToolCrashed, ToolNotFound
from toolchain.forge import ForgeOptions, ForgeRun, configure, forge_version, run_tests
from toolchain.process import Limits
from toolchain.solc import CompilerSettings, compile_sources
from toolchain.sources import import_sources
from toolchain.workspace import Workspace, fresh_workspace

HEAD = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n"
CHEATS = """interface Vm {
    function envString(string calldata) external returns (string memory);
    function readFile(string calldata) external returns (string memory);
    function writeFile(string calldata, string calldata) external;
    function ffi(string[] calldata) external returns (bytes memory);
    function setEnv(string calldata, string calldata) external;
    function rpc(string calldata, string calldata, string calldata) external returns (bytes memory);
}
Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
"""


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    with fresh_workspace() as workspace:
        configure(workspace)
        yield workspace


def statuses(run: ForgeRun) -> dict[str, str]:
    return {test.partition("(")[0]: found["status"] for suite in run.suites.values() for test, found in suite["test_results"].items()}


def test_tests_hold_or_fail(workspace: Workspace) -> None:
    body = "function test_good() public {} function test_bad() public { assert(false); }"
    body += "function test_fuzz(uint8 x) public { require(x < 9); }"
    workspace.write("test/T.t.sol", HEAD + f"contract T {{ {body} }}")
    assert statuses(run_tests(workspace)) == {"test_good": "Success", "test_bad": "Failure", "test_fuzz": "Failure"}


def test_options_choose_and_the_environment_reaches_the_test(workspace: Workspace) -> None:
    body = 'function test_a() public { require(keccak256(bytes(vm.envString("IMPL"))) == keccak256("x")); } function test_b() public {}'
    workspace.write("test/T.t.sol", HEAD + CHEATS + f"contract T {{ {body} }} contract U {{ {body} }}")
    run = run_tests(workspace, ForgeOptions(match_contract="^T$", match_test="test_a"), env={"IMPL": "x"})
    assert statuses(run) == {"test_a": "Success"}
    assert list(run.suites) == ["test/T.t.sol:T"]


def test_a_seed_is_obeyed(workspace: Workspace) -> None:
    workspace.write("test/T.t.sol", HEAD + "contract T { function test_f(uint256 x) public pure { require(x % 7 != 3); } }")

    def found(seed: int) -> object:
        shutil.rmtree(workspace.root / "cache", ignore_errors=True)
        suites = run_tests(workspace, ForgeOptions(seed=seed)).suites
        return suites["test/T.t.sol:T"]["test_results"]["test_f(uint256)"]["counterexample"]

    assert found(1) == found(1) == found(1)


@pytest.mark.attack
def test_no_matching_test_is_an_empty_answer(workspace: Workspace) -> None:
    """Attack 4's core: nothing was checked, exit code 0; the ledger will miss what it expects."""
    workspace.write("test/T.t.sol", HEAD + "contract T { function test_a() public {} }")
    assert run_tests(workspace, ForgeOptions(match_test="nowhere")).suites == {}


def test_what_does_not_compile_is_the_sources_fault(workspace: Workspace) -> None:
    workspace.write("test/T.t.sol", HEAD + "contract T { x }")
    with pytest.raises(SourceError, match=r"(?s)forge could not compile: .*Expected identifier.*test/T.t.sol:3:16"):
        run_tests(workspace)


def test_settings_reach_the_compiler() -> None:
    settings = CompilerSettings("shanghai", True, 7, False, ("x/=src/",))
    sources = {"src/A.sol": HEAD + "contract A { function f(uint x) external pure returns (uint) { return x * 2 + 1; } }"}
    with fresh_workspace() as workspace:
        configure(workspace, settings)
        workspace.write("src/A.sol", sources["src/A.sol"])
        workspace.write("test/T.t.sol", HEAD + 'import "x/A.sol"; contract T { function test_a() public { new A(); } }')
        assert statuses(run_tests(workspace)) == {"test_a": "Success"}
        built = json.loads((workspace.root / "out" / "A.sol" / "A.json").read_text())
    assert built["deployedBytecode"]["object"] == "0x" + compile_sources(sources, settings).contract("A").runtime


@pytest.mark.attack
@pytest.mark.parametrize(
    "attempt",
    [
        'vm.readFile("/etc/passwd")',
        'vm.writeFile("/tmp/solwright-marker", "x")',
        'string[] memory c = new string[](2); c[0] = "touch"; c[1] = "/tmp/solwright-marker"; vm.ffi(c)',
        'vm.rpc("http://127.0.0.1:9", "eth_chainId", "[]")',
        'vm.envString("OPENAI_API_KEY")',
    ],
)
def test_cheats_that_reach_out_fail(workspace: Workspace, attempt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    workspace.write("test/T.t.sol", HEAD + CHEATS + f"contract T {{ function test_a() public {{ {attempt}; }} }}")
    run = run_tests(workspace)
    assert statuses(run) == {"test_a": "Failure"}
    assert "canary" not in json.dumps(dict(run.suites))
    assert not Path("/tmp/solwright-marker").exists()


@pytest.mark.attack
def test_forged_artifacts_are_not_believed(tmp_path: Path) -> None:
    """Attack 3: the output of an honest build lies in the project, its source is another one."""
    good = HEAD + "contract T { function test_a() public pure { assert(1 == 1); } }"
    bad = good.replace("1 == 1", "1 == 2")
    with fresh_workspace() as elsewhere:
        configure(elsewhere)
        elsewhere.write("test/T.t.sol", good)
        assert statuses(run_tests(elsewhere)) == {"test_a": "Success"}
        for folder in ("out", "cache"):
            shutil.copytree(elsewhere.root / folder, tmp_path / folder)
    (tmp_path / "foundry.toml").write_text("[profile.default]\n")
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "T.t.sol").write_text(bad)
    tree = import_sources(tmp_path / "test" / "T.t.sol")
    assert {f"repository configuration ignored: {name}" for name in ("out", "cache")} <= set(tree.findings)
    with fresh_workspace() as workspace:
        configure(workspace, tree.settings)
        for name, text in tree.sources.items():
            workspace.write(name, text)
        assert statuses(run_tests(workspace)) == {"test_a": "Failure"}
    digest = compile_sources(tree.sources, tree.settings).contract("T").runtime_digest
    assert digest == compile_sources({"test/T.t.sol": bad}).contract("T").runtime_digest
    assert digest != compile_sources({"test/T.t.sol": good}).contract("T").runtime_digest


@pytest.mark.attack
class TestBrokenForge:
    """Attack 23: a forge that crashes, hangs, prints garbage or answers at once."""

    @pytest.fixture(autouse=True)
    def home(self, tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Take forge from an empty place; the workspace is configured already, its compiler is not asked."""
        monkeypatch.setenv("SOLWRIGHT_HOME", str(tmp_path / "tools"))
        sandbox._tool_folders.cache_clear()
        self.path = tmp_path / "tools" / "packages" / f"foundry-rs-forge-{install.this_platform()}-{forge_version()}" / "bin" / "forge"
        yield
        sandbox._tool_folders.cache_clear()

    def put(self, script: str) -> None:
        self.path.parent.mkdir(parents=True)
        self.path.write_text(f"#!/bin/sh\n{script}\n")
        self.path.chmod(0o755)

    def test_missing(self, workspace: Workspace) -> None:
        with pytest.raises(ToolNotFound, match="forge.* is not installed — run: solwright setup"):
            run_tests(workspace)

    @pytest.mark.parametrize(
        ("script", "message"),
        [
            ("echo boom >&2; exit 101", "forge ended with code 101: boom"),
            ("kill -SEGV $$", "forge ended with code"),
            ("echo all tests passed", "not JSON: 'all tests passed'"),
            ("echo '[1, 2]'", "another form"),
            ('echo \'{"T": {"results": []}}\'', "another form"),
            ("head -c 100000000 /dev/zero", "output limit reached"),
            ("sleep 600", "time limit reached"),
        ],
    )
    def test_failing(self, workspace: Workspace, script: str, message: str) -> None:
        self.put(script)
        with pytest.raises(ToolCrashed, match=message):
            run_tests(workspace, limits=Limits(time_s=3))

    def test_not_executable(self, workspace: Workspace) -> None:
        self.put("exit 0")
        self.path.chmod(0o644)
        with pytest.raises(ToolCrashed):
            run_tests(workspace)

    def test_answering_at_once(self, workspace: Workspace) -> None:
        self.put("echo '{}'")
        assert run_tests(workspace).suites == {}
