"""Play scenes (a state and one call in it) on the EVM, many in one run of forge, and say whether they come out as a solver said."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolchain.workspace import fresh_workspace
from verifier.harness import project
from verifier.harness.abi import encode
from verifier.harness.runs import CHAIN_ID, NOBODY
from verifier.scene import Scene

WORDS = "(bytes32,bytes32)[]"
BLOCK = "uint256,uint256,uint256,uint256,address,uint256"
OTHER = f"(address,bytes,{WORDS})"
SCENE = f"(address,bytes,{WORDS},{WORDS},(address,uint256)[],address[],address,address,uint256,bytes,{BLOCK},(bool,bytes)[],{OTHER}[])"
OUTCOMES = "(bytes32,(bool,bytes,uint256)[])"


@dataclass(frozen=True, slots=True)
class SceneOutcome:
    """What the EVM showed; `returned` is hex; `detail` says where it differs from what was expected."""

    succeeded: bool
    returned: str
    agrees: bool
    detail: str


def replay_scenes(scenes: Sequence[Scene], *, cache: Path | None = None, limit_s: float = 120) -> Mapping[str, SceneOutcome]:
    """Play scenes and return what came of each, by its id.

    Raises: ToolNotFound, ToolCrashed.
    """
    if not scenes:
        return {}
    body = [_encoded(s) for s in scenes]
    nonce = hashlib.sha256(encode([f"{SCENE}[]"], [body])).digest()
    data = encode(["bytes32", f"{SCENE}[]"], [nonce, body])
    with fresh_workspace() as workspace:
        project.ready(workspace, cache, "scenes", data)
        project.run(workspace, "Scenes", ["test_scenes"], 1, limit_s)
        _, outcomes = project.read(workspace, "outcomes", OUTCOMES, nonce)
    return {s.id: _compared(s, *o) for s, o in zip(scenes, outcomes, strict=True)}


def _encoded(s: Scene) -> tuple[Any, ...]:
    def words(pairs: tuple[tuple[int, int], ...]) -> list[tuple[bytes, bytes]]:
        return [(slot.to_bytes(32, "big"), value.to_bytes(32, "big")) for slot, value in pairs]

    e = s.environment
    return (
        s.address,
        bytes.fromhex(s.code),
        words(s.storage),
        words(s.transient),
        list(s.balances),
        list(s.codes),
        s.sender,
        s.origin or s.sender,
        s.value,
        bytes.fromhex(s.data),
        1 if e.timestamp is None else e.timestamp,
        1 if e.number is None else e.number,
        CHAIN_ID if e.chain_id is None else e.chain_id,
        e.prevrandao or 0,
        e.coinbase or NOBODY,
        e.base_fee or 0,
        [(a.accepts, bytes.fromhex(a.data)) for a in s.answers],
        [(a.address, bytes.fromhex(a.code), words(a.storage)) for a in s.others],
    )


def _compared(s: Scene, ok: bool, returned: bytes, asked: int) -> SceneOutcome:
    problems = []
    if ok != s.expect_success:
        found = "succeeded" if ok else f"reverted with 0x{returned[:68].hex()}"
        problems.append(f"expected to {'succeed' if s.expect_success else 'revert'}, but it {found}")
    if s.expect_return is not None and returned.hex() != s.expect_return.lower().removeprefix("0x"):
        problems.append(f"expected to return 0x{s.expect_return}, but returned 0x{returned.hex()}")
    agrees = not problems
    if asked > len(s.answers):
        problems.append(f"strangers were asked {asked} times, with {len(s.answers)} answers given")
    return SceneOutcome(ok, returned.hex(), agrees, "; ".join(problems))
