"""Answer SMT-LIB queries with z3: JSON on stdin, one line per query on stdout (`unsat 0 2`: the numbers of the assertions that clash).

A process of its own, run by path: z3 may need long, or much memory, and is then killed.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Read the task, answer each query."""
    import z3

    task = json.load(sys.stdin)
    for query in task["queries"]:
        solver = z3.Solver()
        solver.set("timeout", task["each_ms"])
        solver.set("core.minimize", True)
        solver.from_string(query["script"])
        names = [z3.Bool(f"named{i}") for i in range(query["names"])]
        answer = solver.check(*names)
        core = sorted(int(str(n)[5:]) for n in solver.unsat_core()) if answer == z3.unsat else []
        sys.stdout.write(" ".join([str(answer), *map(str, core)]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
