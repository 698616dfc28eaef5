"""Show the EVM what a solver found: calls from a deployment that break an obligation, and single calls in a given state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from toolchain.errors import ToolCrashed
from toolchain.workspace import fresh_workspace
from verifier.counterexample import Call, Counterexample
from verifier.engines.job import Job
from verifier.harness import constants, runs
from verifier.harness.abi import NotEncoded, decode, encode
from verifier.harness.counterexamples import Named, counterexamples
from verifier.harness.generate import Key
from verifier.harness.project import compile_clauses, play_scenes, run_plays
from verifier.harness.runs import Finding, Run, Step
from verifier.obligation import Obligation
from verifier.scene import Scene

READER = f"0x{0x5EADE5:040x}"
POOLS = 4
SCENE = (
    "(address,bytes,(uint256,uint256)[],(uint256,uint256)[],address,address,uint256,bytes,uint256,uint256,uint256,uint256,address,uint256,uint256,uint256,"
    "address[],(bool,bytes)[])"
)


@dataclass(frozen=True, slots=True)
class SceneOutcome:
    """What the EVM did in a scene; `agrees`: as was expected. `returned` is hex."""

    succeeded: bool
    returned: str
    agrees: bool
    detail: str


def key_of(o: Obligation) -> Key:
    """Return what an obligation is about, as the harness counts it."""
    return (o.kind, o.function, o.id if o.kind == "unknown" else o.subject)


def replay_sequence(job: Job, obligation: str, calls: Sequence[Call]) -> Counterexample:
    """Play calls from a deployment and show the violation in a small test outside our engine; `replayed` says whether plain forge shows it.

    Raises: ToolError.
    """
    o = job.ledger.obligation(obligation)
    nothing = Counterexample(obligation, tuple(calls), True, False, "the calls do not break it on the EVM", found_by="symbolic")
    clauses = compile_clauses(job.specification, job.cache)
    numbers = {key: n for n, key in enumerate(clauses.harness.obligations)}
    if key_of(o) not in numbers:
        return nothing
    run = _run(calls)
    (played,) = run_plays(clauses, constants.candidate(job.specification, job.contract), [(run, numbers[key_of(o)])], cache=None)
    violation = next((x for x in played.violations if x.id == numbers[key_of(o)]), None)
    if violation is None:
        return nothing
    finding = Finding(violation, run, played.outcomes, played.seen)
    named = Named(obligation, key_of(o), o.clause or o.words, finding)
    (shown,) = counterexamples(job.specification, job.compilation, job.contract, clauses.harness, [named], found_by="symbolic")
    return shown


def _run(calls: Sequence[Call]) -> Run:
    """Return the run of some calls; every word of their arguments and every party is a key to look at."""
    words: list[bytes] = []
    people = [c.sender for c in calls] + [c.origin for c in calls if c.origin]
    for c in calls:
        data = bytes.fromhex(c.data)[0 if c.kind == "deploy" else 4 :]
        words += [data[i : i + 32] for i in range(0, len(data) - len(data) % 32, 32)]
    addresses = [bytes(12) + bytes.fromhex(p[2:]) for p in people] + [x for x in words if not any(x[:12]) and any(x[12:16])]
    pools = (tuple(dict.fromkeys(addresses)), tuple(dict.fromkeys(words)), tuple(dict.fromkeys(words)), ())
    coded = tuple(dict.fromkeys(c.sender for c in calls if c.sender_code))
    return Run(READER, READER, False, coded, pools, (), tuple(_step(c) for c in calls))


def _step(c: Call) -> Step:
    e = c.environment
    kind = {"deploy": runs.DEPLOY, "call": runs.CALL, "ether": runs.ETHER, "later": runs.LATER}[c.kind]
    return Step(
        kind,
        c.sender,
        c.origin or c.sender,
        c.value,
        bytes.fromhex(c.data),
        timestamp=max(1, e.timestamp or 0),
        number=max(1, e.number or 0),
        chain_id=e.chain_id or runs.CHAIN_ID,
        prevrandao=e.prevrandao or 0,
        coinbase=e.coinbase or runs.NOBODY,
        base_fee=e.base_fee or 0,
        refuse=c.refuse,
    )


def replay_scenes(scenes: Sequence[Scene]) -> Mapping[str, SceneOutcome]:
    """Play each scene on the EVM, all in one run of forge.

    Raises: ToolError.
    """
    data = encode([f"{SCENE}[]"], [[_encoded(s) for s in scenes]])
    with fresh_workspace() as workspace:
        answer = play_scenes(workspace, data)
    try:
        succeeded, returned = decode(["bool[]", "bytes[]"], answer)
    except NotEncoded as err:
        raise ToolCrashed(f"forge left no answer about scenes: {err}", "report this as a fault of solwright") from None
    if len(succeeded) != len(scenes):
        raise ToolCrashed("forge answered about other scenes", "report this as a fault of solwright")
    return {s.id: _outcome(s, ok, ret) for s, ok, ret in zip(scenes, succeeded, returned, strict=True)}


def _outcome(scene: Scene, ok: bool, returned: bytes) -> SceneOutcome:
    agrees = ok == scene.expect_success and (scene.expect_return is None or returned.hex() == scene.expect_return)
    detail = "" if agrees else f"the call {'succeeds' if ok else f'reverts with 0x{returned.hex()[:80]}'}"
    return SceneOutcome(ok, returned.hex(), agrees, detail)


def _encoded(s: Scene) -> tuple[object, ...]:
    e = s.environment
    ether = dict(s.balances)
    return (
        s.address,
        bytes.fromhex(s.code),
        list(s.storage),
        list(s.transient),
        s.sender,
        s.origin,
        s.value,
        bytes.fromhex(s.data),
        e.timestamp,
        e.number,
        e.chain_id,
        e.prevrandao,
        e.coinbase,
        e.base_fee,
        ether.get(s.address, 0),
        ether.get(s.sender, 0),
        list(s.codes),
        [(a.accepts, bytes.fromhex(a.data)) for a in s.answers],
    )
