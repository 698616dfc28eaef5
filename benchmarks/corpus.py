"""Judge the corpus with every engine asked everything, and write who proves what as a table.

    python benchmarks/corpus.py [--proofs] [--wrong] [--state FILE] [--table FILE] [PATH …]

A PATH is a contract, or a folder of tests/corpus (default: all of it); `--wrong` judges the contracts in `refuted/`, too; `--proofs` asks
only the engines that prove and makes no bundle, which takes half the time; a run without it fills in what is missing. What was judged
is kept in the state file, a line for each contract, so a run that was interrupted goes on where it stopped; a contract is judged again once
it, its specification or our own source has changed, or an engine did not come to its end. The table shows, of what has not changed itself,
the last that was found, and by which commit of ours. Seconds are those of the processors: they depend little on what else runs.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from timing import ROOT, Clock, Timed

from verifier.remember import own_digest

CORPUS = ROOT / "tests" / "corpus"
ENGINES = "static,fuzz,symbolic,horn"
PROVING = "static,symbolic,horn"
JOBS = 2
COLUMNS = (
    *("contract", "verdict", "obligations", "symbolic only", "horn only", "both", "inspected", "neither"),
    *("verify s", "bundle KB", "certificate KB", "check s", "commit"),
)

Row = dict[str, Any]


def contracts(given: Sequence[Path], *, wrong: bool) -> list[Path]:
    """Return the contracts to judge: those that keep their promises, and the others if they are asked for."""
    folders = ("proved", "unknown", *(("refuted",) if wrong else ()))
    found: dict[Path, None] = {}
    for place in given or [CORPUS]:
        files = [place] if place.is_file() else sorted(place.rglob("*.sol"))
        found |= dict.fromkeys(p.resolve() for p in files if p.is_file() and (place.is_file() or p.parent.name in folders))
    return list(found)


def specification_of(contract: Path) -> Path:
    return next(contract.parents[1].glob("*.spec.sol"))


def key_of(contract: Path) -> str:
    """Return the digest of what is judged."""
    return hashlib.sha256(contract.read_bytes() + b"\0" + specification_of(contract).read_bytes()).hexdigest()


def commit() -> str:
    """Return our own commit."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def run(*words: str | Path, cwd: Path) -> tuple[int, dict[str, Any], Timed]:
    """Run a command of ours; return its exit code, its answer, and what it took."""
    environment = os.environ | {"SOLWRIGHT_JOBS": str(JOBS), "PYTHONPATH": str(ROOT)}
    clock = Clock()
    command = [sys.executable, "-m", "solwright", *map(str, words), "--json", "--quiet"]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    took = clock.read()
    answer = json.loads(done.stdout) if done.stdout.strip() else {}
    if done.returncode not in {0, 1, 3} or "error" in answer:
        raise SystemExit(f"solwright {' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.returncode, answer, took


def judge(contract: Path, *, proofs: bool) -> Row:
    """Judge one contract, and check its bundle where there is one; `proofs`: by the engines that prove, without a bundle."""
    with tempfile.TemporaryDirectory(prefix="solwright-corpus-") as folder:
        where, bundle = Path(folder), Path(folder) / "made.bundle"
        asked = ("verify", contract, "--fresh", "--spec", specification_of(contract), "--engines", PROVING if proofs else ENGINES)
        code, answer, took = run(*asked, *(() if proofs else ("--bundle", bundle)), "--out", where / "out", cwd=where)
        row: Row = {"contract": contract.relative_to(CORPUS).as_posix(), "key": key_of(contract), "verdict": answer["verdict"]}
        row |= {"own": own_digest(), "commit": commit()}
        row |= {"cpu_s": round(took.cpu_s, 1), "wall_s": round(took.wall_s, 1), "exit": code, "proofs": proofs}
        row["obligations"] = [[o["id"], o["verdict"], o["provedBy"], o.get("reason", "")] for o in answer["obligations"]]
        if bundle.is_dir():
            row["bundle"] = sum(p.stat().st_size for p in bundle.rglob("*") if p.is_file())
            row["certificate"] = (bundle / "certificate.json").stat().st_size
            checked, _, took = run("check", bundle, cwd=where)
            row |= {"check": checked, "check_s": round(took.cpu_s, 1)}
        return row


def is_whole(row: Row) -> bool:
    """Tell whether nothing is missing in a row: where everything is proved there is a bundle whose check agreed; else a time limit met."""
    return row.get("check") == 0 or any(verdict != "PROVED" for _, verdict, _, _ in row["obligations"])


def count(row: Row, *engines: str) -> int:
    """Count the obligations that exactly these engines prove."""
    return sum(set(proved) == set(engines) for _, verdict, proved, _ in row["obligations"] if verdict == "PROVED")


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"|{'---|' * len(COLUMNS)}"
    sums = [0] * 6
    for row in rows:
        known = [count(row, "symbolic"), count(row, "horn"), count(row, "symbolic", "horn"), count(row, "static")]
        numbers = [len(row["obligations"]), *known, len(row["obligations"]) - sum(known)]
        sums = [a + b for a, b in zip(sums, numbers, strict=True)]
        sizes = [f"{row[k] / 1024:.0f}" if k in row else "" for k in ("bundle", "certificate")]
        check = f"{row['check_s']:.1f}{'' if row['check'] == 0 else ' (disagrees)'}" if "check" in row else ""
        time = f"({row['cpu_s']:.1f})" if row["proofs"] else f"{row['cpu_s']:.1f}"
        cells = [f"`{row['contract']}`", row["verdict"], *map(str, numbers), time, *sizes, check, row["commit"]]
        yield f"| {' | '.join(cells)} |"
    yield f"| **all {len(rows)}** | {sum(r['verdict'] == 'verified' for r in rows)} verified | {' | '.join(map(str, sums))} | | | | | |"


def conflicts(rows: Sequence[Row]) -> list[str]:
    return [f"`{r['contract']}` {id}: {reason}" for r in rows for id, verdict, _, reason in r["obligations"] if verdict == "CONFLICT"]


def page(rows: Sequence[Row]) -> str:
    """Write the page of the whole table."""
    torn = conflicts(rows)
    neither = [f"`{r['contract']}`: {x}" for r in rows for x in _open(r)]
    right = len(contracts((), wrong=False))
    judged = sum("/refuted/" not in r["contract"] for r in rows)
    return "\n".join(
        [
            "# Who proves what in the corpus",
            "",
            f"Made by `python benchmarks/corpus.py` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d},"
            f" {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}; each line by the commit that it names.",
            f"Every engine is asked everything (`--engines {ENGINES}`); by default the Horn engine is asked only what is left open.",
            "Seconds are those of the processors, cold; in brackets: without the fuzzer and without a bundle (`--proofs`).",
            "*Inspected* is `undeclared`; *neither* counts what is not PROVED.",
            f"Judged so far: {judged} of the {right} contracts that keep their promises, and {len(rows) - judged} of those that do not.",
            "",
            *table(rows),
            "",
            "## Contradictions between engines",
            "",
            *([f"- {x}" for x in torn] or ["None."]),
            "",
            "## What nobody proves",
            "",
            *([f"- {x}" for x in neither] or ["Nothing."]),
            "",
        ]
    )


def _open(row: Row) -> list[str]:
    """Say of each obligation that is not proved why; those whose proof only leans on it are counted."""
    left = [(id, verdict, reason) for id, verdict, _, reason in row["obligations"] if verdict != "PROVED"]
    roots = [f"`{id}` is {verdict}: {reason}" for id, verdict, reason in left if "leans on" not in reason]
    leaning = len(left) - len(roots)
    return [*roots, *([f"{leaning} more that lean on these"] if leaning else [])]


def read_state(path: Path) -> dict[str, Row]:
    """Return what was judged before, by contract; a line that was cut is left out."""
    rows: dict[str, Row] = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        try:
            row = json.loads(line)
            rows[row["contract"]] = row
        except (ValueError, KeyError):
            sys.stderr.write(f"{path}: a line is damaged; its contract is judged again\n")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--proofs", action="store_true", help="ask only the engines that prove, and make no bundle")
    parser.add_argument("--wrong", action="store_true", help="judge the contracts in refuted/, too")
    parser.add_argument("--state", type=Path, default=ROOT / "benchmarks" / "corpus.jsonl")
    parser.add_argument("--table", type=Path, default=ROOT / "docs" / "corpus.md")
    given = parser.parse_args()
    missing = [p for p in given.paths if not p.exists() or CORPUS not in p.resolve().parents]
    if missing:
        parser.error(f"{missing[0]} is no contract or folder of {CORPUS}")
    given.state.parent.mkdir(parents=True, exist_ok=True)
    rows = read_state(given.state)
    wanted = contracts(given.paths, wrong=given.wrong)
    for n, contract in enumerate(wanted, 1):
        name = contract.relative_to(CORPUS).as_posix()
        known = rows.get(name)
        if known and (known["key"], known["own"]) == (key_of(contract), own_digest()) and (given.proofs or is_whole(known)):
            continue
        sys.stderr.write(f"{n} of {len(wanted)}: {name}\n")
        rows[name] = judge(contract, proofs=given.proofs)
        with given.state.open("a") as out:
            out.write(json.dumps(rows[name]) + "\n")
    current = [row for name, row in sorted(rows.items()) if (CORPUS / name).is_file() and row["key"] == key_of(CORPUS / name)]
    given.table.write_text(page(current))
    sys.stdout.write("\n".join(table(current)) + "\n")


if __name__ == "__main__":
    main()
