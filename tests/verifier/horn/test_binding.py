"""Every name of an instrumented source means what it must, by the compiler's own syntax tree; what means something else has no system."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.verifier.horn.test_instrument import HEAD, KINDS, case_of
from verifier.engines.horn.instrument import Instrumented, instrument
from verifier.engines.horn.systems import Systems, write_systems

HITS = Path(__file__).resolve().parents[1] / "hits"
FILE = """
type Word is uint256;
function same(Word a, Word b) pure returns (bool) { return Word.unwrap(a) != Word.unwrap(b); }
using {same as ==} for Word global;
library Long { function more(uint256 a) internal pure returns (uint256) { return a + 1; } }
using Long for uint256;
enum Kind { A, B }
enum Sort { A, B }
interface Coin {}
contract Other { uint256 public others; }
"""
BOX = f"""{FILE}
contract Base {{
    uint256 internal kept = 7;
    function held(bytes32) internal pure returns (uint256) {{ return 0; }}
    function size(uint256) public view virtual returns (uint256) {{ return kept; }}
}}
contract Box is Base {{
    error Zero(uint256 n);
    uint256 public n;
    Kind public kind;
    Coin public coin;
    mapping(uint256 => uint256) public stored;
    function held(uint8) external view returns (uint256) {{ return n; }}
    function held(address) external view returns (uint256) {{ return n; }}
    function size(uint256) public view override returns (uint256) {{ return n; }}
    function set(Kind k, Coin c, uint256 a) external returns (Kind) {{
        require(a != 3, Zero(a));
        if (a == 0) revert Zero(0);
        assert(a != 4);
        (kind, coin, n) = (k, c, a);
        stored[a] = a;
        return k;
    }}
    function set(uint256 a) external {{ n = a; }}
}}
"""
SPECIFICATION = """
enum Kind { A, B }
interface Box {
    function n() external view returns (uint256);
    function kind() external view returns (Kind);
    function coin() external view returns (address);
    function stored(uint256 a) external view returns (uint256);
    function held(uint8 a) external view returns (uint256);
    function size(uint256 a) external view returns (uint256);
    /// @custom:modifies n(), kind(), coin(), stored(*), held(*), size(*)
    /// @custom:ensures five: held(5) == n() && size(5) == n()
    /// @custom:ensures whose: coin() == c && kind() == k && result == k
    /// @custom:succeeds never -- it is a test
    function set(Kind k, address c, uint256 a) external returns (Kind);
}
"""


def made(folder: Path, source: str = BOX, specification: str = SPECIFICATION) -> tuple[Instrumented, ...]:
    """Return the instrumented sources of a contract, whether the engine would refuse it or not."""
    (folder / "Box.sol").write_text(HEAD + source)
    text = re.sub(r"interface Box", "/// @title box\n/// @custom:deploy ()\ninterface Box", specification)
    (folder / "Box.spec.sol").write_text(HEAD + text)
    return of(folder)


def of(folder: Path) -> tuple[Instrumented, ...]:
    job = case_of(folder / "Box.sol", folder / "Box.spec.sol").job
    asked = [o for o in job.ledger.obligations if o.kind in KINDS]
    return tuple(instrument(job.specification, job.compilation, job.contract, asked)[0])


def systems(x: Instrumented) -> Systems:
    return write_systems(x, {"evmVersion": "cancun"}, 100)


def edited(x: Instrumented, change: Callable[[str], str]) -> Instrumented:
    """Return what a writer of checks who errs would have written."""
    text = change(x.sources[x.path])
    assert text != x.sources[x.path], "nothing was changed"
    return replace(x, sources={**x.sources, x.path: text})


def test_a_contract_full_of_namesakes_is_bound(tmp_path: Path) -> None:
    found = [systems(x) for x in made(tmp_path)]
    assert {s.problem for s in found} == {""}
    assert {s.obligation for x in found for s in x.systems} >= {"set.five", "set.whose"}


EDITS: dict[str, tuple[str, str, str]] = {
    "another overload": (r"held/\*(\d+)\*/\(uint8\(5\)\)", r"held/*\1*/(bytes32(0))", "`held` in the check"),
    "a third overload": (r"held/\*(\d+)\*/\(uint8\(5\)\)", r"held/*\1*/(address(0))", "`held` in the check"),
    "what is overridden": (r"size/\*(\d+)\*/\(", r"Base.size/*\1*/(", "in the check"),
    "another variable": (r"== n/\*(\d+)\*/", r"== kept/*\1*/", "`kept` in the check"),
    "another function of that name": (r" = set/\*(\d+)\*/\([^;]*\);", r" = Kind.A; set/*\1*/(swh_p2);", "in the check"),
    "another enum": (r"Kind/\*(\d+)\*/ swh_p0", r"Sort/*\1*/ swh_p0; Sort", ""),
    "another enum, by a conversion": (r"= set/\*", r"= Sort.A == Sort.B ? Kind.A : set/*", "in the check"),
    "a library's function": (r"uint256\(swh_q0\)", "uint256(swh_q0).more()", "in the check"),
    "somebody's operator": (r"unchecked \{", "unchecked { require(Word.wrap(1) == Word.wrap(2));", "in the check"),
    "another contract": (r"checks is Box/\*", "checks is Other, Box/*", "`Other` in the check"),
    "another builtin": (r"assert\(", "require(address(this) != address(0)); assert(", "in the check"),
    "no mark": (r"n/\*\d+\*/", "n", "`n` in the check"),
    "the mark of another": (r"n/\*\d+\*/", "n/*1*/", "`n` in the check"),
    "a base's function by its name": (r"assert\(", "require(held(bytes32(0)) == 0); assert(", "`held` in the check"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_name_that_means_something_else_has_no_system(edit: str, tmp_path: Path) -> None:
    """As a writer of checks who errs would have it: the compiler's choice is read, not the text."""
    pattern, new, said = EDITS[edit]
    whole = next(x for x in made(tmp_path) if len(x.checks) > 1)
    found = systems(edited(whole, lambda text: re.sub(pattern, new, text)))
    assert found.systems == ()
    assert said in found.problem
    assert found.problem.startswith("a name is not the one that is meant: " if said else "the instrumented source does not compile: ")


def test_the_judged_contract_means_what_it_meant(tmp_path: Path) -> None:
    """As a rewriting that errs would have it: each of these compiles, and each of them is something else."""
    (first, *_) = made(tmp_path)
    for old, new in (
        ("return n; }\n    function held(address)", "return kept; }\n    function held(address)"),
        ("returns (uint256) { return n; }\n    function set", "returns (uint256) { return Base.size(1); }\n    function set"),
        ("stored[a] = a;", "stored[n] = a;"),
        ("return k;", "return kind;"),
        ("using Long for uint256;", "using Long for uint256; uint256 constant MORE = 1; uint256 constant MOST = MORE;"),
    ):
        assert systems(edited(first, lambda text, old=old, new=new: text.replace(old, new))).problem.startswith(  # type: ignore[misc]
            "a name is not the one that is meant: "
        ), old


def test_a_function_that_becomes_visible_hides_nothing() -> None:
    """`Coin(coin)` is a conversion where the external function Coin is not seen, and its call where it is public."""
    x = next(x for x in of(HITS / "193-function-that-becomes-visible") if "count.none" in {c.obligation for c in x.checks})
    assert systems(x).problem.endswith("`Coin` means something else once the source is rewritten (Box.sol)")


def test_numbers_as_keys_choose_the_getter() -> None:
    (x, *_) = of(HITS / "192-literal-key-of-an-overload")
    assert "held/*" in x.sources[x.path]
    found = systems(edited(x, lambda text: text.replace("(uint8(5))", "(uint256(5))")))
    assert (found.systems, found.problem) == ((), "a name is not the one that is meant: `held` in the check is not what is meant")
