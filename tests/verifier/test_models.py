"""Models of other contracts that users write: nothing may be proved beside one that its clauses do not promise."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from specs.general import general
from specs.parse import parse
from toolchain.solc import CompilerSettings
from toolchain.sources import SourceTree, import_sources
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import discharge_all
from verifier.judge import Candidate, Case, JudgeOptions, prepare
from verifier.surroundings import surroundings_of

HERE = Path(__file__).parent / "models"
FEED = Path(__file__).parents[1] / "corpus" / "price-shop" / "feeds" / "PriceFeed.spec.sol"
EFFORT = Effort(time_s=1800, obligation_s=400, solver_s=30)
#: What is promised of the generated contract's own functions; `succeeds` it leaves to whoever leaves out what it never does.
OWN = {"reverts", "ensures", "changes", "frame", "invariant", "transition", "equals", "nonpayable", "reachable", "stable", "unknown"}
PRETENDER = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Wall {
    error solwright_NoBehaviour();
    address public immutable odd;
    constructor(address odd_) { odd = odd_; }
    function stand(uint256 n) external view { if (n == 5) revert solwright_NoBehaviour(); }
    function ask(uint256 n) external { Odd(odd).ask(n); }
}
interface Odd { function ask(uint256 n) external; }
"""
WALL = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {Odd} from "./Odd.spec.sol";
/// @title A wall
/// @custom:deploy (address odd_)
/// @custom:environment odd is Odd
interface Wall {
    function odd() external view returns (address);
    /// @custom:modifies nothing
    /// @custom:succeeds always: true
    function stand(uint256 n) external;
    /// @custom:modifies nothing
    /// @custom:ensures no: n != n
    /// @custom:succeeds never -- not asked
    function ask(uint256 n) external;
}
"""
IMPOSSIBLE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title What nothing can be
interface Odd {
    /// @custom:modifies nothing
    /// @custom:ensures more: result > n
    /// @custom:ensures less: result < n
    /// @custom:succeeds otherwise
    function ask(uint256 n) external returns (uint256);
}
"""

SUMS = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Two sums of which nothing follows for two parts
/// @custom:invariant one: sum(share, address(0)) == total()
/// @custom:invariant two: sum(part) == total() + other()
interface Odd {
    function share(address a, address b) external view returns (uint256);
    function part(address a) external view returns (uint256);
    function total() external view returns (uint256);
    function other() external view returns (uint256);
}
"""
ADDER = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {Odd} from "./Odd.spec.sol";
/// @title What leans on sums
/// @custom:deploy (address odd_)
/// @custom:environment odd is Odd
interface Adder {
    function odd() external view returns (address);
    /// @custom:modifies Odd(odd()).share(a, b), Odd(odd()).share(b, a), Odd(odd()).part(a), Odd(odd()).part(b)
    /// @custom:ensures shares: a != b ==> Odd(odd()).share(a, b) + Odd(odd()).share(b, a) <= type(uint256).max
    /// @custom:ensures parts: a != b ==> Odd(odd()).part(a) + Odd(odd()).part(b) <= type(uint256).max
    /// @custom:succeeds otherwise
    function look(address a, address b) external;
}
"""
NOTHING = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Adder {
    address public immutable odd;
    constructor(address odd_) { odd = odd_; }
    function look(address, address) external {}
}
"""

#: Conditions that Solidity would overflow at, or revert in, and that have a value, or none, all the same.
EXACTLY = (
    "a + 7 > c",
    "c >= 7 + a",
    "a - 7 > c",
    "a - b < 0",
    "c != a - b",
    "uint64(a) == c",
    "small + tiny > c",
    "small - tiny >= 0",
    "s < -5 || s >= t",
    "defined(loose()) ==> loose() > a",
    "(who == msg.sender) <==> !(word == bytes4(0x01020304))",
    "a > b ? c > 1 : 7 / tiny > 2",
)


def user() -> Case:
    specification = parse(HERE / "User.spec.sol")
    return prepare(specification, Candidate(import_sources(HERE / "User.sol", root=HERE), "User"), JudgeOptions(effort=EFFORT))


def generated(path: Path) -> Case:
    specification = parse(path)
    tree = SourceTree(f"{specification.name}.sol", dict(general(specification)), (), CompilerSettings(), (), (), Path("/"))
    return prepare(specification, Candidate(tree, specification.name), JudgeOptions(effort=EFFORT))


def test_it_is_compiled_with_what_others_may_do() -> None:
    case = user()
    found = surroundings_of(case.job.specification.environment)
    assert found is not None
    assert found.entries is not None
    called = [(e.obligation, e.size) for e in found.entries]
    assert ("odd.five.reachable", 5 * 32) in called
    kinds = {o.id: o.kind for o in case.job.ledger.obligations}
    assert {kinds[id] for id, _ in called} == {"reachable"}
    assert not any("half" in id for id in kinds if id.startswith(("asks.frame", "stable(frame")))  # `equals` defines it


def test_what_nobody_writes_is_open_only_where_it_is_drawn(tmp_path: Path) -> None:
    """A getter with a number as its key that no function changes is stored in a mapping that no code writes, too."""
    head = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n"
    limit = "/// @custom:succeeds otherwise\n    function limit(uint256 id) external view returns (uint256);"
    odd = "/// @custom:environment odd is Odd\ninterface X { function odd() external view returns (address); }"
    (tmp_path / "Odd.spec.sol").write_text(f"{head}/// @title Odd\ninterface Odd {{\n    {limit}\n}}\n")
    (tmp_path / "X.spec.sol").write_text(f'{head}import {{Odd}} from "./Odd.spec.sol";\n{odd}\n')
    environment = parse(tmp_path / "X.spec.sol").environment
    found = surroundings_of(environment)
    assert environment is not None and environment.written is not None and found is not None
    assert "solwright_g0[solwright_p0]" in dict(environment.written.sources)["Odd.sol"]
    assert (found.open, found.counter) == ((0,), 1)


@pytest.mark.corpus
def test_only_what_its_clauses_promise_is_proved() -> None:
    """In models/User.spec.sol `enough` follows from the model, `more` does not: a contract may promise the one and not the other."""
    case = user()
    ids = [o.id for o in case.job.ledger.obligations]
    asked = [id for id in ids if id.rpartition(".")[2] in {"more", "enough", "equal", "nothingMoves", "moved", "passed", "half"}]
    asked += [id for id in ids if id.startswith("odd.") or id in {"stable(risen)", "stable(kept)"}]
    (run,) = discharge_all([(case, asked)])
    found = {r.obligation: (r.outcome, r.strength) for r in run.results}
    too_much = {id for id in asked if id.endswith((".more", ".equal"))} | {"stable(kept)"}
    assert {id for id, x in found.items() if x != ("holds", "proof")} == too_much
    assert {found[id][0] for id in too_much} == {"violated"}


@pytest.mark.corpus
def test_contracts_made_from_clauses_keep_them() -> None:
    cases = [generated(HERE / "Odd.spec.sol"), generated(FEED)]
    asked = [[o.id for o in c.job.ledger.obligations if o.kind in OWN and o.function != "constructor"] for c in cases]
    for run, ids in zip(discharge_all(list(zip(cases, asked, strict=True))), asked, strict=True):
        assert {r.obligation: r.reason for r in run.results if (r.outcome, r.strength) != ("holds", "proof")} == {}
        assert {r.obligation for r in run.results} == {*ids}


def test_a_model_that_cannot_be_shows_and_nobody_else_leaves_a_path_out(tmp_path: Path) -> None:
    """What `spec check` refuses shows here too: no call of it has an end. And only the model's own refusals are no behaviour."""
    for name, text in (("Odd.spec.sol", IMPOSSIBLE), ("Wall.spec.sol", WALL), ("Wall.sol", PRETENDER)):
        (tmp_path / name).write_text(text)
    tree = import_sources(tmp_path / "Wall.sol", root=tmp_path)
    case = prepare(parse(tmp_path / "Wall.spec.sol"), Candidate(tree, "Wall"), JudgeOptions(effort=EFFORT))
    (run,) = discharge_all([(case, ("odd.ask.reachable", "ask.reachable", "ask.no", "stand.always"))])
    found = {r.obligation: r.outcome for r in run.results}
    assert found["stand.always"] == "violated"
    assert "holds" not in {found[id] for id in ("odd.ask.reachable", "ask.reachable", "ask.no")}


@pytest.mark.corpus
def test_of_a_sum_no_more_is_known_than_it_says(tmp_path: Path) -> None:
    """Two parts are a word together only where all parts are: not of other leading keys, nor where the sum is no word."""
    for name, text in (("Odd.spec.sol", SUMS), ("Adder.spec.sol", ADDER), ("Adder.sol", NOTHING)):
        (tmp_path / name).write_text(text)
    tree = import_sources(tmp_path / "Adder.sol", root=tmp_path)
    case = prepare(parse(tmp_path / "Adder.spec.sol"), Candidate(tree, "Adder"), JudgeOptions(effort=replace(EFFORT, solver_s=4)))
    (run,) = discharge_all([(case, ("look.reachable", "look.shares", "look.parts"))])
    found = {r.obligation: r.outcome for r in run.results}
    assert found["look.reachable"] == "holds"
    assert "holds" not in {found["look.shares"], found["look.parts"]}


@pytest.mark.corpus
def test_conditions_mean_in_the_contract_what_they_mean_in_clauses(tmp_path: Path) -> None:
    """The contract reverts exactly where a `reverts` says so: the engine proves both directions of its own code."""
    kinds = {"small": "uint64", "tiny": "uint8", "s": "int256", "t": "int8", "who": "address", "word": "bytes4"}
    named = [[n for n in ("a", "b", "c", *kinds) if re.search(rf"\b{n}\b", x)] for x in EXACTLY]
    listed = [", ".join(f"{kinds.get(n, 'uint256')} {n}" for n in names) for names in named]
    head = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n/// @title Conditions\ninterface Exact {\n"
    functions = [
        f"/// @custom:reverts r: {x}\n/// @custom:modifies nothing\n/// @custom:succeeds otherwise\nfunction f{i}({listed[i]}) external;\n"
        for i, x in enumerate(EXACTLY)
    ]
    path = tmp_path / "Exact.spec.sol"
    path.write_text(f"{head}function loose() external view returns (uint256);\n{''.join(functions)}}}\n")
    case = generated(path)
    asked = [f"f{i}.{what}" for i in range(len(EXACTLY)) for what in ("r", "succeeds")]
    (run,) = discharge_all([(case, asked)])
    assert {r.obligation: r.reason for r in run.results if (r.outcome, r.strength) != ("holds", "proof")} == {}
    assert {r.obligation for r in run.results} == {*asked}


def test_what_solidity_cannot_compute_is_left_open(tmp_path: Path) -> None:
    path = tmp_path / "Open.spec.sol"
    head = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n/// @title Open\ninterface Open {\n"
    clauses = "/// @custom:reverts r: (a + b) / 2 > a\n/// @custom:modifies nothing\n/// @custom:succeeds otherwise\n"
    path.write_text(f"{head}{clauses}function f(uint256 a, uint256 b) external;\n}}\n")
    text = general(parse(path))["Open.sol"]
    assert "if (!((solwright_p0 <= type(uint256).max - solwright_p1))) { if (solwright_choose()) revert(); } else if (" in text
