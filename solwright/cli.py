"""The command line: a table of contents.

new     a request becomes a specification, a contract that was proved to keep it, and a bundle of evidence
verify  judge an existing contract against a specification
check   check a bundle without its maker
spec    check a specification, show it in plain words, compare it with an older one, measure what it refuses
demo    the main job on a bundled request, with a recorded model and real engines
doctor  say what is installed and whether it works
setup   install the pinned tools
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from solwright.commands import check, demo, doctor, new, setup, spec, verify
from solwright.last_resort import report_failure, report_usage

EPILOG = """\b
Exit codes: 0 verified · 1 not verified · 2 bad input · 3 a tool is missing or failed, or engines disagree
            4 the model gave no usable answer · 5 a bundle cannot be read · 130 interrupted

Keys for the model come only from the environment (OPENAI_API_KEY)."""


def print_version(wanted: bool) -> None:
    if wanted:
        from solwright.version import version_line

        typer.echo(version_line())
        raise typer.Exit


app = typer.Typer(
    name="solwright",
    help="Turn a request in plain language into a smart contract that is proved to keep its promise, or say what is missing.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("new", short_help="Turn a request into a contract that is proved.", epilog=new.EXAMPLES)(new.new)
app.command("verify", short_help="Judge a contract that you have.", epilog=verify.EXAMPLES)(verify.verify)
app.command("check", short_help="Check a bundle of evidence, computing all again.", epilog=check.EXAMPLES)(check.check)
app.add_typer(spec.app, name="spec", short_help="Check, show, compare or measure a specification.")
app.command("demo", short_help="Do the main job on a bundled request.", epilog=demo.EXAMPLES)(demo.demo)
app.command("doctor", short_help="Show each tool, and whether it works.", epilog=doctor.EXAMPLES)(doctor.doctor)
app.command("setup", short_help="Install the pinned tools.", epilog=setup.EXAMPLES)(setup.setup)


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=print_version)] = False,
) -> None:
    """Nothing to do before a command."""


INTERRUPTED = 130
#: What is answered whatever the environment holds; doctor names what is wrong with it among all else.
HELP = {"-h", "--help", "--version"}


def _refuse_misspelt(arguments: Sequence[str]) -> None:
    """Refuse a variable of ours that nobody would read, also for commands that have no settings. Raises: SettingsError."""
    if arguments and arguments[0] != "doctor" and HELP.isdisjoint(arguments):
        from solwright.settings import check_variables

        check_variables()


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; a failure becomes a message, never a traceback."""
    as_json = "--json" in arguments
    try:
        _refuse_misspelt(arguments)
        code = app(args=list(arguments), prog_name="solwright", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.TyperException as error:
        return report_usage(error, as_json=as_json)
    except Exception as error:  # noqa: BLE001 — the last line of a front end
        return report_failure(error, as_json=as_json)
    if code == INTERRUPTED:  # typer turns Ctrl-C into an exit code
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0
