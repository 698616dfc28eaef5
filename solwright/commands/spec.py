"""`solwright spec`: work on specifications alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solwright.commands.options import Jobs, Json, Quiet
from solwright.terminal import Line, Terminal
from toolchain.errors import UsageError

if TYPE_CHECKING:
    from feedback.bending import Bending
    from specs.examples import Example
    from specs.sanity import Problem
    from specs.specification import Specification

CHECK_EXAMPLES = """\b
Examples:
  solwright spec check examples/vault/Vault.spec.sol
  solwright spec check examples/vault/Vault.spec.sol --json
  solwright spec check examples/vault/Vault.spec.sol --strawmen      # takes a minute or more"""

STRENGTH_EXAMPLES = """\b
Examples:
  solwright spec strength examples/vault/Vault.spec.sol examples/vault/Vault.sol
  solwright spec strength examples/token/Token.spec.sol examples/token/Token.sol --json --timeout 300"""

SHOW_EXAMPLES = """\b
Examples:
  solwright spec show examples/vault/Vault.spec.sol
  solwright spec show examples/vault/Vault.spec.sol --examples"""

DIFF_EXAMPLES = """\b
Examples:
  solwright spec diff Vault.old.spec.sol Vault.spec.sol
  git show HEAD~1:Vault.spec.sol > /tmp/Vault.spec.sol && solwright spec diff /tmp/Vault.spec.sol Vault.spec.sol --json
  solwright spec diff Vault.old.spec.sol Vault.spec.sol --mutants-of Vault.sol   # takes minutes

\b
Exit codes: 0 nothing is weaker: each clause is equal or stronger
            1 a clause is weaker or incomparable, or the solver does not know · 2 a specification cannot be read"""

app = typer.Typer(
    help="Check a specification, show it in plain words, compare it with an older one, or measure which wrong contracts it refuses.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
File = Annotated[Path, typer.Argument(metavar="FILE", help="The specification, Name.spec.sol.")]


@app.command("check", short_help="Check that a specification makes sense.", epilog=CHECK_EXAMPLES)
def check(
    file: File,
    strawmen: Annotated[
        bool,
        typer.Option("--strawmen", help="Also judge contracts that are wrong in one point; those that survive show a missing promise."),
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Check that a specification parses, type-checks, and does not contradict itself."""
    terminal = Terminal(json, quiet)
    terminal.tell(f"checking {file}")
    from specs import sanity
    from specs.parse import parse

    specification = parse(file)
    terminal.tell("looking for contradictions")
    problems = sanity.check(specification)
    errors = [p for p in problems if p.severity == "error"]
    found = _bend(specification, terminal) if strawmen and not errors else None
    terminal.give(
        {
            "schemaVersion": 1,
            "stands": not errors,
            "specification": {"name": specification.name, "path": str(file), "digest": specification.digest},
            "problems": [_problem(p) for p in problems],
            "warnings": list(specification.warnings),
            "strawmen": None if found is None else _strawmen(found),
        }
    )
    clauses = sum(len(f.clauses) for f in specification.functions) + len(specification.clauses) + len(specification.constructor.clauses)
    rules = f" and {len(specification.rules)} rule{'' if len(specification.rules) == 1 else 's'}" if specification.rules else ""
    stands = f"{specification.name} is consistent: {clauses} clauses{rules}, no contradiction found · digest {specification.digest[:16]}"
    fails = f"{specification.name} has {len(errors)} {'error' if len(errors) == 1 else 'errors'}"
    lines = [Line(fails, "bad") if errors else Line(stands, "good")]
    lines += [Line(f"{p.position.within(file)}:{p}", "bad" if p.severity == "error" else "plain") for p in problems]
    lines += [Line(f"warning: {w}", "weak") for w in specification.warnings]
    lines += _survivors(file, found) if found is not None else []
    terminal.show([*lines, Line(f"read what it promises: solwright spec show {file}", "weak")])
    return 1 if errors or (found is not None and found.missing) else 0


def _bend(specification: Specification, terminal: Terminal) -> Bending:
    from feedback.bending import bend
    from solwright.settings import load_settings
    from solwright.verification import judge_options

    return bend(specification, judge_options(load_settings({})), terminal.tell)


def _strawmen(found: Bending) -> dict[str, object]:
    survivors = [{"function": b.function, "line": b.line, "wrong": b.wrong, "missing": b.missing} for b in found.survivors]
    silent = [{"getter": name, "line": line} for name, line in found.silent]
    undecided = [b.wrong for b in found.undecided]
    return {"executable": found.executable, "judged": found.judged, "survivors": survivors, "silent": silent, "undecided": undecided}


def _survivors(file: Path, found: Bending) -> list[Line]:
    if not found.executable:
        what = "no contract could be written from the clauses (a sum, a quantifier or a type that is no assignment)"
        return [Line(f"strawmen: none was judged: {what}", "weak"), *(Line(f"{file}: {m}", "bad") for m in found.missing)]
    dead = found.judged - len(found.survivors) - len(found.undecided)
    lines = [
        Line(
            f"strawmen: {dead} of {found.judged} contracts that are wrong in one point are refused", "good" if not found.missing else "bad"
        )
    ]
    lines += [Line(f"{file}: missing: {m}", "bad") for m in found.missing]
    return [*lines, *(Line(f"  not decided in time: {b.wrong}", "weak") for b in found.undecided)]


def _problem(p: Problem) -> dict[str, object]:
    place = {"line": p.position.line, "column": p.position.column, "file": p.position.file}
    return {"severity": p.severity, "clause": p.clause, **place, "found": p.found, "expected": p.expected}


@app.command("show", short_help="Show what it promises, in plain words.", epilog=SHOW_EXAMPLES)
def show(
    file: File,
    examples: Annotated[bool, typer.Option("--examples", help="With a call that each clause accepts, and one that it rejects.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Show what a specification promises, in plain words, clause by clause."""
    terminal = Terminal(json, quiet)
    terminal.tell(f"reading {file}")
    from solwright.promise import examples_of, painted
    from specs.parse import parse
    from specs.render import describe

    specification = parse(file)
    lines = describe(specification)
    found = examples_of(specification, terminal) if examples else None
    clauses: list[dict[str, object]] = [
        {"kind": line.kind, "id": line.id, "text": line.text, "comment": line.comment, "line": line.line, "file": line.file}
        for line in lines
    ]
    for clause in clauses if found is not None else ():
        mine = found.get(str(clause["id"])) if found is not None and clause["kind"] == "clause" else None
        clause["examples"] = None if mine is None else {"accepted": _example(mine.accepted), "rejected": _example(mine.rejected)}
    terminal.give({"schemaVersion": 1, "name": specification.name, "digest": specification.digest, "lines": clauses})
    terminal.show([*painted(lines, found), Line(f"digest {specification.digest}", "weak")])
    return 0


def _example(e: Example | None) -> dict[str, object] | None:
    if e is None:
        return None
    values = [{"getter": name, "before": before, "after": before if after is None else after} for name, before, after in e.values]
    return {"call": e.call, "values": values, "outcome": e.outcome}


@app.command("diff", short_help="Say whether it promises less than an older one.", epilog=DIFF_EXAMPLES)
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The specification as it was.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The specification as it is now.")],
    mutants_of: Annotated[
        Path | None,
        typer.Option(
            "--mutants-of",
            metavar="CONTRACT",
            help="A contract that is verified against both: its mutants show what a solver does not know was lost.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--contract", metavar="NAME", help="Which contract of that file (default: the interface's name).")
    ] = None,
    jobs: Jobs = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Say clause by clause whether a specification promises less than an older one."""
    terminal = Terminal(json, quiet)
    terminal.tell(f"reading {old} and {new}")
    from solwright import difference
    from specs.compare import compare
    from specs.parse import parse

    if mutants_of is None and not (name is None and jobs is None):
        raise UsageError("--contract and --jobs alone do nothing", "add --mutants-of CONTRACT, or leave them out")
    before, after = parse(old), parse(new)
    terminal.tell("comparing clause by clause")
    found, sides = compare(before, after), None
    if mutants_of is not None:
        from solwright.settings import load_settings
        from solwright.strength import compared_by_mutants

        found, sides = compared_by_mutants(found, (old, new), mutants_of, name, load_settings({"jobs": jobs}), terminal)
    terminal.give(difference.to_json(before, after, found, sides))
    terminal.show(difference.painted(before, after, found, sides))
    return 1 if found.loses else 0


@app.command("strength", short_help="Measure which wrong contracts it refuses.", epilog=STRENGTH_EXAMPLES)
def strength(
    file: File,
    contract: Annotated[Path, typer.Argument(metavar="CONTRACT", help="A Solidity file with a contract that is verified against it.")],
    name: Annotated[
        str | None, typer.Option("--contract", metavar="NAME", help="Which contract of the file (default: the interface's name).")
    ] = None,
    least: Annotated[
        float | None, typer.Option("--least", metavar="PART", help="How many of the held-out mutants must be refused (0.9: nine in ten).")
    ] = None,
    seed: Annotated[str, typer.Option("--seed", metavar="TEXT", help="Draws the mutants and divides them into the two sets.")] = "0",
    most: Annotated[int, typer.Option("--mutants", metavar="N", min=1, max=5000, help="How many mutants are judged at most.")] = 400,
    libraries: Annotated[bool, typer.Option("--libraries", help="Change the code of imported packages, too.")] = False,
    jobs: Jobs = None,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=1, help="What is not decided after this time counts as alive.")
    ] = 900.0,
    fresh: Annotated[bool, typer.Option("--fresh", help="Use nothing that an earlier run found.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Measure which wrong contracts a specification refuses: mutants of a contract that is verified against it.

    Exit code 0 if enough of the held-out mutants are refused, else 1. An interrupted measurement goes on where it was.
    """
    terminal = Terminal(json, quiet)
    terminal.tell(f"reading {file}")
    from solwright.settings import load_settings
    from solwright.strength import Measuring, answer
    from verifier.strength import StrengthOptions

    settings = load_settings({"jobs": jobs, "strength": least})
    options = StrengthOptions(seed, most, timeout, libraries)
    return answer(Measuring(file, contract, name, settings, options, fresh), terminal)
