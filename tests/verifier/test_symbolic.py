"""The symbolic engine on real contracts: what it proves, what it must not, and what it says then."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines.job import Effort
from verifier.engines.symbolic import engine
from verifier.engines.symbolic.engine import discharge, search
from verifier.engines.symbolic.task import CONTESTED
from verifier.judge import Candidate, Case, JudgeOptions, inspect_case, prepare
from verifier.result import Result, Stamp
from verifier.verdict import conclude

CORPUS = Path(__file__).parents[1] / "corpus"


def case_of(kind: str, folder: str, name: str, effort: Effort = Effort()) -> Case:  # noqa: B008 — frozen
    directory = CORPUS / kind
    specification = parse(next(directory.glob("*.spec.sol")))
    tree = import_sources(directory / folder / f"{name}.sol", root=directory)
    return prepare(specification, Candidate(tree, specification.name), JudgeOptions(effort=effort))


def of(source: str, specification: str, tmp_path: Path) -> Case:
    path = tmp_path / "Thing.spec.sol"
    path.write_text(specification)
    (tmp_path / "Thing.sol").write_text(source)
    parsed = parse(path)
    return prepare(parsed, Candidate(import_sources(tmp_path / "Thing.sol", root=tmp_path), "Thing"), JudgeOptions())


def results(case: Case, only: Sequence[str] = ()) -> Mapping[str, Result]:
    run = discharge(case, only=only)
    assert [(c.expected, c.found) for c in run.canaries] == [("violated", "violated"), ("holds", "holds")]
    return {r.obligation: r for r in run.results}


def test_the_vault_is_proved_whole() -> None:
    case = case_of("vault", "proved", "Vault")
    run = discharge(case)
    verdicts = conclude(case.job.ledger, [*run.results, *inspect_case(case).results])
    assert {v.obligation: v.reason for v in verdicts.values() if v.status != "PROVED"} == {}


HOLES = {
    "ChainId": "withdraw.paid",
    "PrevRandao": "withdraw.paid",
    "CodeSize": "withdraw.paid",
    "SelfImmutable": "withdraw.paid",
    "Transient": "withdraw.paid",
    "CalldataTail": "withdraw.paid",
    "HonestGetter": "deposit.credited",
    "ReturnData": "withdraw.atomic",
    "LockSum": "withdraw.frame(balanceOf)@callout",
    "TimeLock": "stable(lock)",
}


@pytest.mark.attack
@pytest.mark.parametrize(("name", "clause"), sorted(HOLES.items()))
def test_what_a_prototype_proved_although_it_is_wrong(name: str, clause: str) -> None:
    found = results(case_of("vault", "refuted", name), [clause])[clause]
    assert (found.outcome, found.strength) != ("holds", "proof")


def test_a_counterexample_to_induction_shows_the_state_and_the_call() -> None:
    found = results(case_of("vault", "refuted", "NoCheck"), ["withdraw.short"])["withdraw.short"]
    assert found.outcome == "violated"
    witness = found.counterexample
    assert witness is not None
    assert not witness.reached
    assert witness.calls[-1].text.startswith("withdraw(")
    assert any(name == "total()" for name, _ in witness.state)


def test_the_search_finds_calls_from_a_deployment() -> None:
    case = case_of("vault", "refuted", "FlagBackdoor")
    calls = search(case, ["withdraw.paid"])["withdraw.paid"]
    assert [c.kind for c in calls] == ["deploy", *["call"] * (len(calls) - 1)]
    assert calls[-1].function == "withdraw"


COUNTER = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially zero: n() == 0
interface Thing {
    function n() external view returns (uint256);
    /// @custom:reverts full: n() == type(uint256).max
    /// @custom:changes up: n() by +1
    /// @custom:succeeds otherwise
    function bump() external;
}
"""


def contract(body: str) -> str:
    return f"// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\ncontract Thing {{ {body} }}\n"


@pytest.mark.attack
def test_what_always_reverts_is_vacuous_and_not_proved(tmp_path: Path) -> None:
    found = results(of(contract("uint256 public n; function bump() external { revert(); }"), COUNTER, tmp_path))
    assert found["bump.reachable"].outcome == "vacuous"
    assert found["bump.succeeds"].outcome == "violated"


@pytest.mark.attack
def test_a_loop_bound_is_no_proof(tmp_path: Path) -> None:
    body = "uint256 public n; uint256 private k; function bump() external { for (uint256 i = 0; i < k; i++) {} n += 1; }"
    found = results(of(contract(body), COUNTER, tmp_path), ["bump.up"])["bump.up"]
    assert (found.outcome, found.strength) == ("holds", "bounded")
    assert "loops" in found.bound


@pytest.mark.attack
def test_overflow_on_valid_input_breaks_succeeds(tmp_path: Path) -> None:
    found = results(
        of(
            contract("uint8 private m; function n() external view returns (uint256) { return m; } function bump() external { m += 1; }"),
            COUNTER,
            tmp_path,
        )
    )
    assert found["bump.succeeds"].outcome == "violated"


@pytest.mark.attack
@pytest.mark.parametrize(
    "condition",
    ["tx.gasprice == 7", "block.coinbase == address(7)", "block.basefee == 7", "blockhash(block.number - 1) != 0", "gasleft() > 1000"],
)
def test_behaviour_that_depends_on_the_chain_is_found(condition: str, tmp_path: Path) -> None:
    body = f"uint256 public n; function bump() external {{ n += ({condition}) ? 2 : 1; }}"
    assert results(of(contract(body), COUNTER, tmp_path), ["bump.up"])["bump.up"].outcome == "violated"


def test_a_lemma_makes_an_induction_go_through(tmp_path: Path) -> None:
    specification = (
        COUNTER.replace("/// @custom:initially", "/// @custom:invariant even: n() % 2 == 0\n/// @custom:initially")
        .replace("by +1", "by +2")
        .replace("n() == type(uint256).max", "n() + 2 > type(uint256).max")
    )
    lemma = "/// @custom:lemma twice: m == n / 2 && n % 2 == 0\n"
    body = f"{lemma} uint256 public n; uint256 private m; function bump() external {{ m += 1; n += 2; }}"
    found = results(of(contract(body), specification, tmp_path))
    assert {k: r.reason for k, r in found.items() if r.outcome != "holds"} == {}
    assert "bump.lemma.twice" in found


def test_a_wrong_lemma_is_not_proved(tmp_path: Path) -> None:
    body = "/// @custom:lemma small: n < 10\n uint256 public n; function bump() external { n += 1; }"
    assert results(of(contract(body), COUNTER, tmp_path), ["bump.lemma.small"])["bump.lemma.small"].outcome == "violated"


def test_a_lemma_may_spell_its_types_in_short(tmp_path: Path) -> None:
    body = "/// @custom:lemma none: forall (uint i) m[i] == 0\n mapping(uint => uint) private m; uint256 public n; "
    found = results(of(contract(f"{body} function bump() external {{ n += 1; }}"), COUNTER, tmp_path))
    assert {found[id].outcome for id in ("constructor.lemma.none", "bump.lemma.none", "bump.up")} == {"holds"}


def test_a_selector_in_the_clauses_of_fallback_is_that_of_the_call(tmp_path: Path) -> None:
    clauses = "/// @custom:reverts known: msg.sig == 0x12345678\n    /// @custom:modifies nothing\n    /// @custom:succeeds otherwise\n    "
    specification = COUNTER.replace("function bump()", "function bump() external;\n    " + clauses + "fallback()")
    body = "uint256 public n; function bump() external { n += 1; } fallback() external { if (msg.sig == 0x12345679) revert(); }"
    found = results(of(contract(body), specification, tmp_path), ["fallback.known", "fallback.succeeds"])
    assert {r.outcome for r in found.values()} == {"violated"}
    found = results(of(contract(body.replace("79", "78")), specification, tmp_path), ["fallback.known", "fallback.succeeds"])
    assert {(r.outcome, r.strength) for r in found.values()} == {("holds", "bounded")}


FORALL = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:modifies item(7)
/// @custom:assume small: forall (uint256 i) m(i) < 5 -- so it is
interface Thing {
    struct Item { uint256 price; bool sold; bytes4 kind; }
    function m(uint256 i) external view returns (uint256);
    function item(uint256 i) external view returns (Item memory);
    /// @custom:modifies m(i)
    /// @custom:ensures up: m(i) == old(m(i)) + 1
    /// @custom:succeeds otherwise
    function bump(uint256 i) external;
}
"""


@pytest.mark.parametrize(("key", "outcome"), [(7, "holds"), (8, "violated")])
def test_an_assumption_for_every_value_and_getters_of_structs_after_deployment(key: int, outcome: str, tmp_path: Path) -> None:
    body = (
        "struct Item { uint256 price; bool sold; bytes4 kind; } mapping(uint256 => uint256) public m; mapping(uint256 => Item) public item;"
    )
    body += f"constructor() {{ item[{key}].sold = true; }} function bump(uint256 i) external {{ unchecked {{ m[i] += 1; }} }}"
    found = results(of(contract(body), FORALL, tmp_path))
    assert (found["constructor.frame(item)"].outcome, found["bump.up"].outcome) == (outcome, "holds")


def test_results_are_kept_by_the_digest_of_the_query(tmp_path: Path) -> None:
    case = of(contract("uint256 public n; function bump() external { n += 1; }"), COUNTER, tmp_path)
    from dataclasses import replace

    kept = replace(case, job=replace(case.job, cache=tmp_path / "cache"))
    first = results(kept, ["bump.up"])
    assert (tmp_path / "cache" / "smt.json").exists()
    assert results(kept, ["bump.up"])["bump.up"].outcome == first["bump.up"].outcome == "holds"


DISPENSER = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title A dispenser
/// @custom:deploy ()
/// @custom:initially none: taken() == 0
/// @custom:invariant few: taken() <= 10
interface Thing {
    function taken() external view returns (uint256);
    function takenBy(address who) external view returns (uint256);
    /// @custom:changes up: taken() by +1, takenBy(msg.sender) by +1
    /// @custom:succeeds never -- what is left is private
    function take() external;
}
"""
PRIVATE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Thing {
    struct Person { uint64 count; bool barred; }
    uint256 public taken;
    uint128 private _left = 10;
    mapping(address => Person) private _people;
    function takenBy(address who) external view returns (uint256) { return _people[who].count; }
    function take() external {
        require(!_people[msg.sender].barred && _left > 0);
        _left -= 1;
        taken += 1;
        _people[msg.sender].count += 1;
    }
}
"""


def test_a_state_that_is_not_excluded_shows_private_variables(tmp_path: Path) -> None:
    shown = results(of(PRIVATE, DISPENSER, tmp_path), ["take.few"])["take.few"].counterexample
    assert shown is not None and not shown.reached
    sender = shown.calls[0].sender
    assert ("taken()", "10") in shown.state
    storage = dict(shown.storage)
    assert int(storage["_left"]) > 0  # what a lemma such as `taken + _left == 10` excludes
    assert storage[f"_people[{sender}].barred"] == "false"
    assert "taken" not in storage  # its getter says it
    assert any(line.startswith("storage: _left = ") for line in shown.lines())
    for o in shown.observations:
        assert int(o.after) - int(o.before) in {0, 1}, "the values are those of one model"


@pytest.mark.attack
def test_only_answers_go_to_the_engines_standard_output() -> None:
    program = "\n".join(
        (
            "from verifier.engines.symbolic import worker",
            "worker.serve = lambda *_: print('[console.log] words of a contract')",
            "worker.main()",
        )
    )
    done = subprocess.run([sys.executable, "-c", program], input=pickle.dumps(((), {})), capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b'{"done": true}\n', b"[console.log] words of a contract\n")


@pytest.mark.attack
def test_what_a_process_that_failed_calls_proved_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    monkeypatch.setattr(engine, "keep_answers", lambda _, answers: kept.extend(answers))
    for last, remembered in (({"done": True}, ["digest"]), ({"failed": "it printed something that is no answer"}, [])):
        monkeypatch.setattr(engine, "ask", lambda *_, last=last: iter(({"task": 1, "proved": ["digest"]}, last)))
        discharge(case_of("vault", "proved", "Vault"))
        assert kept == remembered
        kept.clear()


KEYED = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Thing {
    uint256 public n;
    mapping(string => uint256) public named;
    function added(uint256[] calldata x) external view returns (uint256) { return n + x.length; }
    function f() external { n = 1; HIDDEN }
}
"""
KEYED_SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
interface Thing {
    function n() external view returns (uint256);
    function named(string calldata key) external view returns (uint256);
    function added(uint256[] calldata x) external view returns (uint256);
    /// @custom:modifies n(), added(*)
    /// @custom:ensures one: n() == 1
    /// @custom:succeeds otherwise
    function f() external;
}
"""


@pytest.mark.parametrize("hidden", ["", 'named["a"] = 2;'])
def test_a_getter_whose_keys_are_no_words_leaves_only_its_own_frames_open(hidden: str, tmp_path: Path) -> None:
    """Also where it does change: nothing is said of it, and nothing leans on that."""
    found = results(of(KEYED.replace("HIDDEN", hidden), KEYED_SPECIFICATION, tmp_path))
    assert {id: r.reason for id, r in found.items() if r.outcome != "holds"} == {"f.frame(named)": "a value of type string as a key"}
    assert {r.strength for r in found.values() if r.outcome == "holds"} == {"proof"}


JAR_SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Jar
/// @custom:deploy (address owner_)
/// @custom:initially set: owner() == owner_ && tips() == 0
/// @custom:invariant solvent: balance(this) >= tips()
interface Thing {
    function owner() external view returns (address);
    function tips() external view returns (uint256);
    /// @custom:changes tips() by +msg.value
    /// @custom:succeeds otherwise
    function tip() external payable;
    /// @custom:only owner()
    /// @custom:changes tips() by -tips()
    /// @custom:pays owner(), tips()
    /// @custom:succeeds otherwise
    function take() external;
    /// @custom:modifies nothing
    /// @custom:succeeds never -- it depends
    function say(string calldata note) external;
}
"""
JAR = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Thing {
    address public owner;
    uint256 public tips;
    constructor(address owner_) { owner = owner_; }
    function tip() external payable { tips += msg.value; }
    function take() external {
        require(msg.sender == owner);
        uint256 t = tips;
        tips = 0;
        (bool ok,) = owner.call{value: t}("");
        require(ok);
    }
    function say(string calldata) external {}
}
"""


@pytest.mark.parametrize(
    ("body", "outcome"),
    [("{}", ("holds", "bounded")), ("{ this.tip{value: 1}(); }", ("violated", "proof"))],
    ids=["it calls nothing", "it pays itself"],
)
def test_what_is_seen_within_bounds_bounds_what_the_contract_calls_of_itself(body: str, outcome: tuple[str, str], tmp_path: Path) -> None:
    """A longer string might make it call `tip` with its own ether, which would break the promise: that is no counterexample."""
    asked = ["tip.solvent", "tip.frame(owner)", "take.changes", "say.frame(tips)"]
    found = results(
        of(JAR.replace("string calldata) external {}", f"string calldata) external {body}"), JAR_SPECIFICATION, tmp_path), asked
    )
    assert (found["tip.solvent"].outcome, found["tip.solvent"].strength) == outcome
    if body == "{}":
        assert found["tip.solvent"].reason == (
            "that the contract does not call it of itself was seen within bounds only (say: dynamic arguments of 0, 32, 65 bytes)"
        )
        assert found["tip.solvent"].bound and found["tip.solvent"].counterexample is None
        assert (found["take.changes"].outcome, found["take.changes"].strength) == ("holds", "bounded")
    assert (found["tip.frame(owner)"].outcome, found["tip.frame(owner)"].strength) == ("holds", "proof")
    assert (found["say.frame(tips)"].outcome, found["say.frame(tips)"].strength) != ("holds", "proof")


FOR_EVERY_KEY = """pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:transition kept: forall (uint256 a, uint256 id) a <= id && old(m(id)) ==> m(id)
/// @custom:transition counted: forall (uint256 id) n(id) >= old(n(id))
interface Thing {
    function m(uint256 i) external view returns (bool);
    function n(uint256 i) external view returns (uint256);
    /// @custom:reverts again: m(id)
    /// @custom:modifies m(*), n(*)
    /// @custom:ensures others: forall (uint256 i, uint256 k) i != id && k != id ==> m(k) == old(m(k)) && n(i) == old(n(i))
    /// @custom:succeeds never -- it counts up
    function take(uint256 id) external;
}
"""


@pytest.mark.parametrize(
    ("also", "broken"),
    [
        ("", set()),
        ("m[7] = false; unchecked { n[id] -= 2; }", {"take.kept", "take.counted", "take.others"}),
    ],
)
def test_what_was_before_at_every_key(also: str, broken: set[str], tmp_path: Path) -> None:
    body = "mapping(uint256 => bool) public m; mapping(uint256 => uint256) public n;"
    take = f"function take(uint256 id) external {{ require(!m[id]); {also} m[id] = true; n[id] += 1; }}"
    found = results(of(f"contract Thing {{ {body} {take} }}", FOR_EVERY_KEY, tmp_path), ["take.kept", "take.counted", "take.others"])
    assert {id for id, r in found.items() if r.outcome != "holds"} == broken
    assert all(r.outcome == "violated" for id, r in found.items() if id in broken)


TWO = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Two functions
/// @custom:deploy ()
interface Thing {
    function count() external view returns (uint256);
    /// @custom:modifies count()
    /// @custom:succeeds otherwise
    function ask() external;
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    FUNCTION
}
"""
ASKS = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Thing {
    uint256 public count;
    function ask() external { CALL }
    FUNCTION { if (msg.sender == address(this)) count = 7; }
}
"""


@pytest.mark.attack
@pytest.mark.parametrize(
    ("function", "call", "broken"),
    [
        ("function answer() external", "Thing(address(this)).answer();", "answer.frame(count)"),
        ("fallback() external", '(bool ok, ) = address(this).call(hex"deadbeef"); require(ok);', "fallback.frame(count)"),
        ("receive() external payable", '(bool ok, ) = address(this).call(""); require(ok);', "receive.frame(count)"),
    ],
)
def test_what_another_function_calls_is_seen_where_only_one_is_asked_about(function: str, call: str, broken: str, tmp_path: Path) -> None:
    """A checker asks the first solvers about what others leave open, and about nothing else."""
    case = of(ASKS.replace("CALL", call).replace("FUNCTION", function), TWO.replace("FUNCTION", f"{function};"), tmp_path)
    assert results(case, [broken])[broken].outcome == "violated"


def test_that_a_branch_is_contested_is_said_before_what_was_not_decided() -> None:
    """Whoever checks asks the first solvers about what was not decided, and not about what solvers contradict each other about."""
    rows = [{"outcome": "unknown", "strength": "none", "reason": reason} for reason in ("solver: time limit", CONTESTED)]
    stamp = Stamp("", "", "", "", "")
    assert engine._result("withdraw.paid", rows, "", case_of("vault", "proved", "Vault"), stamp).reason == CONTESTED
