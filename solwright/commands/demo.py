"""`solwright demo`: the main job on a bundled request."""

from __future__ import annotations

from pathlib import Path

from solwright.commands.options import Jobs, Json, Out, Quiet, Timeout
from solwright.terminal import Terminal

EXAMPLES = """\b
Examples:
  solwright demo
  solwright demo --out demo --quiet"""

FILES = Path(__file__).parents[1] / "demo"


def demo(out: Out = None, jobs: Jobs = None, timeout: Timeout = None, json: Json = False, quiet: Quiet = False) -> int:
    """Do the main job on a bundled request: the model's answers are recorded, the engines are real."""
    terminal = Terminal(json, quiet)
    terminal.tell("reading the bundled request")
    from codegen.providers.replay import Tape
    from solwright.job import Order, do_job
    from solwright.settings import load_settings

    settings = load_settings({"jobs": jobs, "timeout": timeout})
    request = (FILES / "request.md").read_text(encoding="utf-8").strip()
    tape = Tape(FILES / "tape.jsonl")
    made = tape.made.split(". ")[0]
    terminal.say(f"the request:\n\n{request}\n\nthe model's answers are on a tape, {made}; everything else happens now")
    return do_job(Order(request, None, tape, out.absolute() if out else None, settings, None, False), terminal, None)
