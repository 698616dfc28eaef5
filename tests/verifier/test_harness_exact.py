"""The exact numbers of clauses, run on the EVM against Python's integers."""

from __future__ import annotations

import random
from pathlib import Path

from toolchain.forge import ForgeOptions, configure, run_tests
from toolchain.solc import CompilerSettings
from toolchain.workspace import fresh_workspace
from verifier.harness import project

WORD, LIMIT = 1 << 256, 1 << 512
EDGES = [0, 1, 2, 3, WORD - 1, WORD, WORD + 1, LIMIT - 1, LIMIT - WORD, (1 << 255) - 1, 1 << 255, 10**18, 7 * WORD + 5]
OPERATIONS = ["add", "sub", "mul", "div", "mod"]

TEST = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import "./Exact.sol";

contract Numbers {
    function compute(uint256 op, Z memory a, Z memory b) external pure returns (Z memory) {
        if (op == 0) return add(a, b);
        if (op == 1) return sub(a, b);
        if (op == 2) return mul(a, b);
        if (op == 3) return div(a, b);
        return mod(a, b);
    }

    function check(uint256 op, Z memory a, Z memory b, bool defined, Z memory c) internal view {
        try this.compute(op, a, b) returns (Z memory z) { require(defined && eq(z, c), "value"); } catch { require(!defined, "undefined"); }
    }

    function order(Z memory a, Z memory b, bool less, bool same) internal pure {
        require(lt(a, b) == less && eq(a, b) == same && le(a, b) == (less || same), "order");
    }

    function word(Z memory a, uint256 bits) external pure returns (uint256) { return asUint(a, bits); }
    function signed(Z memory a, uint256 bits) external pure returns (int256) { return asInt(a, bits); }

    function fits(Z memory a, uint256 bits, bool unsigned_, bool signed_) internal view {
        try this.word(a, bits) returns (uint256 x) { require(unsigned_ && eq(nat(x), a), "uint"); }
        catch { require(!unsigned_, "no uint"); }
        try this.signed(a, bits) returns (int256 x) { require(signed_ && eq(int_(x), a), "int"); }
        catch { require(!signed_, "no int"); }
    }
"""


def z(n: int) -> str:
    hi, lo = divmod(abs(n), WORD)
    return f"Z({'true' if n < 0 else 'false'}, {hi}, {lo})"


def computed(op: str, a: int, b: int) -> int | None:
    if op in {"div", "mod"}:
        if b == 0:
            return None
        q = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return q if op == "div" else a - q * b
    c = a + b if op == "add" else a - b if op == "sub" else a * b
    return c if abs(c) < LIMIT else None


def bools(*values: bool) -> str:
    return ", ".join("true" if v else "false" for v in values)


def test_exact_numbers_are_those_of_the_integers() -> None:
    rng = random.Random(1)
    pairs = [(rng.choice(EDGES) * rng.choice([1, -1]), rng.choice(EDGES) * rng.choice([1, -1])) for _ in range(60)]
    pairs += [(rng.getrandbits(rng.randrange(1, 512)) * rng.choice([1, -1]), rng.getrandbits(rng.randrange(1, 512))) for _ in range(60)]
    bodies = []
    for a, b in pairs:
        op = rng.randrange(len(OPERATIONS))
        c = computed(OPERATIONS[op], a, b)
        bodies.append(f"check({op}, {z(a)}, {z(b)}, {bools(c is not None)}, {z(c or 0)}); order({z(a)}, {z(b)}, {bools(a < b, a == b)});")
        bits = rng.choice([8, 160, 256])
        bodies.append(f"fits({z(a)}, {bits}, {bools(0 <= a < 1 << bits, -(1 << (bits - 1)) <= a < 1 << (bits - 1))});")
    tests = [f"    function test_{i}() external view {{ {' '.join(bodies[i : i + 16])} }}" for i in range(0, len(bodies), 16)]
    with fresh_workspace() as workspace:
        configure(workspace, CompilerSettings())
        (workspace.root / "src").mkdir()
        workspace.write("test/Exact.sol", (Path(project.__file__).parent / "Exact.sol").read_text())
        workspace.write("test/Numbers.t.sol", "\n".join([TEST, *tests, "}"]))
        suites = run_tests(workspace, ForgeOptions(match_contract="^Numbers$")).suites
    results = suites["test/Numbers.t.sol:Numbers"]["test_results"]
    assert {name: r["reason"] for name, r in results.items() if r["status"] != "Success"} == {}
    assert len(results) == len(tests)
