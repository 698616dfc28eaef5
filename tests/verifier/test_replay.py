"""What solvers found, shown to the EVM: sequences of calls from a deployment, and scenes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.forge import ForgeOptions, ForgeRun, run_tests
from toolchain.process import Limits
from toolchain.solc import compile_sources
from toolchain.sources import import_sources
from toolchain.workspace import Workspace
from verifier.counterexample import Call, Environment
from verifier.engines.job import Job
from verifier.engines.symbolic import engine as symbolic
from verifier.harness import evidence
from verifier.judge import Candidate, JudgeOptions, judge_case, played, prepare
from verifier.replay import replay_scenes, replay_sequence, state_after
from verifier.scene import Account, Scene, StrangerAnswer

CORPUS = Path(__file__).parents[1] / "corpus"
ANN = f"0x{0xA11CE:040x}"
BOB = f"0x{0xB0B:040x}"
DEPOSIT, WITHDRAW = "d0e30db0", "2e1a7d4d"


def word(n: int) -> str:
    return f"{n:064x}"


def vault(folder: str, name: str) -> Job:
    directory = CORPUS / "vault"
    specification = parse(directory / "Vault.spec.sol")
    tree = import_sources(directory / folder / f"{name}.sol", root=directory)
    return prepare(specification, Candidate(tree, "Vault"), JudgeOptions()).job


DEPLOY = Call("constructor", "deploy()", BOB, 0, "", kind="deploy")
PAY_IN = Call("deposit", "deposit()", ANN, 5, DEPOSIT)
TAKE = Call("withdraw", "withdraw(3)", BOB, 0, WITHDRAW + word(3))


def test_calls_that_break_a_promise_are_shown_in_a_plain_test() -> None:
    made = replay_sequence(vault("refuted", "NoCheck"), "withdraw.short", (DEPLOY, PAY_IN, TAKE))
    assert made.replayed and made.reached
    assert [(c.text, c.succeeded) for c in made.calls] == [("deploy()", True), ("deposit()", True), ("withdraw(3)", True)]
    assert 'require(!ok, "withdraw.short: ' in made.test
    assert ("total()", "5", "2") in [(o.getter, o.before, o.after) for o in made.observations]


def test_calls_that_break_nothing_are_not_shown() -> None:
    made = replay_sequence(vault("proved", "Vault"), "withdraw.short", (DEPLOY, PAY_IN, TAKE))
    assert not made.replayed
    assert "InsufficientBalance(0, 3)" in made.message


def test_another_promise_that_breaks_on_the_way_does_not_stop_a_replay() -> None:
    job = vault("refuted", "NoEvent")  # every withdrawal breaks `emits`
    calls = (DEPLOY, PAY_IN, replace(TAKE, sender=ANN), replace(TAKE, sender=ANN, data=WITHDRAW + word(9)))
    assert not replay_sequence(job, "withdraw.short", calls).replayed
    assert replay_sequence(job, "withdraw.emits", calls[:3]).replayed


def test_functions_of_a_contract_are_never_run_as_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none could be taken for one, forge is told nothing, and compiles once; else it is told where the tests lie."""
    given: list[str] = []
    ran: list[str] = []

    def watched(workspace: Workspace, options: ForgeOptions, *, limits: Limits) -> ForgeRun:
        found = run_tests(workspace, options, limits=limits)
        given.append(options.match_path)
        ran.extend(found.suites)
        return found

    monkeypatch.setattr(evidence, "run_tests", watched)
    job = vault("refuted", "NoCheck")
    path = job.contract.path
    source = str(job.compilation.input["sources"][path]["content"])
    named = compile_sources({path: f"{source}\ncontract Beside {{ function testNothing() external {{}} }}\n"})
    for compilation in (job.compilation, named):
        again = replace(job, compilation=compilation, contract=compilation.contract("Vault", path))
        assert replay_sequence(again, "withdraw.short", (DEPLOY, PAY_IN, TAKE)).replayed
    assert given == ["", "solwright-test/*"]
    assert ran and all(name.startswith("solwright-test/") for name in ran)


HEAD = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n"
COUNT = {
    "foundry.toml": "[profile.default]\n",
    "remappings.txt": "src/:fees/=lib/fees/\n",
    "Count.spec.sol": f"""{HEAD}
/// @custom:deploy ()
/// @custom:initially none: n() == 0
interface Count {{
    function n() external view returns (uint256);
    /// @custom:changes n() by +1
    function up() external;
}}""",
    "src/Count.sol": HEAD + 'import {Fee} from "FEE"; contract Count { uint256 public n; function up() external { n = Fee.twice(n); } }',
}
FEE = f"{HEAD}library Fee {{ function twice(uint256 x) internal pure returns (uint256) {{ return x + 2; }} }}"
FEES = ("src/Fee.sol", "test/Fee.sol", "script/Fee.sol", "lib/fees/Fee.sol", "Fee.sol")


@pytest.mark.parametrize(
    ("lies", "imported"), [*((x, x) for x in FEES), ("src/Fee.sol", "./Fee.sol"), ("lib/fees/Fee.sol", "fees/Fee.sol")]
)
def test_whatever_a_project_imports_by_is_found_in_the_project_of_a_replay(lies: str, imported: str, tmp_path: Path) -> None:
    for path, text in {**COUNT, lies: FEE}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text.replace("FEE", imported))
    tree = import_sources(tmp_path / "src" / "Count.sol", root=tmp_path)
    job = prepare(parse(tmp_path / "Count.spec.sol"), Candidate(tree, "Count"), JudgeOptions()).job
    up = next(f.selector for f in job.specification.functions if f.name == "up")
    made = replay_sequence(job, "up.changes", (DEPLOY, Call("up", "up()", ANN, 0, up)))
    assert made.replayed, made.notes
    assert 'from "../src/Count.sol";' in made.test


def test_a_test_that_does_not_compile_is_not_one_that_the_evm_contradicts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "SOUND", "this is not Solidity")
    made = replay_sequence(vault("refuted", "NoCheck"), "withdraw.short", (DEPLOY, PAY_IN, TAKE))
    assert (made.replayed, made.compiled) == (False, False)


def test_a_stranger_that_calls_back_is_shown() -> None:
    again = Call("withdraw", "withdraw(5)", ANN, 0, WITHDRAW + word(5), sender_code=True)
    calls = (DEPLOY, replace(PAY_IN, sender=BOB), replace(PAY_IN, sender_code=True), replace(again, callback=again))
    made = replay_sequence(vault("refuted", "Reenter"), "withdraw.accounted", calls)
    assert made.replayed
    assert made.calls[-1].callback is not None


def test_a_stranger_that_refuses_is_shown() -> None:
    calls = (DEPLOY, PAY_IN, replace(TAKE, sender=ANN, sender_code=True, refuse=True))
    assert replay_sequence(vault("refuted", "PayIgnored"), "withdraw.paid", calls).replayed
    assert not replay_sequence(vault("proved", "Vault"), "withdraw.paid", calls).replayed


def test_the_state_after_calls_is_that_of_the_getters() -> None:
    seen = {o.getter: (o.before, o.after) for o in state_after(vault("proved", "Vault"), (DEPLOY, PAY_IN, replace(TAKE, sender=ANN)))}
    assert seen["total()"] == ("5", "2")
    assert seen[f"balanceOf({ANN})"] == ("5", "2")


# ---------------------------------------------------------------- scenes

SOURCE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Asks {
    uint256 public x;
    bool transient open;
    function ask(address a) external payable returns (uint256) {
        require(open);
        (bool ok, bytes memory d) = a.call{value: 1}("");
        require(ok, "refused");
        (ok, d) = a.staticcall(hex"11223344");
        return ok ? x + abi.decode(d, (uint256)) + block.timestamp : 7;
    }
}
"""
HERE, STRANGER, SENDER = (f"0x{b * 20}" for b in ("c0", "be", "11"))


@pytest.fixture(scope="module")
def scene() -> Scene:
    contract = compile_sources({"Asks.sol": SOURCE}).contract("Asks")
    data = contract.method_identifiers["ask(address)"] + "0" * 24 + STRANGER[2:]
    return Scene(
        id="",
        address=HERE,
        code=contract.runtime,
        storage=((0, 5),),
        transient=((0, 1),),
        balances=((HERE, 100), (SENDER, 50)),
        codes=(),
        sender=SENDER,
        origin=SENDER,
        value=3,
        data=data,
        environment=Environment(timestamp=1000, number=7),
        answers=(),
        expect_success=True,
    )


def test_scenes_come_out_as_the_evm_has_them(scene: Scene) -> None:
    accepts, nine = StrangerAnswer(True), StrangerAnswer(True, word(9))
    outcomes = replay_scenes(
        [
            replace(scene, id="answers in order", answers=(accepts, nine), expect_return=word(1014)),
            replace(scene, id="refuses first", answers=(StrangerAnswer(False),), expect_success=False),
            replace(scene, id="refuses then", answers=(accepts, StrangerAnswer(False)), expect_return=word(7)),
            replace(scene, id="transient is clear", transient=(), expect_success=False),
            replace(scene, id="storage is clear", storage=(), answers=(accepts, nine), expect_return=word(1009)),
            replace(scene, id="wrong success", answers=(accepts, nine), expect_success=False),
            replace(scene, id="wrong return", answers=(accepts, nine), expect_return=word(1)),
            replace(scene, id="too poor", balances=((HERE, 100), (SENDER, 2)), expect_success=False),
        ]
    )
    disagree = {"wrong success", "wrong return"}
    assert {id for id, o in outcomes.items() if not o.agrees} == disagree
    assert all(outcomes[id].detail for id in disagree)
    assert outcomes["answers in order"].returned == word(1014)


def test_scenes_have_other_contracts_with_storage_of_their_own(scene: Scene) -> None:
    keeps = "contract Keeps { uint256 y; fallback(bytes calldata) external payable returns (bytes memory) { return abi.encode(y); } }"
    code = compile_sources({"Keeps.sol": "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n" + keeps}).contract("Keeps").runtime
    outcomes = replay_scenes(
        [
            replace(scene, id="nine", others=(Account(STRANGER, code, ((0, 9),)),), expect_return=word(1014)),
            replace(scene, id="nothing", others=(Account(STRANGER, code, ()),), expect_return=word(1005)),
            # an answer that is more than yes makes a stranger of whoever has no code: not of this one
            replace(
                scene,
                id="answers",
                others=(Account(STRANGER, code, ((0, 9),)),),
                answers=(StrangerAnswer(False),),
                expect_return=word(1014),
            ),
        ]
    )
    assert {id: o.detail for id, o in outcomes.items() if not o.agrees} == {}


def test_no_scenes_need_no_evm() -> None:
    assert replay_scenes([]) == {}


REVEAL = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Commitments
/// @custom:deploy ()
interface Reveal {
    function committed(address who) external view returns (bytes32);
    function revealed(bytes32 id) external view returns (uint256);
    /// @custom:reverts other: committed(msg.sender) != keccak256(abi.encode(secret, salt))
    /// @custom:modifies revealed(keccak256(abi.encode(msg.sender, keccak256(abi.encode(secret, salt)))))
    /// @custom:succeeds otherwise
    function reveal(uint256 secret, bytes32 salt) external;
    /// @custom:modifies committed(msg.sender)
    /// @custom:succeeds otherwise
    function commit(bytes32 hash) external;
}
"""
REVEALS = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Reveal {
    mapping(address => bytes32) public committed;
    mapping(bytes32 => uint256) public revealed;
    function commit(bytes32 hash) external { committed[msg.sender] = hash; }
    function reveal(uint256 secret, bytes32 salt) external {
        bytes32 hash = keccak256(abi.encode(secret, salt));
        require(committed[msg.sender] == hash);
        revealed[keccak256(abi.encode(msg.sender, hash))] = secret;
    }
}
"""


def test_a_call_that_hinges_on_hashes_is_played_with_those_of_the_evm(tmp_path: Path) -> None:
    """One hash is compared with what was stored, one is a key, and one is made of the other: a solver's model has none of them right."""
    (tmp_path / "Reveal.spec.sol").write_text(REVEAL)
    (tmp_path / "Reveal.sol").write_text(REVEALS)
    options = JudgeOptions(engines=("symbolic",), reach=False)
    tree = import_sources(tmp_path / "Reveal.sol", root=tmp_path)
    case = prepare(parse(tmp_path / "Reveal.spec.sol"), Candidate(tree, "Reveal"), options)
    verdicts = judge_case(case, options).verdicts
    assert {v.obligation: v.reason for v in verdicts.values() if v.obligation.startswith("reveal.") and v.status != "PROVED"} == {}


SAME = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Texts that are alike
/// @custom:deploy ()
interface Same {
    function seen() external view returns (bytes32);
    /// @custom:reverts other: keccak256(abi.encode(one)) != keccak256(abi.encode(two))
    /// @custom:modifies seen()
    /// @custom:ensures seen: seen() == keccak256(abi.encode(two))
    /// @custom:succeeds otherwise
    function see(uint256 one, uint256 two) external;
}
"""
SEES = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Same {
    bytes32 public seen;
    function see(uint256 one, uint256 two) external {
        require(keccak256(abi.encode(one)) == keccak256(abi.encode(two)));
        seen = keccak256(abi.encode(one));
    }
}
"""


def test_two_hashes_of_the_same_data_are_one(tmp_path: Path) -> None:
    (tmp_path / "Same.spec.sol").write_text(SAME)
    (tmp_path / "Same.sol").write_text(SEES)
    options = JudgeOptions(engines=("symbolic",), reach=False)
    tree = import_sources(tmp_path / "Same.sol", root=tmp_path)
    case = prepare(parse(tmp_path / "Same.spec.sol"), Candidate(tree, "Same"), options)
    found = symbolic.discharge(case, only=["see.reachable"])
    assert [s.id for s in found.scenes] == ["see.reachable"]
    assert [r.outcome for r in played(found).results] == ["holds"]
