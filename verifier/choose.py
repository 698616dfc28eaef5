"""Find the contract that is to be judged, or say why there is nothing to judge."""

from __future__ import annotations

from collections.abc import Mapping

from specs.specification import Specification
from toolchain.errors import SourceError, some_of
from toolchain.solc import Compilation, Contract, Kind

MOST = 8  # names in a message
KINDS: Mapping[Kind, str] = {
    "interface": "an interface",
    "library": "a library",
    "abstract": "an abstract contract",
    "contract": "a contract without code",
}


def choose(specification: Specification, compilation: Compilation, entry: str, name: str) -> Contract:
    """Return the contract of that name in the entry file.

    Raises: SourceError where there is none, where it cannot be deployed, or where it is no attempt at this specification: it lacks every
    function that changes state, and getters, too.
    """
    here = [c for c in compilation.contracts if c.path == entry]
    found = next((c for c in here if c.name == name), None)
    if found is None:
        there = some_of([c.name for c in here if _is_deployable(c)], MOST)
        hint = f"it has {there}: choose with --contract" if there else "it has none that can be deployed: name the file that holds it"
        raise SourceError(f"{entry} has no contract {name or 'without a name'}", hint)
    if not _is_deployable(found):
        raise SourceError(
            f"{name} in {entry} is {KINDS[found.kind]}, not a contract that can be deployed",
            "give a contract that implements every function",
        )
    promised = [f for f in specification.entries if f.selector]
    has = set(found.method_identifiers.values())
    shown = [g for g in specification.getters if g.abstract is None]
    looks_alike = bool(shown) and all(g.selector in has for g in shown)
    spoken, own = dict.fromkeys(f.title for f in promised), dict.fromkeys(m.split("(")[0] for m in found.method_identifiers)
    if promised and not looks_alike and not any(f.selector in has for f in promised):
        raise SourceError(
            f"{name} in {entry} has none of the functions that {specification.path.name} speaks of: {some_of(spoken, MOST)}",
            f"it has {some_of(own, MOST) or 'no function'}; "
            "give the contract that the specification is of, or the specification of this contract",
        )
    return found


def _is_deployable(contract: Contract) -> bool:
    return contract.kind == "contract" and bool(contract.creation)
