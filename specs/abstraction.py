"""Getters of the specification that a contract need not have (`@custom:abstract`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from specs import specification as s
from specs.documentation import Tag
from specs.messages import with_article
from specs.syntax import Syntax
from toolchain.errors import SpecificationError

#: What an abstract getter takes and returns: what fills one word.
WORDS = frozenset({"uint", "int", "bool", "address", "fixed_bytes"})


def abstraction(function: s.Function, rows: Sequence[tuple[Tag, Syntax, s.Clause]]) -> s.Abstract | None:
    """Return the clause that makes a getter abstract, None where none does. Raises: SpecificationError where it cannot be."""
    found = [(tag, c) for tag, _, c in rows if isinstance(c, s.Abstract)]
    if not found:
        return None
    tag, clause = found[0]
    if len(found) > 1:
        again = found[1][0]
        again.source.refuse(again.at, f"a second `abstract` at {function.title}", "delete it")
    other = next((t for t, _, c in rows if not isinstance(c, s.Abstract)), None)
    if other is not None:
        expected = "say it by an invariant: a contract may lack this function, and then nobody calls it"
        other.source.refuse(other.at, f"`{other.kind}` at {function.title}, which is abstract", expected)
    if function.mutability != "view":
        tag.source.refuse(tag.at, f"`abstract` at {function.title}, which is {function.mutability}", "declare it `view`")
    odd = next((p.type.name for p in (*function.parameters, *function.returns) if p.type.kind not in WORDS), None)
    if odd is not None or len(function.returns) != 1:
        what = with_article(odd) if odd is not None else f"{len(function.returns)} values"
        expected = "abstract getters take and return integers, bool, address or bytesN, and return one value"
        tag.source.refuse(tag.at, f"`abstract` at {function.title}, which takes or returns {what}", expected)
    return clause


def in_words(name: str) -> str:
    """Say what it means that a getter is abstract."""
    return (
        f"{name} is abstract: the contract need not have it. Where it has none, its writer says how it is read from the contract's state, "
        "and every report shows that."
    )


def refuse_abstract_address(environment: s.Environment, functions: Sequence[s.Function], path: Path) -> None:
    """Refuse an abstract getter that gives the address of an environment. Raises: SpecificationError."""
    getter = next(f for f in functions if f.signature == environment.getter)
    if getter.abstract is not None:
        at, what = getter.abstract.position, f"`abstract` at {getter.title}, the address of an environment"
        raise SpecificationError(path, at.line, at.column, what, "let the contract have this getter")
