"""Play the calls of a bundle that show that functions can succeed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import TypeAdapter, ValidationError

from verifier.certificate.rebuild import Rebuilt
from verifier.certificate.strict import malformed, read_json
from verifier.harness.abi import NotEncoded
from verifier.harness.scenes import replay_scenes
from verifier.scene import WITNESSES, Scene

MOST = 1000


def replay_witnesses(r: Rebuilt, scenes: Sequence[Scene]) -> Mapping[str, str]:
    """Return what is wrong with the file of witnesses, by its name; nothing where each call is one of this contract and succeeds."""
    for s in scenes:
        why = _foreign(s, r)
        if why:
            return {WITNESSES: f"{s.id}: {why}"}
    try:
        seen = replay_scenes(scenes)
    except (NotEncoded, ValueError, OverflowError) as error:
        raise malformed(WITNESSES, f"a scene cannot be played ({type(error).__name__}: {str(error)[:100]})") from None
    wrong = next((f"{s.id}: {seen[s.id].detail}" for s in scenes if not seen[s.id].agrees), "")
    return {WITNESSES: wrong} if wrong else {}


def read_witnesses(raw: bytes) -> tuple[Scene, ...]:
    """Read the calls of a bundle. Raises CertificateError for what are none."""
    read_json(WITNESSES, raw)
    try:
        scenes = TypeAdapter(tuple[Scene, ...]).validate_json(raw, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise malformed(WITNESSES, f"{'.'.join(str(x) for x in first['loc'])[:120]}: {first['msg']}") from None
    if len(scenes) > MOST or len({s.id for s in scenes}) != len(scenes):
        raise malformed(WITNESSES, "it holds too many scenes, or two of one obligation")
    return scenes


def _foreign(s: Scene, r: Rebuilt) -> str:
    """Return why a scene is none of this contract, "" where it is."""
    o = next((o for o in r.ledger.obligations if o.id == s.id and o.kind == "reachable"), None)
    if o is None:
        return "no obligation asks for it"
    function = next((f for f in r.specification.functions if f.title == o.function), None)
    if function is None or not s.data.startswith(function.selector):
        return "it calls another function"
    if not s.expect_success:
        return "it is no call that succeeds"
    return "" if _is_runtime(s.code, r) else "it is a call of other code"


def _is_runtime(code: str, r: Rebuilt) -> bool:
    """Tell whether a code is the compiled one, but for its immutables."""
    contract = r.case.job.contract
    free = [(2 * int(p["start"]), 2 * int(p["length"])) for found in contract.immutable_references.values() for p in found]
    return len(code) == len(contract.runtime) and _without(code, free) == _without(contract.runtime, free)


def _without(code: str, places: list[tuple[int, int]]) -> str:
    return "".join(_kept(code.lower(), sorted(places)))


def _kept(code: str, places: list[tuple[int, int]]) -> Iterator[str]:
    at = 0
    for start, length in places:
        yield code[at:start]
        at = start + length
    yield code[at:]
