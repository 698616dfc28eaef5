"""`solwright spec`: work on specifications alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solwright.commands.options import Json, Quiet
from solwright.terminal import Line, Terminal

CHECK_EXAMPLES = """\b
Examples:
  solwright spec check Vault.spec.sol
  solwright spec check Vault.spec.sol --json"""

SHOW_EXAMPLES = """\b
Examples:
  solwright spec show Vault.spec.sol"""

app = typer.Typer(
    help="Check a specification, or show it in plain words.",
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
    from specs.parse import parse
    from specs.sanity import examine

    specification = parse(file)
    problems = examine(specification)
    terminal.give(
        {
            "schemaVersion": 1,
            "specification": {"name": specification.name, "path": str(file), "digest": specification.digest},
            "problems": [str(p) for p in problems],
            "warnings": list(specification.warnings),
        }
    )
    lines = [Line(f"✗ {p}", "bad") for p in problems]
    lines += [Line(f"warning: {w}", "weak") for w in specification.warnings]
    clauses = sum(len(f.clauses) for f in specification.functions) + len(specification.clauses) + len(specification.constructor.clauses)
    fine = f"{specification.name}: {clauses} clauses, no contradiction found · digest {specification.digest[:16]}"
    terminal.show(lines if problems else [Line(fine, "good"), *lines])
    return 1 if problems else 0


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
