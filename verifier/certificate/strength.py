"""The strength of a specification in a bundle: its mutants, what killed them, which survive; and how a checker finds that again.

The mutants follow from the sources and the seed: they are made and compiled again, always. A full check judges them again, too; each
that is called killed must be killed again, and none is counted that is no program of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from toolchain.sources import SourceTree
from verifier.certificate.contents import read_input, write_input
from verifier.certificate.found import Differs
from verifier.certificate.schema import RatePart, StrengthPart
from verifier.certificate.strict import malformed, read_json, write_json
from verifier.judge import Candidate, Case, JudgeEvent, JudgeOptions
from verifier.mutants.found import Part, Strength
from verifier.mutants.made import compile_mutant
from verifier.mutants.write import write_mutants
from verifier.strength import StrengthOptions, draw, measure_case, part_of

STRENGTH = "evidence/strength.json"
CLASS = TypeAdapter(Strength)


def write_strength(strength: Strength) -> bytes:
    """Return the file that tells of each mutant; how long it took says nothing."""
    return write_json(CLASS.dump_python(replace(strength, time_s=0.0), mode="json"))


def read_strength(raw: bytes) -> Strength:
    """Read that file of others. Raises: CertificateError."""
    read_json(STRENGTH, raw)
    try:
        found = CLASS.validate_json(raw, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise malformed(STRENGTH, f"{'.'.join(str(x) for x in first['loc'])[:120]}: {first['msg']}") from None
    if write_strength(found) != raw:
        raise malformed(STRENGTH, "it is not written as this program writes it")
    return found


def strength_part(strength: Strength | None) -> StrengthPart | None:
    """Return what a certificate says of the strength; None where it was not measured."""
    if strength is None:
        return None
    return StrengthPart(
        seed=strength.seed,
        most=strength.most,
        libraries=strength.libraries,
        written=strength.written,
        feedback=_rate(strength, "feedback"),
        held_out=_rate(strength, "held-out"),
    )


def _rate(strength: Strength, part: Part) -> RatePart:
    mine = strength.of(part)
    return RatePart(killed=sum(j.killed for j in mine), of=len(mine))


def stated_strength(said: StrengthPart | None, files: Mapping[str, bytes]) -> Strength | None:
    """Return the strength that a bundle states. Raises: Differs where certificate and evidence do not say the same."""
    if said is None:
        if STRENGTH in files:
            raise Differs(STRENGTH, "the certificate says nothing of it")
        return None
    if STRENGTH not in files:
        raise Differs(STRENGTH, "it is missing")
    found = read_strength(files[STRENGTH])
    if strength_part(found) != said:
        raise Differs(STRENGTH, "the certificate counts otherwise")
    return found


def candidate_of(case: Case) -> Candidate:
    """Return the sources of a case as what is judged."""
    sources, settings = read_input(write_input(case.job.compilation))
    tree = SourceTree(case.job.contract.path, sources, settings.remappings, settings, (), (), Path("/"))
    return Candidate(tree, case.job.contract.name)


def derive_again(case: Case, said: Strength) -> None:
    """Make the mutants again, without compiling them. Raises: Differs where others come out than are stated."""
    candidate = candidate_of(case)
    written = write_mutants(case.job.compilation, case.job.contract, libraries=said.libraries)
    drawn = {m.id: m for m in draw(written, options_of(said))}
    if len(written) != said.written:
        raise Differs(STRENGTH, f"there are {len(written)} mutants, not {said.written}")
    if len(said.judged) + said.refused + said.equivalent + said.doubles != len(drawn):
        raise Differs(STRENGTH, f"it does not account for all of {len(drawn)} mutants")
    if len({j.mutant.id for j in said.judged}) != len(said.judged):
        raise Differs(STRENGTH, "it tells of one mutant twice")
    programs = {case.job.ledger.artifact}
    for j in said.judged:
        mutant = drawn.get(j.mutant.id)
        if mutant != j.mutant or part_of(said.seed, j.mutant) != j.part:
            raise Differs(STRENGTH, f"the sources and the seed make no such mutant: {j.mutant.id}")
        if j.diff != mutant.diff(candidate.tree.sources):
            raise Differs(STRENGTH, f"it shows another change than that of {j.mutant.id}")
        if j.artifact in programs:
            raise Differs(STRENGTH, f"it counts {j.mutant.id}, which is the same program as the contract or as another mutant")
        programs.add(j.artifact)


def compile_again(case: Case, said: Strength) -> None:
    """Compile the mutants again. Raises: Differs where other programs come out than are stated."""
    candidate, path = candidate_of(case), case.job.contract.path
    for j in said.judged:
        made = compile_mutant(candidate, path, j.mutant)
        if made is None or made.contract(candidate.contract, path).creation_digest != j.artifact:
            raise Differs(STRENGTH, f"the compiler makes something else of {j.mutant.id}")


def options_of(said: Strength) -> StrengthOptions:
    """Return the options with which a strength was measured, with more time for each mutant than its maker took."""
    usual = StrengthOptions(said.seed)
    return replace(
        usual, most=said.most, libraries=said.libraries, solver_s=2 * usual.solver_s, obligation_s=2 * usual.obligation_s, time_s=7200.0
    )


def judge_again(case: Case, said: Strength, proved: frozenset[str], tell: Callable[[JudgeEvent], None]) -> Iterator[str]:
    """Compile and judge the mutants again, and yield what is stated too well: what is not killed now, what was left out, what is none.

    `proved`: what the symbolic engine proves of the original.
    """
    effort = replace(case.job.effort, evidence=False, second=False)
    measured = measure_case(case, candidate_of(case), proved, options_of(said), JudgeOptions(effort=effort), tell)
    found = {j.mutant.id: j for j in measured.judged}
    stated = {j.mutant.id: j for j in said.judged}
    yield from (f"it leaves out the mutant {id}, which is another program" for id in found if id not in stated)
    for id, j in stated.items():
        mine = found.get(id)
        if mine is None:
            yield f"it counts {id}, which is no other program than the contract or another mutant"
        elif j.killed and not mine.killed:
            yield f"{id} is called killed; judged again it is {mine.found.fate}"
        elif mine.artifact != j.artifact:
            yield f"the compiler makes something else of {id}" if mine.artifact else f"{id} was not compiled again in time"
