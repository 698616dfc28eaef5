"""The claim of a small test, computed exactly: the generated contract of evaluators, inlined, where plain Solidity cannot say it."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from verifier.harness.generate import Harness
from verifier.harness.parts import Key
from verifier.harness.render import POOLS
from verifier.harness.runs import CALL, DEPLOY, Run, Step
from verifier.harness.tables import Claim, Old

HEADER = re.compile(r"^(// SPDX.*|pragma .*|import .*)\n", re.M)
FOLDER = Path(__file__).parent
MOST_INSTANCES = 64

STUBS = """    function intern(bytes calldata text) external returns (bytes32 word) { word = keccak256(text); texts[word] = text; }
    function textOf(bytes32 word) external view returns (bytes memory) { return texts[word]; }
    function meet(uint256, bytes32) external {}
    function next() external pure returns (uint256) { return 0; }
    function someNumber(uint256) external pure returns (uint256) { return 0; }
    function someAddress() external pure returns (address) { return address(0); }
    function someBytes32() external pure returns (bytes32) { return 0; }
    function someBytes() external pure returns (bytes memory) { return ""; }
    function someKey(uint256) external pure returns (bytes32) { return 0; }"""


@dataclass(frozen=True, slots=True)
class Exact:
    """Pieces of a test: what stands before its contract, its state, its functions, and what stands before and after the last call."""

    inlined: str
    state: tuple[str, ...]
    functions: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


def inlined(harness: Harness) -> str:
    """Return the sources of the exact numbers, the base and the evaluators as one text without imports."""
    texts = [(FOLDER / "Exact.sol").read_text(), (FOLDER / "Base.sol").read_text(), harness.source]
    return "\n".join(HEADER.sub("", t).strip() for t in texts)


def exact(harness: Harness, key: Key, run: Run, reader: str, origin: str) -> Exact | None:
    """Return the pieces for a claim; None where the obligation is no claim."""
    found = _claim(harness, key)
    if found is None:
        return None
    claim, olds = found
    last = run.steps[-1]
    foralls = {claim.forall: _instances(harness, claim.forall, run)} if claim.forall else {}
    call = last if last.kind in {CALL, DEPLOY} else Step(CALL)
    sig = call.data[:4].hex() if call.kind == CALL and call.data else "00000000"
    arguments = call.data[4:] if call.kind == CALL else call.data
    before = [
        "clauses = new Clauses();",
        f"clauses.setReader({reader}, {origin});",
        *(["clauses.setThere(there);"] if harness.table.beside else []),
        f"clauses.setCall({call.sender}, {call.value}, 0x{sig.ljust(8, '0')});".replace(call.sender, _address(call.sender)),
        f'clauses.setArgs(hex"{arguments.hex()}");',
        *([] if last.kind == DEPLOY else ["clauses.setAt(target);"]),
    ]
    for old in olds:
        if old.forall and old.forall == claim.forall:
            for i, words in enumerate(foralls[old.forall]):
                before += [f"bound({i}, {_array(words)});", f"remember({old.number}, {i}, clauses.{old.part}.selector);"]
        elif not old.forall:
            before.append(f"remember({old.number}, 0, clauses.{old.part}.selector);")
    body = f"return clauses.{claim.clause}();"
    if claim.forall:
        each = " ".join(
            f"bound({i}, {_array(words)}); if (!clauses.{claim.clause}()) return false;" for i, words in enumerate(foralls[claim.forall])
        )
        body = f"{each} return true;"
    functions = [
        f"function clause() public returns (bool) {{ {body} }}",
        "function bound(uint256 i, bytes32[] memory words) internal { clauses.setBound(i, words); }",
        "function remember(uint256 old, uint256 i, bytes4 part) internal "
        "{ (bool fine, bytes memory x) = address(clauses).call(abi.encodePacked(part)); "
        'clauses.remember(old, i, fine ? abi.decode(x, (bytes)) : bytes("")); }',
        *support(harness, run),
        *_arrays(foralls),
    ]
    after = ["clauses.setAt(target);", "clauses.setResults(ret);"]
    return Exact(
        inlined(harness),
        ("Clauses internal clauses;", "mapping(bytes32 => bytes) internal texts;"),
        tuple(functions),
        tuple(before),
        tuple(after),
    )


def support(harness: Harness, run: Run) -> list[str]:
    """Return the functions that the evaluators ask of whoever made them."""
    return [*_sum(harness, run), STUBS.strip()]


def _claim(harness: Harness, key: Key) -> tuple[Claim, tuple[Old, ...]] | None:
    table = harness.table
    if key[0] == "canary":
        number = harness.obligations.index(key)
        return next((c, table.canary_olds) for c in table.canaries if c.id == number)
    if key[0] in {"invariant", "stable", "callout"}:
        number = harness.obligations.index(("stable", "", key[2]))
        return next(((c, ()) for c in table.invariants if c.id == number), None)
    if key not in harness.obligations:
        return None
    number = harness.obligations.index(key)
    return next(((c, x.olds) for x in table.contexts for c in x.claims if c.id == number), None)


def _instances(harness: Harness, forall: int, run: Run) -> list[tuple[bytes, ...]]:
    kinds = harness.table.foralls[forall - 1]
    pools = [[i.to_bytes(32, "big") for i in range(k - POOLS)] if k >= POOLS else list(run.pools[k]) for k in kinds]
    return list(itertools.islice(itertools.product(*pools), MOST_INSTANCES))


def _array(words: tuple[bytes, ...]) -> str:
    return f"words{len(words)}({', '.join(f'0x{w.hex()}' for w in words)})"


def _arrays(foralls: dict[int, list[tuple[bytes, ...]]]) -> list[str]:
    sizes = sorted({len(words) for all_ in foralls.values() for words in all_})
    out = []
    for n in sizes:
        parameters = ", ".join(f"bytes32 w{i}" for i in range(n))
        out.append(
            f"function words{n}({parameters}) internal pure returns (bytes32[] memory x) "
            f"{{ x = new bytes32[]({n}); {' '.join(f'x[{i}] = w{i};' for i in range(n))} }}"
        )
    return out


def _sum(harness: Harness, run: Run) -> list[str]:
    rows = []
    for i, g in enumerate(harness.table.getters):
        if not g.keys or f"engine.sum({i}, " not in harness.source:
            continue
        kind = g.keys[-1]
        words = [n.to_bytes(32, "big") for n in range(kind - POOLS)] if kind >= POOLS else list(run.pools[kind])
        who = "there" if g.foreign else "target"
        add = " ".join(f'total = plus(total, {who}, bytes.concat(start, hex"{w.hex()}"));' for w in words)
        rows.append(f"if (g == {i}) {{ bytes memory start = abi.encodePacked(bytes4(0x{g.selector}), lead); {add} }}")
    return [
        f"function sum(uint256 g, bytes32[] calldata lead) external returns (Z memory total) {{ g; lead; {' '.join(rows)} }}",
        "function plus(Z memory total, address who, bytes memory call) internal returns (Z memory) { "
        "(bool fine, bytes memory x) = look_(who, call); "
        "return fine && x.length == 32 ? add(total, nat(uint256(bytes32(x)))) : total; }",
        "function look_(address who, bytes memory call) internal returns (bool, bytes memory) "
        '{ try this.glance(who, call) returns (bytes memory x) { return (true, x); } catch { return (false, ""); } }',
        "function glance(address who, bytes memory call) external returns (bytes memory) { return readAt(who, call); }",
    ]


def _address(a: str) -> str:
    return f"address(uint160({int(a, 16)}))"
