"""What an engine is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from specs.specification import Specification
from toolchain.solc import Compilation, Contract
from verifier.obligation import Ledger


@dataclass(frozen=True, slots=True)
class Effort:
    """Limits on one engine.

    Times in seconds, memory in MB; `seed` makes runs reproducible; `first_refutation`: stop once something is refuted; `evidence`: bring
    back what a third party needs to check a proof; `second`: let solvers decide that proofs do not use, and nothing remembered.
    """

    time_s: float = 600.0
    obligation_s: float = 120.0
    solver_s: float = 30.0
    horn_s: int = 15  # CPU time for each way of solving a Horn system
    search_s: float = 20.0  # for each function: calls from a deployment that break what was not proved
    memory_mb: int = 3072
    jobs: int = 2
    fuzz_runs: int = 1000
    invariant_runs: int = 64
    invariant_depth: int = 32
    seed: int = 1
    first_refutation: bool = False
    evidence: bool = False
    second: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One artifact to judge against one ledger.

    `cache` is a directory of ours for what may be reused, None for no reuse; `changed` names the functions that samples are drawn of most,
    None for all alike.
    """

    specification: Specification
    ledger: Ledger
    compilation: Compilation
    contract: Contract
    effort: Effort = Effort()
    cache: Path | None = None
    changed: frozenset[str] | None = None
