"""Examples are what the formula says: a call that is kept, one that is not."""

from __future__ import annotations

from pathlib import Path

from specs.examples import Example, Examples, examples
from specs.parse import parse
from tests.specs.box import corpus

ROOT = Path(__file__).parents[2]
TEXT = """/// @custom:deploy ()
/// @custom:invariant small: n() <= 50
interface I {
    function n() external view returns (uint256);
    function holder() external view returns (address);
    /// @custom:equals n() * 2
    function twice() external view returns (uint256);
    /// @custom:reverts low: x < 3
    /// @custom:reverts high: n() + x > 50
    /// @custom:changes n() by +x
    /// @custom:succeeds otherwise
    function add(uint256 x) external;
    /// @custom:modifies nothing
    /// @custom:pays paid: to, n()
    /// @custom:ensures seven: result == 7
    /// @custom:succeeds otherwise
    function pay(address to) external returns (uint256);
}"""


def found(text: str = TEXT) -> dict[str, Examples]:
    return {e.id: e for e in examples(parse(Path("I.spec.sol"), text))}


def example(e: Example | None) -> tuple[str, dict[str, tuple[int, int]], str]:
    assert e is not None
    return e.call, {name: (int(a, 0), int(a if b is None else b, 0)) for name, a, b in e.values}, e.outcome


def argument(call: str) -> int:
    return int(call.split("(")[1].split(")")[0], 0)


def test_every_example_is_on_its_side() -> None:
    rows = found()
    assert set(rows) == {
        "small", "twice.equals", "add.low", "add.high", "add.changes", "add.succeeds", "pay.paid", "pay.seven", "pay.succeeds",
    }  # fmt: skip
    assert example(rows["small"].accepted)[1]["n()"][0] <= 50 < example(rows["small"].rejected)[1]["n()"][0]
    for kept, e in ((True, rows["add.low"].accepted), (False, rows["add.low"].rejected)):
        call, _, outcome = example(e)
        assert argument(call) < 3 and outcome == ("it reverts" if kept else "it succeeds")
    for kept, e in ((True, rows["add.changes"].accepted), (False, rows["add.changes"].rejected)):
        call, values, outcome = example(e)
        before, after = values["n()"]
        assert outcome == "it succeeds" and (after == before + argument(call)) == kept
    for kept, e in ((True, rows["pay.paid"].accepted), (False, rows["pay.paid"].rejected)):
        call, values, outcome = example(e)
        sent = int(outcome.split("sends ")[1].split()[0])
        assert (sent == values["n()"][0]) == kept and outcome.endswith(f"wei to {call.split('(')[1].split(')')[0]}")
    for kept, e in ((True, rows["pay.seven"].accepted), (False, rows["pay.seven"].rejected)):
        assert (example(e)[2] == "it returns 7") == kept
    for kept, e in ((True, rows["add.succeeds"].accepted), (False, rows["add.succeeds"].rejected)):
        call, values, outcome = example(e)
        assert argument(call) >= 3 and values["n()"][0] + argument(call) <= 50 and outcome == ("it succeeds" if kept else "it reverts")


def test_the_same_examples_every_time() -> None:
    assert found() == found()


def test_what_can_not_be_rejected_has_no_example() -> None:
    rows = found(TEXT.replace("reverts low: x < 3", "reverts low: x < 0"))
    assert rows["add.low"].accepted is None and rows["add.low"].rejected is None


def test_examples_of_the_vault() -> None:
    rows = examples(corpus(ROOT / "examples" / "vault" / "Vault.spec.sol"))
    assert [e.id for e in rows if e.accepted is None or e.rejected is None] == []
