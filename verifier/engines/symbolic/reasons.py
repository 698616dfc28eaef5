"""Say of what is not proved what was reached, why it stops there, and what a writer can do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from specs.specification import Parameter
from verifier.judge import Case
from verifier.ledger import functions_of
from verifier.reach import Entry, read_code, walk
from verifier.result import NO_LOCK

LOOPS = {"ForStatement", "WhileStatement", "DoWhileStatement", "YulForLoop"}
HARDER = "say an intermediate result by a lemma, split the function, or allow more time (--timeout)"
GUARD = re.compile(r"reentran|^lock", re.IGNORECASE)
UNMODELLED = "the engine has no model for it: write it otherwise (docs/verdicts.md, Reasons for UNKNOWN)"


def explain(reason: str, id: str, case: Case) -> str:
    """Return the engine's reason for an obligation that is not proved, with what it means for this contract and what to do."""
    function = case.job.ledger.obligation(id).function
    return "; ".join(_explained(part, function, case) for part in reason.split("; "))


def _explained(reason: str, function: str, case: Case) -> str:
    more = _more(reason, function, case)
    return f"{reason}{more}" if more else reason


def _more(reason: str, function: str, case: Case) -> str:
    effort = case.job.effort
    subject = f"of {function.removeprefix('view ')} " if function else ""
    if re.match(r"loops were followed \d+ times", reason):
        return (
            f" ({_loops(case, function)}): what needs more turns is not seen — keep a running total, "
            "let people pull instead of paying many, or write it so that the engine for loops takes it (docs/horn.md)"
        )
    if re.match("dynamic (constructor )?arguments of", reason):
        return f" ({_dynamic(case, function)}): other lengths are not seen — take a bytes32 or a hash where you can"
    if reason.startswith("strangers return"):
        return ": other answers are not seen — do not decode what a stranger returns"
    if reason.startswith(("a getter has a loop", "the constructor has a loop")):
        where = "constructor" if reason.startswith("the") else ""
        return f" ({_loops(case, where)}): 4 turns are followed — keep a running total in storage and read that"
    if reason in {"solver: time limit", "solver: unknown"}:
        usual = "products and divisions of two unknown numbers are the usual cause"
        return f": not decided within {effort.solver_s:.0f} s; {usual} — {HARDER}"
    if reason == "time limit" or reason.endswith(": time limit"):
        return f": all promises {subject}together have {effort.obligation_s:.0f} s — {HARDER}"
    if reason.startswith("time limit of"):
        return f": following every path {subject}took longer — fewer paths help (branches multiply): {HARDER}"
    if reason.startswith("memory limit of"):
        return ": its paths are too many or too long — fewer branches help: split the function"
    if reason == "the model uses an operation that is not interpreted":
        return f" (a product, division or power of unknown numbers) — {HARDER}"
    if reason.startswith(("a path could not be followed", "a getter could not be followed", "the constructor could not be followed")):
        return f" — {UNMODELLED}"
    if reason in {"no path speaks of it", "no exploration spoke of it"}:
        name = function.removeprefix("view ")
        look = f"look at {name}.reachable" if name else "look at what else is not proved"
        return f": no call that was followed {subject}comes to where this is promised, so nothing was shown — {look}"
    return ""


def not_inductive(id: str, case: Case) -> str:
    """Return the reason for an obligation that a step breaks from a state that nothing excludes, for all that the engine knows."""
    said, o = "not inductive: a state that no invariant or lemma excludes breaks it", case.job.ledger.obligation(id)
    if case.implementation.lock is not None or o.kind not in {"succeeds", "reachable", "atomic"}:
        return said
    guard = next(_guards(case, functions_of(case.job.specification, o.function)), "")
    return f"{said}; the guard {guard} may be entered in it: {NO_LOCK}" if guard else said


def _guards(case: Case, functions: Sequence[str]) -> Iterator[str]:
    """Yield the modifiers of some functions that are re-entrancy guards by name."""
    for entry in read_code(case.job.compilation, case.job.contract).entries:
        if any(entry.title == name or _is(entry, name) for name in functions):
            yield from (n["name"] for n in entry.nodes if n["nodeType"] == "ModifierDefinition" and GUARD.search(n["name"]))


def _loops(case: Case, function: str) -> str:
    """Say where the loops stand that a function can run ("": that getters can)."""
    code = read_code(case.job.compilation, case.job.contract)
    name = function.removeprefix("view ")
    getters = {g.selector for g in case.job.specification.getters}
    called = functions_of(case.job.specification, name)
    wanted = [e for e in code.entries if any(e.title == n or _is(e, n) for n in called) or (not name and e.selector in getters)]
    places = dict.fromkeys(code.place(n) for e in wanted for n in walk(list(e.nodes)) if n["nodeType"] in LOOPS)
    if not places:
        return "a loop that the compiler makes, which copies or decodes an array, a string or bytes"
    return "the loop at " + ", ".join(f"{path}:{line}" for path, line in places)


def _is(entry: Entry, name: str) -> bool:
    return entry.title.split("(")[0] == name


def _dynamic(case: Case, function: str) -> str:
    """Name the parameters of a function whose length is not fixed."""
    specification = case.job.specification
    name = function.removeprefix("view ")
    own = next((f.parameters for f in specification.functions if f.title == name), specification.constructor.parameters)
    return ", ".join(_names(own)) or "arguments"


def _names(parameters: Sequence[Parameter]) -> Iterator[str]:
    for p in parameters:
        if p.type.is_dynamic:
            yield f"{p.type.name} {p.name}".strip()
