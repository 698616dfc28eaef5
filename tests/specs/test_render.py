"""Plain words are made from the formula, and mean it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from specs import phrase, render
from specs import specification as s
from specs.parse import parse
from specs.render import describe, sentence
from tests.specs.box import Spot, clause, corpus, function, parse_box

CORPUS = Path(__file__).parent.parent / "corpus"

SENTENCES: list[tuple[Spot, str, str]] = [
    (
        "function",
        "reverts a: balanceOf(msg.sender) < amount",
        "`put` reverts whenever, before the call, the caller's balanceOf is less than `amount`.",
    ),
    (
        "function",
        "reverts a: !(amount / total() > 5)",
        "`put` reverts whenever, before the call, it is not so that `amount` / total is more than 5 "
        "(where `amount` / total has no value, nothing is promised here).",
    ),
    (
        "function",
        "reverts a: ids()[amount] != 3",
        "`put` reverts whenever, before the call, `ids()[amount]` is not 3 (where `ids()[amount]` has no value, nothing is promised here).",
    ),
    ("function", "reverts a with Denied(to): true", "`put` always reverts with Denied(`to`)."),
    (
        "function",
        "reverts full: total() == type(uint256).max",
        "`put` reverts whenever, before the call, total is the largest uint256.",
    ),
    (
        "function",
        "only owner(), isAdmin(msg.sender)",
        "Only the address owner() or callers for whom the caller's isAdmin is true may call `put`; any other call reverts.",
    ),
    (
        "function",
        "only msg.sender != owner(), block.timestamp > total()",
        "Only callers for whom the caller is not owner or callers for whom the current time is more than total may call `put`; "
        "any other call reverts.",
    ),
    (
        "function",
        "only isAdmin(msg.sender) && amount > 1, to",
        "Only callers for whom (the caller's isAdmin is true, and `amount` is more than 1) or `to` may call `put`; any other call reverts.",
    ),
    (
        "function",
        "emits Put(to, amount) when amount > 1 && delta > 2",
        "`put` logs Put(`to`, `amount`) if, before the call, (`amount` is more than 1, and `delta` is more than 2), "
        "and no event that is not listed.",
    ),
    (
        "function",
        "succeeds a: amount > 0 || delta > 0",
        "`put` succeeds whenever, before the call, (`amount` is more than 0, or `delta` is more than 0), if whoever it calls accepts.",
    ),
    (
        "function",
        "ensures a: uint8(state()) > uint8(amount)",
        "After a successful call of `put`, the number of state is more than (`amount` as uint8).",
    ),
    ("function", "succeeds otherwise", "`put` always succeeds, if whoever it calls accepts."),
    ("function", "succeeds never -- x", "It is not promised that `put` ever succeeds."),
    ("function", "ensures a: total() == old(total()) + amount", "After a successful call of `put`, total increases by `amount`."),
    ("function", "ensures a: owner() == old(owner())", "After a successful call of `put`, owner stays as it was."),
    ("function", "ensures a: changed(name())", "After a successful call of `put`, name changes."),
    ("function", "ensures a: same(name(), old(name()))", "After a successful call of `put`, name stays as it was."),
    (
        "function",
        "ensures a: !old(isAdmin(to)) || old(isAdmin(to) && total() == 1) || total() == amount",
        "After a successful call of `put`, (it is not so that (before the call, `to`'s isAdmin is true)), "
        "or (before the call, `to`'s isAdmin is true, and total is 1), or total is `amount`.",
    ),
    (
        "function",
        "ensures a: made == 1 ==> !isAdmin(to)",
        "After a successful call of `put`, if `made` is 1, then `to`'s isAdmin is false.",
    ),
    (
        "function",
        "ensures a: made == 1 && (amount == 2 || delta == 3)",
        "After a successful call of `put`, `made` is 1, and (`amount` is 2, or `delta` is 3).",
    ),
    (
        "function",
        "changes balanceOf(to) by +amount, total() by -1",
        "`put` changes exactly this: `to`'s balanceOf increases by `amount`; total decreases by 1.",
    ),
    ("function", "modifies balanceOf(to), allowance(*)", "`put` may change `to`'s balanceOf, allowance at every key."),
    ("function", "modifies nothing", "`put` changes nothing that can be read."),
    (
        "function",
        "pays to, amount when amount > 0",
        "`put` sends exactly `amount` wei to `to` if, before the call, `amount` is more than 0.",
    ),
    ("function", "pays to, balance(this)", "`put` sends all of the contract's ether (without the ether sent) to `to`."),
    (
        "function",
        "reverts a with Full(): amount > 0 && !accepts(to)",
        "`put` reverts with Full() whenever, before the call, `amount` is more than 0, "
        "and `to` refuses something that the call sends there or asks there.",
    ),
    (
        "function",
        "reverts a: codeless(to) || !codeless(owner())",
        "`put` reverts whenever, before the call, there is no code at `to` when the call begins, "
        "or there is code at owner when the call begins.",
    ),
    (
        "function",
        "ensures a: accepts(owner()) ==> total() == 1",
        "After a successful call of `put`, if owner accepts all that the call sends there and asks there, then total is 1.",
    ),
    (
        "function",
        "succeeds a: !accepts(to)",
        "`put` succeeds whenever, before the call, `to` refuses something that the call sends there or asks there, "
        "whether strangers accept or refuse.",
    ),
    ("function", "ensures a: sent(to) == 1", "After a successful call of `put`, the ether that the call sends to `to` is 1."),
    (
        "function",
        "ensures a: sent(old(owner())) <= sent(item(amount).owner)",
        "After a successful call of `put`, the ether that the call sends to (owner before the call) is at most "
        "the ether that the call sends to owner of item(`amount`).",
    ),
    ("function", "emits Put(to, amount)", "`put` logs Put(`to`, `amount`), and no event that is not listed."),
    ("function", "emits nothing", "`put` logs no event."),
    (
        "view",
        "equals balanceOf(who) * 2 - (1 - total())",
        "`twice(who)` is `who`'s balanceOf * 2 - (1 - total); where that has no value, it reverts.",
    ),
    ("view", "ensures a: result > 0", "Whenever `twice` returns, the result is more than 0."),
    ("interface", "invariant a: balance(this) >= sum(balanceOf)", "Always: the contract's ether is at least the sum of all balanceOf."),
    ("interface", "invariant a locked: true", "Always, except while the lock is held: always."),
    (
        "interface",
        "invariant a: forall (address x) isAdmin(x) ==> balanceOf(x) > 0",
        "Always: for every address x: if `x`'s isAdmin is true, then `x`'s balanceOf is more than 0.",
    ),
    ("interface", "initially a: owner() != address(0)", "Right after deployment, owner is not the zero address."),
    ("interface", "deployable a: cap_ > 1", "A deployment succeeds whenever `cap_` is more than 1."),
    ("interface", "deployable a: true", "A deployment always succeeds."),
    ("interface", "undeployable a: cap_ > 1", "A deployment reverts whenever `cap_` is more than 1."),
    ("interface", "modifies balanceOf(owner_)", "After deployment, balanceOf may be other than zero only at `owner_`'s balanceOf."),
    ("interface", "transition a: total() >= old(total())", "Across every successful call, total does not decrease."),
    ("interface", "assume a: block.number > 1 -- x", "Assumed, not proved: the current block number is more than 1."),
]


@pytest.mark.parametrize(("spot", "text", "words"), SENTENCES, ids=[x[1] for x in SENTENCES])
def test_a_clause_in_plain_words(spot: Spot, text: str, words: str) -> None:
    specification = parse_box(spot, text)
    owner = None if spot == "interface" else function(specification, "twice" if spot == "view" else "put")
    assert sentence(specification, owner, clause(spot, text)) == words


#: Two promises that a reader must not take for one another, each with words of its own.
APART = [
    ("total() == sum(allowance, old(owner()))", "total() == old(sum(allowance, owner()))"),
    ("total() == balance(old(owner()))", "total() == old(balance(owner()))"),
]


@pytest.mark.parametrize("pair", APART, ids=[x[0] for x in APART])
def test_two_promises_have_two_wordings(pair: tuple[str, str]) -> None:
    put = [function(parse_box("function", f"ensures a: {text}"), "put") for text in pair]
    one, other = (sentence(parse_box("function", f"ensures a: {text}"), fn, fn.clauses[0]) for text, fn in zip(pair, put, strict=True))
    assert one != other


def test_getters_that_differ_in_the_types_of_their_keys_have_two_wordings() -> None:
    text = """pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:invariant a: at(int8(5)) == 0
/// @custom:invariant b: at(uint256(5)) == 0
interface Box {
    function at(int8 key) external view returns (uint256);
    function at(uint256 key) external view returns (uint256);
}
"""
    words = [x.text for x in describe(parse(Path("Box.spec.sol"), text)) if x.kind == "clause"]
    assert words == ["Always: at((5 as int8)) is 0.", "Always: at((5 as uint256)) is 0."]


def test_a_member_that_sounds_like_a_value_is_quoted() -> None:
    text = """pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:invariant a: state() != State.never
interface Box {
    enum State { zero, never }
    function state() external view returns (State);
}
"""
    assert str(describe(parse(Path("Box.spec.sol"), text))[1]) == "  [a] Always: state is not `State.never`."


def test_a_parameter_and_a_getter_or_member_of_its_name_have_different_words() -> None:
    text = """pragma solidity ^0.8.24;
/// @custom:deploy ()
interface Box {
    enum Mode { open, only }
    function value() external view returns (uint256);
    function mode() external view returns (Mode);
    /// @custom:modifies mode()
    /// @custom:reverts a: value < 3
    /// @custom:reverts b: value() < 3
    /// @custom:ensures c: mode() == only
    /// @custom:ensures d: mode() == Mode.only
    /// @custom:succeeds never -- it is a test
    function put(uint256 value, Mode only) external;
}
"""
    words = [x.text for x in describe(parse(Path("Box.spec.sol"), text)) if x.id[-2:] in {".a", ".b", ".c", ".d"}]
    assert words == [
        "`put` reverts whenever, before the call, `value` is less than 3.",
        "`put` reverts whenever, before the call, `value()` is less than 3.",
        "After a successful call of `put`, mode is `only`.",
        "After a successful call of `put`, mode is `Mode.only`.",
    ]


def test_members_of_one_name_in_two_enums_have_different_words() -> None:
    text = """pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:invariant a: total() > uint8(Color.red)
/// @custom:invariant b: total() > uint8(Size.red)
/// @custom:invariant c: total() > uint8(total() > 3 ? Size.red : Size.blue)
/// @custom:invariant d: total() > 3 || Color.red < Color.blue
/// @custom:invariant e: total() > 3 || Size.red < Size.blue
interface Box {
    enum Color { red, blue }
    enum Size { blue, red }
    function total() external view returns (uint256);
}
"""
    words = [x.text for x in describe(parse(Path("Box.spec.sol"), text)) if x.kind == "clause"]
    assert words == [
        "Always: total is more than the number of red in Color.",
        "Always: total is more than the number of red in Size.",
        "Always: total is more than the number of (red if total is more than 3, else blue) in Size.",
        "Always: total is more than 3, or `Color.red` is less than `Color.blue`.",
        "Always: total is more than 3, or `Size.red` is less than `Size.blue`.",
    ]


def test_what_is_taken_before_the_call_ends_where_its_brackets_end() -> None:
    words = "After a successful call of `put`, total is `amount` + (total before the call)."
    text = "ensures a: total() == amount + old(total())"
    specification = parse_box("function", text)
    assert sentence(specification, function(specification, "put"), clause("function", text)) == words


@pytest.mark.parametrize("name", ["escrow/Escrow", "token/Token", "vault/Vault"])
def test_the_worked_examples_in_plain_words(name: str, snapshot: SnapshotAssertion) -> None:
    assert "\n".join(map(str, describe(corpus(CORPUS / f"{name}.spec.sol")))) == snapshot


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*/*.spec.sol")), ids=lambda p: p.name)
def test_every_clause_is_described_once(path: Path) -> None:
    specification = corpus(path)
    described = [x.id for x in describe(specification) if x.kind == "clause"]
    names = [c.id for c in (*specification.clauses, *specification.constructor.clauses)]
    names += [f"{fn.title}.{c.id}" for fn in specification.functions for c in fn.clauses]
    names += [r.name for r in specification.rules]
    environment = specification.environment
    if environment is not None and environment.written is not None:
        model = environment.written.specification
        own = [c.id for c in model.clauses] + [f"{fn.title}.{c.id}" for fn in model.functions for c in fn.clauses]
        names += [f"{environment.id}: {name}" for name in own]
    assert sorted(described) == sorted(names)
    assert len(set(described)) == len(described)


def test_the_writers_words_stand_beside_as_a_comment() -> None:
    specification = parse_box("interface", "invariant a: total() > 1 -- it is <rich>")
    line = next(x for x in describe(specification) if x.id == "a")
    assert (line.comment, line.line) == ("it is <rich>", 6)
    assert str(line) == "  [a] Always: total is more than 1.  // it is <rich>"


def test_what_is_left_open_is_said() -> None:
    notes = [x.text for x in describe(parse_box("function", "ensures a: true")) if x.kind == "note"]
    assert "Nothing is said about what it may change: nothing may change." in notes
    assert "It sends no ether." in notes
    assert "Nothing is promised about its events." in notes
    assert "Nothing is promised about when it succeeds." in notes
    assert "It reverts when ether is sent along." in notes  # of take


@pytest.mark.parametrize(
    ("clause", "returns", "note"),
    [
        ("modifies nothing", "bool", " what it returns."),
        ("ensures a: result", "bool", ""),
        ("pays p: msg.sender, paid", "uint256 paid", ""),
        ("ensures a: b", "uint256 a, bool b, bool", " what it returns as number 1 and 3 of 3."),
    ],
)
def test_what_is_returned_without_a_promise_is_said(clause: str, returns: str, note: str) -> None:
    text = f"""pragma solidity ^0.8.24;
interface Box {{
    /// @custom:{clause}
    function put() external returns ({returns});
}}
"""
    said = [x.text for x in describe(parse(Path("Box.spec.sol"), text)) if "returns" in x.text and x.kind == "note"]
    assert said == ([f"None of its clauses speaks of{note}"] if note else [])


def test_how_an_event_is_found_is_said() -> None:
    """The same clause promises something else where an event is anonymous, or other values are indexed."""
    interface = """pragma solidity ^0.8.24;
interface Box {
    event Put(<who>, uint256 amount)<how>;
    event Idle();
    /// @custom:modifies nothing
    /// @custom:emits Put(msg.sender, 1)
    function put() external;
}
"""
    variants = [("address who", ""), ("address indexed who", ""), ("address indexed who", " anonymous")]
    texts = [interface.replace("<who>", who).replace("<how>", how) for who, how in variants]
    said = ["\n".join(map(str, describe(parse(Path("Box.spec.sol"), text)))) for text in texts]
    assert "events: Put(address who, uint256 amount)\n" in said[0]
    assert "events: Put(address indexed who, uint256 amount)\n" in said[1]
    assert "events: Put(address indexed who, uint256 amount) anonymous (its name is not on the chain)\n" in said[2]
    assert "`put` logs Put(the caller, 1), and no" in said[1]
    assert "`put` logs the anonymous Put(the caller, 1), and no" in said[2]


def test_assumptions_come_first() -> None:
    lines = describe(parse_box("interface", "invariant a: true", "assume b: true -- x"))
    assert [x.id for x in lines if x.kind == "clause"] == ["b", "a"]


def test_every_kind_of_clause_has_words() -> None:
    kinds = {type(clause(spot, text)).__name__ for spot, text, _ in SENTENCES}
    assert kinds | {"Environment", "Like", "Abstract"} == {k.__name__ for k in s.Clause.__subclasses__()}  # they have tests of their own


NOT_IN_SENTENCES = {"_lines", "_model", "_notes", "_rule", "_declared", "_unspoken"}


def test_all_words_of_sentences_are_known() -> None:
    """A getter that is called like a word of the sentences must be quoted, so the list of these words is held against the sentences."""
    for module in (phrase, render):
        for part in ast.parse(Path(str(module.__file__)).read_text()).body:
            if not isinstance(part, ast.FunctionDef | ast.Assign) or getattr(part, "name", "") in NOT_IN_SENTENCES:
                continue
            said = [n.value for n in ast.walk(part) if isinstance(n, ast.Constant) and isinstance(n.value, str) and " " in n.value]
            said = [text for text in said if not isinstance(part, ast.FunctionDef) or text != ast.get_docstring(part, clean=False)]
            words = {w for text in said for w in re.findall(r"(?<![`\w.(])[a-z]+(?![`\w(.])", text)}
            assert words <= phrase.OWN_WORDS, (module.__name__, getattr(part, "name", ""))


def test_names_that_read_as_english_are_quoted(tmp_path: Path) -> None:
    path = tmp_path / "Odd.spec.sol"
    path.write_text(
        """pragma solidity ^0.8.24;
/// @custom:invariant a: caller() != address(0) && most(caller()) <= sum(most) && odd() == 1
/// @custom:modifies most(*)
interface Odd {
    function caller() external view returns (address);
    function odd() external view returns (uint256);
    function most(address who) external view returns (uint256);
}
"""
    )
    said = "\n".join(line.text for line in describe(parse(path)))
    assert "`caller()` is not the zero address, and most(`caller()`) is at most the sum of all `most`, and odd is 1" in said
    assert "After deployment, `most` may be other than zero only at `most` at every key." in said
