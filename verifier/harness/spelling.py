"""Spell what comes from others so that it can stand in a Solidity test: messages, unit names, identifiers."""

from __future__ import annotations

import re

#: Folders of our project have names that no candidate imports by: in its own project there may be `src`, `test` and `script`.
PREFIX = "solwright-"
#: Where the candidate's project lies in ours.
CANDIDATE = f"{PREFIX}src"


def ascii_line(text: str, longest: int = 200) -> str:
    """Return text that can stand in a Solidity string literal."""
    return "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "'" if c == '"' else "?" for c in " ".join(text.split()))[
        :longest
    ]


def plain_unit(unit: str) -> str:
    """Return a source unit's name with a file name that an import can spell."""
    folder, _, name = unit.rpartition("/")
    return f"{folder}/{plain}" if (plain := re.sub(r"[^A-Za-z0-9_.-]", "_", name)) and folder else plain


def for_a_project(source: str, unit: str) -> str:
    """Return a test as it stands in the folder `test` of the user's own Foundry project; a single file belongs into its `src`."""
    where = "the project" if "/" in unit else f"a project with {plain_unit(unit)} in src"
    how = f"// To run it: put this file into the folder test of {where}, then `forge test`.\n"
    license_line, _, rest = source.partition("\n")
    folder = "" if "/" in unit else "src/"
    rest = rest.replace(f'from "../{CANDIDATE}/{plain_unit(unit)}";', f'from "../{folder}{plain_unit(unit)}";', 1)
    return f"{license_line}\n{how}{rest}"


def identifier(text: str) -> str:
    """Return text as part of an identifier."""
    return re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")


def without_idle(source: str) -> str:
    """Drop the functions of the test tool that a test does not use."""
    lines, inside = [], False
    for line in source.split("\n"):
        inside = line.startswith("interface Vm") or (inside and line != "}")
        declared = re.match(r"    function (\w+)\(", line) if inside else None
        if declared is None or f"vm.{declared[1]}(" in source:
            lines.append(line.rstrip())
    return "\n".join(lines)
