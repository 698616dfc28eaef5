"""Keep both sides of a contradiction: what an engine proved or a solver called safe, and what speaks against it.

Nobody may believe either side, so everything is kept that whoever looks for the fault needs: the judged input, the proof's evidence
(queries, Horn system and invariant), the results as the engines gave them, and the test that fails.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from toolchain.process import atomic_write
from verifier.certificate.names import file_name
from verifier.engines.job import Job
from verifier.result import Result
from verifier.verdict import Verdict

HORN = "evidence/horn/"
RESULTS, TEST, INPUT = "results.json", "counterexample.t.sol", "compiler-input.json"


def torn(verdicts: Mapping[str, Verdict]) -> tuple[str, ...]:
    """Return the obligations on which engines or solvers contradict each other."""
    return tuple(id for id, v in verdicts.items() if v.status == "CONFLICT")


def keep_conflicts(
    folder: Path, job: Job, verdicts: Mapping[str, Verdict], results: Sequence[Result], evidence: Sequence[tuple[str, str]]
) -> Mapping[str, Verdict]:
    """Keep what is known of each contradiction below `folder`, and say in the verdict where it lies, or why it does not."""
    told = dict(verdicts)
    for id in torn(verdicts):
        digest = hashlib.sha256(f"{job.specification.digest} {job.ledger.artifact} {id}".encode()).hexdigest()
        place = folder / f"{file_name(id)}-{digest[:12]}"
        try:
            for name, text in _files(job, verdicts[id], [r for r in results if r.obligation == id], evidence).items():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                atomic_write(place / name, text.encode())
            said = f"both sides are kept in {place}"
        except OSError as error:
            said = f"neither side could be kept in {place}: {error.strerror or error}"
        told[id] = replace(verdicts[id], reason=f"{verdicts[id].reason}; {said}")
    return told


def _files(job: Job, verdict: Verdict, results: Sequence[Result], evidence: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    shown, own = verdict.counterexample, f"{HORN}{file_name(verdict.obligation)}.json"
    promised = job.specification.sources or ((f"{job.specification.name}.spec.sol", job.specification.text),)
    return {
        **{f"specification/{name}": text for name, text in promised},
        INPUT: json.dumps(dict(job.compilation.input), indent=1) + "\n",
        RESULTS: TypeAdapter(list[Result]).dump_json(list(results), indent=1).decode() + "\n",
        **({TEST: shown.test} if shown is not None and shown.test else {}),
        **{name: text for name, text in evidence if name == own or not name.startswith(HORN)},
    }
