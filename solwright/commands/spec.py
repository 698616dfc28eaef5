"""`solwright spec`: work on specifications alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solwright.commands.options import Json, Quiet
from solwright.terminal import Line, Terminal

if TYPE_CHECKING:
    from specs.sanity import Problem

CHECK_EXAMPLES = """\b
Examples:
  solwright spec check examples/vault/Vault.spec.sol
  solwright spec check examples/vault/Vault.spec.sol --json"""

SHOW_EXAMPLES = """\b
Examples:
  solwright spec show examples/vault/Vault.spec.sol"""

DIFF_EXAMPLES = """\b
Examples:
  solwright spec diff Vault.old.spec.sol Vault.spec.sol
  git show HEAD~1:Vault.spec.sol > /tmp/Vault.spec.sol && solwright spec diff /tmp/Vault.spec.sol Vault.spec.sol --json

\b
Exit codes: 0 nothing is weaker: each clause is equal or stronger
            1 a clause is weaker or incomparable, or the solver does not know · 2 a specification cannot be read"""

app = typer.Typer(
    help="Check a specification, show it in plain words, or compare it with an older one.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
File = Annotated[Path, typer.Argument(metavar="FILE", help="The specification, Name.spec.sol.")]


@app.command("check", epilog=CHECK_EXAMPLES)
def check(file: File, json: Json = False, quiet: Quiet = False) -> int:
    """Check that a specification parses, type-checks, and does not contradict itself."""
    terminal = Terminal(json, quiet)
    terminal.tell(f"checking {file}")
    from specs import sanity
    from specs.parse import parse

    specification = parse(file)
    terminal.tell("looking for contradictions")
    problems = sanity.check(specification)
    errors = [p for p in problems if p.severity == "error"]
    terminal.give(
        {
            "schemaVersion": 1,
            "stands": not errors,
            "specification": {"name": specification.name, "path": str(file), "digest": specification.digest},
            "problems": [_problem(p) for p in problems],
            "warnings": list(specification.warnings),
        }
    )
    clauses = sum(len(f.clauses) for f in specification.functions) + len(specification.clauses) + len(specification.constructor.clauses)
    stands = f"{specification.name} is consistent: {clauses} clauses, no contradiction found · digest {specification.digest[:16]}"
    fails = f"{specification.name} has {len(errors)} {'error' if len(errors) == 1 else 'errors'}"
    lines = [Line(fails, "bad") if errors else Line(stands, "good")]
    lines += [Line(f"{file}:{p}", "bad" if p.severity == "error" else "plain") for p in problems]
    lines += [Line(f"warning: {w}", "weak") for w in specification.warnings]
    terminal.show([*lines, Line(f"read what it promises: solwright spec show {file}", "weak")])
    return 1 if errors else 0


def _problem(p: Problem) -> dict[str, object]:
    place = {"line": p.position.line, "column": p.position.column}
    return {"severity": p.severity, "clause": p.clause, **place, "found": p.found, "expected": p.expected}


@app.command("show", epilog=SHOW_EXAMPLES)
def show(file: File, json: Json = False, quiet: Quiet = False) -> int:
    """Show what a specification promises, in plain words, clause by clause."""
    terminal = Terminal(json, quiet)
    terminal.tell(f"reading {file}")
    from solwright.promise import painted
    from specs.parse import parse
    from specs.render import describe

    specification = parse(file)
    lines = describe(specification)
    clauses = [{"kind": line.kind, "id": line.id, "text": line.text, "comment": line.comment, "line": line.line} for line in lines]
    terminal.give({"schemaVersion": 1, "name": specification.name, "digest": specification.digest, "lines": clauses})
    terminal.show([*painted(lines), Line(f"digest {specification.digest}", "weak")])
    return 0


@app.command("diff", epilog=DIFF_EXAMPLES)
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The specification as it was.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The specification as it is now.")],
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Say clause by clause whether a specification promises less than an older one."""
    terminal = Terminal(json, quiet)
    terminal.tell(f"reading {old} and {new}")
    from solwright import difference
    from specs.compare import compare
    from specs.parse import parse

    before, after = parse(old), parse(new)
    terminal.tell("comparing clause by clause")
    found = compare(before, after)
    terminal.give(difference.to_json(before, after, found))
    terminal.show(difference.painted(before, after, found))
    return 1 if found.loses else 0
