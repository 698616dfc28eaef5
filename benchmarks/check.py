"""Time `solwright check` against `solwright verify`, and print ratios.

    python benchmarks/check.py [vault token escrow] [--horn]

A bundle is made cold (nothing is remembered), checked, and checked quickly; `--horn` lets the Horn engine prove, too. Seconds are those of
the wall clock, and in parentheses of the processors; ratios of one run of this script are comparable, seconds are not.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from timing import ROOT, Clock, Timed, install_bytecode, load

EXAMPLES = {"vault": "Vault", "token": "Token", "escrow": "Escrow"}
JOBS = 2


def run(*words: str | Path, cwd: Path) -> Timed:
    """Run a command, which must succeed."""
    environment = os.environ | {"SOLWRIGHT_JOBS": str(JOBS), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "solwright", *map(str, words), "--quiet"]
    clock = Clock()
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    taken = clock.read()
    if done.returncode:
        raise SystemExit(f"solwright {' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return taken


def main(words: list[str]) -> None:
    horn = ("--engines", "static,fuzz,symbolic,horn") if "--horn" in words else ()
    install_bytecode()
    for kind in [w for w in words if not w.startswith("-")] or list(EXAMPLES):
        example = ROOT / "examples" / kind
        source, specification = example / f"{EXAMPLES[kind]}.sol", example / f"{EXAMPLES[kind]}.spec.sol"
        with tempfile.TemporaryDirectory() as folder:
            where = Path(folder)
            verify = run("verify", source, "--spec", specification, "--bundle", "made.bundle", *horn, cwd=where)
            check = run("check", "made.bundle", cwd=where)
            quick = run("check", "made.bundle", "--quick", cwd=where)
            size = sum(p.stat().st_size for p in (where / "made.bundle").rglob("*") if p.is_file())
            certificate = (where / "made.bundle" / "certificate.json").stat().st_size
        print(f"{kind}: bundle {size >> 10} KB, certificate {certificate >> 10} KB; {load()}")
        print(f"  verify         {verify}")
        print(f"  check          {check}   {check.over(verify)} x verify   (wanted: at most 1.0)")
        print(f"  check --quick  {quick}   {quick.over(verify)} x verify   (wanted: at most 0.3)")


if __name__ == "__main__":
    main(sys.argv[1:])
