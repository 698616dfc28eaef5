"""The strength in a bundle is made again from sources and seed, and judged again; nothing in it is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from solwright.evidence import Making, bundle_files, derived
from solwright.version import program_line
from specs.parse import parse
from tests.feedback.bench import CONTRACT, SPECIFICATION
from tests.solwright.bundles import Files, against_the_schemas, sealed
from toolchain.sources import import_sources
from verifier.certificate.found import Checked
from verifier.certificate.rebuild import rebuild
from verifier.certificate.recheck import RecheckOptions, recheck
from verifier.certificate.schema import CERTIFICATE, read_certificate
from verifier.certificate.strength import STRENGTH, candidate_of
from verifier.certificate.strict import write_json
from verifier.engines.job import Effort
from verifier.judge import Candidate, JudgeOptions, judge
from verifier.mutants.found import Found, Judged
from verifier.mutants.made import compile_mutant
from verifier.mutants.write import write_mutants
from verifier.strength import StrengthOptions, measure, part_of

WEAK = SPECIFICATION.replace("    /// @custom:changes up: n() by +1\n", "    /// @custom:modifies n()\n").replace(
    "n() == type(uint256).max", "n() >= 10"
)
TEN = CONTRACT.replace("n += 1;", "require(n < 10); n += 1;")
EFFORT = Effort(jobs=2, fuzz_runs=100, invariant_runs=8)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return the bundle of a counter whose specification does not say by how much it counts."""
    folder = tmp_path_factory.mktemp("counter")
    (folder / "Counter.sol").write_text(TEN)
    (folder / "Counter.spec.sol").write_text(WEAK)
    candidate = Candidate(import_sources(folder / "Counter.sol", root=folder), "Counter")
    options = JudgeOptions(effort=replace(EFFORT, evidence=True))
    judgement = judge(parse(folder / "Counter.spec.sol"), candidate, options)
    strength = measure(judgement, candidate, StrengthOptions("the seed"), JudgeOptions(effort=EFFORT))
    assert strength.survivors() and any(j.killed for j in strength.judged)
    return dict(bundle_files(judgement, Making(Path("run"), options.effort, strength=strength)))


def test_a_certificate_with_a_strength_fits_the_published_schema(bundle: Files) -> None:
    assert json.loads(bundle[CERTIFICATE])["strength"] is not None
    against_the_schemas(bundle)


def checked(files: Files, *, quick: bool = True) -> Checked:
    return recheck(files, RecheckOptions(program_line(), EFFORT, quick, derived()))


def edited(files: Files, change: Callable[[dict[str, Any]], None], also: Callable[[dict[str, Any]], None] = lambda _: None) -> Files:
    """Return the bundle with its account of mutants changed, everything sealed anew."""
    value = json.loads(files[STRENGTH])
    change(value)
    return sealed({**files, STRENGTH: write_json(value)}, also)


def survivor(value: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(j for j in value["judged"] if j["found"]["fate"] != "killed")
    return found


def call_killed(value: dict[str, Any]) -> None:
    survivor(value)["found"] = {"fate": "killed", "killer": "fuzz", "obligation": "increase.up", "reason": ""}


def count_again(value: dict[str, Any], part: str) -> None:
    value["strength"]["feedback" if part == "feedback" else "heldOut"]["killed"] += 1


def drop(value: dict[str, Any]) -> None:
    value["judged"].remove(survivor(value))
    value["equivalent"] += 1


EDITS: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "another artifact": (lambda v: v["judged"][0].update(artifact="0" * 64), "the compiler makes something else of"),
    "the program of another": (lambda v: v["judged"][0].update(artifact=v["judged"][1]["artifact"]), "the same program as"),
    "another set": (
        lambda v: v["judged"][0].update(part={"feedback": "held-out"}.get(v["judged"][0]["part"], "feedback")),
        "counts otherwise",
    ),
    "another change": (lambda v: v["judged"][0]["mutant"].update(replacement="1"), "the sources and the seed make no such mutant"),
    "another diff": (lambda v: v["judged"][0].update(diff="harmless"), "it shows another change"),
    "a mutant fewer": (lambda v: v["judged"].remove(v["judged"][0]), "counts otherwise"),
    "fewer written": (lambda v: v.update(written=v["written"] - 1), "counts otherwise"),
    "a kill more": (call_killed, "counts otherwise"),
}


def test_the_strength_is_made_again(bundle: Files) -> None:
    found = checked(bundle)
    assert found.agrees, found.disagreements
    said = found.certificate.strength
    assert (
        said is not None and said.seed == "the seed" and said.feedback.of + said.held_out.of > said.feedback.killed + said.held_out.killed
    )
    assert "Strength of the specification" in bundle["report.md"].decode()


@pytest.mark.parametrize("name", EDITS)
def test_what_is_edited_is_found_without_an_engine(name: str, bundle: Files) -> None:
    change, why = EDITS[name]
    wrong = checked(edited(bundle, change)).disagreements
    assert any(STRENGTH in x and why in x for x in wrong), wrong


def test_a_bundle_may_not_hide_that_it_was_measured(bundle: Files) -> None:
    hidden = sealed(bundle, lambda v: v.update(strength=None))
    assert any(STRENGTH in x for x in checked(hidden).disagreements)
    gone = sealed({n: raw for n, raw in bundle.items() if n != STRENGTH})
    assert any(STRENGTH in x for x in checked(gone).disagreements)


@pytest.mark.corpus
def test_the_mutants_are_judged_again(bundle: Files) -> None:
    assert checked(bundle, quick=False).disagreements == ()


@pytest.mark.corpus
@pytest.mark.parametrize(("change", "why"), [(call_killed, "is called killed; judged again it is"), (drop, "it leaves out the mutant")])
def test_what_is_said_too_well_is_found_by_the_engines(change: Callable[[dict[str, Any]], None], why: str, bundle: Files) -> None:
    part = survivor(json.loads(bundle[STRENGTH]))["part"]

    def also(value: dict[str, Any]) -> None:
        side = value["strength"]["feedback" if part == "feedback" else "heldOut"]
        if change is call_killed:
            side["killed"] += 1
        else:
            side["of"] -= 1

    wrong = checked(told_again(edited(bundle, change, also)), quick=False).disagreements
    assert any(STRENGTH in x and why in x for x in wrong), wrong


@pytest.mark.corpus
@pytest.mark.attack
def test_a_mutant_that_does_what_the_contract_does_is_no_kill(bundle: Files) -> None:
    case = rebuild(bundle, read_certificate(bundle[CERTIFICATE]), EFFORT, derived()).case
    candidate, path = candidate_of(case), case.job.contract.path
    value = json.loads(bundle[STRENGTH])
    judged = {j["mutant"]["id"] for j in value["judged"]}
    (mutant,) = (m for m in write_mutants(case.job.compilation, case.job.contract) if m.id not in judged)
    made = compile_mutant(candidate, path, mutant)
    assert made is not None and mutant.operator == "unchecked"
    part = part_of(value["seed"], mutant)
    found = Found("killed", "fuzz", "increase.full")
    added = Judged(mutant, part, made.contract("Counter", path).creation_digest, mutant.diff(candidate.tree.sources), found)

    def change(value: dict[str, Any]) -> None:
        value["judged"].append(TypeAdapter(Judged).dump_python(added, mode="json"))
        value["equivalent"] -= 1

    def also(value: dict[str, Any]) -> None:
        side = value["strength"]["feedback" if part == "feedback" else "heldOut"]
        side["killed"] += 1
        side["of"] += 1

    wrong = checked(told_again(edited(bundle, change, also)), quick=False).disagreements
    assert any(STRENGTH in x and "is no other program" in x for x in wrong), wrong


def told_again(files: Files) -> Files:
    """Return a bundle with the reports that follow from the rest of it."""
    rebuilt = rebuild(files, read_certificate(files[CERTIFICATE]), EFFORT, derived())
    return sealed({**files, **{name: make(rebuilt) for name, make in derived().items()}})
