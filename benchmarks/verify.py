"""Time `solwright verify` against its engines run by hand, and print ratios.

    python benchmarks/verify.py [vault token escrow loops/board] [--alone] [--engines]

By hand: Slither, then forge's campaigns, then the symbolic engine with one process for each obligation and one job, one after the other;
`--alone` leaves that out. Cold: nothing is remembered, as after `solwright setup`. Edited: one function's body changed after a cold run.
`--engines` times each engine alone instead, and all of them against the slowest. Seconds are those of the wall clock, and in parentheses
of the processors; ratios of one run of this script are comparable, seconds are not.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from timing import ROOT, Clock, Timed, install_bytecode, load, timed

from specs.parse import parse
from toolchain.install import home
from toolchain.sources import import_sources
from verifier.engines.fuzz import discharge as fuzz
from verifier.engines.horn.engine import discharge as horn
from verifier.engines.job import Effort
from verifier.engines.static import analyse
from verifier.engines.symbolic.engine import ask, task_of
from verifier.judge import Candidate, Case, JudgeOptions, prepare
from verifier.sparing import beyond_a_bound

CORPUS = ROOT / "tests" / "corpus"
EXAMPLES = {"vault": "Vault", "token": "Token", "escrow": "Escrow", "loops/board": "Board"}
ENGINES = ("static", "fuzz", "symbolic", "horn")
JOBS = 2


def by_hand(case: Case) -> dict[str, Timed]:
    """Run every engine by itself, one after the other; the Horn engine on what `verify` asks it at once, if anything."""
    job = replace(case.job, effort=replace(case.job.effort, jobs=1))
    ids = [o.id for o in job.ledger.obligations if o.kind != "undeclared"]

    def one_by_one() -> None:
        for id in ids:
            task = task_of(job, case.implementation, observes_returns=False, extra_views=case.extra_views, clean_values=True, only=[id])
            list(ask([task], None))

    taken = {
        "slither": timed(lambda: analyse(job.compilation, job.contract)),
        "forge": timed(lambda: list(fuzz(job))),
        "symbolic": timed(one_by_one),
    }
    asked = beyond_a_bound(case)
    if asked:
        taken["horn"] = timed(lambda: horn(replace(case, job=job), only=asked))
    return taken


def as_set_up(where: Path) -> Path:
    """Make a home in which there is what `solwright setup` leaves and what depends on no specification, and nothing else."""
    shutil.rmtree(where, ignore_errors=True)
    where.mkdir()
    for name in ("packages", "solc", "engine", "language.parser", "report.template"):
        if (home() / name).exists():
            (where / name).symlink_to(home() / name)
    return where


def verify(source: Path, specification: Path, place: Path, *options: str) -> tuple[Timed, float, float]:
    """Return what it took, seconds to the first line of progress, and the memory peak of the largest process in MB."""
    out = place / "out"
    command = [sys.executable, "-m", "solwright", "verify", str(source), "--spec", str(specification), "--out", str(out), *options]
    shutil.rmtree(out, ignore_errors=True)
    env = os.environ | {"SOLWRIGHT_JOBS": str(JOBS), "SOLWRIGHT_HOME": str(place)}
    clock = Clock()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env)
    assert child.stderr is not None
    child.stderr.readline()
    first = clock.read().wall_s
    child.stderr.read()
    code = child.wait()
    taken = clock.read()
    if code not in {0, 1}:
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    return taken, first, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def edited(source: Path, where: Path) -> Path:
    """Return a copy whose last function has a statement more, so that its bytecode differs."""
    text = source.read_text()
    last = list(re.finditer(r"\bfunction \w+\([^)]*\)[^{;]*\{", text))[-1]
    copy = where / source.name
    copy.write_text(text[: last.end()] + " uint256 unused_ = 1; unused_; " + text[last.end() :])
    return copy


def compare_engines(kind: str) -> None:
    """Print how long all engines take together, and each alone, all of them cold."""
    name = EXAMPLES[kind]
    source, specification = CORPUS / kind / "proved" / f"{name}.sol", CORPUS / kind / f"{name}.spec.sol"
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "home"
        alone = {e: verify(source, specification, as_set_up(place), "--engines", e)[0] for e in ENGINES}
        usual = verify(source, specification, as_set_up(place))[0]
        everything = verify(source, specification, as_set_up(place), "--engines", ",".join(ENGINES))[0]
    slowest = max(alone, key=lambda e: alone[e].wall_s)
    print(f"{kind}: alone {', '.join(f'{e} {s}' for e, s in alone.items())}")
    print(f"  verify             {usual}   {usual.over(alone[slowest])} {slowest} alone    (wanted: at most 1.2)")
    print(f"  horn everything    {everything}   {everything.over(alone[slowest])} {slowest} alone")


def main(words: list[str]) -> None:
    install_bytecode()
    names = [w for w in words if not w.startswith("-")] or list(EXAMPLES)
    if "--engines" in words:
        for kind in names:
            compare_engines(kind)
        return
    for kind in names:
        name = EXAMPLES[kind]
        source, specification = CORPUS / kind / "proved" / f"{name}.sol", CORPUS / kind / f"{name}.spec.sol"
        with tempfile.TemporaryDirectory() as folder:
            place = as_set_up(Path(folder) / "home")
            parsed = parse(specification)
            case = prepare(parsed, Candidate(import_sources(source, root=source.parents[1]), name), JudgeOptions(effort=Effort(jobs=1)))
            with patch.dict(os.environ, SOLWRIGHT_HOME=str(as_set_up(Path(folder) / "by hand"))):
                hand = {} if "--alone" in words else by_hand(case)
            cold, first, memory = verify(source, specification, place)
            same, _, _ = verify(source, specification, place)
            changed, _, _ = verify(edited(source, Path(folder)), specification, place)
        print(f"{kind}: {load()}")
        beside = ""
        if hand:
            total = sum(hand.values(), Timed(0, 0))
            beside = f"   {cold.over(total)} x by hand   (wanted: at most 0.7)"
            print(f"  by hand            {total}   {', '.join(f'{k} {v.wall_s:.1f}' for k, v in hand.items())}")
        print(f"  verify, cold       {cold}{beside}")
        print(f"  nothing changed    {same}   {same.over(cold)} x cold      (wanted: at most 1 s)")
        print(f"  one body edited    {changed}   {changed.over(cold)} x cold      (wanted: at most 0.5)")
        print(f"  first line         {first:5.2f} s                                (wanted: at most 0.5)")
        print(f"  memory peak        {memory:5.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
