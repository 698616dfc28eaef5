"""Turn findings of the engine into counterexamples that were shown outside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specs.specification import Specification
from toolchain.errors import ToolError
from toolchain.solc import Compilation, Contract
from verifier.counterexample import Call, Counterexample, Environment, Observation
from verifier.harness import evidence, runs
from verifier.harness.abi import NotEncoded, decode
from verifier.harness.generate import Harness
from verifier.harness.parts import Key
from verifier.harness.plain import NotPlain
from verifier.harness.rules import broken_at, message_of, rule_of, write_rule
from verifier.harness.runs import READING, Finding, Outcome, Run, Step
from verifier.harness.spelling import ascii_line, for_a_project
from verifier.harness.standalone import Named, Standalone, write
from verifier.harness.text import answer_text, call_text, function_of, outcome_text, revert_text, use_text, values_text
from verifier.obligation import Obligation


def counterexamples(
    specification: Specification,
    compilation: Compilation,
    contract: Contract,
    harness: Harness,
    found: Sequence[Named],
    *,
    found_by: str = "fuzz",
    limit_s: float = 120,
) -> tuple[Counterexample, ...]:
    """Return a counterexample for each finding, in order; each says whether plain forge showed the same."""
    tests = [_written(specification, contract, n, None) for n in found]
    shown = _shown(compilation, tests, limit_s)
    again = {i: _written(specification, contract, n, harness) for i, n in enumerate(found) if not shown[i].fails}
    second = _shown(compilation, list(again.values()), limit_s) if again else []
    for i, result in zip(again, second, strict=True):
        if result.fails or tests[i] is None:
            tests[i], shown[i] = again[i], result
    return tuple(
        Counterexample(
            obligation=n.id,
            calls=calls(specification, contract, n.finding),
            reached=True,
            replayed=result.fails,
            message=message(specification, contract, n),
            observations=tuple(observations(specification, n.finding)),
            test=for_a_project(t.source, contract.path) if t else "",
            found_by=found_by,
            notes=() if result.fails else (f"forge said: {result.reason}",),
            compiled=result.compiled,
        )
        for n, t, result in zip(found, tests, shown, strict=True)
    )


def _written(specification: Specification, contract: Contract, n: Named, exactly: Harness | None) -> Standalone | None:
    try:
        if n.key[0] == "rule":
            return write_rule(specification, contract, n.finding, exactly)
        return write(specification, contract, n, exactly)
    except NotPlain:
        return None


def _shown(compilation: Compilation, tests: Sequence[Standalone | None], limit_s: float) -> list[evidence.Shown]:
    written = [t for t in tests if t is not None]
    try:
        results = evidence.show_each(compilation, written, limit_s=limit_s) if written else {}
    except ToolError as err:
        results = {t.file: evidence.Shown(False, str(err)) for t in written}
    return [results[t.file] if t is not None else evidence.Shown(False, "there is no small test for it") for t in tests]


def key_of(o: Obligation) -> Key:
    """Return what an obligation is about, as the harness counts it."""
    return (o.kind, o.function, o.id if o.kind == "unknown" else o.subject)


def name(o: Obligation, finding: Finding) -> Named:
    """Name a finding by the obligation that it breaks."""
    return Named(o.id, key_of(o), o.clause or o.words, finding)


# ---------------------------------------------------------------- for people


def calls(specification: Specification, contract: Contract, finding: Finding) -> tuple[Call, ...]:
    """Return the run as calls from the deployment on."""
    out: list[Call] = []
    for i, step in enumerate(finding.run.steps):
        outcome = finding.outcomes[i] if i < len(finding.outcomes) else None
        if step.kind == runs.DEPLOY:
            if step.arrived:
                out.append(Call("", "ether lies at the address", step.sender, step.arrived, "", kind="ether"))
            names = [p.type for p in specification.constructor.parameters]
            try:
                arguments = ", ".join(values_text(names, step.data))
            except NotEncoded:
                arguments = f"0x{step.data.hex()}"
            said = "" if outcome is None else "deployed" if outcome.ok else revert_text(specification, contract, outcome.returned)
            out.append(_call(step, finding.run, "constructor", f"deploy({arguments})", "deploy", outcome.ok if outcome else None, said))
        elif step.kind == runs.CALL:
            fn = function_of(specification, step.data)
            said = outcome_text(specification, contract, step.data, outcome) if outcome else ""
            out.append(
                _call(
                    step,
                    finding.run,
                    fn.title if fn else "",
                    call_text(specification, step.data),
                    "call",
                    outcome.ok if outcome else None,
                    said,
                    specification,
                )
            )
        elif step.kind == runs.RULE:
            out.append(rule_call(specification, step))
        elif step.kind == runs.USE:
            out.append(_use(specification, step, outcome))
        else:
            kind = "ether" if step.kind == runs.ETHER and step.value else "later"
            text = "ether arrives by force" if kind == "ether" else f"time passes until {step.timestamp}"
            out.append(
                Call(
                    "",
                    text,
                    step.sender,
                    step.value,
                    "",
                    environment=_environment(step),
                    kind="ether" if kind == "ether" else "later",
                    succeeded=True,
                )
            )
    return tuple(out)


def _use(specification: Specification, step: Step, outcome: Outcome | None) -> Call:
    """Return what somebody does with the environment as a call."""
    text, said = use_text(specification, step.data), "" if outcome is None else "succeeded" if outcome.ok else "reverted"
    ok = None if outcome is None else outcome.ok
    return Call("", text, step.sender, 0, step.data.hex(), step.origin, _environment(step), kind="use", succeeded=ok, outcome=said)


def rule_call(specification: Specification, step: Step) -> Call:
    """Return a rule that is gone through as a call: its parameters are the data."""
    rule = rule_of(specification, step.data)
    try:
        values = values_text([p.type for p in rule.parameters], step.data[4:])
        words = ", ".join(f"{p.name} = {value}" for p, value in zip(rule.parameters, values, strict=True))
    except NotEncoded:
        words = f"0x{step.data[4:].hex()}"
    return Call(
        rule.name,
        f"{rule.name}({words})",
        step.sender,
        0,
        step.data[4:].hex(),
        environment=_environment(step),
        refuse=step.refuse,
        kind="rule",
    )


def _call(
    step: Step, run: Run, function: str, text: str, kind: str, ok: bool | None, said: str, specification: Specification | None = None
) -> Call:
    callback = None
    visitor = step.sender if step.sender in run.coded else run.coded[0] if run.coded else step.sender
    for c in reversed(step.callbacks):
        fn = function_of(specification, c.data) if specification and not c.force else None
        words = "ether arrives by force" if c.force or not specification else call_text(specification, c.data)
        callback = Call(
            fn.title if fn else "",
            words,
            visitor,
            c.value,
            c.data.hex(),
            callback=callback,
            sender_code=True,
            kind="ether" if c.force else "call",
        )
    return Call(
        function,
        text,
        step.sender,
        step.value,
        step.data.hex(),
        step.origin,
        _environment(step),
        step.refuse,
        callback,
        step.sender in run.coded,
        "deploy" if kind == "deploy" else "call",
        ok,
        said,
    )


def _environment(step: Step) -> Environment:
    default = Step(runs.CALL)
    return Environment(
        timestamp=step.timestamp if step.timestamp != default.timestamp else None,
        number=step.number if step.number != default.number else None,
        chain_id=step.chain_id if step.chain_id != default.chain_id else None,
        prevrandao=step.prevrandao or None,
        coinbase=step.coinbase if step.coinbase != default.coinbase else None,
        base_fee=step.base_fee or None,
    )


def observations(specification: Specification, finding: Finding) -> Iterator[Observation]:
    """Yield what the getters answered before and after the last call: those that moved, and those without keys."""
    for x in finding.seen:
        moved = (x.ok_before, x.before) != (x.ok_after, x.after)
        if moved or len(x.call) == 4:
            before = answer_text(specification, x.call, x.ok_before, x.before, x.foreign)
            after = answer_text(specification, x.call, x.ok_after, x.after, x.foreign)
            yield Observation(call_text(specification, x.call, x.foreign), before, after)


def message(specification: Specification, contract: Contract, n: Named) -> str:
    """Say in one line what was expected and what was found."""
    v = n.finding.violation
    if n.key[0] == "rule":
        how = {runs.UNDEFINED: " (something in it has no value)", runs.MUST_SUCCEED: " (it reverts)", runs.MUST_REVERT: " (it succeeds)"}
        rule = rule_of(specification, n.finding.run.steps[-1].data)
        words = message_of(specification, rule, broken_at(n.finding)).removeprefix(f"{rule.name}, ").removeprefix(f"{rule.name}: ")
        return words + how.get(v.check, "")
    said = n.finding.outcomes[-1] if n.finding.outcomes else None
    last = n.finding.run.steps[-1]
    answer = (
        outcome_text(specification, contract, last.data, said)
        if said and last.kind == runs.CALL
        else "the deployment succeeded"
        if said and said.ok
        else ""
    )
    match v.check:
        case runs.MUST_REVERT:
            return f"must revert, but {answer}" if answer != "succeeded" else "must revert, but succeeded"
        case runs.MUST_SUCCEED:
            return f"must succeed, but {revert_text(specification, contract, v.detail)}"
        case runs.READ:
            call, expected, found, z, foreign = decode(READING, v.detail)
            wanted = (
                answer_text(specification, call, True, expected, foreign)
                if expected
                else f"{'-' if z[0] else ''}{(z[1] << 256) + z[2]}"
                if n.key[0] != "frame"
                else "reverting"
            )
            said_now = answer_text(specification, call, bool(found), found, foreign)
            return f"{call_text(specification, call, foreign)} must be {wanted}, but is {said_now}"
        case runs.BALANCE:
            who, fits, expected = decode(["address", "bool", "uint256"], v.detail)
            return f"the ether of {who} must be {expected if fits else 'what it cannot be'} wei afterwards, and is not"
        case runs.ERRORS:
            allowed, found = decode(["bytes[]", "bytes"], v.detail)
            wanted = " or ".join(revert_text(specification, contract, x).removeprefix("reverted with ") for x in allowed)
            return f"must revert with {wanted}, but {revert_text(specification, contract, found)}"
        case runs.LOGS:
            topics, _ = decode(["bytes32[][]", "bytes[]"], v.detail)
            return f"must log exactly {len(topics)} event{'' if len(topics) == 1 else 's'} as promised, and does not"
        case runs.RETURNED:
            expected, ok, found = decode(["bytes", "bool", "bytes"], v.detail)
            got = answer_text(specification, last.data, ok, found)
            return f"must return {answer_text(specification, last.data, True, expected)}, but {'reverts' if not ok else f'returns {got}'}"
        case runs.AT_CALLOUT:
            return f"does not hold while a stranger has control: {ascii_line(n.words)}"
        case runs.UNDEFINED:
            return f"has no value here: {ascii_line(n.words)}"
        case _ if n.key[0] == "atomic":
            return "what the stranger does during the call does not amount to a separate call after it"
        case _:
            return f"is false here: {ascii_line(n.words)}"
