"""`solwright setup`: install the pinned tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solwright.commands.options import Json, Quiet
from solwright.terminal import Line, Terminal

if TYPE_CHECKING:
    from toolchain.setup import Step

EXAMPLES = """\b
Examples:
  solwright setup
  SOLWRIGHT_HOME=/opt/solwright solwright setup"""


def setup(json: Json = False, quiet: Quiet = False) -> int:
    """Install what is missing of the pinned tools into the per-user cache, each checked against its digest; compile the fuzz engine."""
    terminal = Terminal(json, quiet)
    terminal.tell("looking what is missing")
    from toolchain import setup as installer
    from toolchain.install import home

    steps = (*installer.setup(terminal.tell), _tests(terminal))
    done = [{"name": s.name, "version": s.version, "done": s.done, "reason": s.reason} for s in steps]
    terminal.give({"schemaVersion": 1, "home": str(home()), "steps": done})
    lines = [
        Line(f"✓ {s.name} {s.version}: {s.done}" + (f" ({s.reason})" if s.reason else ""), "weak" if s.done == "skipped" else "good")
        for s in steps
    ]
    terminal.show([*lines, Line(f"everything lies in {home()}"), Line("try it: solwright doctor", "weak")])
    return 0


def _tests(terminal: Terminal) -> Step:
    """Compile the contracts in which forge's campaigns run: once for all that is judged, so that nobody's first judgement waits for it."""
    from toolchain.errors import ToolError
    from toolchain.setup import Step
    from verifier.harness.project import engine_digest, engine_is_built, engine_project

    name, version = "fuzz engine", engine_digest()[:12]
    if engine_is_built():
        return Step(name, version, "present")
    terminal.tell("compiling the fuzz engine")
    try:
        engine_project()
    except ToolError as error:  # the tools lie there, and do not work here
        return Step(name, version, "skipped", f"{error.message}: run: solwright doctor")
    return Step(name, version, "compiled")
