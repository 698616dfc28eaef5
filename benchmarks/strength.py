"""Measure the strength of specifications, and what that costs beside judging every mutant as a whole.

    python benchmarks/strength.py                              the examples and every proved contract of the corpus
    python benchmarks/strength.py token vault/Vault --whole 3  some of them; judge three mutants of each as a whole, too

Seconds are those of the processors (user and system, children too), not of the clock: a loaded machine does not change them. The ratio is
that of one measurement to all its mutants judged as a whole, taken from the mean of `--whole` mutants. The last lines are a table for
docs/strength.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from timing import ROOT, Clock

from specs.parse import parse
from specs.specification import Specification
from toolchain.install import home
from toolchain.sources import SourceTree, import_sources
from verifier.engines.job import Effort
from verifier.judge import Candidate, JudgeOptions, judge
from verifier.mutants.found import Judged, Strength
from verifier.strength import StrengthOptions, measure

EXAMPLES = ("vault", "token", "escrow")


def cases(names: Sequence[str]) -> Iterator[tuple[str, Path, Path]]:
    """Yield name, specification and contract of each case that is asked for."""
    found: list[tuple[str, Path, Path]] = []
    for name in EXAMPLES:
        specification = next((ROOT / "examples" / name).glob("*.spec.sol"))
        found.append((f"examples/{name}", specification, specification.with_name(specification.name.replace(".spec", ""))))
    for folder in sorted((ROOT / "tests" / "corpus").iterdir()):
        for contract in sorted(folder.glob("proved/*.sol")):
            found.append((f"{folder.name}/{contract.stem}", next(folder.glob("*.spec.sol")), contract))
    yield from (x for x in found if not names or any(x[0].startswith(n) or x[0] == f"examples/{n}" for n in names))


def whole_s(specification: Specification, candidate: Candidate, judged: Sequence[Judged], options: JudgeOptions) -> float:
    """Return the mean processor time of judging mutants as a whole, nothing remembered."""
    clock = Clock()
    for j in judged:
        tree: SourceTree = candidate.tree
        changed = replace(tree, sources={**tree.sources, j.mutant.path: j.mutant.source(tree.sources)})
        judge(specification, Candidate(changed, candidate.contract), options)
    return clock.read().cpu_s / len(judged)


def row(name: str, found: Strength, spent: float, whole: float) -> str:
    rates = (f"{100 * r:.0f} %" if (r := found.rate(p)) is not None else "—" for p in ("feedback", "held-out"))
    ratio = f"{spent / (whole * len(found.judged)):.3f}" if whole and found.judged else "—"
    alive = len(found.survivors())
    return f"| {name} | {len(found.judged)} | {' | '.join(rates)} | {alive} | {spent:.0f} | {whole:.0f} | {ratio} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="examples (vault) or contracts of the corpus (token/Token)")
    parser.add_argument("--whole", type=int, default=0, metavar="N", help="judge so many mutants of each as a whole")
    parser.add_argument("--cached", action="store_true", help="use what earlier runs found: then the seconds say nothing")
    parser.add_argument("--seed", default="0")
    given = parser.parse_args()
    rows = ["| contract | mutants | feedback | held-out | alive | CPU s | one as a whole | ratio |", "|---|---|---|---|---|---|---|---|"]
    for name, path, source in cases(given.names):
        specification = parse(path)
        candidate = Candidate(import_sources(source), specification.name)
        options = JudgeOptions(effort=Effort(jobs=2), cache=home() / "results" if given.cached else None)
        judgement = judge(specification, candidate, replace(options, cache=home() / "results"))
        if any(v.status != "PROVED" for v in judgement.verdicts.values()):
            print(f"{name}: it is not verified", flush=True)
            continue
        clock = Clock()
        found = measure(judgement, candidate, StrengthOptions(given.seed, time_s=3600.0), options)
        spent = clock.read().cpu_s
        for j in found.survivors():
            print(f"{name}: {j.mutant.id} {j.found.fate} {j.found.reason}\n{j.diff}\n", flush=True)
        sample = found.judged[:: max(1, len(found.judged) // given.whole)][: given.whole] if given.whole else ()
        whole = whole_s(specification, candidate, sample, replace(options, cache=None)) if sample else 0.0
        rows.append(row(name, found, spent, whole))
        print(rows[-1], flush=True)
    print("\n".join(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
