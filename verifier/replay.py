"""Show the EVM what a solver found: calls from a deployment that break an obligation, and single calls in a given state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from specs.specification import abi_name
from verifier.counterexample import Call, Counterexample, Observation
from verifier.engines.job import Job
from verifier.harness import constants, counterexamples, runs
from verifier.harness.abi import NotEncoded, decode, shape, split
from verifier.harness.project import NONE, compile_clauses, run_plays
from verifier.harness.rules import rule_of, untestable
from verifier.harness.runs import Callback, Finding, Played, Run, Step, Violation
from verifier.harness.scenes import SceneOutcome, replay_scenes
from verifier.harness.text import function_of

#: Who reads the getters in replays, and how many words of calldata become keys to look at.
READER = f"0x{0x5EADE5:040x}"
MOST_KEYS = 24
FROM_ADDRESSES = 1 << 64
#: Where the environment is if nobody says it, and in how many ways others let what is played be possible there.
USUAL = f"0x{0x70CE4:040x}"
PROVISIONS = 24


def replay_sequence(job: Job, obligation: str, calls: Sequence[Call]) -> Counterexample:
    """Play calls from a deployment and show the violation in a small test outside our engine; `replayed` says whether plain forge shows it.

    Beside an environment they are played in several ways, in which others make them possible there.

    Raises: ToolError.
    """
    o = job.ledger.obligation(obligation)
    rule = next((r for r in job.specification.rules if r.name == o.function), None)
    if rule is not None and (why := untestable(rule, job.contract.runtime)):
        return Counterexample(obligation, tuple(calls), True, False, why, found_by="symbolic")
    clauses = compile_clauses(job.specification, job.cache)
    numbers = {key: n for n, key in enumerate(clauses.harness.obligations)}
    number = numbers.get(counterexamples.key_of(o))
    if number is None:
        return Counterexample(obligation, tuple(calls), True, False, "runs do not speak of this obligation")
    run = run_of(job, calls)
    ways = [replace(run, provision=i) for i in range(1 + (PROVISIONS if job.specification.environment is not None else 0))]
    candidate = constants.candidate(job.specification, job.contract)
    plays = run_plays(clauses, candidate, [(way, number) for way in ways], cache=None)
    played = next((p for p in plays if any(x.id == number for x in p.violations)), plays[0])
    violation = next((x for x in played.violations if x.id == number), None)
    if violation is None:
        shown = _finding(run, played)
        told = counterexamples.calls(job.specification, job.contract, shown)
        last = f": {told[-1].text} {told[-1].outcome}" if told else ""
        return Counterexample(obligation, told, True, False, f"the calls do not break it on the EVM{last}")
    named = counterexamples.name(o, replace(_finding(played.run, played), violation=violation))
    (made,) = counterexamples.counterexamples(
        job.specification, job.compilation, job.contract, clauses.harness, [named], found_by="symbolic"
    )
    return made


def state_after(job: Job, calls: Sequence[Call]) -> tuple[Observation, ...]:
    """Return what the getters answer before and after the last of some calls from a deployment.

    Raises: ToolError.
    """
    clauses = compile_clauses(job.specification, job.cache)
    run = run_of(job, calls)
    (played,) = run_plays(clauses, constants.candidate(job.specification, job.contract), [(run, NONE - 1)], cache=None)
    return tuple(counterexamples.observations(job.specification, _finding(run, played)))


def _finding(run: Run, played: Played) -> Finding:
    """Return what was played as a finding without a violation."""
    steps = run.steps[: len(played.outcomes)] or run.steps[:1]
    return Finding(Violation(NONE, runs.FALSE, b""), replace(run, steps=steps), played.outcomes, played.seen)


# ---------------------------------------------------------------- calls as runs


def run_of(job: Job, calls: Sequence[Call]) -> Run:
    """Return some calls as a run; their parties, and the words of their arguments, are the keys that getters are read at."""
    steps = tuple(_steps(job, calls))
    there = next((c.there for c in calls if c.there), USUAL) if job.specification.environment is not None else runs.NOBODY
    people = [there] if there != runs.NOBODY else []
    people += [p for s in steps for p in (s.sender, s.origin) if p != runs.NOBODY]
    texts: list[bytes] = []
    words: list[bytes] = []
    for s in steps:
        for data in (s.data, *(c.data for c in s.callbacks)):
            for word, text in _values(job, s.kind, data):
                (texts if text else words).append(word)
    strangers = [c.sender for call in calls for c in _chain(call)]
    coded = [c.sender for c in calls if c.sender_code] + strangers
    addresses = [x for x in words if not any(x[:12])]
    if any(s.refuse or s.callbacks for s in steps):  # whoever is called out has code then
        coded += [f"0x{x[12:].hex()}" for x in addresses if int.from_bytes(x, "big") >= FROM_ADDRESSES]
    small = [n.to_bytes(32, "big") for n in range(4)]
    pools = (
        _unique([*(bytes(12) + bytes.fromhex(p[2:]) for p in people), bytes(32), *addresses]),
        _unique([*small, *(x for x in words if not any(x[:24]))]),
        _unique([bytes(32), *words]),
        (),
    )
    return Run(READER, READER, False, tuple(dict.fromkeys(coded)), pools, tuple(dict.fromkeys(texts)), steps, there)


def _unique(words: Sequence[bytes]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(words))[:MOST_KEYS]


def _chain(call: Call) -> Iterator[Call]:
    back = call.callback
    while back is not None:
        yield back
        back = back.callback


def _steps(job: Job, calls: Sequence[Call]) -> Iterator[Step]:
    arrived, seen = 0, Step(runs.CALL)
    for c in calls:
        if c.kind == "ether" and seen.kind == runs.CALL and seen.sender == runs.NOBODY:
            arrived += c.value  # before the deployment
            continue
        step = replace(_step(job, c), arrived=arrived)
        arrived = 0
        e = c.environment
        if e.timestamp is None:
            step = replace(step, timestamp=seen.timestamp)
        if e.number is None:
            step = replace(step, number=seen.number)
        seen = step
        yield step


def _step(job: Job, c: Call) -> Step:
    e, default = c.environment, Step(runs.CALL)
    return Step(
        {"deploy": runs.DEPLOY, "call": runs.CALL, "ether": runs.ETHER, "later": runs.LATER, "rule": runs.RULE, "use": runs.USE}[c.kind],
        c.sender or runs.NOBODY,
        c.origin or c.sender or runs.NOBODY,
        c.value,
        _number(job, c) + bytes.fromhex(c.data),
        timestamp=default.timestamp if e.timestamp is None else max(1, e.timestamp),
        number=default.number if e.number is None else max(1, e.number),
        chain_id=e.chain_id or default.chain_id,
        prevrandao=e.prevrandao or 0,
        coinbase=e.coinbase or runs.NOBODY,
        base_fee=e.base_fee or 0,
        refuse=c.refuse,
        callbacks=tuple(Callback(b.value, bytes.fromhex(b.data), b.kind == "ether") for b in _chain(c)),
    )


def _number(job: Job, c: Call) -> bytes:
    """Return what stands before the parameters of a rule."""
    rules = [r.name for r in job.specification.rules]
    return rules.index(c.function).to_bytes(4, "big") if c.kind == "rule" else b""


def _values(job: Job, kind: int, data: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield the values in arguments: words, and texts of type string and bytes (then True)."""
    if kind == runs.DEPLOY:
        types, body = [abi_name(p.type) for p in job.specification.constructor.parameters], data
    elif kind == runs.RULE:
        rule = rule_of(job.specification, data)
        types, body = [abi_name(p.type) for p in rule.parameters], data[4:]
    else:
        fn = function_of(job.specification, data)
        types, body = [abi_name(p.type) for p in fn.parameters] if fn and fn.selector else [], data[4:]
    try:
        values = decode(types, body)
    except NotEncoded:
        return
    for t, v in zip(types, values, strict=True):
        yield from _leaves(t, v)


def _leaves(t: str, v: Any) -> Iterator[tuple[bytes, bool]]:
    s = shape(t)
    if s.kind == "bytes":
        yield (v.encode("utf-8", "replace") if isinstance(v, str) else bytes(v)), True
    elif s.kind in {"tuple", "array"}:
        inner = split(t[1:-1]) if s.kind == "tuple" else [s.parts[0].name] * len(v)
        for part, x in zip(inner, v, strict=True):
            yield from _leaves(part, x)
    elif isinstance(v, str):
        yield bytes.fromhex(v[2:]).rjust(32, b"\0"), False
    elif isinstance(v, bytes):
        yield v.ljust(32, b"\0"), False
    elif isinstance(v, int):
        yield (int(v) % (1 << 256)).to_bytes(32, "big"), False


__all__ = ["SceneOutcome", "replay_scenes", "replay_sequence", "run_of", "state_after"]
