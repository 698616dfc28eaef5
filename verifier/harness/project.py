"""Build the engine once, and run it on candidates: a forge project of ours that never compiles what it judges.

The engine (*.sol here) is compiled once per tool version, the contract of evaluators once per specification; a candidate comes as creation
code in a file, so a run compiles nothing. What was built is kept with the digest of each file and checked before it is used.
"""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specs.specification import Specification
from toolchain.errors import SourceError, ToolCrashed
from toolchain.forge import ForgeOptions, ForgeRun, configure, forge_version, run_tests
from toolchain.install import home
from toolchain.process import Limits, atomic_write
from toolchain.solc import SOLC_VERSION, CompilerSettings, compile_sources
from toolchain.workspace import Workspace, fresh_workspace
from verifier.harness import runs
from verifier.harness.abi import NotEncoded, decode, encode
from verifier.harness.generate import Harness, generate
from verifier.harness.runs import Campaign, Finding, Played, Report, Run
from verifier.harness.tables import NONE, TABLE, USES, encoded

FOLDER = Path(__file__).parent
ENGINE = (
    "Exact.sol",
    "Vm.sol",
    "Types.sol",
    "Base.sol",
    "Stranger.sol",
    "There.sol",
    "Stage.sol",
    "Keys.sol",
    "Judge.sol",
    "Steps.sol",
    "Walk.sol",
    "Provide.sol",
    "Draw.sol",
    "Engine.t.sol",
    "Scenes.t.sol",
)
CLAUSES = ("Exact.sol", "Vm.sol", "Base.sol")
SETTINGS = CompilerSettings(evm_version="cancun", optimizer=True)
TESTS = 24
CAMPAIGN = "(string,uint256,uint256,uint256)"
INPUT = f"(bytes32,bytes,bytes,{TABLE},uint256,uint256,bool,bool,bytes32[],address[],bytes4[],bytes4[],{CAMPAIGN}[],{runs.RUN}[],uint256[])"
EXTRA = """gas_limit = "18446744073709551615"
memory_limit = 2147483648
code_size_limit = 1000000
"""


@dataclass(frozen=True, slots=True)
class Clauses:
    """The generated contract of one specification, compiled."""

    harness: Harness
    creation: bytes
    selectors: Mapping[str, str]
    digest: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is judged: creation code, the constants in it, selectors in it and views that the interface lacks."""

    creation: bytes
    words: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    views: tuple[str, ...] = ()


@functools.cache
def engine_digest() -> str:
    """Return the digest of the engine's sources, the tools that build it and their settings."""
    h = hashlib.sha256(json.dumps([SOLC_VERSION, forge_version(), str(SETTINGS), EXTRA]).encode())
    for name in ENGINE:
        h.update(name.encode() + b"\0" + (FOLDER / name).read_bytes() + b"\0")
    return h.hexdigest()


# ---------------------------------------------------------------- what is kept


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json")
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def _is_sound(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest == _digests(folder)


def engine_is_built() -> bool:
    """Tell whether the engine lies there as it was built."""
    return _is_sound(_engine_folder(home()))


def _engine_folder(cache: Path) -> Path:
    return cache / "engine" / engine_digest()[:32]


def engine_project(cache: Path | None = None) -> Path:
    """Return the folder of the built engine, building it where it is missing or not what was built.

    Raises: ToolNotFound, ToolCrashed.
    """
    folder = _engine_folder(cache or home())
    root = folder.parent
    if _is_sound(folder):
        return folder
    root.mkdir(parents=True, exist_ok=True)
    with fresh_workspace() as workspace:
        _lay_out(workspace)
        result = run_tests(workspace, ForgeOptions(match_test="^nothing$"))
        if not (workspace.root / "out" / "Engine.t.sol" / "Engine.json").is_file():
            raise ToolCrashed(f"the engine did not build: {result.stderr[-500:]}", "run: solwright doctor")
        made = Path(tempfile.mkdtemp(dir=root))
        for name in ("out", "cache", "test"):
            shutil.copytree(workspace.root / name, made / name)
    (made / "manifest.json").write_text(json.dumps(_digests(made)))
    shutil.rmtree(folder, ignore_errors=True)
    try:
        made.rename(folder)
    except OSError:  # somebody else was first
        shutil.rmtree(made, ignore_errors=True)
        if not _is_sound(folder):
            raise
    return folder


def _lay_out(workspace: Workspace) -> None:
    _configure(workspace)
    for name in ENGINE:
        workspace.write(f"test/{name}", (FOLDER / name).read_text())


def _configure(workspace: Workspace) -> None:
    """Write our configuration; the engine reads and writes files below `io` and nowhere else."""
    text = configure(workspace, SETTINGS).read_text()
    allowed = text.replace("fs_permissions = []", 'fs_permissions = [{ access = "read-write", path = "./io" }]')
    if allowed == text:
        raise ToolCrashed("forge's configuration has no fs_permissions to set", "report this as a fault of solwright")
    workspace.write("foundry.toml", allowed + EXTRA)
    (workspace.root / "src").mkdir(exist_ok=True)
    (workspace.root / "io").mkdir(exist_ok=True)


def compile_clauses(specification: Specification, cache: Path | None = None) -> Clauses:
    """Generate and compile the contract of evaluators, or take it from the cache."""
    harness = generate(specification)
    digest = hashlib.sha256((engine_digest() + harness.source).encode()).hexdigest()
    path = cache / "clauses" / f"{digest[:32]}.json" if cache else None
    kept = _kept(path) if path else None
    if kept is None:
        sources = {name: (FOLDER / name).read_text() for name in CLAUSES} | {"Clauses.sol": harness.source}
        try:
            made = compile_sources(sources, SETTINGS).contract("Clauses")
        except SourceError as err:
            raise ToolCrashed(
                f"the evaluators of {specification.name} do not compile: {err.message}", "report this as a fault of solwright"
            ) from err
        kept = {"creation": made.creation, "selectors": dict(made.method_identifiers)}
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(path, json.dumps({**kept, "digest": _digest_of(kept)}).encode())
    return Clauses(harness, bytes.fromhex(kept["creation"]), kept["selectors"], digest)


def _digest_of(kept: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps([kept["creation"], sorted(kept["selectors"].items())]).encode()).hexdigest()


def _kept(path: Path) -> dict[str, Any] | None:
    try:
        kept = json.loads(path.read_text())
        return kept if kept["digest"] == _digest_of(kept) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


# ---------------------------------------------------------------- running


def run_campaigns(
    clauses: Clauses,
    candidate: Candidate,
    campaigns: Sequence[Campaign],
    *,
    seed: int,
    limit_s: float,
    first_only: bool,
    threads: int,
    cache: Path | None,
    small: bool = True,
) -> tuple[Report, ...]:
    """Run campaigns and return one report for each, in order; `small`: what is found is made small, for people.

    Raises: ToolCrashed when a test that should have run is missing or a report cannot be read.
    """
    tests = [f"test_{i}" for i in range(min(TESTS, len(campaigns)))]
    data = _input(
        clauses, candidate, campaigns, (), seed, max(1, int(limit_s * 1000 * min(1.0, max(threads, 1) / len(campaigns)))), first_only, small
    )
    with fresh_workspace() as workspace:
        ready(workspace, cache, "input", data)
        run(workspace, "Engine", tests, threads, limit_s * 2 + 60)
        return tuple(_report(workspace, c, data) for c in campaigns)


def run_plays(
    clauses: Clauses, candidate: Candidate, plays: Sequence[tuple[Run, int]], *, cache: Path | None, limit_s: float = 120
) -> tuple[Played, ...]:
    """Play runs against the candidate; each judges one obligation, by its number (NONE: all of them, up to the first that is broken)."""
    data = _input(clauses, candidate, (), plays, 0, 0, False, True)
    with fresh_workspace() as workspace:
        ready(workspace, cache, "input", data)
        run(workspace, "Engine", ["test_plays"], 1, limit_s)
        _, played = read(workspace, "plays", runs.PLAYS, data[32:64])
        return tuple(Played.decoded(p) for p in played)


def _input(
    clauses: Clauses,
    candidate: Candidate,
    campaigns: Sequence[Campaign],
    plays: Sequence[tuple[Run, int]],
    seed: int,
    deadline_ms: int,
    first_only: bool,
    small: bool,
) -> bytes:
    rest = [
        candidate.creation,
        clauses.creation,
        encoded(clauses.harness.table, clauses.selectors),
        seed,
        deadline_ms,
        first_only,
        small,
        candidate.words,
        candidate.addresses,
        [bytes.fromhex(x) for x in candidate.selectors],
        [bytes.fromhex(x) for x in candidate.views],
        [(c.name, c.focus, c.depth, c.runs) for c in campaigns],
        [r.encoded() for r, _ in plays],
        [only for _, only in plays],
    ]
    nonce = hashlib.sha256(encode([INPUT], [(bytes(32), *rest)])).digest()
    return encode([INPUT], [(nonce, *rest)])


def ready(workspace: Workspace, cache: Path | None, name: str, data: bytes) -> None:
    """Lay a private copy of the built engine into a workspace, with one input file."""
    built = engine_project(cache)
    for folder in ("out", "cache", "test"):
        shutil.copytree(built / folder, workspace.root / folder)
    _configure(workspace)
    workspace.write(f"io/{name}", data)


def run(workspace: Workspace, contract: str, tests: Sequence[str], threads: int, limit_s: float) -> ForgeRun:
    """Run tests that are named in advance; each must be there, a plain test, and have succeeded."""
    pattern = f"^({'|'.join(tests)})\\(\\)$"
    result = run_tests(
        workspace, ForgeOptions(match_contract=f"^{contract}$", match_test=pattern, threads=threads), limits=Limits(time_s=limit_s)
    )
    suite = result.suites.get(f"test/{contract}.t.sol:{contract}", {}).get("test_results", {})
    for name in tests:
        answer = suite.get(f"{name}()")
        if answer is None:
            raise ToolCrashed(f"forge did not run {contract}.{name}: {result.stderr[-300:]}", "run: solwright doctor")
        if answer.get("status") != "Success" or "Unit" not in answer.get("kind", {}):
            raise ToolCrashed(
                f"{contract}.{name} ended with {answer.get('status')}: {answer.get('reason')}", "report this as a fault of solwright"
            )
    return result


def read(workspace: Workspace, name: str, shape: str, nonce: bytes) -> tuple[Any, ...]:
    """Read a report: a tuple of that shape, which begins with the nonce of its question.

    Raises: ToolCrashed.
    """
    path = workspace.root / "io" / name
    try:
        (answer,) = decode([shape], path.read_bytes())
    except (OSError, NotEncoded) as err:
        raise ToolCrashed(f"the engine left no report {name}: {err}", "report this as a fault of solwright") from None
    if answer[0] != nonce:
        raise ToolCrashed(f"the report {name} answers another question", "report this as a fault of solwright")
    return tuple(answer)


def _report(workspace: Workspace, campaign: Campaign, data: bytes) -> Report:
    _, count, crashes, crash, hits, found = read(workspace, campaign.name, runs.OUTPUT, data[32:64])
    return Report(campaign, count, crashes, crash, tuple(hits), tuple(Finding.decoded(x) for x in found))


__all__ = [
    "NONE",
    "USES",
    "Candidate",
    "Clauses",
    "compile_clauses",
    "engine_digest",
    "engine_is_built",
    "engine_project",
    "read",
    "ready",
    "run",
    "run_campaigns",
    "run_plays",
]
