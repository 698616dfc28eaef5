"""Wrong contracts of which an attacker once got something proved; each folder says in WHY.txt what is wrong with its contract.

NOT_PROVED.txt names the false obligations where others of the contract were never proved.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.errors import SourceError, SpecificationError
from toolchain.sources import import_sources
from verifier.engines.horn import engine as horn
from verifier.engines.symbolic.engine import discharge
from verifier.judge import Candidate, JudgeOptions, inspect_case, prepare
from verifier.verdict import conclude

HITS = sorted(p for p in Path(__file__).with_name("hits").iterdir() if p.is_dir())


@pytest.mark.attack
@pytest.mark.parametrize("folder", HITS, ids=lambda p: p.name)
def test_what_an_attacker_once_got_verified(folder: Path) -> None:
    source = next(p for p in folder.glob("*.sol") if not p.name.endswith(".spec.sol"))
    try:
        specification = parse(folder / f"{source.stem}.spec.sol")
        case = prepare(specification, Candidate(import_sources(source, root=folder), specification.name), JudgeOptions())
    except (SourceError, SpecificationError):
        return  # refused before anything is judged
    listed = folder / "NOT_PROVED.txt"
    false = listed.read_text().split() if listed.exists() else []
    results = [*discharge(case).results, *inspect_case(case).results]
    if "the Horn engine proved it" in (folder / "WHY.txt").read_text():
        results += horn.discharge(case, only=false).results
    verdicts = conclude(case.job.ledger, results)
    assert any(v.status != "PROVED" for v in verdicts.values())
    for id in false:
        assert verdicts[id].status != "PROVED"


def test_there_are_hits() -> None:
    assert len(HITS) >= 90
