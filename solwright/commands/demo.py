"""`solwright demo`: what is installed, what is missing, what works."""

from __future__ import annotations

from solwright.commands.options import Json, Quiet
from solwright.terminal import Terminal

EXAMPLES = """\b
Examples:
  solwright demo
  solwright demo --json"""


def demo(json: Json = False, quiet: Quiet = False) -> int:
    """Show each tool, its version, where it is from, and whether it works; exit 3 where something is missing."""
    terminal = Terminal(json, quiet)
    terminal.tell("trying out the tools")
    raise NotImplementedError
