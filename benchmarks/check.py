"""Time `solwright check` against `solwright verify`, and print ratios.

    python benchmarks/check.py [vault token escrow] [--horn]

A bundle is made cold (nothing is remembered), checked, and checked quickly; `--horn` lets the Horn engine prove, too. Seconds are those of
the wall clock, and in parentheses of the processors; ratios of one run of this script are comparable, seconds are not.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = {"vault": "Vault", "token": "Token", "escrow": "Escrow"}
JOBS = 2


@dataclass(frozen=True, slots=True)
class Timed:
    wall_s: float
    cpu_s: float

    def __str__(self) -> str:
        return f"{self.wall_s:5.1f} s ({self.cpu_s:5.1f} s)"

    def over(self, other: Timed) -> str:
        return f"{self.wall_s / other.wall_s:.2f} ({self.cpu_s / other.cpu_s:.2f}) x verify"


def timed(*words: str | Path, cwd: Path) -> Timed:
    """Run a command, which must succeed."""
    environment = os.environ | {"SOLWRIGHT_JOBS": str(JOBS), "PYTHONPATH": str(ROOT)}
    used, begun = _processors(), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "solwright", *map(str, words), "--quiet"],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"solwright {' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return Timed(time.monotonic() - begun, _processors() - used)


def _processors() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(words: list[str]) -> None:
    horn = ("--engines", "static,fuzz,symbolic,horn") if "--horn" in words else ()
    for kind in [w for w in words if not w.startswith("-")] or list(EXAMPLES):
        example = ROOT / "examples" / kind
        source, specification = example / f"{EXAMPLES[kind]}.sol", example / f"{EXAMPLES[kind]}.spec.sol"
        with tempfile.TemporaryDirectory() as folder:
            where = Path(folder)
            verify = timed("verify", source, "--spec", specification, "--bundle", "made.bundle", *horn, cwd=where)
            check = timed("check", "made.bundle", cwd=where)
            quick = timed("check", "made.bundle", "--quick", cwd=where)
            size = sum(p.stat().st_size for p in (where / "made.bundle").rglob("*") if p.is_file())
            certificate = (where / "made.bundle" / "certificate.json").stat().st_size
        print(f"{kind}: bundle {size >> 10} KB, certificate {certificate >> 10} KB")
        print(f"  verify         {verify}")
        print(f"  check          {check}   {check.over(verify)}   (wanted: at most 1.0)")
        print(f"  check --quick  {quick}   {quick.over(verify)}   (wanted: at most 0.3)")


if __name__ == "__main__":
    main(sys.argv[1:])
