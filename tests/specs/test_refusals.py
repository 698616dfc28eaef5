"""Every refusal names the place, what was found and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from specs.source import LINE_END
from tests.specs.box import PATH, Spot, box
from toolchain.errors import SpecificationError

FUNCTION = [
    # what solc finds wrong with types, in our words
    ("ensures a: ¦total() + amount", "`total() + amount` is a uint256", "the formula must be a bool"),
    ("ensures a: ¦5", "the number 5", "bool"),
    ("ensures a: balanceOf(¦amount) == 1", "`amount` is a uint256", "what stands here must be an address"),
    ("ensures a: ¦-amount == 1", "`-` in front of a uint256", "signed integer"),
    ("ensures a: ¦!amount", "`!` in front of a uint256", "`!` a bool"),
    ("ensures a: ¦amount ==> to == address(0)", "`==>` between a uint256 and a bool", "both sides must be bool"),
    ("ensures a: ¦amount <==> to == address(0)", "`<==>` between a uint256 and a bool", "both sides must be bool"),
    ('ensures a: ¦name() == "x"', "`==` between a string", "same(x, y)"),
    ("ensures a: ¦item(1) == item(2)", "`==` between an Item and an Item", "same(x, y)"),
    ("ensures a: ¦delta == amount", "`==` between an int256 and a uint256", "convert one of them"),
    ("ensures a: ¦amount == 1/2", "a fraction of literals", "integers only"),
    ("ensures a: ¦item(1).ownr == to", "the unknown member `ownr`", "did you mean owner?"),
    ("ensures a: ¦uint128(to) == 1", "a conversion of an address to a uint128", "convert in steps"),
    ("ensures a: (¦amount > 0 ? to : amount) == 1", "an address or a uint256", "one type"),
    ("ensures a: to == ¦0x5B38Da6a701c568545dCfcB03FcB875f56bEddC4", "invalid checksum", "accepts"),
    ("ensures a: ¦info(3) == 1", "no single value", "one type"),
    ("ensures a: defined(¦info(3))", "several values", "clauses know"),
    ("ensures a: sum(allowance, ¦amount) == 1", "`amount` is a uint256", "must be an address"),
    ("ensures a: ids()[¦delta] == 1", "`delta` is an int256", "what stands here must be a uint256"),
    ("ensures a: ¦total() + amount >= 2**256", "`>=` between a uint256 and the number", "type(T).max"),
    ("ensures a: ¦isAdmin(to) > false", "`>` between a bool and a bool", "not defined for values of this type"),
    ('ensures a: ¦amount == "1"', "between a uint256 and the string", "one type"),
    ("ensures a: ¦uint8(300) == 1", "the number 300 to a uint8", "does not fit"),
    ("ensures a: ¦State(2) == state()", "the number 2 to a State", "does not fit"),
    ("ensures a: ¦note.length == 1", "`.length` of something else", "bytes(s).length"),
    ("ensures a: ¦type(uint257).max == 1", "`type(…)`", "integers and enums"),
    ("ensures a: ¦type(bool).max", "`type(…)`", "integers and enums"),
    ('ensures a: x¦"00" == key', '`"`', "an operator"),
    ('ensures a: ¦same(note, unicode"é") && amount', "`&&` between a bool and a uint256", "bool"),
    # names
    ("ensures a: ¦totl() == 1", "the unknown getter totl(…)", "did you mean total?"),
    ("ensures a: ¦zzz() == 1", "the unknown getter zzz(…)", "allowance, balanceOf"),
    ("ensures a: ¦total == 1", "`total` without arguments", "write total()"),
    ("ensures a: ¦amout == 1", "the unknown name `amout`", "did you mean amount?"),
    ("ensures a: ¦cap_ == 1", "the unknown name `cap_`", "known in"),
    ("ensures a: ¦balance >= total()", "the unknown name `balance`", "write balance(this)"),
    ("ensures a: ¦State.Opn == state()", "the unknown member `State.Opn`", "did you mean Open?"),
    ("ensures a: ¦State == state()", "the enum State alone", "State.Open"),
    ("ensures a: ¦msg == to", "`msg` alone", "msg.sender"),
    ("ensures a: ¦balanceOf() == 1", "balanceOf with 0 arguments", "balanceOf takes 1"),
    ("reverts a with ¦Nope(): true", "the unknown error Nope", "declare it in the interface: `error Nope(…);` (declared: Denied"),
    ("reverts a with ¦Denyed(to): true", "the unknown error Denyed", "did you mean Denied?"),
    ("reverts a ¦with Denied(): true", "Denied with 0 arguments", "Denied(address who)"),
    ("reverts a with Denied(¦amount): true", "`amount` is a uint256", "who of Denied must be an address"),
    ("emits ¦Putt(to, amount)", "the unknown event Putt", "did you mean Put?"),
    ("emits ¦Put(to)", "Put with 1 argument", "Put(address who, uint256 amount)"),
    ("emits Put(to, ¦delta)", "`delta` is an int256", "amount of Put must be a uint256"),
    # what the language does not have
    ("ensures a: amount ¦= 1", "an assignment (`=`)", "`==` compares"),
    ("ensures a: amount¦++ == 1", "an assignment (`++`)", "change nothing"),
    ("ensures a: amount ¦+= 1", "an assignment (`+=`)", "change nothing"),
    ("ensures a: assembly ¦{}", "`{`", "assembly"),
    ("ensures a: ¦put(1, to, key, note, delta) == 1", "a call of put, which changes state", "call getters"),
    ('ensures a: ¦to.call("") == 1', "the low-level call `to.call(…)`", "getters of this interface only"),
    ("ensures a: ¦this.total() == 1", "a call of `this.total(…)`", "getters of this interface only"),
    ("ensures a: to.¦balance == 1", "`.balance`", "write balance(a)"),
    ("ensures a: to.¦codehash == key", "`.codehash`", "ether only"),
    ("ensures a: ¦gasleft() > 1", "`gasleft(…)`", "not in the language"),
    ("ensures a: ¦tx.origin == to", "`tx.origin`", "clauses know msg.sender"),
    ("ensures a: ¦block.chainid == 1", "`block.chainid`", "block.timestamp"),
    ("ensures a: ¦msg.data.length == 1", "`msg.data.length`", "msg.sender"),
    ("ensures a: ¦type(Box).interfaceId == 0x01020304", "`type(…)`", "type(T).max"),
    ('ensures a: ¦Item(to, 1, State.Open, "") == 1', "an Item made in a clause", "same(x, y)"),
    ("ensures a: ¦Put(to, 1)", "`Put(…)` as a value", "`emits`"),
    ("ensures a: ¦amount ** 2 == 1", "`**` between values", "literals"),
    ("ensures a: ¦total() * amount * amount > 1", "a product of more than two unknown factors", "512 bits"),
    ("ensures a: ¦sent(to, owner()) == 1", "sent(…) with 2 arguments", "sent takes 1"),
    ("ensures a: sent(¦amount) == 1", "`amount` is a uint256", "address"),
    ("ensures a: old(¦sent(to)) == 1", "sent(…) inside old(…)", "leave `old` out"),
    ("ensures a: changed(¦sent(to))", "sent(…) inside old(…)", "leave `old` out"),
    ("ensures a: ¦accepts(to, to)", "accepts(…) with 2 arguments", "accepts takes 1"),
    ("reverts a: !accepts(¦amount)", "`amount` is a uint256", "address"),
    ("ensures a: old(¦accepts(to))", "accepts(…) inside old(…)", "leave `old` out"),
    ("only ¦accepts(to)", "accepts(…) in the clause `only`", "functions that change state"),
    ("modifies ¦accepts(to)", "accepts(…) as a location", "list getters"),
    ("reverts a: ¦sent(to) == 1", "sent(…) in the clause `reverts`", "`ensures` of functions that change state only"),
    ("succeeds a: ¦sent(to) == 1", "sent(…) in the clause `succeeds`", "`ensures` of functions that change state only"),
    ("pays a: to, ¦sent(to)", "sent(…) in the clause `pays`", "`ensures` of functions that change state only"),
    ("emits Put(to, amount) when ¦sent(to) > 0", "sent(…) in the clause `emits`", "`ensures` of functions that change state only"),
    ("modifies ¦sent(to)", "sent(…) as a location", "follows"),
    ("ensures a: ¦codeless(to, to)", "codeless(…) with 2 arguments", "codeless takes 1"),
    ("ensures a: codeless(¦amount)", "`amount` is a uint256", "address"),
    ("ensures a: old(¦codeless(to))", "codeless(…) inside old(…)", "leave `old` out"),
    ("modifies balanceOf(¦codeless(to) ? to : owner())", "codeless(…) in the clause `modifies`", "functions that change state"),
    ("ensures a: ids()[1¦:2] == 1", "`:`", "`]`"),
    ("ensures a: total¦{value: 1}() == 1", "`{`", "options"),
    ("ensures a: total() == 1¦;", "`;`", "without `;`"),
    ('ensures a: same(name(), ¦"x)', "a string that does not end", "close the string"),
    ("ensures a: ¦/* x */ true", "a comment inside a clause", "` -- `"),
    ("ensures a: ¦string(bytes(note)) == note", "`==` between a string", "same(x, y)"),
    # old, results, ether
    ("ensures a: old(¦old(total())) == 1", "old(…) inside old(…)", "outer one"),
    ("ensures a: old(¦made) == 1", "the result `made` inside old(…)", "take it out"),
    ("ensures a: old(defined(¦made))", "the result `made` inside old(…)", "take it out"),
    ("reverts a: ¦made == 1", "the result `made` in the clause `reverts`", "only after it"),
    ("reverts a with Denied(address(uint160(¦made))): true", "the result `made`", "reverts returns nothing"),
    ("succeeds a: ¦made == 1", "the result `made`", "only after it"),
    ("reverts a: ¦old(total()) == 1", "old(…) in the clause `reverts`", "leave `old` out"),
    ("succeeds a: ¦old(total()) == 1", "old(…) in the clause `succeeds`", "leave `old` out"),
    ("reverts a: ¦changed(total())", "changed(…) in the clause `reverts`", "leave `changed` out"),
    ("emits Put(to, amount) when ¦changed(total())", "changed(…) in the clause `emits`", "leave `changed` out"),
    ("ensures a: old(¦changed(total()))", "changed(…) inside old(…)", "outer one"),
    ("ensures a: changed(¦old(total()))", "old(…) inside old(…)", "outer one"),
    ("ensures a: changed(¦made)", "the result `made` inside old(…)", "take it out"),
    ("ensures a: ¦changed(ids())", "changed(…) of uint256[]", "an element or the length"),
    ("ensures a: changed(¦totl())", "the unknown getter totl(…)", "did you mean total?"),
    ("reverts a: ¦balance(to) == 1", "balance(…) of another address", "`ensures` only"),
    ("changes total() by +¦balance(to)", "balance(…) of another address", "`ensures` only"),
    ("ensures a: ¦old(total(), 1) == 1", "old(…) with 2 arguments", "old takes 1"),
    # sum, forall
    ("ensures a: sum(¦score) == 1", "sum of score, which is not of unsigned type", "unsigned integer"),
    ("ensures a: sum(¦allowance) == 1", "allowance with 1 argument", "takes 2"),
    ("ensures a: sum(¦balanceOf(to)) == 1", "no getter's name", "sum(balanceOf)"),
    ("ensures a: true && ¦forall (address x) balanceOf(x) == 0", "`forall` inside an expression", "very front"),
    ("reverts a: ¦forall (address x) balanceOf(x) == 0", "`forall` in `reverts`", "ensures"),
    ("ensures a: forall (¦address to) balanceOf(to) == 0", "the bound symbol to", "another name"),
    ("ensures a: forall (address x, ¦uint i) balanceOf(x) == 0", "the bound symbol i", "leave it out"),
    ("ensures a: forall (¦string x) same(x, x)", "a bound symbol of type string", "bind integers"),
    ("ensures a: forall (¦Stat x) x == state()", "the unknown type Stat", "did you mean State?"),
    # the forms of the clauses
    ("ensures a ¦true", "`true` in @custom:ensures", "`:`"),
    ("ensures owner¦() == to", "`(`", "write `ensures id: …`"),
    ("ensures ¦(amount == 1)", "`(`", "write `ensures id: …`"),
    ("reverts amount ¦== 0", "`==`", "write `reverts id: …`"),
    ("reverts a: amount == 0 ¦and total() == 0", "`and`", "write `&&`"),
    ("reverts a: amount == 0 ¦or total() == 0", "`or`", "write `||`"),
    ("reverts a: not ¦isAdmin(to)", "`isAdmin`", "write `!`"),
    ("ensures a: isAdmin(to) ¦implies amount == 0", "`implies`", "write `==>`"),
    ('reverts a with ¦"No": true', '`"`', "`with Error("),
    ("only ¦owner", "`owner` without arguments", "write owner()"),
    ("only owner() with Denied¦", "the end of the clause", "`with Denied()`"),
    ("succeeds when ¦amount > 0", "`amount`", "write `succeeds id: condition`"),
    ("succeeds always¦", "the end of the clause", "`succeeds otherwise`"),
    ("modifies total¦, owner()", "`,`", "total()"),
    ("modifies none¦", "the end of the clause", "`modifies nothing`"),
    ("changes total ¦by +1", "`by`", "total()"),
    ("emits Put¦", "the end of the clause", "Put()"),
    ("ensures a: (true¦", "the end of the clause", "`)`"),
    ("ensures a: true¦ ", None, ""),
    ("ensures a:¦", "the end of the clause", "an expression"),
    ("ensures a: true ¦false", "`false`", "an operator"),
    ("reverts a with Full¦: true", "`:`", "`(`"),
    ("only ¦amount", "a value of type uint256 in `only`", "an address that may call, or a bool"),
    ("changes ¦owner() by +1", "a change of owner, which is no integer", "`ensures` and `modifies`"),
    ("changes ¦info(1) by +1", "a change of info", "`ensures`"),
    ("changes balanceOf(to) by -¦delta", "`delta` is an int256", "by which balanceOf changes"),
    ("changes score(to) by -¦amount", "`amount` is a uint256", "by which score changes"),
    ("changes balanceOf(to) by ¦amount", "`amount`", "`+` or `-`"),
    ("changes balanceOf(to) by -amount ¦- 1", "`-`", "in parentheses"),
    ("modifies ¦total(*)", "total(*), which has no key", "total()"),
    ("modifies allowance(to, ¦*)", "`*`", "an expression"),
    ("modifies balanceOf(¦amount)", "`amount` is a uint256", "key 1 of balanceOf must be an address"),
    ("modifies balanceOf¦", "the end of the clause", "balanceOf(), with its arguments, or `(*)` for all"),
    ("modifies ¦fooo()", "the unknown getter fooo(…)", "getters of this interface"),
    ("modifies ¦balance(this)", "balance(…) as a location", "msg.value and `pays`"),
    ("changes ¦sum(balanceOf) by +1", "sum(…) as a location", "list getters"),
    ("¦@custom:pays nothing", "`pays nothing`", "leave it out"),
    ("pays ¦amount, to", "`amount` is a uint256", "who is paid must be an address"),
    ("pays to¦", "the end of the clause", "`,`"),
    ("pays to, amount when ¦amount", "`amount` is a uint256", "bool"),
    ("ensures ¦atomic: true", "the id `atomic`", "choose another"),
    ("ensures ¦pays: true", "the id `pays`", "choose another"),
    ("reverts ¦returns: true", "the id `returns`", "choose another"),
    # tags
    ("¦@custom:ensurs a: true", "the unknown clause @custom:ensurs", "did you mean @custom:ensures?"),
    ("¦@custom:let x: 1", "@custom:let", "reserved"),
    ("¦@custom:lemma x: true", "@custom:lemma in a specification", "implementation"),
    ("¦@reverts a: true", "the tag @reverts", "@custom:reverts"),
    ("¦@custom:requires amount > 0", "the unknown clause @custom:requires", "a `reverts` with the opposite condition"),
    ("¦@custom:require amount > 0", "the unknown clause @custom:require", "a `reverts` with the opposite condition"),
    ("¦@require a", "the unknown tag @require", "@notice"),
    ("¦@custom:ensures: true", "`:` directly behind @custom:ensures", "a space"),
    ("see ¦@custom:ensures a: true", "does not begin its line", "new line"),
    ("¦@custom:transition a: true", "@custom:transition at put, which changes state", "the interface"),
    ("¦@custom:equals 1", "@custom:equals at put", "view functions"),
    ("¦@custom:succeeds never", "`succeeds never` without a reason", "say why"),
]

INTERFACE = [
    ("invariant total¦() == 0", "`(`", "write `invariant id: …`"),
    ("invariant locked ¦total() == 0", "`total`", "write `invariant id locked: …`"),
    ("initially a: ¦old(total()) == 1", "old(…) in the clause `initially`", "leave `old` out"),
    ("invariant a: ¦old(total()) == 1", "old(…) in the clause `invariant`", "leave `old` out"),
    ("undeployable a: ¦total() == 1", "the getter total()", "no contract before"),
    ("deployable a: ¦balance(this) == 1", "balance(…)", "no contract before"),
    ("invariant a: ¦msg.sender == owner()", "`msg.sender` in the clause `invariant`", "no sender"),
    ("assume a: ¦msg.sender == owner() -- x", "`msg.sender` in the clause `assume`", "no sender"),
    ("invariant ¦locked: true", "`locked` without an id", "invariant id locked"),
    ("invariant a: ¦cap_ == 1", "the unknown name `cap_`", ""),
    ("initially a: ¦capp_ == 1", "the unknown name `capp_`", "did you mean cap_?"),
    ("transition a: ¦result", "`result` in the clause `transition`", "no common result"),
    ("invariant a: ¦balance(owner()) == 1", "balance(…) of another address", "`ensures`"),
    ("transition a: ¦balance(owner()) == 1", "balance(…) of another address", "`ensures`"),
    ("invariant a: ¦sent(owner()) == 1", "sent(…) in the clause `invariant`", "`ensures` of functions"),
    ("transition a: ¦sent(owner()) == 1", "sent(…) in the clause `transition`", "`ensures` of functions"),
    ("invariant a: ¦accepts(owner())", "accepts(…) in the clause `invariant`", "speaks of one call"),
    ("transition a: ¦accepts(owner())", "accepts(…) in the clause `transition`", "speaks of one call"),
    ("invariant a: ¦codeless(owner())", "codeless(…) in the clause `invariant`", "may come and go"),
    ("transition a: ¦codeless(owner())", "codeless(…) in the clause `transition`", "may come and go"),
    ("initially a: ¦accepts(owner())", "accepts(…) in the clause `initially`", "speaks of one call"),
    ("modifies balanceOf(¦owner())", "the getter owner()", "no contract before"),
    ("emits Put(¦owner(), cap_)", "the getter owner()", "no contract before"),
    ("¦@custom:assume a: total() < 5", "an assumption without a reason", "say why"),
    ("¦@custom:ensures a: true", "@custom:ensures at the interface", "functions"),
    ("¦@custom:changes total() by +1", "@custom:changes at the interface", "state-changing functions"),
    ("invariant a: forall (uint256 ¦abi) total() == abi", "a parameter called abi", "choose another"),
    ("¦@custom:deploy (uint256 x)", "a second @custom:deploy", "one constructor"),
]

VIEW = [
    ("equals ¦balanceOf(who) == 2", "is a bool", "the value of twice must be a uint256"),
    ("equals ¦msg.value", "`msg.value`", ""),
    ("equals balanceOf(¦msg.sender)", "`msg.sender` in the clause `equals`", "arbitrary address"),
    ("ensures a: ¦sent(who) == 0", "sent(…) in the clause `ensures` of twice", "functions that change state only"),
    ("reverts a: ¦codeless(who)", "codeless(…) in the clause `reverts` of twice", "functions that change state"),
    ("reverts a: ¦accepts(who)", "accepts(…) in the clause `reverts` of twice", "functions that change state"),
    ("equals ¦result", "the result `result`", "gives the result"),
    ("¦@custom:equals twice(who)", "leads back to itself", "other getters"),
    ("¦@custom:modifies total()", "@custom:modifies at twice, a view function", "state-changing functions"),
    ("reverts a: ¦msg.value > 0", "`msg.value`", "without ether"),
]

CASES = [("function", *c) for c in FUNCTION] + [("interface", *c) for c in INTERFACE] + [("view", *c) for c in VIEW]


def place(text: str) -> tuple[str, int, int]:
    """Return the text without the mark, and the mark's line and column."""
    before = text[: text.index("¦")]
    lines = LINE_END.split(before)
    return text.replace("¦", ""), len(lines), len(lines[-1]) + 1


@pytest.mark.parametrize(("spot", "marked", "found", "expected"), CASES, ids=[c[1] for c in CASES])
def test_a_refusal_names_its_place(spot: Spot, marked: str, found: str | None, expected: str) -> None:
    text = box(spot, marked).replace("@custom:¦@", "¦@").replace("@custom:see", "see")
    text, line, column = place(text)
    if found is None:
        assert parse(PATH, text)
        return
    with pytest.raises(SpecificationError) as caught:
        parse(PATH, text)
    assert (caught.value.line, caught.value.column) == (line, column), str(caught.value)
    assert found in caught.value.found
    assert expected in caught.value.expected
    assert "solwright_" not in str(caught.value)


def test_all_that_is_wrong_is_named_at_once() -> None:
    text = box("function", "ensures a: amout == 1", "reverts b: amount == 0 and true", "emits Putt(to, amount)", "succeeds otherwise")
    with pytest.raises(SpecificationError) as caught:
        parse(PATH, text)
    said = [str(caught.value), *caught.value.__notes__]
    assert [s.split(": ", 1)[1] for s in said] == [
        "the unknown name `amout` — did you mean amount?",
        "`and` in @custom:reverts — write `&&`",
        "the unknown event Putt — did you mean Put?",
    ]


def test_all_errors_of_types_are_named_at_once_with_the_others() -> None:
    text = box(
        "function",
        "ensures a: total() == true",
        "ensures b: amout == 1",
        "reverts c: amount + 1",
        "ensures d: item(1).nam == tag()",
        "ensures e: owner() == total() && total() == name()",
        "changes f: total() by +2 / 3",
        "emits Put(amount, to)",
        "ensures g: same(total(), total())",
        "succeeds otherwise",
    )
    with pytest.raises(SpecificationError) as caught:
        parse(PATH, text)
    said = [str(caught.value), *caught.value.also]
    expected = (
        "`==` between a uint256 and a bool",
        "the unknown name `amout`",
        "`amount + 1` is a uint256 — the formula must be a bool",
        "the unknown member `nam`",
        "`==` between an address and a uint256",
        "a fraction of literals",
        "`amount` is a uint256 — who of Put must be an address",
        "`to` is an address — amount of Put must be a uint256",
        "same(…) of uint256",
    )
    assert len(said) == len(expected), said
    for line, found in zip(said, expected, strict=True):
        assert found in line, said


def test_of_very_many_errors_ten_are_named() -> None:
    with pytest.raises(SpecificationError) as caught:
        parse(PATH, box("function", *(f"ensures a{i}: total() == true" for i in range(14))))
    assert len(caught.value.also) == 10
    assert caught.value.also[-1] == "and 4 more"


def test_all_that_solc_finds_wrong_with_the_interface_is_named() -> None:
    with pytest.raises(SpecificationError) as caught:
        parse(PATH, box("function").replace("string calldata note", "string note").replace("uint256[] memory", "uint256[]"))
    said = [str(caught.value), *caught.value.also]
    assert ["for return parameter" in s for s in said] == [True, False]
    assert ["for parameter" in s for s in said] == [False, True]


def test_all_unknown_clauses_are_named_at_once() -> None:
    with pytest.raises(SpecificationError) as caught:
        parse(PATH, box("function", "requires amount > 0", "ensurs a: true"))
    assert "@custom:requires" in str(caught.value)
    assert "@custom:ensurs" in caught.value.__notes__[0]


TOGETHER = [
    ("function", ("emits nothing", "emits Put(to, amount)"), 0, "`emits nothing` beside another clause"),
    ("function", ("modifies nothing", "modifies total()"), 0, "`modifies nothing` beside another clause"),
    ("function", ("succeeds otherwise", "succeeds otherwise"), 1, "a second `succeeds otherwise`"),
    ("function", ("succeeds never -- x", "succeeds otherwise"), 0, "`succeeds never` beside another"),
    ("function", ("ensures a: true", "reverts a: true"), 1, "the id `a` for a second clause"),
    ("interface", ("invariant a: true", "initially a: true"), 1, "the id `a` for a second clause"),
    ("view", ("equals 1", "equals 2"), 1, "a second `equals`"),
]


@pytest.mark.parametrize(("spot", "clauses", "refused", "found"), TOGETHER)
def test_clauses_that_do_not_go_together(spot: Spot, clauses: tuple[str, ...], refused: int, found: str) -> None:
    text = box(spot, *clauses)
    with pytest.raises(SpecificationError) as caught:
        parse(PATH, text)
    first = text[: text.index(f"@custom:{clauses[0]}")].count("\n") + 1
    assert caught.value.line == first + refused
    assert found in caught.value.found


def test_an_id_of_an_invariant_is_taken_in_functions() -> None:
    text = box("interface", "invariant solvent: true").replace(
        "    function take(", "    /// @custom:ensures solvent: true\n    function take("
    )
    with pytest.raises(SpecificationError, match="the id `solvent` for a second clause"):
        parse(PATH, text)


def test_derived_views_are_no_part_of_frames_and_sums() -> None:
    derived = box("view", "equals balanceOf(who) * 2")
    for clause, place_ in (("modifies twice(to)", "    function take("), ("invariant x: sum(twice) == 0", "interface Box")):
        text = derived.replace(place_, f"    /// @custom:{clause.replace('(to)', '(msg.sender)')}\n{place_}")
        with pytest.raises(SpecificationError, match=r"twice\(address\) in a frame or a sum"):
            parse(PATH, text)


LOST = [
    ("    /// @custom:ensures a: true\n\n    /// @notice x\n    function f() external;", "documents nothing"),
    ("    /** @custom:ensures a: true */\n    /// @notice x\n    function f() external;", "documents nothing"),
    ("    // @custom:ensures a: true\n    function f() external;", "documents nothing"),
    ("    //// @custom:ensures a: true\n    function f() external;", "documents nothing"),
    ("    /* @custom:ensures a: true */\n    function f() external;", "documents nothing"),
    ("    /// @custom:ensures a: true\n    event E();", "documents nothing"),
    ("    function f() external; /// @custom:ensures a: true", "documents nothing"),
]


@pytest.mark.parametrize(("body", "found"), LOST)
def test_no_clause_is_lost(body: str, found: str) -> None:
    text = f"pragma solidity ^0.8.24;\ninterface I {{\n{body}\n}}\n"
    with pytest.raises(SpecificationError, match=found) as caught:
        parse(Path("I.spec.sol"), text)
    offset = text.index("@custom")
    assert caught.value.line == text[:offset].count("\n") + 1
    assert caught.value.column == offset - text[:offset].rindex("\n")


DECLARATIONS = [
    ("¦contract I {}", "the contract I", "a specification holds interfaces, and rules"),
    ("¦", "no interface", "interface Name"),
    ("interface I { type ¦X is uint256; }", None, ""),
    ("interface I { ¦function sum(address a) external view returns (uint256); }", "a getter called sum", "word of the language"),
    ("interface I { ¦function sent(address a) external view returns (uint256); }", "a getter called sent", "word of the language"),
    ("interface I { ¦function forall() external view returns (uint256); }", "a getter called forall", "word of the language"),
    ("interface I { ¦function rule_x() external; }", "the function rule_x", "rules stand in an abstract contract beside the interface"),
    ("interface I { ¦function receive() external payable; }", "a function called receive", "without `function`"),
    ("interface I { ¦function f(uint256 msg) external; }", "a parameter called msg", "choose another"),
    ("interface I { enum E { A } ¦function f(uint256 E) external; }", "a parameter called E", "choose another"),
    ("interface I { ¦function f(uint256 result) external returns (uint256); }", "a parameter called `result`", "rename"),
    (
        "interface I { ¦enum E { total, B } function total() external view returns (uint256); }",
        "the member total of E beside a getter",
        "another name",
    ),
    ("interface I { function f(¦I other) external; }", "the type contract I", "address"),
    ("interface I { ¦fallback(bytes calldata x) external returns (bytes memory); }", "a fallback with arguments", "fallback()"),
    ("interface I { function ¦solwright_x() external; }", "`solwright_`", "choose another"),
    ("¦function f() pure {} interface I {}", "beside the interface", "in it"),
    ("interface A {} ¦interface B {}", "several interfaces: A, B", "one must have the file's name"),
    ("interface I { function f( external; }", None, ""),
]


@pytest.mark.parametrize(("marked", "found", "expected"), DECLARATIONS)
def test_declarations_that_are_refused(marked: str, found: str | None, expected: str) -> None:
    text = f"pragma solidity ^0.8.24;\n{marked}"
    if "¦" in text:
        text, line, column = place(text)
    with pytest.raises(SpecificationError) as caught:
        parse(Path("Wish.spec.sol"), text)
    assert caught.value.line > 0
    if found is not None:
        assert (caught.value.line, caught.value.column) == ((line, column) if found != "no interface" else (1, 1)), str(caught.value)
        assert found in caught.value.found
        assert expected in caught.value.expected


def test_a_pragma_that_excludes_our_compiler() -> None:
    with pytest.raises(SpecificationError, match="the pragma excludes solc"):
        parse(PATH, "pragma solidity ^0.7.0;\ninterface Box {}")


INHERITING = "pragma solidity ^0.8.24;\n{}/// @custom:deploy ()\ninterface {} is {} {{}}\n"


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"A": INHERITING.format("", "A", "A")}, "A.spec.sol:3:16"),
        ({"A": INHERITING.format('import {A} from "./A.spec.sol";\n', "A", "A")}, "A.spec.sol:4:16"),
        (
            {
                "A": INHERITING.format('import {B} from "./B.spec.sol";\n', "A", "B"),
                "B": INHERITING.format('import {A} from "./A.spec.sol";\n', "B", "A"),
            },
            "B.spec.sol:4:16",
        ),
    ],
    ids=["itself", "itself by an import", "two files"],
)
def test_an_interface_that_inherits_from_itself(files: dict[str, str], place: str, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / f"{name}.spec.sol").write_text(text)
    with pytest.raises(SpecificationError, match="no interface inherits from itself") as caught:
        parse(tmp_path / "A.spec.sol")
    assert place in str(caught.value)


@pytest.mark.parametrize("c", ["\u200b", "\u202e", "\ufeff", "\u2028", "\x00", "\x0b", "\x1b", "\u00ad"])
def test_invisible_characters_are_refused(c: str) -> None:
    with pytest.raises(SpecificationError, match=f"the invisible character U\\+{ord(c):04X}") as caught:
        parse(PATH, f"pragma solidity ^0.8.24;\n/// ab{c}c\ninterface Box {{}}")
    assert (caught.value.line, caught.value.column) == (2, 7)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SpecificationError, match="there is no such file"):
        parse(tmp_path / "Missing.spec.sol")
    (tmp_path / "Latin.spec.sol").write_bytes(b"// \xe9\ninterface I {}")
    with pytest.raises(SpecificationError, match="byte 3 is not UTF-8"):
        parse(tmp_path / "Latin.spec.sol")
    (tmp_path / "Huge.spec.sol").write_bytes(b" " * 1_000_001)
    with pytest.raises(SpecificationError, match="larger than"):
        parse(tmp_path / "Huge.spec.sol")


@pytest.mark.parametrize("depth", [200, 10_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    with pytest.raises(SpecificationError, match="nested too deeply|characters"):
        parse(PATH, box("function", f"ensures a: {'!(' * depth}true{')' * depth}"))
    with pytest.raises(SpecificationError, match="nested too deeply|characters"):
        parse(PATH, box("function", f"ensures a: true{' && true' * depth}"))
    with pytest.raises(SpecificationError):
        parse(PATH, box("function", f"ensures a: {'(' * depth}5{')' * depth}"))


def test_two_types_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "Other.sol").write_text("interface Other { enum State { X, Y } }\n")
    text = 'import "./Other.sol";\n/// @custom:deploy ()\ninterface Box { struct State { uint256 n; } }\n'
    with pytest.raises(SpecificationError, match=r"a second enum or struct called State.*a name of its own"):
        parse(tmp_path / "Box.spec.sol", text)


def test_a_clause_that_an_import_loses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Gate.sol").write_text(
        "interface Gate {\n    /// @custom:reverts big: v > 100\n    event Moved(uint256 v);\n    function set(uint256 v) external;\n}\n"
    )
    text = 'import "./Gate.sol";\n/// @custom:deploy ()\ninterface Box is Gate { function x() external view returns (uint256); }\n'
    with pytest.raises(SpecificationError, match=r"Gate.sol.*documents nothing"):
        parse(tmp_path / "Box.spec.sol", text)
