"""Run forge in a workspace of ours: our configuration, our compiler, no network, no foreign functions, no files outside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolchain.compiler import solc_wrapper
from toolchain.errors import SourceError, ToolCrashed
from toolchain.install import locate_forge, pinned_version, this_platform
from toolchain.process import Limits, run
from toolchain.sandbox import confine
from toolchain.solc import CompilerSettings
from toolchain.workspace import Workspace

LIMITS = Limits(time_s=300, memory_mb=4096)
NO_MATCH = "No tests match the provided pattern"


@dataclass(frozen=True, slots=True)
class ForgeOptions:
    """Choose what a test run may choose; everything else stands in our configuration."""

    match_contract: str = ""
    match_test: str = ""
    match_path: str = ""
    fuzz_runs: int = 256
    invariant_runs: int = 64
    invariant_depth: int = 32
    seed: int = 1
    threads: int = 1  # with more, forge 1.7 finds other counterexamples for the same seed; 0: as many as there are cores
    fail_on_revert: bool = False
    isolate: bool = False


@dataclass(frozen=True, slots=True)
class ForgeRun:
    """Hold forge's JSON: `path:Contract` → suite with `test_results`; empty when no test matched."""

    suites: Mapping[str, Any]
    stderr: str
    time_s: float
    peak_mb: int


def forge_version() -> str:
    """Return the version of the pinned forge."""
    return pinned_version(f"@foundry-rs/forge-{this_platform()}")


def configure(workspace: Workspace, settings: CompilerSettings = CompilerSettings(), prefix: str = "") -> Path:
    """Write our foundry.toml and our solc into the workspace; sources go below `src/` and `test/`, whose names may have a prefix.

    From names that begin like one of these folders no remapping leads elsewhere: forge adds one for each of them.
    """
    tools = workspace.root / ".tools"
    tools.mkdir(exist_ok=True)
    solc = solc_wrapper(tools)
    remappings = ", ".join(json.dumps(remapping) for remapping in settings.remappings)
    return workspace.write(
        "foundry.toml",
        f"""[profile.default]
src = "{prefix}src"
test = "{prefix}test"
script = "{prefix}script"
out = "out"
cache_path = "cache"
libs = []
remappings = [{remappings}]
auto_detect_remappings = false
solc = {json.dumps(str(solc))}
auto_detect_solc = false
offline = true
ffi = false
fs_permissions = []
evm_version = {json.dumps(settings.evm_version)}
optimizer = {json.dumps(settings.optimizer)}
optimizer_runs = {settings.optimizer_runs}
via_ir = {json.dumps(settings.via_ir)}
bytecode_hash = "none"
ignored_error_codes = []
""",
    )


def run_tests(
    workspace: Workspace, options: ForgeOptions = ForgeOptions(), *, env: Mapping[str, str] | None = None, limits: Limits = LIMITS
) -> ForgeRun:
    """Build and run the tests of a configured workspace; `env` adds variables that the tests read.

    The exit code says nothing: what matters is which tests of those expected are in the answer, and what each says.
    Raises: ToolNotFound, SourceError when it does not compile, ToolCrashed when there is no answer or a limit was reached.
    """
    command: list[str | Path] = [locate_forge(), "test", "--json", "--offline", "--root", workspace.root]
    for flag, pattern in (("contract", options.match_contract), ("test", options.match_test), ("path", options.match_path)):
        if pattern:
            command += [f"--match-{flag}", pattern]
    command += ["--fuzz-seed", hex(options.seed), "--fuzz-runs", str(options.fuzz_runs), "--threads", str(options.threads)]
    if options.isolate:
        command.append("--isolate")
    chosen = {
        "FOUNDRY_CONFIG": str(workspace.root / "foundry.toml"),
        "FOUNDRY_INVARIANT_RUNS": str(options.invariant_runs),
        "FOUNDRY_INVARIANT_DEPTH": str(options.invariant_depth),
        "FOUNDRY_INVARIANT_FAIL_ON_REVERT": json.dumps(options.fail_on_revert),
        "FOUNDRY_FUZZ_FAILURE_PERSIST_DIR": str(workspace.root / "cache" / "fuzz"),
    }
    environment = workspace.environment | dict(env or {}) | chosen
    done = run(command, cwd=workspace.root, limits=limits, env=environment, confine=confine(workspace.root))
    said = done.stderr.decode(errors="replace").strip()
    if done.reason:
        raise ToolCrashed(f"forge was stopped: {done.reason} limit reached", "give it more time or memory, or ask for fewer runs")
    return ForgeRun(_suites(done.stdout, said, done.exit_code), said, done.time_s, done.peak_mb)


def _suites(stdout: bytes, said: str, exit_code: int) -> Mapping[str, Any]:
    text = stdout.decode(errors="replace").strip()
    if not text or NO_MATCH in text:
        if exit_code == 0:
            return {}
        if "Compiler run failed" in said or "Compilation failed" in said:
            raise SourceError(f"forge could not compile: {_errors(said)}", "correct the source")
        raise ToolCrashed(f"forge ended with code {exit_code}: {said[-500:] or 'it said nothing'}", "run: solwright doctor")
    try:
        suites = json.loads(text.splitlines()[-1])
    except ValueError:
        raise ToolCrashed(f"forge said something that is not JSON: {text[-300:]!r}", "run: solwright doctor") from None
    if not isinstance(suites, dict) or not all(isinstance(suite, dict) and "test_results" in suite for suite in suites.values()):
        raise ToolCrashed(f"forge's answer has another form than that of {forge_version()}", "run: solwright doctor")
    return suites


def _errors(said: str) -> str:
    lines = said.splitlines()
    first = next((number for number, line in enumerate(lines) if line.startswith("Error")), 0)
    return "\n".join(lines[first : first + 12])
