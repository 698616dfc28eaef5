"""Let solc's model checker write the Horn systems of an instrumented source, and find which system speaks of which obligation.

Which one it is stands in the system itself: the clause whose head is the goal's error predicate names the summary of one function, by name
and by the number that it has in the syntax tree of the same compilation. Order and messages are not looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from toolchain.compiler import run_compiler
from toolchain.errors import SourceError, ToolCrashed
from verifier.engines.horn.binding import find_misbound
from verifier.engines.horn.instrument import Instrumented
from verifier.engines.horn.sexpr import items
from verifier.engines.horn.system import GOAL, System

#: Messages that take nothing from a proof: style of our own source, and "nobody answered yet".
HARMLESS = frozenset({"6328", "3996", "5840", "2072", "5667", "2018", "6321", "1878", "3420", "5574", "3860", "5740", "2519", "9302"})
#: The encoding's own settings: what a callee may do, and nothing that would be printed into a system (no timeout).
CHECKER = {
    "engine": "chc", "solvers": ["smtlib2"], "targets": ["assert"], "showProvedSafe": True, "showUnproved": True, "showUnsupported": True,
    "extCalls": "untrusted",
}  # fmt: skip
#: Predicates whose error a goal excludes, and the place where a function raises an error, by name and numbers.
SUMMARY = re.compile(r"\bsummary_(?:\d+_function|constructor)_\w+")
RAISED = re.compile(r"\(\|?block_\d+_(?:function_(\w+?)_|constructor)_(\d+)_(\d+)\b[^()]*[)\s]*$")
ERROR = re.compile(r"\(= error_\d+ ([1-9]\d*)\)")


@dataclass(frozen=True, slots=True)
class Systems:
    """What one compilation gave. `problem`: why none of it counts; obligations without a system are missing from `systems`."""

    systems: tuple[System, ...]
    problem: str = ""
    input: Mapping[str, Any] | None = None


def standard_input(made: Instrumented, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Write the compiler's input; `settings` are those of the artifact."""
    return {
        "language": "Solidity",
        "sources": {path: {"content": made.sources[path]} for path in sorted(made.sources)},
        "settings": {
            "remappings": list(settings.get("remappings", ())),
            "evmVersion": settings["evmVersion"],
            "modelChecker": {**CHECKER, "contracts": {made.path: list(made.contracts)}},
            "outputSelection": {"*": {"": ["ast"]}},
        },
    }


def write_systems(made: Instrumented, settings: Mapping[str, Any], time_s: float) -> Systems:
    """Compile an instrumented source. Raises ToolError where the compiler fails."""
    given = standard_input(made, settings)
    try:
        output = json.loads(run_compiler(json.dumps(given), time_s=time_s))
    except SourceError as err:
        return Systems((), f"the model checker refuses the source: {err}", given)
    if not isinstance(output, dict):
        raise ToolCrashed("solc answered something that is no JSON object", "run: solwright doctor")
    errors = output.get("errors", ())
    failed = next((e for e in errors if e.get("severity") == "error"), None)
    if failed is not None:
        return Systems((), f"the instrumented source does not compile: {_first(failed)}", given)
    abstracted = next((e for e in errors if e.get("errorCode") not in HARMLESS), None)
    if abstracted is not None:
        return Systems((), f"the model checker says ({abstracted.get('errorCode')}): {_first(abstracted)}", given)
    misbound = find_misbound(made.original, made.sources, {p: s["ast"] for p, s in output["sources"].items()}, made.path, made.contracts)
    if misbound:
        return Systems((), f"a name is not the one that is meant: {misbound}", given)
    queries = (output.get("auxiliaryInputRequested") or {}).get("smtlib2queries") or {}
    return Systems(tuple(_assign(queries.values(), made, output["sources"][made.path]["ast"])), "", given)


def _first(message: Mapping[str, Any]) -> str:
    return str(message.get("message", "")).strip().split("\n")[0][:200]


def _assign(queries: Any, made: Instrumented, ast: Mapping[str, Any]) -> Iterator[System]:
    """Yield the systems whose goal is one of ours, where it is the only one of its obligation."""
    wanted = dict(_numbers(made, ast))
    found: dict[str, list[str]] = {}
    for text in queries:
        place = goal_of(str(text))
        if place in wanted:
            found.setdefault(wanted[place], []).append(str(text))
    yield from (System(obligation, texts[0]) for obligation, texts in found.items() if len(texts) == 1)


def _numbers(made: Instrumented, ast: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Yield the name and the numbers of each check in the syntax tree, with its obligation."""
    ours = {c.name: c.obligation for c in made.checks}
    for contract in ast["nodes"]:
        if contract["nodeType"] != "ContractDefinition" or contract["name"] not in made.contracts:
            continue
        for n in contract["nodes"]:
            if n["nodeType"] != "FunctionDefinition":
                continue
            name = n["name"] if n["kind"] == "function" else contract["name"]
            if name in ours:
                yield (n["name"], str(n["id"]), str(contract["id"])), ours[name]


def goal_of(text: str) -> tuple[str, str, str] | None:
    """Return what a system's goal is about: the function (name, number, contract) that alone raises the error that it excludes.

    The goal is one predicate; its clauses exclude one error number of summaries; that number is raised in one place. None: not so.
    """
    clauses = [c for c in items(text) if c.startswith("(assert")]
    goals = {m for c in clauses for m in GOAL.findall(c)}
    if len(goals) != 1:
        return None
    head = re.compile(rf"\s\|?{re.escape(goals.pop())}\|?[)\s]*$")
    excluded = [c for c in clauses if head.search(c)]
    errors = {tuple(ERROR.findall(c)) for c in excluded}
    if len(errors) != 1 or len(error := errors.pop()) != 1:
        return None
    raised = {found.groups(default="") for c in clauses if error[0] in ERROR.findall(c) and (found := RAISED.search(c))}
    if len(raised) != 1:
        return None
    name, number, contract = raised.pop()
    summaries = {m for c in excluded for m in SUMMARY.findall(c)}
    own = f"_function_{name}__{number}_{contract}" if name else f"_{contract}"
    return (name, number, contract) if any(s.endswith(own) for s in summaries) else None
