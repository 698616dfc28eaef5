"""The specifications that come with solwright."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.formula import Forall
from specs.parse import parse
from specs.positional import positional
from specs.render import describe
from specs.sanity import check
from specs.source import LIBRARY, LIBRARY_FOLDER, library
from specs.specification import Initially
from toolchain.errors import SpecificationError

DOCS = Path(__file__).parents[2] / "docs" / "library.md"


def shop(folder: Path, imported: str, base: str) -> Path:
    file = folder / "Shop.spec.sol"
    file.write_text(f'import "{imported}";\n/// @custom:deploy (address initialOwner)\ninterface Shop is {base} {{}}\n')
    return file


@pytest.mark.parametrize("name", library())
def test_each_can_be_inherited_and_makes_sense(name: str, tmp_path: Path) -> None:
    interface = name.removeprefix(f"{LIBRARY_FOLDER}/").removesuffix(".spec.sol") + "Spec"
    found = parse(shop(tmp_path, name, interface))
    alone = parse(LIBRARY / name.removeprefix(f"{LIBRARY_FOLDER}/"))
    assert {f.signature for f in found.functions} == {f.signature for f in alone.functions}
    assert sum(len(f.clauses) for f in found.functions) == sum(len(f.clauses) for f in alone.functions) > 0
    assert {line.file for line in describe(found) if line.line} == {f"{LIBRARY_FOLDER}/{source}" for source, _ in alone.sources}
    assert found.sources[1] == (name, (LIBRARY / Path(name).name).read_text())
    # what stays open on purpose (who may pause, and when) is for whoever inherits
    errors = [p for p in check(alone) if p.severity == "error" and "when it succeeds" not in p.found]
    assert not errors


@pytest.mark.parametrize("name", library())
def test_what_is_bound_at_the_beginning_is_called_as_no_parameter_is(name: str) -> None:
    """A symbol that is named as a deployment parameter of whoever inherits is refused there."""
    found = parse(LIBRARY / name.removeprefix(f"{LIBRARY_FOLDER}/"))
    bound = [n for c in found.constructor.clauses if isinstance(c, Initially) and isinstance(c.formula, Forall) for n, _ in c.formula.bound]
    assert all(n.startswith("any") for n in bound)


def test_the_docs_list_all_of_them() -> None:
    text = DOCS.read_text()
    assert library()
    assert all(f"`{name}`" in text for name in library())


def test_an_unknown_name_is_answered_by_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(SpecificationError, match="no specification of the library") as caught:
        parse(shop(tmp_path, "solwright/ERC21.spec.sol", "ERC21Spec"))
    assert "solwright/ERC20.spec.sol" in str(caught.value)


@pytest.mark.parametrize(
    ("imported", "expected"),
    [
        ('import "solwright/ERC20.spec.sol";', "an interface that this file declares or imports"),
        ('import {ERC721Spec} from "solwright/ERC20.spec.sol";', "what that file declares"),
    ],
)
def test_a_name_that_a_file_of_the_library_does_not_have(imported: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "Shop.spec.sol"
    path.write_text(f"pragma solidity ^0.8.24;\n{imported}\n/// @custom:deploy ()\ninterface Shop is ERC721Spec {{}}\n")
    with pytest.raises(SpecificationError, match=expected):
        parse(path)


@pytest.mark.parametrize("target", ["solwright/../ERC20.spec.sol", "solwright/../../digest.py", "solwright//etc/passwd", "solwright/"])
def test_nothing_but_the_library_is_reached(tmp_path: Path, target: str) -> None:
    with pytest.raises(SpecificationError, match="no specification of the library"):
        parse(shop(tmp_path, target, "X"))


def test_nobody_else_is_the_library(tmp_path: Path) -> None:
    (tmp_path / "solwright").mkdir()
    (tmp_path / "solwright" / "ERC20.spec.sol").write_text("interface ERC20Spec {}\n")
    with pytest.raises(SpecificationError, match="that name is the library's"):
        parse(shop(tmp_path, "./solwright/ERC20.spec.sol", "ERC20Spec"))
    found = parse(shop(tmp_path, "solwright/ERC20.spec.sol", "ERC20Spec"))
    assert found.invariants


def test_what_is_inherited_sends_no_ether_whatever_is_said_on_top(tmp_path: Path) -> None:
    """`sent(a)` in a clause that comes on top would else take away that an inherited function without `pays` sends nothing."""
    more = "/// @custom:ensures little: sent(msg.sender) <= 5\n    function transfer(address to, uint256 value) external returns (bool);"
    own = "/// @custom:ensures little: sent(msg.sender) <= 5\n    /// @custom:modifies nothing\n    /// @custom:succeeds otherwise"
    file = tmp_path / "Coin.spec.sol"
    interface = f"interface Coin is ERC20Spec {{\n    {more}\n    {own}\n    function tip() external;\n}}\n"
    file.write_text(f'import {{ERC20Spec}} from "solwright/ERC20.spec.sol";\n{interface}')
    pays = {f.name: f.pays_as_ensured for f in parse(file).entries}
    assert pays == {"transfer": False, "approve": False, "transferFrom": False, "tip": True}
    assert {f.name: f.pays_as_ensured for f in positional(parse(file)).entries} == pays  # comparisons see it so, too
