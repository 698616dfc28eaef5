"""`solwright setup`: install the pinned tools."""

from __future__ import annotations

from solwright.commands.options import Json, Quiet
from solwright.terminal import Line, Terminal

EXAMPLES = """\b
Examples:
  solwright setup
  SOLWRIGHT_HOME=/opt/solwright solwright setup"""


def setup(json: Json = False, quiet: Quiet = False) -> int:
    """Install what is missing of the pinned tools into the per-user cache, each checked against its digest."""
    terminal = Terminal(json, quiet)
    terminal.tell("looking what is missing")
    from toolchain import setup as installer
    from toolchain.install import home

    steps = installer.setup(terminal.tell)
    done = [{"name": s.name, "version": s.version, "done": s.done, "reason": s.reason} for s in steps]
    terminal.give({"schemaVersion": 1, "home": str(home()), "steps": done})
    lines = [
        Line(f"✓ {s.name} {s.version}: {s.done}" + (f" ({s.reason})" if s.reason else ""), "weak" if s.done == "skipped" else "good")
        for s in steps
    ]
    terminal.show([*lines, Line(f"everything lies in {home()}"), Line("try it: solwright doctor", "weak")])
    return 0
