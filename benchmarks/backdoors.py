"""Ask every engine about each planted backdoor, and write who caught what as docs/backdoors.md.

    python benchmarks/backdoors.py [--state FILE] [--table FILE]

The backdoors are tests/verifier/backdoors. The fuzz engine is asked everything, the symbolic engine what the file says is broken; of
Slither's notes those count that it does not make of the right contract. What was judged is kept in the state file, a line for each, so
a run that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from timing import ROOT

from verifier.remember import own_digest

sys.path.insert(0, str(ROOT))
from specs.parse import parse
from tests.verifier.planted import BACKDOORS, Backdoor, read
from toolchain.sources import import_sources
from verifier.engines.fuzz import discharge
from verifier.engines.job import Effort
from verifier.engines.static import analyse
from verifier.engines.symbolic.engine import first_violations
from verifier.judge import Candidate, Case, JudgeOptions, inspect_case, prepare

EFFORT = Effort(time_s=3600, obligation_s=600, jobs=1)
COLUMNS = ("backdoor", "what is planted", "what breaks", "rule", "named by", "fuzz", "symbolic")

Row = dict[str, Any]


def judge(backdoor: Backdoor) -> Row:
    """Ask all engines about one backdoor."""
    case = backdoor.case(EFFORT)
    found = inspect_case(case).findings
    rules = [f.check for f in found if f.severity == "refutes"]
    unfollowed = [x for x in case.limits if x.kind == "unknown"]
    rules += [f"UNKNOWN: {x.reason}" for x in unfollowed[:1]]
    row: Row = {"name": backdoor.name, "key": key_of(backdoor), "rules": list(dict.fromkeys(rules)), "fuzz": [], "symbolic": {}}
    named = [f.message.split(" depends on ")[1].split(",")[0] for f in found if f.check == "undeclared-environment"]
    row["named"] = sorted(
        {*named, *(x.replace("slither:", "Slither ") for x in notes(case) - notes_before(backdoor.base, backdoor.specification))}
    )
    if "linked-library" in rules:
        return row
    row["fuzz"] = sorted({r.obligation for r in discharge(case.job) if r.outcome == "violated" and not r.obligation.startswith("canary.")})
    for _, outcomes in first_violations([(case, backdoor.breaks, backdoor.breaks)], EFFORT):
        row["symbolic"] = dict(outcomes)
    return row


@functools.cache
def notes_before(contract: Path, promise: Path) -> set[str]:
    """Return what Slither notes of the right contract."""
    specification = parse(promise)
    tree = import_sources(contract, root=contract.parents[1])
    return notes(prepare(specification, Candidate(tree, specification.name), JudgeOptions(effort=EFFORT)))


def notes(case: Case) -> set[str]:
    """Return the names of what Slither notes, style left out."""
    found = analyse(case.job.compilation, case.job.contract)
    if found.failed:
        raise SystemExit(f"{case.path}: Slither failed: {found.failed}")
    return {f.check for f in found.findings}


def key_of(backdoor: Backdoor) -> str:
    """Return the digest of what a row depends on."""
    texts = (own_digest(), backdoor.source, backdoor.specification.read_text(), ",".join(backdoor.breaks))
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def table(rows: Sequence[tuple[Backdoor, Row]]) -> Iterator[str]:
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"|{'---|' * len(COLUMNS)}"
    for b, row in rows:
        fuzz = [id for id in b.breaks if id in row["fuzz"]] or row["fuzz"]
        fuzzed = ", ".join(f"`{id}`" for id in fuzz[:2]) + (" …" if len(fuzz) > 2 else "")
        symbolic = ", ".join(dict.fromkeys(row["symbolic"].values()))
        cells = [f"`{b.name}`", b.planted, ", ".join(f"`{id}`" for id in b.breaks), "; ".join(row["rules"]), ", ".join(row["named"])]
        yield f"| {' | '.join([*cells, fuzzed, symbolic])} |"


INTRODUCTION = """# Backdoors in right contracts, and who caught them

{count} backdoors, each planted in a contract of `tests/corpus` that is verified without it (as diffs in `tests/verifier/backdoors`). None
is ever verified: `tests/verifier/test_backdoors.py` holds that (`make attacks`).{far}

{sums}

*Rule* is what the language refuses outright, or code that no engine follows, so that what it promises is UNKNOWN. *Named by* is shown
beside the verdict, and refuses nothing. *Fuzz*: promises that samples break. *Symbolic*: what the proof said of the third column;
*violated*: a state that no promise excludes breaks it; *unknown*: it is not proved, so the contract is not verified.
`python benchmarks/backdoors.py` writes this page.

"""


def page(rows: Sequence[tuple[Backdoor, Row]]) -> str:
    """Write the page of the whole table."""
    bad = {"violated", "vacuous"}
    sums = (
        (sum(bool(r["rules"]) for _, r in rows), "are refused by a rule, or left UNKNOWN by one"),
        (sum(bool(bad & set(r["symbolic"].values())) for _, r in rows), "are found by the symbolic engine"),
        (sum(bool(r["fuzz"]) for _, r in rows), "are found by the fuzz engine"),
        (sum(bool(r["named"]) for _, r in rows), "are named by the inspection or by Slither"),
    )
    far = "" if len(rows) == len(BACKDOORS) else f" Asked so far: {len(rows)}."
    lines = "\n".join(f"- {n} {what}" for n, what in sums)
    return INTRODUCTION.format(count=len(BACKDOORS), far=far, sums=lines) + "\n".join(table(rows)) + "\n"


def read_state(path: Path) -> dict[str, Row]:
    lines = path.read_text().splitlines() if path.exists() else []
    return {row["name"]: row for row in map(json.loads, lines)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, default=ROOT / ".solwright" / "backdoors.jsonl")
    parser.add_argument("--table", type=Path, default=ROOT / "docs" / "backdoors.md")
    given = parser.parse_args()
    given.state.parent.mkdir(parents=True, exist_ok=True)
    known = read_state(given.state)
    rows: list[tuple[Backdoor, Row]] = []
    for n, backdoor in enumerate(map(read, BACKDOORS), 1):
        row = known.get(backdoor.name)
        if row is None or row["key"] != key_of(backdoor):
            sys.stderr.write(f"{n} of {len(BACKDOORS)}: {backdoor.name}\n")
            row = judge(backdoor)
            with given.state.open("a") as out:
                out.write(json.dumps(row) + "\n")
        rows.append((backdoor, row))
        given.table.write_text(page(rows))


if __name__ == "__main__":
    main()
