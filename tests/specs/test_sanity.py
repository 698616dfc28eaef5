"""What is missing, impossible, contradictory or empty is found before any code exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs import solver
from specs.parse import parse
from specs.sanity import Problem, check, structure
from specs.solver import Query, ask
from tests.specs.box import Spot, box, corpus, parse_box
from toolchain.errors import ToolCrashed, ToolNotFound

CORPUS = Path(__file__).parent.parent / "corpus"
FINE = ("succeeds otherwise", "modifies nothing")


def found(spot: Spot, *clauses: str, framed: bool = True) -> list[Problem]:
    """Return what is found, but for the functions that the test does not speak of."""
    if spot == "function" and framed:
        clauses = (*clauses, *(c for c in FINE if not any(x.startswith(c.split()[0]) for x in clauses)))
    problems = check(parse_box(spot, *clauses))
    quiet = {"take"} if spot == "function" else {"take", "put"}
    return [p for p in problems if p.clause not in quiet and not p.found.startswith("nothing is said")]


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*/*.spec.sol")), ids=lambda p: p.name)
def test_nothing_is_found_in_the_corpus_that_is_not_so(path: Path) -> None:
    problems = check(corpus(path))
    assert [p for p in problems if p.severity == "error"] == []
    words = ("adds nothing", "empty state", "asks for nothing", "promises success", "no value that fits", "values that move")
    assert [str(p) for p in problems if any(w in p.found for w in words)] == []


def test_a_missing_frame_and_a_missing_succeeds() -> None:
    problems = structure(parse_box("function", "ensures a: true"))
    shown = [(p.clause, p.severity, p.found) for p in problems if p.clause == "put"]
    assert shown == [
        ("put", "error", "no clause says what it may change"),
        ("put", "error", "no clause says when it succeeds: it might always revert"),
    ]
    assert found("function", "succeeds never -- x", "changes total() by +1") == []


IMPOSSIBLE: list[tuple[Spot, str]] = [
    ("function", "reverts a: amount > type(uint256).max"),
    ("function", "reverts a: msg.sender == address(0)"),
    ("function", "reverts a: amount / 0 == 1"),
    ("function", "reverts a: uint8(amount) > 255"),
    ("function", "succeeds a: amount < 0"),
    ("function", "reverts a: total() > 5 && total() < 3"),
    ("function", "reverts a: item(1).amount == 2**128"),
    ("function", "reverts a: !defined(total()) && total() == 1"),
    ("function", "pays to, 1 when amount != amount"),
    ("function", "emits Put(to, 1) when amount < 0"),
    ("interface", "invariant a: balance(this) > 2**128"),
    ("interface", "initially a: total() == 1 && total() == 2"),
    ("interface", "assume a: block.timestamp > 2**64 -- x"),
    ("interface", "invariant a: forall (address x) balanceOf(x) < 0"),
    ("interface", "undeployable a: cap_ < 0"),
    ("interface", "transition a: uint8(state()) > 1"),
]


@pytest.mark.parametrize(("spot", "clause"), IMPOSSIBLE)
def test_a_clause_that_can_never_hold(spot: Spot, clause: str) -> None:
    (problem, *_) = found(spot, clause)
    assert problem.severity == "error"
    assert "can never hold" in problem.found
    assert problem.position.line > 1


EMPTY: list[tuple[Spot, str]] = [
    ("interface", "invariant a: total() >= 0"),
    ("interface", "invariant a: total() == total()"),
    ("interface", "invariant a: forall (address x) balanceOf(x) <= type(uint256).max"),
    ("interface", "invariant a: sum(balanceOf) >= 0"),
    ("interface", "initially a: small(1) < 256"),
    ("interface", "transition a: old(total()) == old(total())"),
    ("function", "ensures a: made >= 0"),
    ("function", "ensures a: amount / 2 <= amount"),
    ("function", "emits Put(to, amount) when true"),
]


@pytest.mark.parametrize(("spot", "clause"), EMPTY)
def test_a_clause_that_says_nothing(spot: Spot, clause: str) -> None:
    problems = found(spot, clause)
    assert [(p.severity, "says nothing" in p.found) for p in problems] == [("warning", True)]


RULE = """pragma solidity ^0.8.24;
import {Rules} from "solwright/Rules.sol";
interface Box {
    function total() external view returns (uint256);
    /// @custom:modifies total()
    /// @custom:succeeds otherwise
    function put() external;
}
abstract contract BoxRules is Rules {
    function rule_a(Box box, address who, uint8 small) external {
        uint256 before = box.total();
        given(<given>);
        by(who);
        box.put();
        claim(<claim>);
    }
}
"""


@pytest.mark.parametrize(
    ("given", "claim", "said"),
    [
        ("box.total() < 0", "box.total() == before", ["error: rule_a: given(…) can never hold"]),
        ("small > 1", "small > 255", ["error: rule_a: claim(…) can never hold"]),
        ("small > 1", "box.total() >= 0", ["warning: rule_a: claim(…) is true by its types alone"]),
        ("true", "box.total() >= before || small == 3", []),
        ("before >= small", "before - small >= 0", []),
    ],
)
def test_a_statement_of_a_rule_that_says_nothing_or_too_much(given: str, claim: str, said: list[str]) -> None:
    specification = parse(Path("Box.spec.sol"), RULE.replace("<given>", given).replace("<claim>", claim))
    problems = [str(p) for p in check(specification) if p.clause == "rule_a"]
    assert [p.split(": ", 1)[1].split(" — ")[0].split(": it says")[0] for p in problems] == said


SENSIBLE: list[tuple[Spot, str]] = [
    ("function", "reverts a: total() + amount > type(uint256).max"),
    ("function", "ensures a: amount - made >= 0"),
    ("interface", "invariant a: defined(total())"),
    ("interface", "invariant a: sum(balanceOf) == total() && balanceOf(owner()) <= total()"),
    ("function", "succeeds a: true"),
    ("interface", "deployable a: true"),
    ("function", "ensures a: keccak256(abi.encode(amount)) == key"),
    ("function", "ensures a: amount & 1 == 0"),
]


@pytest.mark.parametrize(("spot", "clause"), SENSIBLE)
def test_a_clause_that_makes_sense(spot: Spot, clause: str) -> None:
    assert found(spot, clause) == []


CLASHES: list[tuple[Spot, tuple[str, ...], str]] = [
    ("function", ("reverts a: amount < 5", "succeeds b: amount < 3"), "it contradicts put.a"),
    ("function", ("reverts a: amount < 5", "reverts b: amount >= 5"), "no case in which put can succeed"),
    ("function", ("reverts a: true",), "no case in which put can succeed"),
    ("function", ("reverts a: total() >= 0",), "no case in which put can succeed"),
    ("function", ("ensures a: total() == old(total()) + 1",), "cannot all be kept by a call of put that succeeds"),
    ("function", ("ensures a: made == 1", "ensures b: made == 2"), "cannot all be kept by a call of put that succeeds"),
    ("function", ("changes total() by +1", "ensures a: total() == old(total())"), "cannot all be kept"),
    ("interface", ("invariant a: total() > 5", "invariant b: total() < 5"), "cannot all hold"),
    ("interface", ("invariant a: total() > 5", "initially b: total() == 0"), "cannot all hold right after deployment"),
    ("interface", ("invariant a: sum(balanceOf) == total()", "initially b: total() == 7"), "cannot all hold right after deployment"),
    ("interface", ("undeployable a: cap_ > 0", "undeployable b: cap_ == 0"), "together refuse every deployment"),
    ("interface", ("undeployable a: cap_ > 5", "deployable b: cap_ > 7"), "it contradicts a"),
]


@pytest.mark.parametrize(("spot", "clauses", "said"), CLASHES)
def test_clauses_that_contradict_each_other(spot: Spot, clauses: tuple[str, ...], said: str) -> None:
    problems = found(spot, *clauses)
    assert any(p.severity == "error" and said in p.found for p in problems), [str(p) for p in problems]


def test_an_overlap_that_rests_on_an_uninterpreted_operation_is_only_warned_of() -> None:
    problems = found("function", "reverts a: amount & 1 == 1", "succeeds b: amount & 1 == 0")
    assert problems == [] or {p.severity for p in problems} == {"warning"}
    problems = found("function", "reverts a: amount & 1 == 1", "succeeds b: amount & 2 == 0")
    assert [p.severity for p in problems] == ["warning"]


def test_what_may_have_no_value_leaves_a_case_open() -> None:
    assert not any("no case" in p.found for p in found("function", "reverts a: total() >= 0", "ensures b: defined(total())"))
    assert found("function", "reverts a: ids()[amount] == 1", "reverts b: ids()[amount] != 1", "succeeds otherwise") == []
    assert found("function", "reverts a: ~(amount + 1) > 5", "reverts b: ~(amount + 1) <= 5", "succeeds otherwise") == []


def test_minted_supply_needs_its_key_listed() -> None:
    clauses = ("invariant a: sum(balanceOf) == total()", "initially b: total() == 7 && balanceOf(owner_) == 7")
    assert [p.severity for p in found("interface", *clauses)] == ["error"]
    assert found("interface", *clauses, "modifies balanceOf(owner_)") == []


HOLLOW: list[tuple[Spot, tuple[str, ...], str, str]] = [
    (
        "interface",
        ("invariant a: total() <= 5", "invariant b: total() <= 7 || owner() == address(0)"),
        "b",
        "follows from a: it adds nothing",
    ),
    ("interface", ("transition a: total() >= old(total())", "transition b: total() + 1 > old(total())"), "a", "it follows from b"),
    ("interface", ("initially a: total() == 3", "initially b: total() > 2"), "b", "it follows from a"),
    ("function", ("ensures a: made == 1", "ensures b: made > 0"), "put.b", "it follows from put.a"),
    ("function", ("reverts a: amount > 5", "reverts b: amount > 7"), "put.b", "it follows from put.a"),
    ("function", ("reverts a with Full(): amount > 5", "reverts b with Full(): amount > 7"), "put.b", "it follows from put.a"),
    ("function", ("reverts a with Full(): amount > 5", "reverts b: amount > 7"), "put.b", "it follows from put.a"),
    ("function", ("reverts a: amount > 5 && amount < 9", "reverts c: amount < 9", "reverts b: amount > 4"), "put.a", "it follows from"),
    ("function", ("ensures a: codeless(address(this)) ==> made == 1",), "put.a", "can never hold, so that what stands behind it"),
    ("function", ("ensures a: msg.sender == address(0) ==> made == 1",), "put.a", "can never hold, so that what stands behind it"),
    ("function", ("ensures a: amount > 0 && (uint8(amount) > 255 ==> made == 1)",), "put.a", "`uint8(amount) > 255` can never hold"),
    ("function", ("reverts b: amount > 7", "ensures a: amount > 9 ==> made == 1"), "put.a", "`amount > 9` can never hold"),
    ("interface", ("invariant a: forall (address x) balanceOf(x) < 0 ==> isAdmin(x)",), "a", "`balanceOf(x) < 0` can never hold"),
    (
        "interface",
        ("invariant a: total() <= 0", "invariant b: sum(balanceOf) == total()"),
        "b",
        "only the empty state keeps all invariants",
    ),
]


@pytest.mark.parametrize(("spot", "clauses", "clause", "said"), HOLLOW)
def test_a_clause_that_adds_nothing(spot: Spot, clauses: tuple[str, ...], clause: str, said: str) -> None:
    problems = [p for p in found(spot, *clauses) if said in p.found]
    assert [p.clause for p in problems] == [clause]
    assert problems[0].position.line > 1 and problems[0].expected
    assert (problems[0].severity == "error") == ("can never hold" in said)


@pytest.mark.parametrize(
    ("clauses", "warned"),
    [
        (("ensures a: sent(to) <= amount",), True),
        (("ensures a: forall (address x) x != to ==> sent(x) <= old(balanceOf(x))",), False),  # `to` is named
        (("ensures a: sent(to) <= 5", "ensures b: balance(this) >= 0"), True),
        (("ensures a: sent(to) <= amount", "ensures b: forall (address x) x != to ==> sent(x) == 0"), False),
        (("ensures a: forall (address x) sent(x) <= old(balanceOf(x))",), False),
        (("ensures a: sent(to) <= amount", "ensures b: balance(this) == old(balance(this)) + msg.value - sent(to)"), False),
        (("ensures a: sent(to) <= amount", "pays to, 5"), False),
    ],
)
def test_what_a_function_may_send_to_others_is_bounded(clauses: tuple[str, ...], warned: bool) -> None:
    problems = [p for p in found("function", *clauses) if "nothing bounds" in p.found]
    assert [(p.severity, p.clause) for p in problems] == ([("warning", "put")] if warned else [])
    assert all("sent(a) == 0" in p.expected for p in problems)


def test_what_is_paid_and_what_is_said_of_it_must_fit() -> None:
    problems = found("function", "pays to, 5", "ensures a: to != address(this) ==> sent(to) == 6", "reverts own: to == address(this)")
    assert any("cannot all be kept" in p.found for p in problems)


FULL_OF_SENSE: list[tuple[Spot, tuple[str, ...]]] = [
    ("interface", ("invariant a: total() <= 7", "invariant b: total() != 6")),
    ("interface", ("invariant a: total() <= 7", "initially b: total() <= 7")),
    ("function", ("reverts a with Full(): amount > 5", "reverts b with Denied(to): amount > 7")),
    ("function", ("reverts b with Full(): amount > 7", "reverts a: amount > 5")),
    ("function", ("ensures a: msg.value > 2**100 ==> made == 1",)),
    ("interface", ("invariant a: total() <= 1",)),
]


@pytest.mark.parametrize(("spot", "clauses"), FULL_OF_SENSE)
def test_clauses_of_which_each_adds_something(spot: Spot, clauses: tuple[str, ...]) -> None:
    assert [str(p) for p in found(spot, *clauses) if "adds nothing" in p.found or "empty state" in p.found or p.severity == "error"] == []


def test_a_revert_that_no_state_meets_is_warned_of() -> None:
    over = "reverts over: total() > amount && amount > 9"
    problems = check(parse_box("interface", "invariant a: total() <= 7"))
    assert not any("asks for nothing" in p.found for p in problems)
    text = box("function", over, *FINE).replace("/// @custom:deploy", "/// @custom:invariant small: total() <= 7\n/// @custom:deploy")
    (problem,) = (p for p in check(parse(Path("Box.spec.sol"), text)) if "asks for nothing" in p.found)
    assert (problem.severity, problem.clause) == ("warning", "put.over")
    assert "never holds where small holds" in problem.found


def test_succeeds_never_allows_that_it_always_reverts() -> None:
    assert found("function", "reverts a: true", "succeeds never -- not yet") == []


@pytest.mark.parametrize(
    ("formula", "warned"),
    [
        ("total() == balanceOf(owner()) * small(1)", False),  # `put` moves neither factor
        ("total() * small(1) == 7", True),
        ("total() * 3 <= 7", False),
        ("small(1) * small(2) == 7", False),
    ],
)
def test_a_product_of_what_moves_is_warned_of(formula: str, warned: bool) -> None:
    text = box("function", "changes total() by +1", "reverts full: total() > 2", "succeeds otherwise")
    text = text.replace("/// @custom:deploy", f"/// @custom:invariant priced: {formula}\n/// @custom:deploy")
    problems = [p for p in structure(parse(Path("Box.spec.sol"), text)) if "is a product of values that move" in p.found]
    assert bool(problems) == warned
    assert all((p.severity, p.clause) == ("warning", "priced") and "Products" in p.expected for p in problems)


def test_locations_that_stand_twice() -> None:
    (twice,) = found("function", "modifies total(), balanceOf(to), total()")
    assert (twice.severity, twice.clause) == ("warning", "put.modifies") and "total() stands twice" in twice.found
    both = found("function", "changes balanceOf(to) by +1", "modifies balanceOf(to)")[0]
    assert both.severity == "error" and "balanceOf(to) stands in `modifies` and in `changes`" in both.found


def test_keyed_getters_of_which_nothing_is_said_at_first() -> None:
    problems = check(parse_box("interface", "initially a: forall (address x) !isAdmin(x)", "invariant b: sum(balanceOf) == 0"))
    silent = {p.clause for p in problems if p.severity == "warning" and "right after deployment" in p.found}
    assert silent == {"allowance", "score", "item", "small", "info", "twice"}


def test_problems_come_in_the_order_of_the_source() -> None:
    problems = check(parse_box("interface", "invariant a: total() >= 0", "invariant b: total() < 0"))
    assert [p.position.line for p in problems] == sorted(p.position.line for p in problems)
    assert str(problems[0]).startswith("6:5: warning: a: it is true by its types alone")


def test_every_kind_of_expression_has_a_term() -> None:
    clause = (
        "ensures a: same(item(amount), item(1)) && ids()[0] == ids().length && bytes(note)[0] == 0x41 && ~amount > 1 && -delta > 1 && "
        "keccak256(abi.encodePacked(to)) == key && bytes4(key) == msg.sig && (amount % 3 == 1 ? balance(to) : amount ^ 1) > 0 && "
        'same(note, "x") && state() == State(1) && address(uint160(amount)) == to && sum(allowance, to) > 1 && defined(item(3))'
    )
    assert found("function", clause) == []


def impostor(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Put another program in z3's place."""
    program = folder / "z3"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(solver, "locate_z3", lambda: program)


QUERY = Query("(declare-const x Int)", (), True)


def test_z3_answers_one_query_after_the_other() -> None:
    clash = Query("(declare-const named0 Bool)(declare-const named1 Bool)(assert (=> named0 (not named1)))", ("one", "two"), True)
    hard = Query(
        "(declare-fun x () Int)(declare-fun y () Int)(declare-fun z () Int)(assert (= (+ (* x x x) (* y y y) (* z z z)) 114))", (), True
    )
    answers = ask([QUERY, clash, hard, QUERY], each_s=0.1)
    assert [a.outcome for a in answers] == ["sat", "unsat", "unknown", "sat"]
    assert answers[1].core == ("one", "two")
    assert ask([]) == ()


def test_z3_that_cannot_be_understood_is_no_answer() -> None:
    with pytest.raises(ToolCrashed, match="z3 answered"):
        ask([Query("(this is not SMT-LIB", ("x",), True)])
    with pytest.raises(ToolCrashed, match="z3 answered"):
        ask([QUERY, Query("(assert nonsense)", (), True)])


@pytest.mark.parametrize(
    "script", ["exit 7", "echo sat", "echo maybe; echo 'solwright end'", "echo unsat; echo '(error)'; echo 'solwright end'"]
)
def test_a_program_that_is_not_z3_is_no_answer(script: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    impostor(monkeypatch, tmp_path, f"cat > /dev/null\n{script}")
    with pytest.raises(ToolCrashed, match="z3 (answered|ended)"):
        ask([QUERY])


def test_what_z3_does_not_answer_in_time_is_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    impostor(monkeypatch, tmp_path, "echo sat; echo 'solwright end'; sleep 600")
    assert [a.outcome for a in ask([QUERY, QUERY, QUERY], time_s=2)] == ["sat", "unknown", "unknown"]


def test_nothing_is_found_where_z3_does_not_know(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    impostor(monkeypatch, tmp_path, "sed -n '/^(echo/s/.*/unknown\\nsolwright end/p'")
    problems = check(parse_box("function", "reverts a: amount < 0", *FINE))
    assert {p.clause for p in problems if p.severity == "error"} == {"take"}


def test_z3_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(ToolNotFound, match="z3 is not installed"):
        ask([QUERY])


def test_the_box_itself_is_found_wanting() -> None:
    assert "put" in box("function")
    assert {p.clause for p in structure(parse_box("function")) if p.severity == "error"} == {"put", "take"}


@pytest.mark.parametrize("operator", ["|", "&", "^", "<<", ">>", "%", "/"])
def test_every_operator_between_unknowns_can_be_asked_about(operator: str) -> None:
    assert [p for p in check(parse_box("interface", f"invariant i: total() {operator} total() != 3")) if p.clause == "i"] == []
