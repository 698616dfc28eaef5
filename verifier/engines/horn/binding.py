"""Hold every name of an instrumented source against the declaration that is meant.

A check is Solidity text, in which a name and its arguments choose a declaration; another overload, or another thing of that name, would be
another check. So whatever a check names of the contract carries the number of the declaration that is meant, as a comment behind the name,
and the compiler's own choice is read in the syntax tree of the source that was compiled. The judged contract's own names must mean what
they meant before it was rewritten: a function that became public may be found where it was not visible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from verifier.reach import Node, walk

#: Where a declaration begins: source, byte, kind. Two declarations never share it.
Place = tuple[str, int, str]
#: A name where it is used: source, first byte, byte behind it, kind of node.
Use = tuple[str, int, int, str]
#: What a use means: a declaration, a builtin of the language (its number), or a member that the language gives a type (None).
Meaning = Place | int | None

NAMES = frozenset({"Identifier", "IdentifierPath", "UserDefinedTypeName", "MemberAccess"})
MARK = re.compile(rb"/\*(\d+)\*/")
#: The builtins that checks name.
BUILTINS = frozenset({b"require", b"assert", b"revert", b"msg", b"block"})


@dataclass(frozen=True, slots=True)
class Original:
    """What the judged sources declare, by the numbers of their own syntax tree, and what each of their names means; places are those
    after the rewriting."""

    declarations: Mapping[int, Place]
    meanings: Mapping[Use, Meaning]


def meant(declaration: Node) -> str:
    """Return a declaration's name with the mark that says which one is meant."""
    return f"{declaration['name']}{mark(declaration['id'])}"


def mark(number: int) -> str:
    """Return the comment that stands behind a name which means the declaration of that number."""
    return f"/*{number}*/"


def inventory(asts: Mapping[str, Any], moved: Callable[[str, int], int | None]) -> Original:
    """Read declarations and names; those that a rewriting takes away have no place."""
    declarations = dict(_declarations(asts, moved))
    return Original(declarations, dict(_meanings(asts, declarations, moved)))


def find_misbound(original: Original, sources: Mapping[str, str], asts: Mapping[str, Any], path: str, ours: Iterable[str]) -> str:
    """Return which name of an instrumented source does not mean what it must, "" where all do.

    `asts` are the compiler's for `sources`; `ours` are the contracts that were put behind the source at `path`.
    """
    declarations = dict(_declarations(asts, lambda _, offset: offset))
    text = sources[path].encode()
    added = [n for n in asts[path]["nodes"] if n["nodeType"] == "ContractDefinition" and n["name"] in {*ours}]
    for contract in added:
        for node in walk(contract):
            if not _is_bound(node, contract, text, declarations, original.declarations):
                return f"`{_shown(text, *extent(node))}` in the check is not what is meant"
    left = dict(_meanings({p: _without(a, added) for p, a in asts.items()}, declarations, lambda _, offset: offset))
    for use, meaning in original.meanings.items():
        if use not in left or left.pop(use) != meaning:
            return f"`{_shown(sources[use[0]].encode(), use[1], use[2])}` means something else once the source is rewritten ({use[0]})"
    for use, meaning in left.items():
        if not isinstance(meaning, int):
            return f"`{_shown(sources[use[0]].encode(), use[1], use[2])}` came with the rewriting ({use[0]})"
    return ""


def _is_bound(node: Node, contract: Node, text: bytes, declarations: Mapping[int, Place], original: Mapping[int, Place]) -> bool:
    """Tell whether a node of ours means what it must; what names nothing always does."""
    if node.get("function") is not None:
        return False  # an operator of somebody's own
    if node["nodeType"] not in NAMES:
        return True
    start, end = extent(node)
    target = node.get("referencedDeclaration")
    if not isinstance(target, int):
        return bool(node["nodeType"] == "MemberAccess")
    if target < 0:
        return text[start:end] in BUILTINS
    place, (first, behind) = declarations[target], extent(contract)
    if place[0] == declarations[contract["id"]][0] and first <= place[1] < behind:
        return True  # a parameter or a local of our own
    found = MARK.match(text, end)
    return found is not None and original.get(int(found[1])) == place


def _without(ast: Mapping[str, Any], added: Iterable[Node]) -> Mapping[str, Any]:
    ids = {n["id"] for n in added}
    return {**ast, "nodes": [n for n in ast["nodes"] if n["id"] not in ids]}


def _declarations(asts: Mapping[str, Any], moved: Callable[[str, int], int | None]) -> Iterator[tuple[int, Place]]:
    for path, ast in asts.items():
        for n in walk(ast):
            start = moved(path, extent(n)[0]) if "id" in n else None
            if start is not None:
                yield n["id"], (path, start, n["nodeType"])


def _meanings(
    asts: Mapping[str, Any], declarations: Mapping[int, Place], moved: Callable[[str, int], int | None]
) -> Iterator[tuple[Use, Meaning]]:
    for path, ast in asts.items():
        for n in walk(ast):
            target = n.get("function") if isinstance(n.get("function"), int) else n.get("referencedDeclaration")
            if n["nodeType"] not in NAMES and not isinstance(target, int):
                continue
            first, last = extent(n)
            start, end = moved(path, first), moved(path, last - 1)
            if start is None or end is None:
                continue
            meaning = None if not isinstance(target, int) else target if target < 0 else declarations.get(target, (path, -1, ""))
            yield (path, start, end + 1, n["nodeType"]), meaning


def extent(node: Mapping[str, Any]) -> tuple[int, int]:
    """Return the first byte of a node, and the one behind it."""
    start, length, _ = (int(x) for x in str(node["src"]).split(":"))
    return start, start + length


def _shown(text: bytes, start: int, end: int) -> str:
    return text[start:end].decode(errors="replace")[:80]
