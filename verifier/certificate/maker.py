"""How whoever made a bundle calls itself, and what follows for who wants to check it."""

from __future__ import annotations

import re

#: A release, where it is one, and the digest of the source.
MAKER = re.compile(r"solwright(?: (?P<release>\d[0-9A-Za-z.+-]*))?(?: \(source [0-9a-f]+\))?")


def release_of(maker: str) -> str:
    """Return the release that a maker names, "" where it names none."""
    found = MAKER.fullmatch(maker)
    return (found["release"] or "") if found else ""


def same_again(maker: str, program: str = "") -> str:
    """Say with what to check a bundle, "" where the maker names no release; nothing else that it calls itself becomes part of a command."""
    release = release_of(maker)
    if release and release == release_of(program):
        return f"check it with the state of the source of solwright {release} that made it"
    return f"check it with the version that made it: {command_of(maker)}" if release else ""


def command_of(maker: str) -> str:
    """Return what runs a maker's release, "" where it names none."""
    release = release_of(maker)
    return f"pipx run solwright=={release} check …" if release else ""
