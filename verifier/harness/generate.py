"""Turn a specification into what the engine (Engine.t.sol) judges by: a contract of evaluators, and tables that say what each is for.

The contract has one external function per expression of a clause (a *part*); an evaluation that reverts is undefined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from specs import formula as f
from specs import specification as s
from specs.specification import Specification
from verifier.harness.aims import gap_parts
from verifier.harness.beside import beside
from verifier.harness.claims import canaries, claim
from verifier.harness.contexts import context
from verifier.harness.parts import CANARY_FALSE, CANARY_TRUE, ETHER, SELECTOR, Key, Parts
from verifier.harness.render import NotRendered, key_kind, located, native
from verifier.harness.statements import canary_rules, rule_table
from verifier.harness.tables import Getter, Table


@dataclass(frozen=True, slots=True)
class Harness:
    """The harness of one specification.

    `obligations` gives the key of each obligation number; `omitted` says what could not be rendered, by key.
    """

    source: str
    table: Table
    obligations: tuple[Key, ...]
    omitted: Mapping[Key, str]


def generate(specification: Specification) -> Harness:
    """Write the harness of a specification."""
    parts = Parts(specification)
    table = _table(parts)
    return Harness(_source(parts), table, tuple(parts.keys), parts.omitted)


def assumed(spec: Specification) -> tuple[s.Assume | s.Invariant, ...]:
    """Return what samples take for granted: what the specification does, and the invariants of a model that the user wrote."""
    environment = spec.environment
    written = environment.invariants if environment is not None and environment.written is not None else ()
    return (*spec.assumptions, *written)


def _table(parts: Parts) -> Table:
    spec = parts.spec
    for key in (CANARY_FALSE, CANARY_TRUE, SELECTOR, ETHER):
        parts.id(*key)
    claims, olds = canaries(parts)
    invariants = [claim(parts, "stable", "", inv, 0, False) for inv in spec.invariants]
    assumptions = [claim(parts, "assume", "", a, 0, False) for a in assumed(spec)]
    contexts = [context(parts, c) for c in range(1 + len(parts.functions))]
    rules = [rule_table(parts, r, i) for i, r in enumerate((*spec.rules, *(canary_rules() if spec.rules else ())))]
    return Table(
        obligations=len(parts.keys),
        canary_true=parts.keys[CANARY_TRUE],
        canary_false=parts.keys[CANARY_FALSE],
        selector=parts.keys[SELECTOR],
        ether=parts.keys[ETHER],
        receive=parts.entry("receive"),
        fallback=parts.entry("fallback"),
        deploy_payable=spec.constructor.payable,
        canary_olds=tuple(olds),
        canaries=tuple(claims),
        invariants=tuple(x for x in invariants if x),
        locked=tuple(inv.locked for inv, x in zip(spec.invariants, invariants, strict=True) if x),
        assumptions=tuple(x for x in assumptions if x),
        getters=tuple(_getters(parts)),
        functions=tuple((x.selector, x.is_view, x.payable) for x in parts.functions),
        foralls=tuple(tuple(key_kind(t) for _, t in e.bound) for e in parts.foralls if isinstance(e, f.Forall)),
        gaps=tuple(gap_parts(parts)),
        contexts=tuple(contexts),
        rules=tuple(rules),
        beside=beside(parts) if spec.environment is not None else None,
    )


def _source(parts: Parts) -> str:
    reads = list(_reads(parts))
    lines = [
        "// SPDX-License-Identifier: MIT",
        "pragma solidity ^0.8.24;",
        "",
        'import "./Exact.sol";',
        'import {Base} from "./Base.sol";',
        "",
        *parts.drawing.declarations(),
        "",
        "contract Clauses is Base {",
        *reads,
        "",
        *parts.drawing.functions(),
        "",
        *parts.lines,
        "}",
        "",
    ]
    return "\n".join(lines)


def _getters(parts: Parts) -> Iterator[Getter]:
    spec = parts.spec
    named = {x.getter for c in spec.constructor.clauses if isinstance(c, s.Modifies) for x in c.locations}
    formulas = [c.formula for c in spec.invariants] + [c.formula for c in spec.transitions]
    sums = {e.getter for formula in formulas for e in f.walk(formula) if isinstance(e, f.Sum)}
    for g in spec.readable:
        try:
            keys = tuple(key_kind(p.type) for p in g.parameters)
            framed = g.signature not in parts.derived and len(keys) <= 3
        except NotRendered:
            keys, framed = (), False
        kind = {"uint": 1, "int": 2, "address": 3}.get(g.returns[0].type.kind, 0) if len(g.returns) == 1 else 0
        zero_at_first = framed and not g.is_foreign and g.signature in named | sums
        yield Getter(g.selector, kind, framed, zero_at_first, keys, g.is_foreign)


def _reads(parts: Parts) -> Iterator[str]:
    """Yield the functions that read getters; the types that stand in them are declared."""
    for i, g in enumerate(parts.spec.readable):
        for p in (*g.parameters, *g.returns):
            parts.drawing.see(p.type)
        if len(g.returns) != 1:
            continue
        t = g.returns[0].type
        parameters = ", ".join(f"{located(p.type)} k{j}" for j, p in enumerate(g.parameters))
        arguments = "".join(f", k{j}" for j in range(len(g.parameters)))
        call = f"_get{'There' if g.is_foreign else ''}(abi.encodeWithSelector(0x{g.selector}{arguments}))"
        yield f"    function g{i}({parameters}) internal returns ({located(t)}) {{ return abi.decode({call}, ({native(t)})); }}"
