"""Every clause kind becomes the value that the language gives it."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs import formula as f
from specs import specification as s
from specs.parse import expressions, parse
from specs.syntax import _parser
from specs.text import to_text
from tests.specs.box import PATH, Spot, box, clause, corpus, function, parse_box
from toolchain.errors import SpecificationError

DESIGN = ("escrow/Escrow", "token/Token", "vault/Vault")
CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.mark.parametrize("name", DESIGN)
def test_the_worked_examples_parse(name: str) -> None:
    specification = corpus(CORPUS / f"{name}.spec.sol")
    assert specification.name == name.split("/")[1]
    assert specification.entries


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*/*.spec.sol")), ids=lambda p: p.name)
def test_the_corpus_parses(path: Path) -> None:
    specification = corpus(path)
    assert all(c.position.line for fn in specification.functions for c in fn.clauses)


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*/*.spec.sol")), ids=lambda p: p.name)
def test_no_clause_of_the_corpus_is_dropped(path: Path) -> None:
    specification = corpus(path)
    beside = [e.written.specification for e in (specification.environment,) if e is not None and e.written is not None]
    clauses = [
        c for x in (specification, *beside) for c in (*x.clauses, *x.constructor.clauses, *(c for fn in x.functions for c in fn.clauses))
    ]
    texts = [text.split("\n") for _, text in specification.sources]
    lines = [i for text in texts for i, line in enumerate(text, 1) if "@custom:" in line and "@custom:deploy " not in line]
    assert sorted(c.position.line for c in clauses) == sorted(lines)


def test_the_interface_is_read_whole() -> None:
    specification = parse_box("function")
    assert (specification.name, specification.title, specification.path) == ("Box", "A box", PATH)
    assert [p.name for p in specification.constructor.parameters] == ["owner_", "cap_"]
    assert [p.type for p in specification.constructor.parameters] == [f.ADDRESS, f.UINT256]
    assert [e.signature for e in specification.events] == ["Put(address,uint256)", "Named(string,bytes32)"]
    assert [p.indexed for p in specification.events[0].parameters] == [True, False]
    assert [e.signature for e in specification.errors] == ["Denied(address)", "Full()"]
    assert specification.enums == (f.Type("enum", "State", 8, members=("Open", "Shut")),)
    assert [n for n, _ in specification.structs[0].components] == ["owner", "amount", "state", "name"]
    put = function(specification, "put")
    assert (put.signature, put.mutability, put.selector) == ("put(uint256,address,bytes32,string,int256)", "payable", put.selector)
    assert len(put.selector) == 8 and int(put.selector, 16)
    assert function(specification, "item").returns[0].type.is_dynamic
    assert len(specification.getters) == 14 and [e.name for e in specification.entries] == ["put", "take"]


CLAUSES: list[tuple[Spot, str, type[s.Clause], str, str]] = [
    ("interface", "initially a: total() == cap_", s.Initially, "a", "total() == cap_"),
    ("interface", "deployable a: cap_ > 0", s.Deployable, "a", "cap_ > 0"),
    ("interface", "undeployable a: owner_ == address(0)", s.Undeployable, "a", "owner_ == address(0)"),
    ("interface", "invariant a: sum(balanceOf) == total()", s.Invariant, "a", "sum(balanceOf) == total()"),
    ("interface", "invariant a locked: balance(this) >= total()", s.Invariant, "a", "balance(this) >= total()"),
    ("interface", "transition a: total() >= old(total())", s.Transition, "a", "total() >= old(total())"),
    ("interface", "assume a: block.number > 5 -- because", s.Assume, "a", "block.number > 5"),
    ("interface", "invariant : true", s.Invariant, "invariant", "true"),
    ("function", "reverts a: amount == 0", s.Reverts, "a", "amount == 0"),
    ("function", "reverts : amount == 0", s.Reverts, "reverts", "amount == 0"),
    ("function", "only owner()", s.Reverts, "unauthorised", "!(defined(owner()) && msg.sender == owner())"),
    ("function", "only owner(), to", s.Reverts, "unauthorised", "!(defined(owner()) && msg.sender == owner()) && !(msg.sender == to)"),
    ("function", "only isAdmin(msg.sender)", s.Reverts, "unauthorised", "!(defined(isAdmin(msg.sender)) && isAdmin(msg.sender))"),
    ("function", "only lord: owner()", s.Reverts, "lord", "!(defined(owner()) && msg.sender == owner())"),
    ("function", "succeeds a: amount > 0", s.Succeeds, "a", "amount > 0"),
    ("function", "ensures a: made == old(total()) + 1", s.Ensures, "a", "made == old(total()) + 1"),
    ("function", "ensures a: result == 1", s.Ensures, "a", "made == 1"),
    ("view", "ensures a: result == 1", s.Ensures, "a", "result == 1"),
    ("view", "equals balanceOf(who) * 2", s.Equals, "equals", "balanceOf(who) * 2"),
    ("view", "reverts a: who == address(0)", s.Reverts, "a", "who == address(0)"),
]


@pytest.mark.parametrize(("spot", "text", "kind", "id", "formula"), CLAUSES, ids=[c[1] for c in CLAUSES])
def test_a_clause_with_a_formula(spot: Spot, text: str, kind: type[s.Clause], id: str, formula: str) -> None:
    made = clause(spot, text)
    assert type(made) is kind
    assert made.id == id
    assert made.text == text.split(" -- ")[0]
    assert not isinstance(made, s.Changes | s.Modifies | s.Pays | s.Emits)
    found = next(expressions(made))
    assert to_text(found) == formula


def test_plain_words_end_a_clause() -> None:
    made = clause("function", 'reverts a with Error("no -- words"): amount == 0 -- the -- words')
    assert isinstance(made, s.Reverts) and made.error is not None
    assert made.words == "the -- words"
    assert made.text == 'reverts a with Error("no -- words"): amount == 0'
    assert [a.value for a in made.error.arguments if isinstance(a, f.Literal)] == ["no -- words"]


@pytest.mark.parametrize(
    ("text", "signature", "arguments"),
    [
        ("with Denied(to)", "Denied(address)", ["to"]),
        ("with Full()", "Full()", []),
        ('with Error("x")', "Error(string)", ['"x"']),
        ("with Panic(0x11)", "Panic(uint256)", ["17"]),
    ],
)
def test_errors(text: str, signature: str, arguments: list[str]) -> None:
    made = clause("function", f"reverts a {text}: true")
    assert isinstance(made, s.Reverts) and made.error is not None
    assert made.error.error.signature == signature
    assert [to_text(a) for a in made.error.arguments] == arguments


def test_only_is_marked_and_keeps_its_error() -> None:
    made = clause("function", "only owner() with Denied(msg.sender)")
    assert isinstance(made, s.Reverts) and made.only and made.error is not None


@pytest.mark.parametrize(
    ("text", "mode"), [("succeeds otherwise", "otherwise"), ("succeeds never -- because", "never"), ("succeeds a: true", "when")]
)
def test_succeeds(text: str, mode: str) -> None:
    made = clause("function", text)
    assert isinstance(made, s.Succeeds) and made.mode == mode
    assert (made.formula is None) == (mode != "when")


def test_changes() -> None:
    made = clause(
        "function", "changes moved: balanceOf(to) by -amount, score(to) by +(delta - 1), small(3) by -amount * 2, total() by +old(total())"
    )
    assert isinstance(made, s.Changes) and made.id == "moved"
    shown = [(to_text(c.location), c.sign, to_text(c.amount)) for c in made.changes]
    assert shown == [
        ("balanceOf(to)", -1, "amount"),
        ("score(to)", 1, "delta - 1"),
        ("small(3)", -1, "amount * 2"),
        ("total()", 1, "total()"),
    ]
    assert made.changes[2].location.getter == "small(uint8)"


def test_modifies() -> None:
    made = clause("function", "modifies balanceOf(to), total(), allowance(*), item(made), info(1)")
    assert isinstance(made, s.Modifies)
    shown = [(x.getter, None if x.arguments is None else [to_text(a) for a in x.arguments]) for x in made.locations]
    assert shown == [
        ("balanceOf(address)", ["to"]),
        ("total()", []),
        ("allowance(address,address)", None),
        ("item(uint256)", ["made"]),
        ("info(uint256)", ["1"]),
    ]
    nothing = clause("function", "modifies nothing")
    assert isinstance(nothing, s.Modifies) and nothing.locations == ()


def test_pays() -> None:
    made = clause("function", "pays back: msg.sender, balanceOf(msg.sender) when amount > 0")
    assert isinstance(made, s.Pays) and made.when is not None
    assert (made.id, to_text(made.to), to_text(made.amount), to_text(made.when)) == (
        "back",
        "msg.sender",
        "balanceOf(msg.sender)",
        "amount > 0",
    )
    plain = clause("function", "pays to, 1 ether")
    assert isinstance(plain, s.Pays) and plain.when is None and plain.id == "pays"
    assert isinstance(plain.amount, f.Literal) and plain.amount.value == 10**18


def test_emits() -> None:
    made = clause("function", 'emits Named(note, "ab") when delta < 0')
    assert isinstance(made, s.Emits) and made.event is not None and made.when is not None
    assert made.event.signature == "Named(string,bytes32)"
    assert made.arguments[1] == f.Literal(f.Type("fixed_bytes", "bytes32", 256), made.arguments[1].position, b"ab".ljust(32, b"\0"))
    nothing = clause("function", "emits nothing")
    assert isinstance(nothing, s.Emits) and nothing.event is None
    deployed = clause("interface", "emits Put(owner_, cap_)")
    assert isinstance(deployed, s.Emits)


def test_deploy() -> None:
    text = "interface I { enum E { A, B }\n}".join(
        ["/// @custom:deploy (I.E e, uint[2] memory xs, string s, address payable a) payable\n", ""]
    )
    made = parse(Path("I.spec.sol"), text).constructor
    assert made.payable
    assert [(p.name, p.type.name) for p in made.parameters] == [("e", "E"), ("xs", "uint256[2]"), ("s", "string"), ("a", "address")]
    assert parse(Path("I.spec.sol"), "interface I {}").constructor == s.Constructor((), False, ())


def test_generated_ids_count() -> None:
    texts = (
        "emits Put(to, 1)",
        "emits Put(to, 2)",
        "pays to, 1",
        "pays to, 2",
        "only owner()",
        "only to",
        "modifies total()",
        "ensures emits2: true",
    )
    specification = parse_box("function", *texts)
    ids = [c.id for c in function(specification, "put").clauses]
    assert ids == ["emits", "emits3", "pays", "pays2", "unauthorised", "unauthorised2", "modifies", "emits2"]


def test_positions_are_exact_in_any_comment() -> None:
    text = (
        "pragma solidity ^0.8.24;\r\n"
        "/** ä €\r\n"
        "  * @custom:invariant a: x() == 1\r\n"
        "  *     && y() == 2\r\n"
        "  */\r\n"
        "interface I {\r\n"
        "    function x() external view returns (uint256);\r\n"
        "\t/// ü\r\n"
        "\t/// @custom:ensures b: result ==\r\n"
        "\t///   x() -- ö\r\n"
        "    function y() external view returns (uint256);\r\n"
        "}\r\n"
    )
    specification = parse(Path("I.spec.sol"), text)
    invariant = specification.invariants[0]
    assert invariant.position == f.Position(3, 5)
    assert isinstance(invariant.formula, f.Binary)
    assert invariant.formula.right.position == f.Position(4, 12)
    ensures = specification.functions[1].clauses[0]
    assert isinstance(ensures, s.Ensures) and isinstance(ensures.formula, f.Binary)
    assert ensures.formula.right.position == f.Position(10, 8)
    assert (ensures.words, ensures.text) == ("ö", "ensures b: result == x()")


def test_precedence_is_soliditys() -> None:
    made = clause("function", "ensures a: 1 + amount * 2 == 3 || !isAdmin(to) && amount > 1 ==> to == address(0) ==> delta < -1")
    assert isinstance(made, s.Ensures) and isinstance(made.formula, f.Binary)
    top = made.formula
    assert top.operator == "==>" and isinstance(top.left, f.Binary) and top.left.operator == "||"
    assert isinstance(top.right, f.Binary) and top.right.operator == "==>"


def test_literals() -> None:
    made = clause(
        "function", "ensures a: key == 0 && amount == 2**256-1 && amount < 1 ether + 2 days && delta > -(3 - 1) && uint8(7) < small(1)"
    )
    assert isinstance(made, s.Ensures)
    values = [e.value for e in f.walk(made.formula) if isinstance(e, f.Literal)]
    assert values == [bytes(32), 2**256 - 1, 10**18 + 172800, -2, 7, 1]


def test_values_that_are_more_than_words() -> None:
    made = clause(
        "function",
        "ensures a: same(item(amount).name, note) && ids()[0] == ids().length && bytes(note)[0] == 0x41 && "
        "keccak256(abi.encodePacked(to, amount)) == key && item(1).state == State.Open && type(State).max == state()",
    )
    assert isinstance(made, s.Ensures)
    kinds = {type(e).__name__ for e in f.walk(made.formula)}
    assert {"Same", "Member", "Index", "Length", "BytesOf", "Hash", "Encode", "EnumValue"} <= kinds


def test_casts_are_normalised() -> None:
    made = clause(
        "function", "ensures a: uint256(amount) == uint8(amount) && address(uint160(amount)) == payable(to) && State(1) == state()"
    )
    assert isinstance(made, s.Ensures)
    assert to_text(made.formula) == "amount == uint8(amount) && address(uint160(amount)) == to && State.Shut == state()"


def test_old_is_kept_where_there_is_an_after_only() -> None:
    kept = clause("function", "ensures a: old(total()) == 1")
    dropped = clause("function", "pays to, old(total())")
    assert isinstance(kept, s.Ensures) and any(isinstance(e, f.Old) for e in f.walk(kept.formula))
    assert isinstance(dropped, s.Pays) and isinstance(dropped.amount, f.Read)


def test_a_parameter_never_hides_a_getter() -> None:
    text = """interface I {
    function owner() external view returns (address);
    /// @custom:ensures a: owner() == owner && balance == 1
    function f(address owner, uint balance) external;
}"""
    (made,) = function(parse(Path("I.spec.sol"), text), "f").clauses
    assert isinstance(made, s.Ensures)
    assert [type(e).__name__ for e in f.walk(made.formula) if isinstance(e, f.Read | f.Variable)] == ["Read", "Variable", "Variable"]


def test_words_of_clauses_may_be_names() -> None:
    text = """interface I {
    function total(uint256 by) external view returns (uint256);
    /// @custom:changes total(by) by +by, total(when) by -old
    /// @custom:pays with, by when when == old(old)
    function f(uint256 by, uint256 when, address with, uint256 old) external;
}"""
    changes, pays = function(parse(Path("I.spec.sol"), text), "f").clauses
    assert isinstance(changes, s.Changes) and isinstance(pays, s.Pays) and pays.when is not None
    assert [to_text(c.amount) for c in changes.changes] == ["by", "old"]
    assert (to_text(pays.to), to_text(pays.amount), to_text(pays.when)) == ("with", "by", "when == old")


def test_the_name_of_the_file_does_not_matter(tmp_path: Path) -> None:
    for name in ('we"ird \u00e9.sol', "solwright_check.sol", "-x"):
        (tmp_path / name).write_text(box("function", "ensures a: total() == 1"))
        assert parse(tmp_path / name).digest == parse(PATH, box("function", "ensures a: total() == 1")).digest


def test_a_getter_may_be_called_as_sugar_with_another_number_of_arguments() -> None:
    text = "/// @custom:invariant a: balance() == balance(this)\ninterface I { function balance() external view returns (uint256); }"
    (made,) = parse(Path("I.spec.sol"), text).invariants
    assert [type(e).__name__ for e in f.walk(made.formula)] == ["Binary", "Read", "Balance", "World"]


def test_overloads() -> None:
    text = """interface I {
    function x(uint256 a) external view returns (uint256);
    function x(address a) external view returns (uint256);
    /// @custom:ensures a: x(msg.sender) == x(1)
    function f(uint256 a) external;
    function f() external;
    receive() external payable;
    fallback() external payable;
}"""
    specification = parse(Path("I.spec.sol"), text)
    first = function(specification, "f")
    assert [e.title for e in specification.entries] == ["f(uint256)", "f()", "receive", "fallback"]
    assert [e.selector == "" for e in specification.entries] == [False, False, True, True]
    made = first.clauses[0]
    assert isinstance(made, s.Ensures)
    assert [e.getter for e in f.walk(made.formula) if isinstance(e, f.Read)] == ["x(address)", "x(uint256)"]


OWNABLE = """/// @custom:deploy (address owner_)
/// @custom:initially owned: owner() == owner_
interface OwnableSpec {
    error NotOwner(address who);
    function owner() external view returns (address);
    /// @custom:only owner() with NotOwner(msg.sender)
    /// @custom:modifies owner()
    /// @custom:succeeds otherwise
    function give(address to) external;
}
"""


def test_inherited_clauses_are_part_of_the_promise(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "Ownable.spec.sol").write_text(OWNABLE)
    main = tmp_path / "Shop.spec.sol"
    main.write_text(
        'import {OwnableSpec} from "./base/Ownable.spec.sol";\n'
        "/// @custom:deploy (address owner_, uint256 price_)\n"
        "/// @custom:initially priced: price() == price_\n"
        "interface Shop is OwnableSpec {\n"
        "    function price() external view returns (uint256);\n"
        "    /// @custom:ensures given: owner() == to\n"
        "    function give(address to) external override;\n"
        "}\n"
    )
    specification = parse(main)
    assert [c.id for c in specification.constructor.clauses] == ["owned", "priced"]
    assert [p.name for p in specification.constructor.parameters] == ["owner_", "price_"]
    assert [c.id for c in function(specification, "give").clauses] == ["unauthorised", "modifies", "succeeds", "given"]
    assert [c.position.file for c in function(specification, "give").clauses] == [*["base/Ownable.spec.sol"] * 3, ""]
    assert [name for name, _ in specification.sources] == ["Shop.spec.sol", "base/Ownable.spec.sol"]
    (tmp_path / "base" / "Ownable.spec.sol").write_text(OWNABLE.replace("owner() with", "owner(), to with"))
    assert parse(main).digest != specification.digest


def test_a_refusal_in_an_imported_file_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "Ownable.spec.sol").write_text(OWNABLE.replace("modifies owner()", "modifies ownr()"))
    (tmp_path / "Shop.spec.sol").write_text('import "./Ownable.spec.sol";\ninterface Shop is OwnableSpec {}\n')
    with pytest.raises(SpecificationError, match="the unknown getter ownr") as caught:
        parse(tmp_path / "Shop.spec.sol")
    assert (caught.value.path.name, caught.value.line, caught.value.column) == ("Ownable.spec.sol", 7, 26)


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("../x.sol", "leaves the directory"),
        ("@openzeppelin/x.sol", "not relative"),
        ("./none.sol", "names no file"),
        ("./link.sol", "leaves the directory"),
    ],
)
def test_imports_stay_inside(tmp_path: Path, target: str, found: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "x.sol").write_text("interface X {}")
    (inside / "link.sol").symlink_to(tmp_path / "x.sol")
    (inside / "I.spec.sol").write_text(f'// import "./a.sol";\nimport "{target}";\ninterface I {{}}\n')
    with pytest.raises(SpecificationError, match=found) as caught:
        parse(inside / "I.spec.sol")
    assert (caught.value.line, caught.value.column) == (2, 8)


def test_a_constructor_of_a_base_must_be_met(tmp_path: Path) -> None:
    (tmp_path / "Ownable.spec.sol").write_text(OWNABLE)
    (tmp_path / "Shop.spec.sol").write_text(
        'import "./Ownable.spec.sol";\n/// @custom:deploy (uint256 x)\ninterface Shop is OwnableSpec {}\n'
    )
    with pytest.raises(SpecificationError, match="@custom:deploy without `address owner_`"):
        parse(tmp_path / "Shop.spec.sol")


def test_the_text_is_kept_as_given() -> None:
    text = box("function")
    assert parse(PATH, text).text == text


def test_kept_tables_that_cannot_be_read_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLWRIGHT_HOME", str(tmp_path))
    kept = tmp_path / "language.parser"
    kept.write_bytes(b"garbage")
    text = "otherwise"
    expected = _parser().parse(text, start="succeeds")
    for _ in range(2):
        assert _parser.__wrapped__().parse(text, start="succeeds") == expected
    assert kept.read_bytes() != b"garbage"


@pytest.mark.parametrize("name", ["A", "solwright_a", "t", "vault", "~"])
def test_the_name_of_the_file_means_nothing(name: str, tmp_path: Path) -> None:
    text = (CORPUS / "vault" / "Vault.spec.sol").read_text()
    assert parse(tmp_path / f"{name}.spec.sol", text).digest == parse(CORPUS / "vault" / "Vault.spec.sol").digest
