"""Say where a clause stands, and what may stand in it there."""

from __future__ import annotations

from dataclasses import dataclass

from specs import specification as s
from specs.check import Check
from specs.documentation import FUNCTION_KINDS, INTERFACE_KINDS, VIEW_KINDS
from specs.scope import Binding, Scope, declare, read_parameter
from specs.syntax import Syntax

#: Clauses in which it counts whom the call calls, and how that comes out.
CALLED_OUT = {"reverts", "succeeds", "ensures", "changes", "pays", "emits"}
NOT_DEPLOYED = "there is no contract before its deployment; speak of the constructor's parameters, msg.* and block.*"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clause stands: the interface (`function` is None) or a function, and what the interface declares."""

    check: Check
    function: s.Function | None
    deploy: tuple[Syntax, ...]

    @property
    def name(self) -> str:
        return "the interface" if self.function is None else self.function.title

    @property
    def kinds(self) -> tuple[str, ...]:
        if self.function is None:
            return INTERFACE_KINDS
        return VIEW_KINDS if self.function.is_view else FUNCTION_KINDS


def scope_of(kind: str, place: Place) -> Scope:
    """Return what may stand in a clause of a kind."""
    if place.function is not None:
        return _function_scope(kind, place.function, place.check.expander.structs)
    if kind in {"invariant", "assume"}:
        why = f"{'an invariant' if kind == 'invariant' else 'an assumption'} holds between calls, where there is no sender"
        return Scope(f"the clause `{kind}`", message=why, results="an interface has no results")
    if kind == "transition":
        return Scope("the clause `transition`", old="kept", results="a transition speaks of all functions; they have no common result")
    variables: dict[str, Binding] = {}
    for p in place.deploy:
        name, declaration = read_parameter(p, place.check.interface.named)
        variables[name] = Binding(name, "deploy", declaration)
    after = kind == "initially"
    return Scope(
        f"the clause `{kind}` of the interface",
        variables,
        old="refused" if after else "dropped" if kind in {"modifies", "emits"} else "refused",
        getters="" if after else NOT_DEPLOYED,
        results="a deployment returns nothing",
        balance="" if after else NOT_DEPLOYED,
    )


def _function_scope(kind: str, function: s.Function, structs: frozenset[str]) -> Scope:
    variables = {p.name: Binding(p.name, "parameter", declare(p.type.name, structs)) for p in function.parameters if p.name}
    for p in function.returns:
        if p.name:
            variables[p.name] = Binding(p.name, "result", declare(p.type.name, structs))
    if len(function.returns) == 1:
        only = function.returns[0]
        binding = Binding(only.name or "result", "result", declare(only.type.name, structs))
        variables.setdefault("result", binding)
    before = kind in {"reverts", "only", "succeeds", "like"}
    results = f"`{kind}` speaks of the state before the call; results are known only after it" if before else ""
    message = (
        "every getter in a clause is called by an arbitrary address, so a definition cannot speak of the sender" if kind == "equals" else ""
    )
    return Scope(
        f"the clause `{kind}` of {function.title}",
        variables,
        old="kept" if kind in {"ensures", "ensures-strictly"} else "refused" if before or kind == "equals" else "dropped",
        message=message,
        value="a view function is called without ether" if function.is_view else "",
        results="a definition gives the result" if kind == "equals" else results,
        others="" if kind == "ensures" else Scope("").others,
        accepts="" if kind in CALLED_OUT and not function.is_view else Scope("").accepts,
        code="" if kind in {*CALLED_OUT, "only"} and not function.is_view else Scope("").code,
        sent="" if kind == "ensures" and not function.is_view else Scope("").sent,
    )
