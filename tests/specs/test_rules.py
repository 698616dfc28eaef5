"""Rules are read as written, shown statement by statement, frozen, compared, and refused where they are more than a list of calls."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from specs import specification as s
from specs.compare import compare
from specs.formula import Position
from specs.parse import parse
from specs.render import describe, recite
from specs.source import Source
from toolchain.errors import SpecificationError

PATH = Path("Till.spec.sol")
TEMPLATE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Rules} from "solwright/Rules.sol";

interface Till {
    enum State { Open, Shut }
    struct Item { uint256 price; State state; }

    function total() external view returns (uint256);
    function state() external view returns (State);
    function item(uint256 id) external view returns (Item memory);
    function name() external view returns (string memory);
    function balanceOf(address who) external view returns (uint256);

    /// @custom:modifies total(), balanceOf(msg.sender)
    /// @custom:succeeds otherwise
    function put(uint256 amount) external payable returns (uint256 left);

    /// @custom:modifies total(), balanceOf(msg.sender)
    /// @custom:succeeds otherwise
    function take(uint128 amount, State state_) external;
}

abstract contract TillRules is Rules {
    /// @notice What is put in can be taken out.
    function rule_back(Till till, address alice, uint128 amount, Till.State now_) external {
        <body>
    }
}
"""
BODY = """given(alice != address(till) && till.item(1).price > 0);
        by(alice);
        uint256 left = till.put{value: 2 * amount}(amount);
        later(1 days);
        uint256 before = till.balanceOf(alice);
        mustSucceed();
        till.take(amount, Till.State.Open);
        claim(till.balanceOf(alice) == before - amount && left >= 0 && balance(address(till)) >= till.total() && till.state() != now_);
        restart();
        mustFail();
        till.take(type(uint128).max, now_);"""
INTERFACE = TEMPLATE.split("abstract contract")[0]


def written(body: str = BODY) -> str:
    return TEMPLATE.replace("<body>", body)


def rule(body: str = BODY) -> s.Rule:
    (found,) = parse(PATH, written(body)).rules
    return found


def test_a_rule_is_its_statements() -> None:
    made = rule()
    assert made.name == "rule_back"
    assert [(p.name, p.type.name) for p in made.parameters] == [("alice", "address"), ("amount", "uint128"), ("now_", "State")]
    assert made.notice == "What is put in can be taken out."
    kinds = [type(x).__name__ for x in made.steps]
    assert kinds == ["Given", "By", "Called", "Later", "Let", "Called", "Claimed", "Restart", "Called"]
    assert [(c.function, c.must, c.result.name if c.result else "") for c in made.calls] == [
        ("put(uint256)", "", "left"),
        ("take(uint128,uint8)", "succeed", ""),
        ("take(uint128,uint8)", "fail", ""),
    ]


def test_a_rule_is_shown_statement_by_statement() -> None:
    spec = parse(PATH, written())
    shown = [str(line).strip() for line in describe(spec)]
    assert "rule_back(address alice, uint128 amount, State now_)  // What is put in can be taken out." in shown
    at = shown.index(
        "[rule_back] After any calls, for every address `alice` and every uint128 `amount` and every State `now_`, in this order:"
    )
    assert shown[at + 2 : at + 10] == [
        "2. `alice` calls put(`amount`) with 2 * `amount` wei, and it succeeds (where it reverts, nothing is promised); "
        "call `left` (uint256) the result.",
        "3. The current time is more by 86400 (seconds), and the current block number by any number.",
        "4. Call `before` (uint256) the value of `alice`'s balanceOf.",
        "5. `alice` calls take(`amount`, Open), and it is promised that it succeeds, if whoever is paid or called accepts.",
        "6. Here it is true that `alice`'s balanceOf is `before` - `amount`, and `left` is at least 0, "
        "and the contract's ether is at least total, and state is not `now_`.",
        "7. All is as it was before all of this.",
        "8. `alice` calls take(the largest uint128, `now_`), and it is promised that it reverts.",
        "Nothing else happens in between: no other call, no ether, and time passes only where it says so. "
        "What is called something keeps its value, and what is called, sent or handed over must have one. "
        "Whoever calls is neither this contract, address 0 nor a precompile, and owns the ether that is sent.",
    ]
    for line in shown[at + 1 : at + 9]:
        assert line.split(". ", 1)[1].rstrip(".").lower() in recite(spec, spec.rules[0]).lower()


CHAIR = """pragma solidity ^0.8.24;
import {Rules} from "solwright/Rules.sol";
interface Chair {
    function holder() external view returns (address);
    /// @custom:modifies holder()
    /// @custom:succeeds otherwise
    function give(address to) external;
    /// @custom:modifies holder()
    /// @custom:succeeds otherwise
    function give(uint256 to) external;
    /// @custom:modifies holder()
    /// @custom:succeeds otherwise
    function give(int256 to) external;
}
abstract contract ChairRules is Rules {
    function rule_given(Chair chair, address bob) external { <body> }
}
"""
GIVING = "by(chair.holder()); chair.give(bob); <again> mustFail(); chair.give(bob);"


def recited(body: str) -> str:
    spec = parse(Path("Chair.spec.sol"), CHAIR.replace("<body>", body))
    return recite(spec, spec.rules[0])


def test_whoever_is_found_in_the_state_is_said_where_it_is_found() -> None:
    """Who calls is found where `by` stands: after a call the getter may give somebody else."""
    before, after = (recited(GIVING.replace("<again>", again)) for again in ("", "by(chair.holder());"))
    assert before != after
    here = "whoever is the address holder() here makes the calls that follow"
    assert before.count(here) == 1
    assert after.count(here) == 2
    assert "that caller calls `give(address)`(`bob`), and it is promised that it reverts" in before
    assert "`bob` calls" in recited("by(bob); chair.give(bob); claim(chair.holder() == bob);")


def test_functions_of_one_name_are_called_apart() -> None:
    one, other = (recited(f"by(bob); mustFail(); chair.give({word}(5));") for word in ("uint256", "int256"))
    assert "`bob` calls `give(uint256)`(5)" in one
    assert "`bob` calls `give(int256)`(5)" in other


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("later(1 days)", "later(2 days)"),
        ("mustSucceed();\n", "\n"),
        ("mustFail", "mustSucceed"),
        ("{value: 2 * amount}", "{value: amount}"),
        ("by(alice)", "by(address(7))"),
        ("restart();\n", "\n"),
        ("Till.State.Open", "Till.State.Shut"),
        ("given(alice != address(till) && till.item(1).price > 0);", "given(alice != address(till));"),
        ("== before - amount", ">= before - amount"),
        ("amount && left", "amount && amount"),
    ],
)
def test_each_statement_is_frozen(old: str, new: str) -> None:
    assert old in BODY
    before, after = parse(PATH, written()), parse(PATH, written(BODY.replace(old, new)))
    assert before.digest != after.digest
    found = compare(before, after)
    assert [(r.id, r.relation) for r in found.rows if r.kind == "rule"] == [("rule_back", "unknown")]
    assert found.loses


def test_words_and_white_space_are_not_frozen() -> None:
    plain = parse(PATH, written())
    other = parse(PATH, written(BODY.replace("\n", "\n\n")).replace("What is put in can be taken out.", "Something else."))
    assert plain.digest == other.digest
    assert compare(plain, other).relation == "equal"


def test_a_rule_more_is_stronger_and_a_rule_less_is_a_loss() -> None:
    without, with_one = parse(PATH, INTERFACE), parse(PATH, written())
    assert without.digest != with_one.digest
    assert compare(without, with_one).relation == "stronger"
    lost = compare(with_one, without)
    assert [(r.id, r.relation) for r in lost.loses] == [("rule_back", "unknown")]


def test_a_rule_of_another_function_is_not_equal() -> None:
    other = written().replace("returns (uint256 left)", "returns (uint256 left)").replace("uint256 id) external", "uint128 id) external")
    found = compare(parse(PATH, written()), parse(PATH, other))
    assert next(r.relation for r in found.rows if r.kind == "rule") == "unknown"


REFUSED = [
    ("by(alice); till.put(¦alice); claim(true);", "from address to uint256", "solc accepts"),
    ("by(alice); till.put(1); ¦hope(true);", "the unknown name `hope`", "the words of rules are: by, claim"),
    ("by(alice); till.put(1);", "rule_back promises nothing", "say claim(…)"),
    ("claim(till.total() == 0);", "rule_back calls nothing", "`invariant`"),
    ("¦till.put(1); claim(true);", "a call of put by nobody", "by(alice)"),
    ("by(alice); till.put(1); ¦if (amount > 1) claim(true);", "`if`", "no branches"),
    ("by(alice); ¦for (uint256 i = 0; i < 3; i++) till.put(1); claim(true);", "`for`", "write the calls out"),
    ("by(alice); ¦while (true) till.put(1);", "`while`", "write the calls out"),
    ("by(alice); ¦assembly { mstore(0, 1) } till.put(1); claim(true);", "assembly", "a list of calls"),
    ("by(alice); ¦unchecked { till.put(1); } claim(true);", "`unchecked`", "exact"),
    ("by(alice); ¦try till.put(1) {} catch {} claim(true);", "`try`", "mustFail()"),
    ("by(alice); till.put(1); claim(true); ¦return;", "`return`", "to its end"),
    ("by(alice); till.put(1); ¦amount = 2; claim(true);", "an assignment", "a name of its own"),
    ("by(alice); till.put(1); ¦amount++; claim(true);", "an assignment", "a name of its own"),
    ("by(alice); till.put(1); ¦delete amount; claim(true);", "an assignment", "a name of its own"),
    ("by(alice); till.put(1); ¦require(amount > 1); claim(true);", "`require(…)` in a rule", "given(…) for what is taken for granted"),
    ("by(alice); till.put(1); ¦assert(amount > 1);", "`assert(…)` in a rule", "claim(…) for what must hold"),
    ("by(alice); mustFail(); ¦claim(true);", "claim(…) between mustFail() and its call", "directly behind"),
    ("by(alice); till.put(1); ¦mustFail();", "mustFail() without a call behind it", "directly in front"),
    ("by(alice); mustFail(); ¦uint256 x = till.put(1);", "x of a call that must fail", "returns nothing"),
    ("by(alice); mustFail(); ¦uint256 x = till.total(); till.put(1);", "a value between mustFail() and its call", "directly behind"),
    ("by(alice); ¦till.total(); till.put(1); claim(true);", "a call of the getter total for nothing", "name its value"),
    ("by(alice); till.put(1); claim(¦till.put(1) > 0);", "a call of put inside an expression", "a statement of its own: `uint256 x = …;`"),
    ("by(alice); till.put(¦till.put(1)); claim(true);", "a call of put inside an expression", "a statement of its own"),
    ("by(alice); till.put(1); claim(¦old(till.total()) > 0);", "the unknown name `old`", "name what was before"),
    ("by(alice); till.put(1); claim(¦sum(balanceOf) > 0);", "the unknown name `sum`", "no sums"),
    ("by(alice); till.put(1); claim(¦total() > 0);", "the unknown name `total`", "write till.total(…)"),
    ("by(alice); ¦put(1); claim(true);", "the unknown name `put`", "write till.put(…)"),
    ("by(¦bob); till.put(1); claim(true);", "the unknown name `bob`", "a parameter of the rule"),
    ("by(alice); till.put(1); claim(till.state() == ¦State.Open);", "the unknown name `State`", "write Till.State"),
    ("by(alice); till.put(1); ¦mustSucced(); till.put(1);", "the unknown name `mustSucced`", "did you mean mustSucceed?"),
    ("by(alice); ¦till.putt(1); claim(true);", "the unknown function `putt` of Till", "did you mean put?"),
    ("¦vm.prank(alice); till.put(1); claim(true);", "the unknown name `vm`", "by(…) says who calls"),
    ("by(alice); till.put(1); emit ¦Done(); claim(true);", "the unknown name `Done`", "rules log nothing"),
    ("by(alice); ¦mustSucceed(1); till.put(1);", "mustSucceed with 1 argument instead of 0", "a statement of its own"),
    ("by(alice); till.put(1); ¦claim(amount > 0, 'no');", "claim with 2 arguments instead of 1", "without a message"),
    ("by(alice); till.put(1); claim(amount > 0 ==¦> till.total() > 0);", "`==>` in a rule", "write `!a || b`"),
    ("by(alice); till.put(1); given(¦amount = 3); claim(true);", "an assignment where a condition is expected", "`==`"),
    ("by(alice); till.put(1); claim(till.total() == ¦amount -- - 1);", "an assignment (`--`)", "a name of its own"),
    ("by(alice); till.put(1); given(till.total() == ¦amount--); claim(true);", "an assignment (`--`)", "a name of its own"),
    ("by(alice); till.put(1); claim(balance(¦this) > 0);", "`this` as an address", "write address(till)"),
    ("by(alice); ¦uint8 left = till.put(1); claim(true);", "a value of type uint256 under a name of type uint8", "`uint256 …`"),
    ("by(alice); ¦till.take{value: 1}(1, Till.State.Open); claim(true);", "non-payable", "leave out `{value: …}`"),
    ("by(alice); till.put(1); ¦string memory n = till.name(); claim(true);", "a string in a rule", "integers"),
    ("by(alice); ¦restart(); till.put(1); claim(true);", "restart() before any call", "leave it out"),
    ("by(¦msg.sender); till.put(1); claim(true);", "`msg.sender` in a rule", "by(…)"),
    ("by(address(¦this)); till.put(1); claim(true);", "`this` in a rule", "`till`"),
    ("by(¦tx.origin); till.put(1); claim(true);", "`tx` in a rule", "by(…)"),
    ("by(alice); till.put(1); claim(¦till == till);", "`till` alone", "address(till)"),
    ("by(alice); till.put(1); claim(address(till).¦balance > 0);", "`.balance`", "balance(a)"),
    ("by(alice); ¦address(till).call(''); till.put(1); claim(true);", "a call of something else than the contract", "a list of calls"),
    ("by(alice); ¦till.put{gas: 100000}(1); claim(true);", "a call with `gas`", "{value: amount}"),
    ("by(alice); ¦till.put({amount: 1}); claim(true);", "arguments with names", "in their order"),
    ("by(alice); till.put(1); ¦(uint256 a, uint256 b) = (1, 2); claim(true);", "several names at once", "a function with one result"),
    ("by(alice); till.put(1); ¦uint256 a; claim(a == 0);", "a name without a value", "where it is known"),
    ("by(alice); ¦uint256 left = till.put(1); uint256 msg_ = ¦gasleft(); claim(true);", "", ""),
    ("by(alice); till.put(1); claim(amount * amount ¦* amount > 0 || amount ** 2 == 1);", "", ""),
]


@pytest.mark.parametrize(("body", "found", "expected"), REFUSED, ids=[x[0].replace("¦", "")[-60:] for x in REFUSED])
def test_what_a_rule_must_not_do_is_refused(body: str, found: str, expected: str) -> None:
    text = written(body)
    with pytest.raises(SpecificationError) as caught:
        parse(PATH, text.replace("¦", ""))
    assert (caught.value.path.name, caught.value.line > 0) == (PATH.name, True)
    if found:
        at = position(text) if "¦" in text else (27, 5)
        assert at == (caught.value.line, caught.value.column), str(caught.value)
        assert found in caught.value.found, str(caught.value)
        assert expected in caught.value.expected, str(caught.value)
    assert "@custom" not in str(caught.value)


def position(text: str) -> tuple[int, int]:
    plain = text.replace("¦", "")
    at: Position = Source(PATH, PATH.name, plain, plain.encode()).position(text.index("¦"))
    return at.line, at.column


CONTRACTS = [
    ("abstract contract TillRules is Rules { uint256 private ¦x; }", "the state variable x beside rules", "inside the rule"),
    ("abstract contract TillRules is Rules { function ¦f() internal {} }", "f among rules", "rule_"),
    ("abstract contract TillRules is Rules { event ¦E(); }", "E among rules", "rule_"),
    ("abstract contract TillRules is Rules { modifier ¦m() { _; } }", "m among rules", "rule_"),
    ("abstract contract ¦TillRules is Rules { }", "TillRules holds no rule", "rule_name"),
    ("abstract contract TillRules is Rules { function ¦rule_x() external {} }", "rule_x does not take the contract", "`Till till`"),
    (
        "abstract contract TillRules is Rules { function rule_x(¦address a) external {} }",
        "rule_x does not take the contract",
        "`Till till`",
    ),
    ("abstract contract TillRules is Rules { function rule_x(Till till, ¦string memory s) external {} }", "a string in a rule", "integers"),
    (
        "abstract contract TillRules is Rules { function rule_x(Till till, ¦uint256) external {} }",
        "a parameter without a name",
        "give it one",
    ),
    ("abstract contract TillRules is Rules { function ¦rule_x(Till till) external payable {} }", "payable", "external { … }"),
    ("abstract contract TillRules is Rules { function ¦rule_x(Till till) internal {} }", "not external", "external { … }"),
    ("abstract contract TillRules is Rules { ¦uint256 constant WEEK = 7 days; }", "the constant WEEK", "where it is used"),
    ("abstract contract TillRules is Rules { ¦constructor() {} }", "a constructor among rules", "rule_…"),
    ("abstract contract TillRules is Rules { function ¦_in(Till t) internal {} }", "_in among rules", "no helper functions"),
    ("abstract contract TillRules is ¦Rule { }", "the unknown name `Rule`", "inherit Rules"),
    (
        "abstract contract TillRules { function rule_x(Till till) external { ¦by(address(7)); till.put(1); claim(true); } }",
        "the unknown name `by`",
        "`abstract contract TillRules is Rules`",
    ),
    (
        "abstract contract TillRules is Rules { function rule_x(Till till, ¦Till other) external {} }",
        "a second contract in a rule",
        "one contract, till",
    ),
    ("abstract contract TillRules is Rules { function ¦rule_x(Till till) external virtual; }", "`virtual`", "external { … }"),
    (
        "abstract contract TillRules is Rules { function ¦rule_x(Till till) external returns (bool) { by(address(7)); till.put(1); } }",
        "returns something",
        "claim(…)",
    ),
    (
        "abstract contract A is Rules { function rule_x(Till till) external { by(address(7)); till.put(1); claim(true); } } "
        "¦abstract contract B is Rules { }",
        "a second contract with rules (B)",
        "into one: A",
    ),
    ("contract ¦TillRules is Rules { }", "the contract TillRules is not abstract", "`abstract contract TillRules is Rules`"),
    ("abstract contract ¦TillRules { }", "the contract TillRules", "`abstract contract … is Rules`"),
    ("interface Other {} abstract contract ¦TillRules is Rules, Other { }", "inherits more than Rules", "nothing else"),
    (
        "abstract contract TillRules is Rules { function rule_x(Till till) external { by(address(7)); till.put(1); claim(true); } "
        "function ¦rule_x(Till till, bool b) external { by(address(7)); till.put(1); claim(b); } }",
        "a second rule called rule_x",
        "a name of its own",
    ),
]


@pytest.mark.parametrize(("contract", "found", "expected"), CONTRACTS, ids=[re.sub(r"\W+", " ", x[1]) for x in CONTRACTS])
def test_a_contract_that_holds_more_than_rules_is_refused(contract: str, found: str, expected: str) -> None:
    text = INTERFACE + contract
    with pytest.raises(SpecificationError) as caught:
        parse(PATH, text.replace("¦", ""))
    assert found in caught.value.found, str(caught.value)
    assert expected in caught.value.expected, str(caught.value)
    declaration = text.replace("uint256 private ¦x", "¦uint256 private x")
    for word in ("function ", "event ", "modifier ", "abstract contract ", "contract ", "abstract "):
        declaration = declaration.replace(f"{word}¦", f"¦{word}")
    assert position(declaration) == (caught.value.line, caught.value.column), str(caught.value)


def test_rules_of_an_imported_file_are_refused_not_dropped(tmp_path: Path) -> None:
    (tmp_path / "Till.spec.sol").write_text(written())
    own = tmp_path / "Shop.spec.sol"
    own.write_text('pragma solidity ^0.8.24;\nimport {Till} from "./Till.spec.sol";\ninterface Shop is Till {}\n')
    with pytest.raises(SpecificationError, match="rules in an imported file"):
        parse(own)


def test_an_id_that_reads_like_a_rule_is_refused() -> None:
    text = INTERFACE.replace("interface Till", "/// @custom:invariant rule_back: total() >= 0\ninterface Till")
    with pytest.raises(SpecificationError, match="what begins with rule_ is a rule"):
        parse(PATH, text)
