"""Read off from ether what a call sent: in tests whoever is paid keeps it, as strangers do of whom a promise speaks."""

from __future__ import annotations

from specs import formula as f
from specs.formula import ADDRESS, BOOL, UINT256, Expression
from verifier.harness.hints import rebuilt
from verifier.harness.render import NotRendered


def observed(e: Expression) -> Expression:
    """Return a formula in which `sent(a)` is what `a` owns more after the call than before it and the ether that it sent along.

    Raises: NotRendered where it is known after the call only who `a` is: what that address owned before, nobody noted.
    """
    if isinstance(e, f.Sent):
        return _received(e)
    return rebuilt(e, observed) if any(isinstance(x, f.Sent) for x in f.walk(e)) else e


def _received(e: f.Sent) -> Expression:
    who, at = e.operand, e.position
    if not _is_the_same_before(who):
        raise NotRendered("sent(…) of an address that is known after the call only")
    nothing = f.Literal(UINT256, at, 0)
    own = f.Binary(BOOL, at, "==", who, f.World(ADDRESS, at, "address(this)"))
    spent = f.Conditional(
        UINT256, at, f.Binary(BOOL, at, "==", who, f.World(ADDRESS, at, "msg.sender")), f.World(UINT256, at, "msg.value"), nothing
    )
    before = f.Old(UINT256, at, f.Balance(UINT256, at, _without_old(who)))
    now = f.Binary(UINT256, at, "+", f.Balance(UINT256, at, who), spent)
    return f.Conditional(UINT256, at, own, nothing, f.Binary(UINT256, at, "-", now, before))


def _is_the_same_before(e: Expression) -> bool:
    if isinstance(e, f.Old):
        return True
    if isinstance(e, f.Read | f.Sum | f.Balance | f.Sent) or (isinstance(e, f.Variable) and e.role == "result"):
        return False
    return all(map(_is_the_same_before, f.children(e)))


def _without_old(e: Expression) -> Expression:
    return _without_old(e.operand) if isinstance(e, f.Old) else rebuilt(e, _without_old)
