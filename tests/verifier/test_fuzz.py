"""The fuzz engine on real contracts: what it finds, what it must not find, and that nothing can pass for an answer that is none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.errors import ToolCrashed
from toolchain.sources import import_sources
from toolchain.workspace import fresh_workspace
from verifier.engines import fuzz
from verifier.engines.job import Effort, Job
from verifier.harness import project
from verifier.judge import Candidate, Case, JudgeOptions, judge_case, prepare
from verifier.result import Result

CORPUS = Path(__file__).parents[1] / "corpus"


def job_of(kind: str, folder: str, name: str, runs: int = 300) -> Job:
    directory = CORPUS / kind
    specification = parse(next(directory.glob("*.spec.sol")))
    tree = import_sources(directory / folder / f"{name}.sol", root=directory)
    return prepare(specification, Candidate(tree, specification.name), JudgeOptions(effort=Effort(fuzz_runs=runs))).job


def of(source: str, specification: str, tmp_path: Path, runs: int = 200) -> Job:
    return case_of(source, specification, tmp_path, runs).job


def case_of(source: str, specification: str, tmp_path: Path, runs: int) -> Case:
    (tmp_path / "Thing.spec.sol").write_text(specification)
    (tmp_path / "Thing.sol").write_text(source)
    tree = import_sources(tmp_path / "Thing.sol", root=tmp_path)
    return prepare(parse(tmp_path / "Thing.spec.sol"), Candidate(tree, "Thing"), JudgeOptions(effort=Effort(fuzz_runs=runs)))


def results(job: Job) -> Mapping[str, Result]:
    found = {r.obligation: r for r in fuzz.discharge(job)}
    assert found.pop("canary:false").outcome == "violated"
    assert found.pop("canary:true").outcome == "holds"
    assert set(found) == {o.id for o in job.ledger.obligations if fuzz.speaks_of(o)}
    return found


def violated(found: Mapping[str, Result]) -> set[str]:
    for r in found.values():
        if r.outcome == "violated":
            assert r.counterexample is not None and r.counterexample.replayed and r.counterexample.reached, r.reason
            assert f'"{r.obligation}: ' in r.counterexample.test
    return {r.obligation for r in found.values() if r.outcome == "violated"}


@pytest.mark.parametrize("name", ["Vault", "VaultLocked"])
def test_a_right_contract_is_not_accused(name: str) -> None:
    found = results(job_of("vault", "proved", name))
    assert violated(found) == set()
    assert {r.obligation for r in found.values() if r.outcome == "failed"} == set()
    never = {r.obligation for r in found.values() if r.outcome == "unknown"}
    assert never == {"deposit.atomic", "deposit.solvent@callout", "deposit.accounted@callout"}  # deposit calls nobody
    assert found["withdraw.debited"].bound.endswith("cases")


def test_a_parameter_is_not_taken_for_a_result_without_a_name(tmp_path: Path) -> None:
    specification = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
interface Thing {
    function x() external view returns (uint256);
    /// @custom:modifies x()
    /// @custom:ensures set: x() == result0 + result
    /// @custom:succeeds otherwise
    function set(uint8 result0, uint256 result) external returns (uint8, uint8);
}
"""
    body = "uint256 public x; function set(uint8 a, uint256 b) external returns (uint8, uint8) { x = a + b; }"
    source = f"// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\ncontract Thing {{ {body} }}\n"
    assert violated(results(of(source, specification, tmp_path))) <= {"set.succeeds"}


@pytest.fixture(scope="module")
def token() -> Mapping[str, Result]:
    return results(job_of("token", "proved", "Token", runs=200))


def test_ether_is_sent_where_none_is_taken_in_a_fixed_share_of_runs(token: Mapping[str, Result]) -> None:
    for function in ("transfer", "approve", "transferFrom", "mint"):
        assert token[f"{function}.nonpayable"].outcome == "holds", token[f"{function}.nonpayable"].reason


def test_a_right_contract_with_getters_of_two_keys_is_not_accused(token: Mapping[str, Result]) -> None:
    assert violated(token) == set()


POT = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy () payable
{clauses}
/// @custom:initially begun: stake() == msg.value
interface Thing {{
    function stake() external view returns (uint256);
    /// @custom:changes stake() by +msg.value
    /// @custom:succeeds otherwise
    function add() external payable;
}}
"""
SOMETHING, NOTHING = "/// @custom:deployable something: msg.value > 0", "/// @custom:undeployable nothing: msg.value == 0"


@pytest.mark.parametrize(
    ("clauses", "condition", "wrong"),
    [
        ((NOTHING, SOMETHING), "msg.value > 0", set()),
        ((SOMETHING,), "true", set()),
        ((NOTHING, SOMETHING), "true", {"constructor.nothing"}),
        ((NOTHING, SOMETHING), "msg.value > 1", {"constructor.something"}),
    ],
)
def test_a_deployment_that_needs_ether_is_sent_no_more_than_there_is(
    clauses: tuple[str, ...], condition: str, wrong: set[str], tmp_path: Path
) -> None:
    body = f"uint256 public stake; constructor() payable {{ require({condition}); stake = msg.value; }}"
    body += " function add() external payable { stake += msg.value; }"
    source = f"// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\ncontract Thing {{ {body} }}\n"
    found = results(of(source, POT.format(clauses="\n".join(clauses)), tmp_path))
    assert violated(found) == wrong
    assert found["add.succeeds"].outcome == "holds"


FAULTS = {
    "NoEvent": {"withdraw.emits"},
    "NoCheck": {"withdraw.short", "withdraw.accounted"},
    "Reenter": {"withdraw.solvent@callout"},
    "LockedLate": {"withdraw.solvent@callout"},
    "WrongRefund": {"withdraw.paid"},
    "Extra": {"selector"},
    "AlwaysReverts": {"withdraw.succeeds"},
    "OriginTrigger": {"withdraw.short"},
    "HonestGetter": {"deposit.credited"},
    "CodeSize": {"withdraw.paid"},
    "Transient": {"withdraw.paid"},
    "TimeLock": {"deposit.succeeds"},
}


@pytest.mark.corpus
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_vault_is_found_and_shown(name: str) -> None:
    found = violated(results(job_of("vault", "refuted", name, runs=400)))
    assert found >= FAULTS[name]


PRODUCT = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Areas
/// @custom:deploy ()
/// @custom:initially nothing: width() == 0 && height() == 0
/// @custom:invariant small: width() * height() <= type(uint256).max
interface Thing {
    function width() external view returns (uint256);
    function height() external view returns (uint256);
    /// @custom:modifies width(), height()
    /// @custom:ensures set: width() == w && height() == h
    /// @custom:succeeds otherwise
    function resize(uint256 w, uint256 h) external;
}
"""
AREAS = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Thing {
    uint256 public width;
    uint256 public height;
    function resize(uint256 w, uint256 h) external { width = w; height = h; }
}
"""


def test_a_claim_that_overflows_in_solidity_is_shown_exactly(tmp_path: Path) -> None:
    found = results(of(AREAS, PRODUCT, tmp_path))
    assert violated(found) == {"resize.small"}
    shown = found["resize.small"].counterexample
    assert shown is not None and "contract Clauses" in shown.test  # plain Solidity would have panicked


DEAR = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy (uint256 price_)
interface Thing {
    error Dear(uint256 due);
    function price() external view returns (uint256);
    /// @custom:reverts dear with Dear(n * price()): msg.value != n * price()
    /// @custom:reverts huge: false
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function buy(uint256 n) external payable;
}
"""
BUYING = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Thing {
    error Dear(uint256 due);
    uint256 public immutable price;
    constructor(uint256 price_) { price = price_; }
    function buy(uint256 n) external payable { if (msg.value != n * price) revert Dear(n * price); }
}
"""


def test_an_error_that_cannot_be_made_is_missed_only_where_no_other_will_do(tmp_path: Path) -> None:
    assert violated(results(of(BUYING, DEAR, tmp_path))) == {"buy.dear"}
    free = DEAR.replace("huge: false", "huge: n * price() > type(uint256).max")
    assert violated(results(of(BUYING, free, tmp_path))) == set()


NEVER = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Thing {
    uint256 public width;
    uint256 public height;
    constructor() { revert(); }
    function resize(uint256 w, uint256 h) external { width = w; height = h; }
}
"""


def test_what_was_never_exercised_does_not_hold(tmp_path: Path) -> None:
    found = results(of(NEVER, PRODUCT, tmp_path))
    assert {r.outcome for id, r in found.items() if id.startswith(("resize", "stable"))} == {"unknown"}
    assert found["resize.small"].reason == "never exercised"


def test_a_stranger_that_may_only_look_is_asked_all_the_same(tmp_path: Path) -> None:
    source = AREAS.replace("width = w;", 'width = w; (bool ok,) = msg.sender.staticcall(""); ok;')
    assert violated(results(of(source, PRODUCT, tmp_path))) == {"resize.small"}


def test_code_that_names_the_test_tool_is_not_believed(tmp_path: Path) -> None:
    source = AREAS.replace("width = w;", "if (address(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D).code.length == 0) w++; width = w;")
    job = of(source, PRODUCT, tmp_path)
    assert {(r.outcome, r.strength) for r in fuzz.discharge(job)} == {("unknown", "none")}


def test_an_assumption_that_runs_cannot_evaluate_silences_them_and_their_canaries(tmp_path: Path) -> None:
    assuming = PRODUCT.replace(
        "/// @custom:deploy",
        "/// @custom:assume wide: forall (uint256 x) x < width() ==> x < 2**200 -- nobody is wider\n/// @custom:deploy",
    )
    case = case_of(AREAS, assuming, tmp_path, runs=200)
    assert fuzz.abstention(case.job.specification, case.job.contract) == "runs cannot know whether wide holds"
    judgement = judge_case(case, JudgeOptions(engines=("fuzz",), reach=False))
    assert {r.outcome for r in judgement.results if r.engine == "fuzz"} == {"unknown"}
    assert not judgement.canaries


# ---------------------------------------------------------------- answers that are none


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cache = tmp_path_factory.mktemp("cache")
    (cache / "engine").mkdir()
    shutil.copytree(project.engine_project(), cache / "engine" / project.engine_digest()[:32])
    return cache


def test_a_built_engine_that_was_altered_is_not_used(built: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    shutil.copytree(built, cache)
    folder = cache / "engine" / project.engine_digest()[:32]
    artifact = folder / "out" / "Engine.t.sol" / "Engine.json"
    right = artifact.read_bytes()
    artifact.write_bytes(right.replace(b'"object":"0x60', b'"object":"0x00', 1))
    (folder / "out" / "planted").write_text("")
    assert project.engine_project(cache) == folder
    assert not (folder / "out" / "planted").exists()
    assert json.loads(artifact.read_text())["bytecode"] == json.loads(right)["bytecode"]


def test_compiled_clauses_that_were_altered_are_not_used(tmp_path: Path) -> None:
    specification = job_of("vault", "proved", "Vault").specification
    first = project.compile_clauses(specification, tmp_path)
    (kept,) = (tmp_path / "clauses").iterdir()
    forged = json.loads(kept.read_text())
    forged["creation"] = forged["creation"].replace("6080", "6081", 1)
    kept.write_text(json.dumps(forged))
    assert project.compile_clauses(specification, tmp_path).creation == first.creation


def test_a_test_that_did_not_run_is_no_answer(built: Path) -> None:
    with fresh_workspace() as workspace:
        project.ready(workspace, built, "input", b"")
        with pytest.raises(ToolCrashed, match="did not run"):
            project.run(workspace, "Engine", ["test_999"], 1, 60)
        with pytest.raises(ToolCrashed, match="ended with Failure"):
            project.run(workspace, "Engine", ["test_0"], 1, 60)  # its input is empty


def test_a_report_on_another_question_is_no_answer(built: Path) -> None:
    with fresh_workspace() as workspace:
        project.ready(workspace, built, "input", b"")
        workspace.write("io/walk", (32).to_bytes(32, "big") + b"\1" * 32 + (64).to_bytes(32, "big") + bytes(32))
        with pytest.raises(ToolCrashed, match="another question"):
            project.read(workspace, "walk", "(bytes32,bytes)", b"\2" * 32)
        with pytest.raises(ToolCrashed, match="no report"):
            project.read(workspace, "nothing", "(bytes32,bytes)", b"\2" * 32)
