"""Do the main job for a front end: lead the loop, tell its events, keep or hand over what comes out."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codegen.budget import Budget, Limits, look_up_price, parse_limits
from codegen.model import Model
from codegen.providers.replay import Recorder, Tape
from codegen.redact import Redactor
from feedback.asking import Writer
from feedback.events import Ended, Frozen, Wrote
from feedback.history import History, RunLine
from feedback.judging import Approval, accept_all
from feedback.key import key_of
from feedback.loop import run
from feedback.policy import Policy
from feedback.promise import Wish
from solwright import runs
from solwright.bundle import refuse_collisions, write_bundle
from solwright.court import hold_court
from solwright.evidence import Making, bundle_files
from solwright.narration import Narrator
from solwright.report.json import to_json
from solwright.report.strength import survivors
from solwright.report.text import Sources, render
from solwright.report.timeline import Turn, extended
from solwright.settings import Settings
from solwright.terminal import Line, Terminal
from solwright.verification import judge_options, warn_if_bare
from specs.render import describe
from specs.specification import Specification

if TYPE_CHECKING:
    from solwright.signing import Sign

TRANSCRIPT = "transcript.jsonl"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done.

    `given` is a specification (path and text) to start from; `out` is where the verified contract goes (None: into the run's folder).
    """

    request: str
    given: tuple[Path, str] | None
    model: Model
    out: Path | None
    settings: Settings
    record: Path | None
    resume: bool
    sign: Sign | None = None  # how the bundle is signed
    inside: Path | None = None  # the folder under which runs are kept, None: the current one
    keeping: tuple[Path, str] | None = None  # a specification of which nothing may be lost


def do_job(order: Order, terminal: Terminal, ask: Callable[[Specification], Approval] | None) -> int:
    """Do the main job and return the exit code."""
    policy = Policy(allowed_assumptions=order.settings.allowed_assumptions, strength=order.settings.strength)
    if order.out is not None:
        runs.refuse_unwritable(order.out, "--out")
    history = open_history(order)
    try:
        writer = Writer(recorded_model(order, history), open_budget(order), history)
        warn_if_bare(terminal)
        court = hold_court(order.settings, history.seed)
        narrator = Narrator()
        ended, turns = None, tuple[Turn, ...]()
        for event in run(Wish(order.request, order.given, order.keeping), writer, court, policy, ask or accept_all):
            turns = extended(turns, event)
            for text in narrator.lasting(event):
                terminal.say(text)
            for text in narrator.passing(event):
                terminal.tell(text, minor=isinstance(event, Wrote))
            if isinstance(event, Frozen):
                refuse_collisions(order.out or history.folder, event.specification.name)
                if ask is None:
                    terminal.say("nobody was asked to approve the specification: read it before you rely on the contract")
            if isinstance(event, Ended):
                ended = event
        assert ended is not None, "a run ends with Ended"
        return _hand_over(order, ended, turns, writer, terminal)
    except KeyboardInterrupt:
        terminal.note(f"the run stays in {history.folder}; go on with the same command and --resume")
        raise
    finally:
        history.close()


def open_history(order: Order) -> History:
    """Open the run record: a new folder, or the last one of the same inputs."""
    inputs = key_of(order.request, *(order.given[1:] if order.given else ("",)), order.model.name, *(order.keeping or ())[1:])
    label = f"new-{inputs[:10]}"
    folder = runs.latest_run(label, order.inside) if order.resume else runs.fresh_run(label, order.inside)
    seed = (order.model.seed if isinstance(order.model, Tape) else "") or secrets.token_hex(16)
    return History(folder, RunLine(inputs=inputs, request=order.request, model=order.model.name, seed=seed), resume=order.resume)


def open_budget(order: Order) -> Budget:
    """Return the budget; the price is that of the model at its host, where we know it."""
    limits = parse_limits(order.settings.budget) if order.settings.budget else Limits()
    host = getattr(order.model, "host", "")
    return Budget(limits, look_up_price(order.model.name, host) if host else None)


def recorded_model(order: Order, history: History) -> Model:
    """Return the model with its transcript, and with the tape that the user asked for."""
    import os

    redactor = Redactor((os.environ.get("OPENAI_API_KEY", ""),))
    made = order.model.made if isinstance(order.model, Tape) else "asked by solwright new"
    model: Model = Recorder(order.model, history.folder / TRANSCRIPT, made, redactor.everything)
    return Recorder(model, order.record, made, redactor.everything, history.seed) if order.record else model


def _hand_over(order: Order, ended: Ended, turns: tuple[Turn, ...], writer: Writer, terminal: Terminal) -> int:
    folder = writer.history.folder
    answer: dict[str, Any] = _answer(ended) | {"run": str(folder), "usage": str(writer.budget)}
    tests = {id: runs.nearest(test) for id, test in save_report(folder, ended, turns).items()}
    lines: list[Line] = []
    code = 1
    if ended.report is not None:
        lines += render(ended.report, Sources(f"{ended.report.artifact.contract}.sol", tests))
        code = ended.report.exit_code
    if ended.ending == "verified":
        assert ended.specification and ended.judgement and ended.report
        name = ended.specification.name
        effort, allowed = judge_options(order.settings).effort, order.settings.allowed_assumptions
        making = Making(folder, effort, allowed, folder / TRANSCRIPT, turns, ended.strength, order.sign)
        contract, bundle = write_bundle(order.out or folder, name, ended.source, bundle_files(ended.judgement, making))
        answer |= {"contract": str(contract), "bundle": str(bundle)}
        lines += [Line(""), Line(f"contract: {runs.nearest(contract)}", "good"), Line(f"evidence: {runs.nearest(bundle)}")]
    else:
        code = code or 1
        lines += [Line(""), *_missing(ended, folder)]
    terminal.give(answer)
    terminal.show([*lines, Line(f"run:      {runs.nearest(folder)} · {writer.budget}", "weak")])
    return code


def _answer(ended: Ended) -> dict[str, Any]:
    if ended.report is not None:
        base = to_json(ended.report)
    else:
        base = {
            "schemaVersion": 1,
            "verdict": "incomplete",
            "open": [ended.why],
            "specification": None,
            "artifact": None,
            "obligations": [],
        }
        base |= {"findings": [], "assumptions": [], "canaries": [], "tools": {}, "sandbox": "", "time_s": 0.0, "strength": None}
        if ended.specification is not None:
            base["specification"] = {"name": ended.specification.name, "digest": ended.specification.digest}
    question = None
    if ended.question is not None:
        question = {"clauses": list(ended.question.clauses), "reason": ended.question.reason}
        base["verdict"] = "incomplete" if base["verdict"] == "verified" else base["verdict"]
    return base | {"ending": ended.ending, "why": ended.why, "question": question}


def _missing(ended: Ended, folder: Path) -> list[Line]:
    if ended.ending == "rejected":
        return [Line("nothing was written: the specification was not accepted", "bad")]
    folder = runs.nearest(folder)
    lines = list(survivors(ended.strength)) if ended.ending == "weak" and ended.strength is not None else []
    lines += [Line(f"no contract leaves: {ended.why}", "bad")]
    if ended.question is not None:
        lines += [Line(f"  the writer says of {', '.join(ended.question.clauses)}:"), Line(f"  {ended.question.reason}")]
        lines += [Line("  Decide which promise should give way, change the specification, and start with --spec.")]
    if ended.source and ended.specification is not None:
        what = "the contract, which no strong specification vouches for" if ended.ending == "weak" else "best attempt (not verified)"
        lines += [Line(f"{what}: {folder / (ended.specification.name + '.unverified.sol')}")]
    return lines


def save_report(folder: Path, ended: Ended, turns: tuple[Turn, ...]) -> dict[str, Path]:
    """Save the report of the best attempt into the run's folder; return where the failing tests are."""
    if ended.report is None:
        return {}
    promise = describe(ended.specification) if ended.specification is not None else ()
    return runs.save_report(folder, ended.report, source=f"{ended.report.artifact.contract}.sol", promise=promise, turns=turns)
