"""`solwright doctor`: what is installed, what is missing, what works."""

from __future__ import annotations

from solwright.commands.options import Json, Quiet
from solwright.terminal import Line, Style, Terminal

EXAMPLES = """\b
Examples:
  solwright doctor
  solwright doctor --json | jq '.tools[] | select(.works | not)'"""

#: Mark and style of a tool.
WORKS: tuple[str, Style] = ("✓", "good")
BROKEN: tuple[str, Style] = ("✗", "bad")
MISSING: tuple[str, Style] = ("-", "weak")


def doctor(json: Json = False, quiet: Quiet = False) -> int:
    """Show each tool, its version, where it is from, and whether it works, by running it. Exit 3 where one is missing."""
    terminal = Terminal(json, quiet)
    terminal.tell("trying out the tools")
    from toolchain.doctor import examine

    checks = examine()
    broken = [c for c in checks if c.needed and not c.works]
    tools = [
        {
            "name": c.name,
            "version": c.version,
            "from": c.source,
            "works": c.works,
            "needed": c.needed,
            "problem": c.problem,
            "nextStep": c.next_step,
        }
        for c in checks
    ]
    terminal.give({"schemaVersion": 1, "works": not broken, "tools": tools})
    lines = []
    width = max(len(c.name) for c in checks)
    for c in checks:
        mark, style = WORKS if c.works else BROKEN if c.needed else MISSING
        lines.append(Line("  ".join(x for x in (f"{mark} {c.name:<{width}}", c.version, c.source) if x).rstrip(), style))
        if c.problem:
            lines.append(Line(f"  {'':<{width}}  {c.problem}", "weak" if c.works else "plain"))
        if c.next_step and not c.works:
            lines.append(Line(f"  {'':<{width}}  {c.next_step}"))
    terminal.show(lines)
    if broken:
        terminal.warn(f"{', '.join(c.name for c in broken)}: missing or broken", broken[0].next_step)
    return 3 if broken else 0
