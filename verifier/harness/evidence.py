"""Show findings outside the engine: a fresh forge project with the candidate's own sources and small tests that import nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from toolchain.errors import SourceError, ToolCrashed
from toolchain.forge import ForgeOptions, configure, run_tests
from toolchain.process import Limits
from toolchain.solc import Compilation, CompilerSettings
from toolchain.workspace import Workspace, fresh_workspace
from verifier.harness.spelling import CANDIDATE, PREFIX, plain_unit
from verifier.harness.standalone import Standalone

#: A test that must succeed beside those that must fail: where it does not, nothing that failed means anything.
SOUND = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Sound {
    function test_canary_true() external pure { require(uint256(1) + 1 == 2, "canary:true"); }
}
"""


#: How the names of functions begin that forge runs without being asked, and a few more.
TESTS = ("test", "invariant", "statefulfuzz", "fuzz", "table", "setup", "before", "after")
#: Where our tests lie.
OURS = f"{PREFIX}test"
#: Warnings go to where forge's answer goes.
QUIET = f'ignored_warnings_from = ["{CANDIDATE}", "{OURS}"]\n'


@dataclass(frozen=True, slots=True)
class Shown:
    """What forge said of one test: `fails`: it failed with the very message that was expected."""

    fails: bool
    reason: str
    compiled: bool = True


def settings_of(compilation: Compilation) -> CompilerSettings:
    """Return the settings of a compilation, with the paths of remappings as they lie in a project of ours."""
    given = compilation.input["settings"]
    names = {f"{first}/" if rest else first for first, *rest in (PurePosixPath(name).parts for name in compilation.input["sources"])}
    remapped = [_moved(r) for r in given.get("remappings", ())]
    optimizer = given.get("optimizer", {})
    return CompilerSettings(
        evm_version=given.get("evmVersion", "cancun"),
        optimizer=bool(optimizer.get("enabled")),
        optimizer_runs=int(optimizer.get("runs", 200)),
        via_ir=bool(given.get("viaIR")),
        remappings=(*remapped, *(f"{x}={CANDIDATE}/{x}" for x in sorted(names) if not any(r.startswith(f"{x}=") for r in remapped))),
    )


def _moved(remapping: str) -> str:
    left, _, target = remapping.partition("=")
    context, _, prefix = left.rpartition(":")
    return f"{f'{CANDIDATE}/{context}:' if context else ''}{prefix}={CANDIDATE}/{target}"


def lay_out(workspace: Workspace, compilation: Compilation) -> None:
    """Put the candidate's sources into a project of ours. Directives to forge in comments are broken: they must not steer our tests."""
    path = configure(workspace, settings_of(compilation), PREFIX)
    workspace.write("foundry.toml", path.read_text() + QUIET)
    for name, source in compilation.input["sources"].items():
        for unit in {name, plain_unit(name)}:
            if unit == name or unit not in compilation.input["sources"]:
                workspace.write(f"{CANDIDATE}/{unit}", str(source["content"]).replace("forge-config:", "forge-config ;"))


def may_be_taken_for_tests(compilation: Compilation) -> bool:
    """Tell whether forge could run functions of the candidate as tests. To leave them out costs another compilation."""
    functions = (f for c in compilation.contracts for f in c.abi if f["type"] == "function")
    return any(str(f["name"]).lower().startswith(TESTS) for f in functions)


def show(compilation: Compilation, tests: Sequence[Standalone], *, limit_s: float = 120) -> Mapping[str, Shown]:
    """Run tests and say of each (by file) whether it failed as it should.

    Raises: SourceError where one does not compile, ToolCrashed where forge does not answer or a test that must succeed does not.
    """
    with fresh_workspace() as workspace:
        lay_out(workspace, compilation)
        workspace.write(f"{OURS}/Sound.t.sol", SOUND)
        for t in tests:
            workspace.write(f"{OURS}/{t.file}", t.source)
        options = ForgeOptions(match_path=f"{OURS}/*") if may_be_taken_for_tests(compilation) else ForgeOptions()
        result = run_tests(workspace, options, limits=Limits(time_s=limit_s))
    sound = result.suites.get(f"{OURS}/Sound.t.sol:Sound", {}).get("test_results", {}).get("test_canary_true()", {})
    if sound.get("status") != "Success":
        raise ToolCrashed("a test that holds did not succeed: forge's answers mean nothing here", "run: solwright doctor")
    out = {}
    for t in tests:
        answer = result.suites.get(f"{OURS}/{t.file}:{t.contract}", {}).get("test_results", {}).get(f"{t.test}()", {})
        reason = str(answer.get("reason") or "")
        out[t.file] = Shown(answer.get("status") == "Failure" and reason == t.message, reason or str(answer.get("status") or "did not run"))
    return out


def show_each(compilation: Compilation, tests: Sequence[Standalone], *, limit_s: float = 120) -> Mapping[str, Shown]:
    """As `show`; a test that does not compile, or that forge dies of, spoils no other."""
    try:
        return show(compilation, tests, limit_s=limit_s)
    except (SourceError, ToolCrashed) as err:
        if len(tests) == 1:
            return {tests[0].file: Shown(False, err.message, compiled=not isinstance(err, SourceError))}
    middle = len(tests) // 2
    return {**show_each(compilation, tests[:middle], limit_s=limit_s), **show_each(compilation, tests[middle:], limit_s=limit_s)}
