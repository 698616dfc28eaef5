"""What a solver's models mean: states and calls that people can read, and scenes that the EVM can play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from specs.render import statements
from specs.specification import Rule, Specification
from verifier.counterexample import Call, Counterexample, Environment, Observation
from verifier.engines.symbolic.layout import Word, layout_of
from verifier.judge import Case
from verifier.scene import Account, Scene, StrangerAnswer

#: Getters of these types are not shown with a state.
COMPOSITE = frozenset({"struct", "string", "bytes", "array"})


def scene_of_row(row: Mapping[str, Any]) -> Scene:
    """Turn the model of a successful call into what the EVM is to be shown."""
    model, scene = row["model"], row["scene"]
    own, sender = address(model["w_this"]), address(model["w_sender"])
    environment = Environment(
        model["w_timestamp"],
        model["w_number"],
        model["w_chainid"],
        model["w_prevrandao"],
        address(model["w_coinbase"]),
        model["w_basefee"],
        model["w_gaslimit"],
    )
    return Scene(
        row["obligation"],
        own,
        scene["code"],
        _words(scene["storage"]),
        _words(scene["transient"]),
        ((own, scene["own_ether"]), (sender, scene["sender_ether"])),
        tuple(address(a) for a in scene["strangers"]),
        sender,
        address(model["w_origin"]),
        model["w_value"],
        scene["data"],
        environment,
        tuple(StrangerAnswer(accepts, data) for accepts, data in scene["answers"]),
        expect_success=True,
        others=tuple(Account(address(who), code, _words(words)) for who, code, words in scene["others"]),
    )


def _words(slots: Mapping[str, str]) -> tuple[tuple[int, int], ...]:
    return tuple((int(k, 16), int(x, 16)) for k, x in slots.items())


def call_of_step(step: Mapping[str, Any], case: Case) -> Call:
    """Turn a model of one call into a call."""
    specification = case.job.specification
    first = step["title"] == "constructor"
    rule = next((r for r in specification.rules if r.name == step["title"]), None)
    function = None if first or rule else next(f for f in specification.entries if f.title == step["title"])
    parameters = rule.parameters if rule else specification.constructor.parameters if function is None else function.parameters
    data = f"{step['data']:x}".zfill(64 * len(parameters)) if "data" in step else ""
    words = [show(step[f"p{i}"], p.type.kind) for i, p in enumerate(parameters) if f"p{i}" in step]
    name = rule.name if rule else f"new {specification.name}" if function is None else function.name
    environment = Environment(
        step["timestamp"], step["number"], step["chainid"], step["prevrandao"], address(step["coinbase"]), step["basefee"], step["gaslimit"]
    )
    return Call(
        step["title"],
        f"{name}({', '.join(words)})",
        address(step["sender"]),
        step["value"],
        (function.selector if function else "") + data,
        address(step["origin"]),
        environment,
        sender_code=bool(step.get("sendercode")),
        kind="deploy" if first else "rule" if rule else "call",
        there=address(step["there"]) if "there" in step else "",
    )


def counterexample_of(id: str, row: Mapping[str, Any], case: Case) -> Counterexample:
    """Show the state and the call that a solver found: what getters say, and the private variables that the path reads."""
    model: Mapping[str, int] = row.get("model", {})
    obligation = case.job.ledger.obligation(id)
    name = obligation.function.removeprefix("view ")
    function = next((f for f in case.job.specification.functions if f.title == name), None)
    calls: tuple[Call, ...] = ()
    if function is not None and "w_sender" in model:
        data = function.selector + (f"{model['w_data']:x}".zfill(64 * len(function.parameters)) if "w_data" in model else "")
        words = [model[f"w_p{i}"] for i in range(len(function.parameters)) if f"w_p{i}" in model]
        text = f"{function.name}({', '.join(show(w, p.type.kind) for w, p in zip(words, function.parameters, strict=False))})"
        calls = (Call(name, text, address(model["w_sender"]), model.get("w_value", 0), data, address(model.get("w_origin", 0))),)
    rule = next((r for r in case.job.specification.rules if r.name == name), None)
    given = enumerate(rule.parameters) if rule is not None else ()
    state = [(p.name, show(model[f"w_p{i}"], p.type.kind)) for i, p in given if f"w_p{i}" in model]
    seen = []
    for key in sorted(k for k in model if k.endswith("_before")):
        stem = key.removesuffix("_before").removeprefix("w_")
        label = _label(stem, model, case)
        if label is None:
            continue
        text, kind = label
        before = show(model[key], kind)
        state.append((text, before))
        after = model.get(f"w_{stem}_after")
        if after is not None:
            seen.append(Observation(text, before, show(after, kind)))
    state += _world(model, " ".join([obligation.clause, *(c.text for c in function.clauses)] if function else [obligation.clause]))
    return Counterexample(
        id,
        calls,
        False,
        False,
        _broken(case.job.specification, rule, model["w_statement"]) if rule and "w_statement" in model else obligation.words,
        tuple(dict.fromkeys(seen)),
        tuple(dict.fromkeys(state)),
        tuple(_private(row.get("storage", ()), case)),
        "",
        "symbolic",
    )


def _broken(specification: Specification, rule: Rule, at: int) -> str:
    """Say which statement of a rule is not kept; who calls is no statement of its own."""
    words = (f"statement {n}: {words}" for n, (step, words) in enumerate(statements(specification, rule), 1) if step is rule.steps[at])
    return next(words, "who calls has no value")


#: What a state shows beside getters: a name in clauses, and its term.
WORLD = (("block.timestamp", "w_timestamp"), ("block.number", "w_number"))
#: What happens in a world step.
STEP = (("later: block.timestamp", "w_later"), ("ether that arrives", "w_more"))


def _world(model: Mapping[str, int], clauses: str) -> Iterator[tuple[str, str]]:
    """Yield the contract's ether, the time and number where clauses read them, and what a world step brings."""
    if "w_ether" in model:
        yield "balance(this)", str(model["w_ether"])
    for name, term in WORLD:
        if term in model and (name in clauses or "w_later" in model):
            yield name, str(model[term])
    for name, term in STEP:
        if term in model:
            yield name, str(model[term])


def _private(words: Sequence[Sequence[Any]], case: Case) -> Iterator[tuple[str, str]]:
    """Yield the variables of a state that no getter shows, with their values."""
    job = case.job
    hidden = frozenset(g.name for g in job.specification.getters if len(g.returns) == 1 and g.returns[0].type.kind not in COMPOSITE)
    layout = layout_of(job.compilation, job.contract, hidden)
    named = (pair for slot, keys, value in words for pair in layout.named(Word(slot, tuple(keys), value)))
    yield from dict(named).items()


def _label(stem: str, model: Mapping[str, int], case: Case) -> tuple[str, str] | None:
    """Name an observed getter: `g<index>_<n>` with its keys in the model."""
    index = int(stem.removeprefix("g").split("_")[0])
    getter = case.job.specification.readable[index]
    keys = [model.get(f"w_{stem}_k{i}") for i in range(len(getter.parameters))]
    if any(k is None for k in keys):
        return None
    shown = ", ".join(show(k, p.type.kind) for k, p in zip(keys, getter.parameters, strict=True) if k is not None)
    return f"{getter.name}({shown})", getter.returns[0].type.kind


def show(word: int, kind: str) -> str:
    """Return a machine word as people read it."""
    if kind == "address":
        return address(word)
    if kind == "bool":
        return "true" if word else "false"
    if kind == "int" and word >> 255:
        return str(word - (1 << 256))
    if kind == "fixed_bytes":
        return f"0x{word:064x}"
    return str(word)


def address(word: int) -> str:
    return f"0x{word % (1 << 160):040x}"
