"""A concrete pre-state and one call in it: what a solver found, to be shown to the real EVM."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from verifier.counterexample import Environment


@dataclass(frozen=True, slots=True)
class StrangerAnswer:
    """What the n-th call-out of the call meets. `data` is hex."""

    accepts: bool
    data: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Another contract of a scene: where it is, its code, and its storage as in a scene."""

    address: str
    code: str
    storage: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """One call of a contract put into a given state. Hex without 0x where not an address; values in wei.

    `code` is the runtime code with its immutables filled in, to be etched at `address`; `storage` and `transient` map slots to words
    (others are 0). `balances` maps addresses to ether before the call (the sender's includes `value`); `codes` gives addresses that must
    have code (any code: one byte 0x00). `expect_success`/`expect_return`: what the solver's model says of the call (None: not asked).
    """

    id: str
    address: str
    code: str
    storage: tuple[tuple[int, int], ...]
    transient: tuple[tuple[int, int], ...]
    balances: tuple[tuple[str, int], ...]
    codes: tuple[str, ...]
    sender: str
    origin: str
    value: int
    data: str
    environment: Environment
    answers: tuple[StrangerAnswer, ...]
    expect_success: bool
    expect_return: str | None = None
    others: tuple[Account, ...] = ()


#: Where a bundle keeps the scenes that were played.
WITNESSES = "replays/witnesses.json"


def write_scenes(scenes: Sequence[Scene]) -> str:
    """Return scenes as JSON, in the order of their ids."""
    return json.dumps([asdict(s) for s in sorted(scenes, key=lambda s: s.id)], indent=1) + "\n"
