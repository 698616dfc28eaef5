"""`toolchain.solc` and `toolchain.compiler`: real compilations, and a compiler that dies, hangs and speaks nonsense."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
import subprocess
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.toolchain.processes import await_until
from toolchain import answers, compiler, install, sandbox
from toolchain.errors import SourceError, ToolCrashed, ToolNotFound, ToolVersionError
from toolchain.node import locate_node
from toolchain.process import allowed_environment, run
from toolchain.sandbox import confine
from toolchain.solc import SOLC_VERSION, Compilation, CompilationFailed, CompilerSettings, compile_sources, parse_imports, solc_wrapper

HEAD = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n"
COUNTER = (
    HEAD
    + "contract Counter {\n    uint256 immutable step = 2;\n    uint256 public count;\n    function up() external { count += step; }\n}\n"
)
CHAIN = HEAD + "contract C0 {}" + "".join(f" contract C{i} is C{i - 1} {{}}" for i in range(1, 500))


@pytest.fixture(autouse=True)
def forgetful(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the compiler work each time, but for the test of what it remembers."""
    if "memory" not in request.fixturenames:
        monkeypatch.setattr("toolchain.solc.recall", lambda key: None)
        monkeypatch.setattr("toolchain.solc.keep", lambda key, answer: None)


def compile_one(text: str) -> Compilation:
    return compile_sources({"A.sol": text})


def test_a_contract_comes_with_all_that_judging_needs() -> None:
    compilation = compile_sources({"src/Counter.sol": COUNTER})
    counter = compilation.contract("Counter")
    assert (counter.path, counter.kind) == ("src/Counter.sol", "contract")
    assert counter.method_identifiers == {"count()": "06661abd", "up()": "15c4ac2d"} | dict(counter.method_identifiers)
    assert {entry["name"] for entry in counter.abi} == {"count", "up"}
    assert [slot["label"] for slot in counter.storage_layout["storage"]] == ["count"]
    assert len(counter.immutable_references) == 1
    assert bytes.fromhex(counter.creation) and bytes.fromhex(counter.runtime)
    assert counter.runtime_digest == hashlib.sha256(bytes.fromhex(counter.runtime)).hexdigest()
    assert counter.creation_digest != counter.runtime_digest
    assert compilation.asts["src/Counter.sol"]["nodeType"] == "SourceUnit"
    assert compilation.source_ids == {"src/Counter.sol": 0}
    assert compilation.version.startswith(f"{SOLC_VERSION}+commit.")
    assert compilation.warnings == ()
    assert json.loads(json.dumps(dict(compilation.input)))["sources"]["src/Counter.sol"]["content"] == COUNTER


def test_immutable_slots_of_the_runtime_are_zero() -> None:
    counter = compile_one(COUNTER).contract("Counter")
    runtime = bytes.fromhex(counter.runtime)
    places = [place for places in counter.immutable_references.values() for place in places]
    assert places
    assert all(runtime[p["start"] : p["start"] + p["length"]] == bytes(p["length"]) for p in places)


def test_the_bytecode_does_not_depend_on_comments_or_file_names() -> None:
    one = compile_sources({"a/A.sol": COUNTER}).contract("Counter")
    two = compile_sources({"b/B.sol": COUNTER.replace("contract", "// a remark\ncontract")}).contract("Counter")
    assert one.creation_digest == two.creation_digest


def test_kinds() -> None:
    made = compile_one(HEAD + "interface I {} library L {} abstract contract A { function f() external virtual; } contract C {}")
    assert {c.name: c.kind for c in made.contracts} == {"I": "interface", "L": "library", "A": "abstract", "C": "contract"}
    assert made.contract("A").creation == ""


def test_unlinked_code_has_a_digest_too() -> None:
    made = compile_one(HEAD + "library L { function f() external {} } contract C { function g() external { L.f(); } }")
    assert "__$" in made.contract("C").runtime
    assert len(made.contract("C").runtime_digest) == 64


def test_settings_change_the_code() -> None:
    plain = compile_one(COUNTER).contract("Counter")
    tuned = compile_sources({"A.sol": COUNTER}, CompilerSettings(optimizer=True, optimizer_runs=1, via_ir=True)).contract("Counter")
    assert plain.runtime_digest != tuned.runtime_digest


def test_remappings_reach_the_compiler() -> None:
    sources = {"A.sol": HEAD + 'import "lib/B.sol"; contract A is B {}', "deps/B.sol": HEAD + "contract B {}"}
    assert compile_sources(sources, CompilerSettings(remappings=("lib/=deps/",))).contract("B").path == "deps/B.sol"


def test_ast_only_checks_types_and_makes_no_contract() -> None:
    assert compile_sources({"A.sol": COUNTER}, outputs="ast").contracts == ()
    with pytest.raises(CompilationFailed, match="A.sol:3:24: .*not implicitly convertible"):
        compile_sources({"A.sol": HEAD + "contract A { uint8 x = 256; }"}, outputs="ast")


def test_a_missing_or_ambiguous_contract_is_named() -> None:
    made = compile_sources({"A.sol": HEAD + "contract X {}", "B.sol": HEAD + "contract X {} contract Y {}"})
    with pytest.raises(SourceError, match="no contract Z — the contracts there are: X, Y"):
        made.contract("Z")
    with pytest.raises(SourceError, match="several files: A.sol, B.sol"):
        made.contract("X")
    assert made.contract("X", "B.sol").path == "B.sol"


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        (HEAD + "contract A { uint x = y; }", 3, 23, "Undeclared identifier"),
        ("/* ü€𝄞 */ pragma solidity ^0.8.24; contract A { uint x = y; }", 1, 58, "Undeclared identifier"),
        ("pragma solidity ^0.8.24;\r\n// ü\r\ncontract A { uint x = y; }", 3, 23, "Undeclared identifier"),
        ("pragma solidity ^0.8.24;\r// ü\rcontract A { uint x = y; }", 3, 23, "Undeclared identifier"),
        ("pragma solidity 0.8.19; contract A {}", 1, 1, f"the pragma excludes solc {SOLC_VERSION}"),
        ("this is not Solidity", 1, 6, "Expected identifier"),
    ],
)
def test_errors_have_a_place(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(CompilationFailed, match=message) as caught:
        compile_one(text)
    first = caught.value.diagnostics[0]
    assert (first.path, first.line, first.column, first.severity) == ("A.sol", line, column, "error")
    assert caught.value.exit_code == 2


def test_a_missing_import_is_an_error_with_a_place() -> None:
    with pytest.raises(CompilationFailed, match='A.sol:3:1: Source "B.sol" not found'):
        compile_one(HEAD + 'import "./B.sol";')


def test_imports_stand_as_they_were_written() -> None:
    imports = 'import "./B.sol"; import {X} from "x/../\\x79.sol"; import * as Z from "z.sol";'
    decoys = '// import "no.sol";\nstring constant s = \'import "no.sol";\';'
    assert parse_imports({"A.sol": HEAD + imports + decoys}) == {"A.sol": ("./B.sol", "x/../y.sol", "z.sol")}


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(SourceError, match="lone surrogate"):
        compile_one(HEAD + "// \ud800")


@pytest.mark.attack
def test_monstrous_sources_are_refused_or_compiled_and_the_next_one_is_served() -> None:
    parentheses = HEAD + f"contract A {{ uint x = {'(' * 10_000}1{')' * 10_000}; }}"
    with pytest.raises(CompilationFailed, match="recursion depth"):
        compile_one(parentheses)
    assert len(compile_one(CHAIN).contracts) == 500
    name = "x" * 60_000
    assert name in compile_one(HEAD + f"contract A {{ uint public {name}; }}").contract("A").abi[0]["name"]
    deep = HEAD + "contract A { function f() public pure { " + "{" * 3000 + "}" * 3000 + "} }"
    with pytest.raises((CompilationFailed, SourceError)):
        compile_one(deep)
    assert compile_one(COUNTER).contract("Counter")


def test_threads_share_one_compiler() -> None:
    found: dict[int, str] = {}

    def work(number: int) -> None:
        found[number] = compile_one(HEAD + f"contract C{number} {{ uint constant public x = {number}; }}").contracts[0].name

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == {number: f"C{number}" for number in range(8)}


def test_a_killed_compiler_is_replaced() -> None:
    compile_one(COUNTER)
    child = compiler._soljson._child
    assert child is not None
    os.kill(child._launcher.pid, signal.SIGKILL)
    assert await_until(lambda: not child.is_alive())
    assert compile_one(COUNTER).contract("Counter")
    assert compiler._soljson._child is not child


def test_a_forked_copy_starts_its_own_compiler() -> None:
    compile_one(COUNTER)
    child = compiler._soljson._child
    context = multiprocessing.get_context("fork")
    copy = context.Process(target=compile_one, args=(COUNTER,))
    copy.start()
    copy.join(60)
    assert copy.exitcode == 0
    assert compile_one(COUNTER).contract("Counter")
    assert compiler._soljson._child is child


def test_the_time_limit_ends_a_compilation() -> None:
    with pytest.raises(ToolCrashed, match="did not answer in time"):
        compile_sources({"A.sol": CHAIN}, time_s=0.01)
    assert compile_one(COUNTER).contract("Counter")


def test_the_wrapper_answers_as_solc_does(tmp_path: Path) -> None:
    solc = solc_wrapper(tmp_path)
    version = subprocess.run([solc, "--version"], capture_output=True, text=True, check=True).stdout
    assert f"Version: {SOLC_VERSION}+commit." in version
    given = json.dumps(dict(compile_one(COUNTER).input))
    done = run([solc, "--standard-json"], cwd=tmp_path, stdin=given.encode(), confine=confine(tmp_path))
    made = json.loads(done.stdout)["contracts"]["A.sol"]["Counter"]["evm"]["bytecode"]["object"]
    assert made == compile_one(COUNTER).contract("Counter").creation
    assert subprocess.run([solc, "--help"], capture_output=True, check=False).returncode == 1


@pytest.fixture
def other_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty place for tools, and a compiler that starts anew from there."""
    monkeypatch.setenv("SOLWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(compiler, "_soljson", compiler.Soljson())
    sandbox._tool_folders.cache_clear()
    (tmp_path / "home" / "packages").mkdir(parents=True)
    (tmp_path / "home" / "solc").mkdir()
    yield tmp_path / "home"
    compiler._soljson._stop()
    sandbox._tool_folders.cache_clear()


def test_a_native_compiler_is_preferred(other_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The native build cannot be had where this runs: a program that answers as it does stands in its place."""
    with monkeypatch.context() as before:
        before.delenv("SOLWRIGHT_HOME")
        soljson = install.locate_soljson().read_bytes()
    (other_home / "packages" / "soljson.js").write_bytes(soljson)
    native = other_home / "solc" / f"solc-{SOLC_VERSION}"
    native.write_text(f"#!/bin/sh\nexec {locate_node().path} {compiler.SERVER} {other_home}/packages/soljson.js --standard-json\n")
    native.chmod(0o755)
    made = compile_one(COUNTER)
    assert made.contract("Counter").creation
    assert made.version == install.solc_version()[1]
    assert compiler._soljson._child is None
    assert str(native) in solc_wrapper(other_home.parent).read_text()


@pytest.mark.attack
@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo broken >&2; exit 1", "exit code 1 broken"),
        ("kill -SEGV $$", "exit code (-11|139)"),
        ("echo nonsense", "not JSON: 'nonsense"),
        ("echo '{}'", "without a word about A.sol"),
        ("while :; do :; done", "did not answer in time"),
    ],
)
def test_a_broken_native_compiler(other_home: Path, script: str, message: str) -> None:
    native = other_home / "solc" / f"solc-{SOLC_VERSION}"
    native.write_text(f"#!/bin/sh\n{script}\n")
    native.chmod(0o755)
    with pytest.raises(ToolCrashed, match=message):
        compile_sources({"A.sol": COUNTER}, time_s=3)


@pytest.mark.attack
class TestBrokenCompiler:
    """Attack 23: a compiler that crashes, hangs, prints garbage or answers at once."""

    def put(self, home: Path, program: str) -> None:
        folder = home / "packages" / f"solc-{SOLC_VERSION}"
        folder.mkdir()
        (folder / "soljson.js").write_text(program)

    def answering(self, expression: str) -> str:
        return f"""exports.cwrap = (name) => name === 'solidity_version' ? () => '{install.solc_version()[1]}' :
            name === 'solidity_compile' ? (input) => {expression} : () => null;"""

    def test_missing(self, other_home: Path) -> None:
        with pytest.raises(ToolNotFound, match="solc .* is not installed — run: solwright setup"):
            compile_one(COUNTER)

    def test_crashing(self, other_home: Path) -> None:
        self.put(other_home, "throw new Error('broken build')")
        with pytest.raises(ToolCrashed, match="broken build"):
            compile_one(COUNTER)

    def test_exiting(self, other_home: Path) -> None:
        self.put(other_home, "process.exit(0)")
        with pytest.raises(ToolCrashed, match="solc ended without an answer"):
            compile_one(COUNTER)

    def test_garbage(self, other_home: Path) -> None:
        self.put(other_home, self.answering("'all is well'"))
        with pytest.raises(ToolCrashed, match="not JSON: 'all is well'"):
            compile_one(COUNTER)

    def test_an_answer_to_nothing(self, other_home: Path) -> None:
        self.put(other_home, self.answering("'{}'"))
        with pytest.raises(ToolCrashed, match="without a word about"):
            compile_one(COUNTER)

    def test_hanging(self, other_home: Path) -> None:
        self.put(other_home, self.answering("{ for (;;); }"))
        with pytest.raises(ToolCrashed, match="did not answer in time"):
            compile_sources({"A.sol": COUNTER}, time_s=2)

    def test_endless_output(self, other_home: Path) -> None:
        self.put(other_home, self.answering("{ for (;;) try { require('fs').writeSync(1, 'x'.repeat(65536)); } catch {} }"))
        with pytest.raises(ToolCrashed, match="too much"):
            compile_sources({"A.sol": COUNTER}, time_s=60)

    def test_another_version(self, other_home: Path) -> None:
        self.put(other_home, self.answering("'{}'").replace(SOLC_VERSION, "0.8.1"))
        with pytest.raises(ToolVersionError, match="0.8.1"):
            compile_one(COUNTER)


def test_the_environment_of_the_compiler_holds_no_key(tmp_path: Path) -> None:
    assert "OPENAI_API_KEY" not in allowed_environment(tmp_path)
    assert set(compiler.ENVIRONMENT) == {"PATH", "LANG"}


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty place for tools that has only the compiler, and return where answers are kept."""
    soljson = install.locate_soljson()
    monkeypatch.setenv("SOLWRIGHT_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "packages").mkdir(parents=True)
    (tmp_path / "home" / "packages" / soljson.parent.name).symlink_to(soljson.parent)
    return tmp_path / "home" / "answers"


def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    questions: list[str] = []
    real = compiler.run_compiler

    def hear(standard_json: str, *, time_s: float) -> str:
        questions.append(standard_json)
        return real(standard_json, time_s=time_s)

    monkeypatch.setattr("toolchain.solc.run_compiler", hear)
    return questions


def test_nothing_is_compiled_twice_unless_fresh(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = asked(monkeypatch)
    first = compile_one(COUNTER)
    assert compile_one(COUNTER) == first
    assert len(questions) == 1
    assert compile_sources({"A.sol": COUNTER}, fresh=True) == first
    assert compile_sources({"A.sol": COUNTER}, CompilerSettings(optimizer=True)) != first
    assert compile_sources({"A.sol": COUNTER + " "}) != first
    assert len(questions) == 4


@pytest.mark.attack
@pytest.mark.parametrize(
    "damage", [b"", b"x", b"0" * 64 + b"\n" + zlib.compress(b'{"sources": {"A.sol": {"id": 0, "ast": {"nodes": []}}}}')]
)
def test_a_damaged_memory_is_not_believed(memory: Path, damage: bytes) -> None:
    first = compile_one(COUNTER)
    (kept,) = memory.iterdir()
    kept.write_bytes(damage)
    assert compile_one(COUNTER) == first
    kept.write_bytes(kept.read_bytes()[:-7])
    assert compile_one(COUNTER) == first


def test_refusals_are_not_remembered(memory: Path) -> None:
    for _ in range(2):
        with pytest.raises(CompilationFailed):
            compile_one(HEAD + "contract A { x }")
    assert not memory.exists()


def test_the_memory_is_pruned(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolchain.answers.MOST", 5)
    monkeypatch.setattr("toolchain.answers.KEPT_AFTER_PRUNING", 3)
    for number in range(8):
        answers.keep(f"{number}", "{}")
    assert len(list(memory.iterdir())) <= 5
    assert answers.recall("7") == "{}"


@pytest.mark.attack
def test_a_full_disk_only_costs_the_memory(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "toolchain.answers.atomic_write", lambda path, content: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    assert compile_one(COUNTER).contract("Counter")
