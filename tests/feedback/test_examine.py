"""What a contract of straw shows of a specification; the verdicts here are made up, the real ones are tried with the judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.examine import examine, survivals
from specs.parse import parse
from specs.specification import Specification
from specs.strawmen import StrawmanName
from tests.feedback.bench import SPECIFICATION, Bench, Presence, counterexample
from verifier.obligation import Ledger, Obligation, ObligationKind
from verifier.verdict import Verdict

PROMISE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @custom:deploy ()
/// @custom:initially zero: n() == 0
interface Box {
    function n() external view returns (uint256);
    /// @custom:modifies n()
    /// @custom:ensures yes: result
    /// @custom:succeeds otherwise
    function set(uint256 value) external returns (bool);
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function ping() external;
    /// @custom:modifies n()
    /// @custom:succeeds never -- the owner may be gone
    function last() external;
}
"""


@pytest.fixture(scope="module")
def box() -> Specification:
    return parse(Path("Box.spec.sol"), PROMISE)


def judgement(specification: Specification, **status: str) -> Presence:
    """Build a judgement: `set_yes="PROVED"` is the verdict on set.yes; `broken` has a counterexample, `leans` leans on something broken."""
    kinds: dict[str, ObligationKind] = {
        "yes": "ensures",
        "succeeds": "succeeds",
        "frame": "frame",
        "selector": "unknown",
        "zero": "initially",
        "held": "invariant",
        "reachable": "reachable",
    }
    obligations, verdicts = [], {}
    for name, given in status.items():
        function, _, rest = name.rpartition("_")
        id = f"{function}.{rest}" if function else rest
        obligations.append(Obligation(id, kinds[rest], function, "", "", 0))
        verdicts[id] = {
            "PROVED": Verdict(id, "PROVED", ("symbolic",)),
            "broken": Verdict(id, "REFUTED", (), "x", counterexample(id, f"{function}()")),
            "leans": Verdict(id, "UNKNOWN", (), "its proof leans on set.yes, which is REFUTED"),
            "vacuous": Verdict(id, "VACUOUS", (), "no state keeps the invariants"),
            "unknown": Verdict(id, "UNKNOWN", (), "symbolic: timed out"),
        }[given]
    return Presence(Ledger(specification.digest, "a" * 64, tuple(obligations), ()), verdicts)


@pytest.mark.parametrize(
    ("strawman", "status", "found"),
    [
        ("DoesNothing", {"zero": "PROVED", "set_yes": "PROVED", "selector": "broken"}, ["whole specification"]),
        ("DoesNothing", {"zero": "broken", "set_yes": "PROVED", "set_succeeds": "leans"}, ["set: one that changes nothing"]),
        ("ReturnsConstants", {"zero": "broken", "set_yes": "PROVED"}, ["set: one that changes nothing"]),
        ("DoesNothing", {"zero": "broken", "set_yes": "broken", "set_succeeds": "PROVED"}, []),
        ("DoesNothing", {"zero": "broken", "set_yes": "unknown"}, []),
        ("DoesNothing", {"zero": "broken", "ping_succeeds": "PROVED"}, []),
        ("AlwaysReverts", {"zero": "broken", "set_succeeds": "PROVED"}, ["set: one that always reverts"]),
        ("AlwaysReverts", {"zero": "PROVED", "set_succeeds": "broken", "last_frame": "PROVED"}, []),
        ("AlwaysReverts", {"zero": "PROVED", "set_succeeds": "unknown"}, []),
        # a getter of constants breaks an invariant: what follows from it says nothing
        ("AlwaysReverts", {"constructor_held": "broken", "set_succeeds": "leans"}, []),
        ("ReturnsConstants", {"zero": "broken", "set_reachable": "vacuous", "set_yes": "leans"}, []),
    ],
)
def test_survivals(box: Specification, strawman: StrawmanName, status: dict[str, str], found: list[str]) -> None:
    told = survivals(box, strawman, judgement(box, **status))
    assert len(told) == len(found)
    assert all(part in line for part, line in zip(found, told, strict=True))


def test_errors_come_before_any_judging() -> None:
    bench = Bench()
    weak = SPECIFICATION.replace("    /// @custom:succeeds otherwise\n", "")
    (problem,) = examine(parse(Path("Counter.spec.sol"), weak), bench.judge, lambda _: None)
    assert "no clause says when it succeeds" in problem
    assert not bench.judged


def test_all_three_are_judged() -> None:
    bench = Bench()
    told: list[str] = []
    examine(parse(Path("Counter.spec.sol"), SPECIFICATION), bench.judge, told.append)
    assert len(set(bench.judged)) == 3
    assert "judging a contract that does nothing" in told
