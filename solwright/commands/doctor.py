"""`solwright doctor`: what is installed, what is missing, what works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solwright.commands.options import Json, Quiet
from solwright.terminal import Line, Style, Terminal

if TYPE_CHECKING:
    from toolchain.doctor import Check

EXAMPLES = """\b
Examples:
  solwright doctor
  solwright doctor --json | jq '.tools[] | select(.works | not)'"""

#: Mark and style of a tool.
WORKS: tuple[str, Style] = ("✓", "good")
BROKEN: tuple[str, Style] = ("✗", "bad")
MISSING: tuple[str, Style] = ("-", "weak")


def doctor(json: Json = False, quiet: Quiet = False) -> int:
    """Show each tool, its version, where it is from, and whether it works, by running it; the model's endpoint, and the settings.

    Exit 3 where a tool is missing or broken, or a setting is wrong.
    """
    terminal = Terminal(json, quiet)
    terminal.tell("trying out the tools")
    from toolchain.doctor import examine

    checks = (*examine(), model(), settings())
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


def model() -> Check:
    """Say which endpoint would be asked; nothing is sent, and the key is never shown."""
    import os

    from codegen.providers.endpoint import Endpoint
    from toolchain.doctor import Check
    from toolchain.errors import SolwrightError

    source = without_credentials(os.environ.get("OPENAI_BASE_URL", "").strip()) or "the provider's default endpoint"
    try:
        Endpoint.from_environment(os.environ)
    except SolwrightError as error:
        step = f"{error.next_step} (only `solwright new` needs it)"
        return Check("model", "", source, False, error.message, step, needed=False)
    return Check("model", "", source, True, needed=False)


def without_credentials(endpoint: str) -> str:
    """Return an address without what may be secret in it."""
    scheme, separator, rest = endpoint.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path.partition('?')[0]}" if separator else endpoint.rpartition("@")[2]


def settings() -> Check:
    """Say where the settings come from that hold here, and what is wrong with them: every other command would refuse."""
    from solwright.settings import load_settings
    from toolchain.doctor import Check
    from toolchain.errors import SolwrightError

    try:
        origins = dict.fromkeys(where for _, where in load_settings({}).origin)
    except SolwrightError as error:
        return Check("settings", "", "", False, error.message, error.next_step)
    return Check("settings", "", ", ".join(origins) or "the usual ones", True)
