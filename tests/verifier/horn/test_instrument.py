"""The instrumented contract behaves as the original, and what its checks assert is what the clauses say, both on the EVM."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.forge import ForgeOptions, configure, run_tests
from toolchain.solc import Contract, compile_sources
from toolchain.sources import import_sources
from toolchain.workspace import fresh_workspace
from verifier.engines.horn.instrument import HARNESS, instrument
from verifier.judge import Candidate, Case, JudgeOptions, prepare

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus"
HEAD = "// SPDX-License-Identifier: AGPL-3.0-or-later\npragma solidity ^0.8.24;\n"
KINDS = frozenset({"ensures", "changes", "frame", "transition", "reverts", "equals", "invariant"})
VALUES = {
    "address": "_address({})", "uint256": "_number({})", "bool": "({} & 1 == 1)", "address[]": "_addresses({})",
    "uint256[]": "_numbers({})",
}  # fmt: skip
DRIVER = """
interface Vm {
    struct Log { bytes32[] topics; bytes data; address emitter; }
    function prank(address) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
}
contract Drawn {
    Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 state;
    function _draw() internal returns (uint256) { return state = uint256(keccak256(abi.encode(state))); }
    function _address(uint256 x) internal pure returns (address) { return address(uint160(0x1000 + x % 4)); }
    function _number(uint256 x) internal pure returns (uint256) {
        if (x % 7 == 0) return type(uint256).max - x % 3;
        return x % 5 == 0 ? x : x % 11 == 0 ? 101 : x % 13 == 0 ? 12 : (x >> 8) % 6;
    }
    function _addresses(uint256 x) internal pure returns (address[] memory out) {
        out = new address[](x % 5);
        for (uint256 i = 0; i < out.length; ++i) out[i] = _address(uint256(keccak256(abi.encode(x, i))));
    }
    function _numbers(uint256 x) internal pure returns (uint256[] memory out) {
        out = new uint256[](x % 5);
        for (uint256 i = 0; i < out.length; ++i) out[i] = _number(uint256(keccak256(abi.encode(x, i))));
    }
    function _logged() internal returns (bytes32 out) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) out = keccak256(abi.encode(out, logs[i].topics, logs[i].data));
    }
}
"""


def case_of(source: Path, specification: Path) -> Case:
    spec = parse(specification)
    return prepare(spec, Candidate(import_sources(source, root=specification.parent), spec.name), JudgeOptions())


def sources_of(case: Case, kinds: frozenset[str] = KINDS) -> Iterator[tuple[str, Sequence[tuple[str, str]]]]:
    """Yield instrumented sources with the names of their checks and the obligations of those."""
    job = case.job
    asked = [o for o in job.ledger.obligations if o.kind in kinds and o.function != "constructor"]
    for made in instrument(job.specification, job.compilation, job.contract, asked)[0]:
        if made.contracts == (HARNESS,):
            yield made.sources[made.path], [(c.name, c.obligation) for c in made.checks]


def drawn(contract: Contract, signatures: Mapping[str, str]) -> list[str]:
    """Return one encoded call for each function whose arguments can be drawn."""
    calls = []
    for entry in (e for e in contract.abi if e["type"] == "function"):
        types = [i["type"] for i in entry["inputs"]]
        signature = f"{entry['name']}({','.join(types)})"
        if signature in signatures and all(t in VALUES for t in types):
            values = "".join(f", {VALUES[t].format('_draw()')}" for t in types)
            calls.append(f'abi.encodeWithSignature("{signature}"{values})')
    return calls


def arguments(contract: Contract) -> str:
    inputs = [i for e in contract.abi if e["type"] == "constructor" for i in e["inputs"]]
    return ", ".join({"address": "address(0x1001)", "uint256": "1000"}[i["type"]] for i in inputs)


def choose(calls: Sequence[str]) -> str:
    rows = "".join(f"if (n == {i}) return {c};\n" for i, c in enumerate(calls))
    return f"function _call(uint256 n) internal returns (bytes memory) {{ {rows} return ''; }}"


CASES = {
    "token": (CORPUS / "token" / "proved" / "Token.sol", CORPUS / "token" / "Token.spec.sol"),
    "batch": (CORPUS / "loops" / "batch" / "proved" / "Batch.sol", CORPUS / "loops" / "batch" / "Batch.spec.sol"),
    "queue": (CORPUS / "loops" / "queue" / "unknown" / "Queue.sol", CORPUS / "loops" / "queue" / "Queue.spec.sol"),
    "dividends": (CORPUS / "loops" / "dividends" / "proved" / "Dividends.sol", CORPUS / "loops" / "dividends" / "Dividends.spec.sol"),
    "rewritten": (Path(__file__).with_name("Rewritten.sol"), Path(__file__).with_name("Rewritten.spec.sol")),
}


@pytest.mark.parametrize("name", ["rewritten", *(pytest.param(n, marks=pytest.mark.corpus) for n in CASES if n != "rewritten")])
def test_the_instrumented_contract_behaves_as_the_original(name: str) -> None:
    case = case_of(*CASES[name])
    contract = case.job.contract
    source, _ = next(sources_of(case))
    original = str(case.job.compilation.input["sources"][contract.path]["content"])
    calls = drawn(contract, contract.method_identifiers)
    test = f"""{HEAD}import {{{contract.name}}} from "../src/Original.sol";
import {{{HARNESS}}} from "../src/Instrumented.sol";
{DRIVER}
contract Same is Drawn {{
    {choose(calls)}
    function testFuzz_same(uint256 seed) public {{
        state = seed;
        address[2] memory made;
        vm.prank(address(0x1001));
        made[0] = address(new {contract.name}({arguments(contract)}));
        vm.prank(address(0x1001));
        made[1] = address(new {HARNESS}({arguments(contract)}));
        for (uint256 i = 0; i < 24; ++i) {{
            address sender = _address(_draw());
            bytes memory data = _call(_draw() % {len(calls)});
            vm.recordLogs();
            vm.prank(sender);
            (bool ok, bytes memory first) = made[0].call(data);
            bytes32 logged = _logged();
            vm.recordLogs();
            vm.prank(sender);
            (bool also, bytes memory second) = made[1].call(data);
            require(ok == also, "one of them reverts");
            require(logged == _logged(), "they log something else");
            require(!ok || keccak256(first) == keccak256(second), "they return something else");
        }}
    }}
}}
"""
    assert statuses({"Original.sol": original, "Instrumented.sol": source}, test) == {"testFuzz_same(uint256)": "Success"}


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["token", "batch", "queue", "dividends"])
def test_checks_of_a_right_contract_never_fail_on_the_evm(name: str) -> None:
    case = case_of(*CASES[name])
    for source, checks in sources_of(case, KINDS - {"invariant"}):
        assert failing(case, source, [n for n, _ in checks]) == set()


@pytest.mark.corpus
@pytest.mark.parametrize("path", sorted(CORPUS.glob("loops/*/refuted/*.sol")), ids=lambda p: p.stem)
def test_checks_of_wrong_contracts_fail_on_the_evm(path: Path) -> None:
    """Every promise that a wrong contract of the corpus breaks is asked, and its check is broken by calls."""
    broken = set(re.findall(r"[\w.]+", path.read_text().split("// expect: not-verified ", 1)[1].split("\n", 1)[0]))
    case = case_of(path, next(path.parents[1].glob("*.spec.sol")))
    found: set[str] = set()
    for source, checks in sources_of(case):
        asked = {name: o for name, o in checks if o in broken}
        found |= {asked[name] for name in (failing(case, source, [*asked]) if asked else ())}
    assert found == broken


def failing(case: Case, source: str, names: Sequence[str]) -> set[str]:
    """Return the checks that some call after some calls makes fail with the panic of an assertion."""
    contract = compile_sources({"Instrumented.sol": source}).contract(HARNESS)
    own = {s: x for s, x in contract.method_identifiers.items() if s.split("(")[0] not in names}
    tests = ""
    for name in names:
        calls = drawn(contract, own)
        check = drawn(contract, {s: x for s, x in contract.method_identifiers.items() if s.split("(")[0] == name})
        tests += f"""
contract Of_{name} is Drawn {{
    {choose(calls)}
    function testFuzz_check(uint256 seed) public {{
        state = seed;
        vm.prank(address(0x1001));
        address made = address(new {HARNESS}({arguments(contract)}));
        for (uint256 i = 0; i < 24; ++i) {{
            vm.prank(_address(_draw()));
            (bool ok, bytes memory said) = made.call({check[0]});
            require(!ok, "a check is no step");
            require(keccak256(said) != keccak256(abi.encodeWithSignature("Panic(uint256)", 1)), "the assertion fails");
            vm.prank(_address(_draw()));
            made.call(_call(_draw() % {len(calls)}));
        }}
    }}
}}
"""
    test = f'{HEAD}import {{{HARNESS}}} from "../src/Instrumented.sol";\n{DRIVER}{tests}'
    with fresh_workspace() as workspace:
        configure(workspace)
        workspace.write("src/Instrumented.sol", source)
        workspace.write("test/T.t.sol", test)
        run = run_tests(workspace, ForgeOptions(fuzz_runs=100))
    out = set()
    for suite, found in run.suites.items():
        (result,) = found["test_results"].values()
        assert result["status"] == "Success" or result["reason"].startswith("the assertion fails"), result["reason"]
        if result["status"] != "Success":
            out.add(suite.rsplit(":Of_", 1)[1])
    assert len(run.suites) == len(names)
    return out


def statuses(sources: Mapping[str, str], test: str) -> dict[str, str]:
    with fresh_workspace() as workspace:
        configure(workspace)
        for name, text in sources.items():
            workspace.write(f"src/{name}", text)
        workspace.write("test/T.t.sol", test)
        run = run_tests(workspace, ForgeOptions(fuzz_runs=100))
    return {n: r["status"] for suite in run.suites.values() for n, r in suite["test_results"].items()}


def test_arrays_have_no_more_elements_than_what_decodes_arguments_takes() -> None:
    loops = CORPUS / "loops" / "tally"
    case = case_of(loops / "proved" / "Tally.sol", loops / "Tally.spec.sol")
    ((text, checks),) = sources_of(case, frozenset({"ensures"}))
    bounded = next(name for name, obligation in checks if obligation == "record.bounded")
    first = text[text.index(f"function {bounded}(") :].split("\n")[2].strip()
    assert first == f"require(swh_p0.length <= {(1 << 64) - 1});"
    assert text.count("swh_p0.length <= 18446744073709551615") == 1, "where a clause does not look at it, nothing is said of it"


def checks_of(tmp_path: Path, source: str, specification: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the checks of a contract by obligation, without the marks of what is meant, and why others have none."""
    (tmp_path / "Box.sol").write_text(HEAD + source)
    (tmp_path / "Box.spec.sol").write_text(f"{HEAD}/// @title box\n/// @custom:deploy ()\n{specification}")
    job = case_of(tmp_path / "Box.sol", tmp_path / "Box.spec.sol").job
    asked = [o for o in job.ledger.obligations if o.kind in KINDS and o.function != "constructor"]
    made, refused = instrument(job.specification, job.compilation, job.contract, asked)
    return {c.obligation: re.sub(r"/\*\d+\*/", "", c.text) for m in made for c in m.checks}, refused


def test_a_bound_symbol_is_no_result_of_the_same_name(tmp_path: Path) -> None:
    checks, _ = checks_of(
        tmp_path,
        "contract Box { mapping(uint256 => uint256) public held; uint256 public n;"
        " function f() external returns (uint256 key) { n = 1; key = 2; } }",
        "/// @custom:invariant none: forall (uint256 key) held(key) == 0\n"
        "/// @custom:transition kept: forall (uint256 key) held(key) == old(held(key))\n"
        "interface Box { function held(uint256 k) external view returns (uint256); function n() external view returns (uint256);\n"
        "/// @custom:modifies held(*), n()\n/// @custom:ensures told: held(key) == 0\n/// @custom:succeeds never -- it is a test\n"
        "function f() external returns (uint256 key); }",
    )
    assert "assert(held[swh_b0] == uint256(0))" in checks["f.none"]
    assert "assert(held[swh_b0] == swh_v1)" in checks["f.kept"] and "swh_v1 = held[swh_b0]" in checks["f.kept"]
    assert "assert(held[swh_q0] == uint256(0))" in checks["f.told"]


def test_a_key_names_no_other_function_by_its_type(tmp_path: Path) -> None:
    checks, _ = checks_of(
        tmp_path,
        "interface Coin {} contract Box { uint256 public n; Coin public coin;"
        " function held(uint8) external view returns (uint256) { return n; }"
        " function kept(address) external view returns (uint256) { return n; }"
        " function f(Coin c) external returns (Coin) { n = 1; return c; } }",
        "interface Box { function n() external view returns (uint256); function coin() external view returns (address);\n"
        "function held(uint8 k) external view returns (uint256); function kept(address a) external view returns (uint256);\n"
        "/// @custom:modifies n(), held(*), kept(*)\n/// @custom:ensures five: held(5) == 1\n/// @custom:ensures given: kept(c) == 1\n"
        "/// @custom:ensures read: kept(coin()) == 1\n/// @custom:ensures told: kept(result) == 1\n"
        "/// @custom:succeeds never -- it is a test\n"
        "function f(address c) external returns (address); }",
    )
    assert "held(uint8(5))" in checks["f.five"]
    assert "kept(address(swh_p0))" in checks["f.given"]
    assert "kept(address(coin))" in checks["f.read"]
    assert "kept(address(swh_q0))" in checks["f.told"]


def test_the_length_of_what_may_not_be_there_is_no_value(tmp_path: Path) -> None:
    _, refused = checks_of(
        tmp_path,
        "contract Box { uint256[][2] private _lists; uint256 public n; function size(uint256 i) external view returns (uint256)"
        " { return _lists[i].length; } function f() external { n = 1; } }",
        "interface Box { function n() external view returns (uint256); function size(uint256 i) external view returns (uint256);\n"
        "/// @custom:modifies n()\n/// @custom:ensures none: size(2) == 0\n/// @custom:succeeds never -- it is a test\n"
        "function f() external; }",
    )
    assert refused["f.none"] == "size(uint256) might revert, or looks at its caller"
