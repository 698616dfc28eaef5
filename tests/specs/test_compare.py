"""No weakening passes for equal or stronger, and what changes nothing is no alarm."""

from __future__ import annotations

from functools import cache
from itertools import product
from pathlib import Path

import pytest

from specs import solver
from specs.compare import Difference, Relation, combine, compare, relate
from specs.digest import normalise
from specs.implication import Truth
from specs.parse import parse
from specs.specification import Specification

PATH = Path("Bank.spec.sol")
BANK = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @custom:deploy (address owner_, uint256 cap_)
/// @custom:undeployable nobody: owner_ == address(0)
/// @custom:deployable usual: owner_ != address(0) && cap_ > 0
/// @custom:initially owned: owner() == owner_ && cap() == cap_
/// @custom:invariant solvent: balance(this) >= total()
/// @custom:invariant accounted: sum(balanceOf) == total()
/// @custom:invariant capped: total() <= cap()
/// @custom:transition fixed: cap() == old(cap())
interface Bank {
    event Put(address indexed who, uint256 amount);
    event Taken(address indexed who, address indexed to, uint256 amount);
    error Short(uint256 have, uint256 asked);
    error Full();
    error Denied();

    function owner() external view returns (address);
    function cap() external view returns (uint256);
    function total() external view returns (uint256);
    function balanceOf(address who) external view returns (uint256);
    function allowance(address who, address spender) external view returns (uint256);

    /// @custom:equals cap() - total()
    function room() external view returns (uint256);

    /// @custom:reverts full with Full(): total() + msg.value > cap()
    /// @custom:changes credited: balanceOf(msg.sender) by +msg.value, total() by +msg.value
    /// @custom:emits Put(msg.sender, msg.value)
    /// @custom:succeeds otherwise
    function put() external payable;

    /// @custom:reverts short with Short(balanceOf(msg.sender), amount): balanceOf(msg.sender) < amount
    /// @custom:reverts nowhere: to == address(0)
    /// @custom:changes debited: balanceOf(msg.sender) by -amount, total() by -amount
    /// @custom:pays paid: to, amount
    /// @custom:emits taken: Taken(msg.sender, to, amount)
    /// @custom:succeeds otherwise
    function take(address to, uint256 amount) external;

    /// @custom:modifies allowance(msg.sender, spender)
    /// @custom:ensures set: allowance(msg.sender, spender) == amount
    /// @custom:ensures answer: result
    /// @custom:succeeds otherwise
    function approve(address spender, uint256 amount) external returns (bool);

    /// @custom:only owner() with Denied()
    /// @custom:reverts zero: next == address(0)
    /// @custom:modifies owner()
    /// @custom:ensures moved: owner() == next
    /// @custom:succeeds otherwise
    function give(address next) external;
}
"""
FULL = "total() + msg.value > cap()"
SHORT = "balanceOf(msg.sender) < amount\n"
DEBITED = "changes debited: balanceOf(msg.sender) by -amount, total() by -amount"
TAKE = "    function take("
GIVE = BANK[BANK.index("    /// @custom:only") : BANK.rindex("}")]

#: What a model would try, each as (name, text, what stands for it, …).
WEAKENINGS: list[tuple[str, ...]] = [
    ("added premise", FULL, f"{FULL} && msg.value > 0 && total() > 5"),
    ("impossible left side", "ensures moved: owner() == next", "ensures moved: msg.sender == address(0) ==> owner() == next"),
    ("left side that excludes the bug", "ensures set: allow", "ensures set: amount < 100 ==> allow"),
    (">= for ==", "ensures set: allowance(msg.sender, spender) == amount", "ensures set: allowance(msg.sender, spender) >= amount"),
    (">= for == in an invariant", "sum(balanceOf) == total()", "sum(balanceOf) >= total()"),
    ("<= for == in an invariant", "sum(balanceOf) == total()", "sum(balanceOf) <= total()"),
    ("an invariant less one", "balance(this) >= total()", "balance(this) >= total() - 1"),
    (
        "dropped frame entry",
        DEBITED,
        "changes debited: balanceOf(msg.sender) by -amount",
        TAKE,
        f"    /// @custom:modifies total()\n{TAKE}",
        "invariant accounted: sum(balanceOf) == total()",
        "invariant accounted: sum(balanceOf) == sum(balanceOf)",
    ),
    ("pays when false", "pays paid: to, amount", "pays paid: to, amount when false"),
    ("emits when false", "Taken(msg.sender, to, amount)\n", "Taken(msg.sender, to, amount) when false\n"),
    ("emits when less often", "emits Put(msg.sender, msg.value)", "emits Put(msg.sender, msg.value) when msg.value > 0"),
    ("wider modifies", "modifies owner()", "modifies owner(), cap()", "transition fixed: cap() == old(cap())", "transition fixed: true"),
    (
        "wider modifies at another key",
        "modifies allowance(msg.sender, spender)",
        "modifies allowance(msg.sender, spender), allowance(spender, msg.sender)",
    ),
    ("modifies everywhere", "modifies allowance(msg.sender, spender)", "modifies allowance(*)"),
    ("renamed id", "reverts nowhere:", "reverts elsewhere:"),
    ("renamed id of what is said twice", "invariant capped: total() <= cap()", "invariant lower: total() <= cap()"),
    ("renamed and rewritten", "reverts nowhere: to == address(0)", "reverts elsewhere: address(0) == to"),
    ("only widened", "only owner() with", "only owner(), next with"),
    ("only gone", "@custom:only owner() with Denied()", "@dev x"),
    (
        "succeeds narrowed",
        "succeeds otherwise\n    function put",
        "succeeds usual: total() + msg.value <= cap() && msg.value < 100\n    function put",
    ),
    ("succeeds never", "succeeds otherwise\n    function put", "succeeds never -- who knows\n    function put"),
    ("another revert", "modifies owner()\n", "reverts late: block.timestamp > 5\n    /// @custom:modifies owner()\n"),
    ("error gone", " with Short(balanceOf(msg.sender), amount)", ""),
    ("error with other values", "with Short(balanceOf(msg.sender), amount)", "with Short(amount, balanceOf(msg.sender))"),
    ("another error", "with Denied()", "with Full()"),
    ("locked", "invariant solvent:", "invariant solvent locked:"),
    (
        "old dropped",
        "transition fixed: cap() == old(cap())",
        "transition fixed: cap() == cap()",
        "ensures moved",
        "modifies cap()\n    /// @custom:ensures moved",
    ),
    ("emits gone", "@custom:emits Put(msg.sender, msg.value)", "@dev x"),
    ("another event", "emits Put(msg.sender, msg.value)", "emits Taken(msg.sender, msg.sender, msg.value)"),
    ("swapped arguments of an event", "Taken(msg.sender, to, amount)\n", "Taken(to, msg.sender, amount)\n"),
    ("event that is not indexed", "event Put(address indexed who", "event Put(address who"),
    (
        "invariant moved to initially",
        "invariant capped: total()",
        "initially capped: total()",
        FULL,
        "false",
        "with Full(): false",
        "with Full(): msg.value > 2**250",
    ),
    ("invariant gone", "@custom:invariant solvent: balance(this) >= total()", "@dev x"),
    ("initially gone", "@custom:initially owned: owner() == owner_ && cap() == cap_", "@dev x"),
    ("initially less", "owner() == owner_ && cap() == cap_", "owner() == owner_"),
    ("transition gone", "@custom:transition fixed: cap() == old(cap())", "@dev x", "modifies owner()", "modifies owner(), cap()"),
    ("assume added", "@custom:transition", "@custom:assume young: block.number < 2**40 -- far\n/// @custom:transition"),
    (
        "exact change as an inequality",
        DEBITED,
        "ensures debited: balanceOf(msg.sender) <= old(balanceOf(msg.sender)) && total() <= old(total())\n"
        "    /// @custom:modifies balanceOf(msg.sender), total()",
    ),
    ("deployable narrowed", "owner_ != address(0) && cap_ > 0", "owner_ != address(0) && cap_ > 100"),
    ("undeployable narrowed", "undeployable nobody: owner_ == address(0)", "undeployable nobody: owner_ == address(0) && cap_ == 0"),
    ("deployable gone", "@custom:deployable usual: owner_ != address(0) && cap_ > 0", "@dev x"),
    ("equals narrowed by reverts", "equals cap() - total()", "equals cap() - total()\n    /// @custom:reverts late: block.timestamp > 5"),
    ("equals gone", "@custom:equals cap() - total()", "@dev x"),
    ("equals as an inequality", "equals cap() - total()", "ensures equals: result <= cap()"),
    (
        "the id says less, another clause says the old promise",
        "reverts nowhere: to == address(0)",
        "reverts nowhere: to == address(0) && amount > 7\n    /// @custom:reverts other: to == address(0)",
    ),
    (
        "the id of an invariant says less, another says it all",
        "invariant capped: total() <= cap()",
        "invariant capped: total() <= cap() + 1\n/// @custom:invariant whole: total() <= cap()",
    ),
    ("same id, other formula", "reverts nowhere: to == address(0)", "reverts nowhere: to == msg.sender"),
    (
        "two ids change places",
        "ensures set: allowance(msg.sender, spender) == amount",
        "ensures set: result",
        "ensures answer: result",
        "ensures answer: allowance(msg.sender, spender) == amount",
    ),
    ("same id, other kind", "ensures set: allowance(msg.sender, spender) == amount", "reverts set: amount == 12345"),
    ("a conversion without a value", "ensures answer: result", "ensures answer: defined(uint8(amount)) ==> result"),
    ("a conversion in a revert", SHORT, "balanceOf(msg.sender) < uint128(amount)\n"),
    ("division that has no value", "reverts nowhere: to == address(0)", "reverts nowhere: amount / amount >= 1 && to == address(0)"),
    ("sum of another getter", "accounted: sum(balanceOf) == total()", "accounted: sum(allowance, owner()) == total()"),
    (
        "swapped parameters",
        "approve(address spender, uint256 amount)",
        "approve(address holder, uint256 amount)",
        "allowance(msg.sender, spender) == amount",
        "allowance(holder, msg.sender) == amount",
        "modifies allowance(msg.sender, spender)",
        "modifies allowance(holder, msg.sender)",
    ),
    ("another account is debited", DEBITED, "changes debited: balanceOf(to) by -amount, total() by -amount"),
    ("wrong sign", "balanceOf(msg.sender) by -amount, total()", "balanceOf(msg.sender) by +amount, total()"),
    ("half is paid", "pays paid: to, amount", "pays paid: to, amount / 2"),
    ("another is paid", "pays paid: to, amount", "pays paid: msg.sender, amount"),
    ("payment gone", "@custom:pays paid: to, amount", "@dev x"),
    ("payment said of one address only", "pays paid: to, amount", "ensures paid: sent(to) == amount"),
    ("who sent nothing may send", "ensures answer: result\n", "ensures answer: result && sent(spender) == 0\n"),
    (
        "a refusal that is passed over",
        "reverts nowhere: to == address(0)",
        "reverts nowhere: to == address(0)\n    /// @custom:reverts refused: amount > 5 && !accepts(to)",
    ),
    ("a hidden fee", "pays paid: to, amount", "pays paid: to, amount\n    /// @custom:pays fee: owner(), 1 when amount > 1000"),
    ("disjunction that is always true", "ensures set: allow", "ensures set: spender == spender || allow"),
    ("quantifier over nothing", "ensures answer: result", "ensures answer: forall (uint8 i) i > 255 ==> result"),
    ("boundary moved", SHORT, "balanceOf(msg.sender) + 1 < amount\n"),
    (
        "a function more",
        "    function owner()",
        "    /// @custom:modifies owner()\n    /// @custom:succeeds otherwise\n    function backdoor() external;\n    function owner()",
    ),
    (
        "a function less",
        GIVE,
        "",
    ),
    ("payable now", "take(address to, uint256 amount) external;", "take(address to, uint256 amount) external payable;"),
    ("another constructor", "deploy (address owner_, uint256 cap_)", "deploy (address owner_, uint128 cap_)"),
    (
        "plain ether is taken",
        "    function owner()",
        "    /// @custom:modifies nothing\n    /// @custom:succeeds otherwise\n    receive() external payable;\n    function owner()",
    ),
]

#: What changes nothing, or adds.
HARMLESS: list[tuple[str, Relation, tuple[str, ...]]] = [
    ("comment", "equal", ("@custom:reverts nowhere: to == address(0)", "@custom:reverts nowhere: to == address(0) -- not to nobody")),
    ("white space", "equal", (FULL, "total()+msg.value>cap()")),
    (
        "order",
        "equal",
        (
            "    /// @custom:ensures set: allowance(msg.sender, spender) == amount\n    /// @custom:ensures answer: result\n",
            "    /// @custom:ensures answer: result\n    /// @custom:ensures set: allowance(msg.sender, spender) == amount\n",
        ),
    ),
    (
        "renamed parameter",
        "equal",
        (
            "approve(address spender, uint256 amount)",
            "approve(address who, uint256 wei_)",
            "allowance(msg.sender, spender) == amount",
            "allowance(msg.sender, who) == wei_",
            "modifies allowance(msg.sender, spender)",
            "modifies allowance(msg.sender, who)",
        ),
    ),
    ("the other way round", "equal", (SHORT, "amount > balanceOf(msg.sender)\n")),
    ("negated twice", "equal", ("reverts nowhere: to == address(0)", "reverts nowhere: !(to != address(0))")),
    (
        "a revert in two",
        "equal",
        (
            "reverts nowhere: to == address(0)\n",
            "reverts nowhere: to == address(0) && amount < 7\n    /// @custom:reverts other: to == address(0) && amount >= 7\n",
        ),
    ),
    (
        "what others imply",
        "equal",
        (
            "    /// @custom:reverts nowhere",
            "    /// @custom:reverts absurd: to == address(0) && amount == 3\n    /// @custom:reverts nowhere",
        ),
    ),
    (
        "exact change as formulas",
        "equal",
        (
            DEBITED,
            "ensures debited: balanceOf(msg.sender) == old(balanceOf(msg.sender)) - amount && total() == old(total()) - amount\n"
            "    /// @custom:modifies balanceOf(msg.sender), total()",
        ),
    ),
    (
        "only as a revert",
        "equal",
        ("only owner() with Denied()", "reverts unauthorised with Denied(): !(defined(owner()) && owner() == msg.sender)"),
    ),
    ("what an invariant says", "equal", (FULL, f"{FULL} || total() > cap()")),
    ("a definition in place", "equal", (FULL, "room() < msg.value")),
    (
        "a transition that frames imply",
        "equal",
        ("@custom:transition fixed: cap() == old(cap())", "@custom:transition fixed: cap() <= old(cap()) && cap() >= old(cap())"),
    ),
    ("more is promised", "stronger", ("ensures answer: result\n", "ensures answer: result\n    /// @custom:emits nothing\n")),
    ("an invariant more", "stronger", ("@custom:transition", "@custom:invariant more: cap() < 2**200\n/// @custom:transition")),
    ("a getter more", "stronger", ("    function owner()", "    function fee() external view returns (uint256);\n    function owner()")),
    (
        "what follows of a deployment",
        "equal",
        ("owner() == owner_ && cap() == cap_", "owner() == owner_ && cap() == cap_ && total() == 0 && room() == cap_"),
    ),
    (
        "more of a deployment",
        "stronger",
        ("owner() == owner_ && cap() == cap_", "owner() == owner_ && cap() == cap_ && balance(this) == 0"),
    ),
    ("a formula that must have a value", "stronger", ("ensures answer: result\n", "ensures answer: result && amount / amount == 1\n")),
    (
        "what is paid, said again",
        "equal",
        ("pays paid: to, amount", "pays paid: to, amount\n    /// @custom:ensures got: to != address(this) ==> sent(to) == amount"),
    ),
    (
        "nobody else is paid, said again",
        "equal",
        ("pays paid: to, amount", "pays paid: to, amount\n    /// @custom:ensures only: forall (address x) x != to ==> sent(x) == 0"),
    ),
    ("an event is declared", "equal", ("    error Full", "    event Other(uint256 a);\n    error Full")),
]


@cache
def bank(*replaced: str) -> Specification:
    text = BANK
    for old, new in zip(replaced[::2], replaced[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new)
    return parse(PATH, text)


def shown(difference: Difference) -> list[str]:
    return [str(row) for row in difference.rows if row.relation != "equal"]


@pytest.mark.parametrize("replaced", [row[1:] for row in WEAKENINGS], ids=[row[0] for row in WEAKENINGS])
def test_a_weakening_is_seen(replaced: tuple[str, ...]) -> None:
    difference = compare(bank(), bank(*replaced))
    assert difference.loses
    assert difference.relation not in {"equal", "stronger"}, shown(difference)


@pytest.mark.parametrize(("relation", "replaced"), [row[1:] for row in HARMLESS], ids=[row[0] for row in HARMLESS])
def test_what_takes_nothing_away_is_no_alarm(relation: Relation, replaced: tuple[str, ...]) -> None:
    difference = compare(bank(), bank(*replaced))
    assert difference.relation == relation, shown(difference)
    assert not difference.loses


def test_the_other_way_round_more_is_weaker() -> None:
    stronger = bank("@custom:transition", "@custom:invariant more: cap() < 2**200\n/// @custom:transition")
    difference = compare(stronger, bank())
    assert [(r.id, r.relation, r.note) for r in difference.loses] == [("more", "weaker", "it is gone, and nothing else says it")]


def test_names_of_what_is_gone_or_means_something_else() -> None:
    renamed = compare(bank(), bank("reverts nowhere:", "reverts elsewhere:"))
    assert [str(r) for r in renamed.loses] == ["take.nowhere: incomparable: it is called elsewhere now"]
    swapped = compare(bank(), bank(*next(w[1:] for w in WEAKENINGS if w[0] == "two ids change places")))
    assert {(r.id, r.note) for r in swapped.loses} == {
        ("approve.set", "the id stands for another promise now"),
        ("approve.answer", "the id stands for another promise now"),
    }


def test_an_id_that_says_less_is_named_although_nothing_is_lost() -> None:
    replaced = next(w[1:] for w in WEAKENINGS if w[0].startswith("the id says less"))
    assert [str(r) for r in compare(bank(), bank(*replaced)).loses] == [
        "take.nowhere: incomparable: the id stands for less now; what it said follows from other clauses"
    ]


def test_a_contradiction_implies_everything_and_proves_nothing() -> None:
    difference = compare(bank(), bank("@custom:transition", "@custom:invariant never: total() < 0\n/// @custom:transition"))
    assert difference.relation == "unknown"
    assert any(r.id == "never" and "can never hold" in r.note for r in difference.loses)
    assert compare(bank("@custom:transition", "@custom:invariant never: total() < 0\n/// @custom:transition"), bank()).loses


def test_all_that_the_digest_covers_is_compared() -> None:
    """Whoever adds a part to the promise adds its comparison (specs/shape.py, specs/compare.py), then its name here."""
    compared = {"functions", "events", "errors", "enums", "structs", "constructor", "clauses", "name"}
    assert set(normalise(bank())) - {"version"} == compared


def test_an_assumption_less_is_no_loss() -> None:
    assumed = bank("@custom:transition", "@custom:assume young: block.number < 2**40 -- far\n/// @custom:transition")
    assert compare(assumed, bank()).relation == "stronger"
    harder = bank("@custom:transition", "@custom:assume young: block.number < 2**39 -- far\n/// @custom:transition")
    assert [(r.id, r.relation) for r in compare(assumed, harder).loses] == [("young", "weaker")]


def test_what_z3_does_not_know_is_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "z3"
    program.write_text("#!/bin/sh\nsed -n '/^(echo/s/.*/unknown\\nsolwright end/p'\n")
    program.chmod(0o755)
    monkeypatch.setattr(solver, "locate_z3", lambda: program)
    difference = compare(bank(), bank(SHORT, "amount > balanceOf(msg.sender)\n"))
    assert difference.relation == "unknown" and difference.loses


def test_a_sum_of_a_getter_that_only_one_version_has(tmp_path: Path) -> None:
    """Nothing is known of it in the other: no answer, and no error."""
    head = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n"
    texts = (
        "/// @custom:invariant backed: balance(this) >= saved()\ninterface Bank {\nfunction saved() external view returns (uint256);\n}\n",
        "/// @custom:invariant backed: balance(this) >= sum(kept)\n"
        "interface Bank {\nfunction saved() external view returns (uint);\nfunction kept(address) external view returns (uint);\n}\n",
    )
    versions = []
    for n, text in enumerate(texts):
        (tmp_path / f"{n}.spec.sol").write_text(head + text)
        versions.append(parse(tmp_path / f"{n}.spec.sol"))
    for old, new in (versions, versions[::-1]):
        assert {row.id: row.relation for row in compare(old, new).rows}["backed"] == "unknown"


ALL: tuple[Relation, ...] = ("equal", "stronger", "weaker", "incomparable", "unknown")


@pytest.mark.parametrize(("a", "b"), list(product(ALL, ALL)))
def test_a_whole_is_never_better_than_its_parts(a: Relation, b: Relation) -> None:
    whole = combine((a, b))
    assert whole == combine((b, a))
    assert (whole in {"equal", "stronger"}) == ({a, b} <= {"equal", "stronger"})
    assert combine((a, a)) == combine((a, "equal")) == a


@pytest.mark.parametrize(("kept", "known"), list(product(("yes", "no", "unknown"), repeat=2)))
def test_nothing_is_kept_unless_it_was_shown(kept: Truth, known: Truth) -> None:
    assert (relate(kept, known) in {"equal", "stronger"}) == (kept == "yes")
