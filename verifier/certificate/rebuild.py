"""From the specification and the sources of a bundle to the ledger, and what must then stand in the other files.

Nothing of the certificate is used but the names under which things are looked for; whatever it says besides is compared with what comes
out.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from specs.parse import parse
from specs.sanity import of_model
from specs.specification import Specification
from toolchain.errors import SourceError, SpecificationError, ToolCrashed
from toolchain.solc import Compilation, CompilerSettings, compile_sources
from toolchain.sources import SourceTree
from verifier.certificate.attestation import SIGNED
from verifier.certificate.contents import (
    ARTIFACT,
    COMPILER_INPUT,
    RUNS,
    STATIC,
    environment_files,
    is_plain,
    read_input,
    source_files,
    specification_files,
    write_artifact,
    write_findings,
)
from verifier.certificate.found import Differs
from verifier.certificate.make import groups_of, proof_of, static_part
from verifier.certificate.means import compare_means
from verifier.certificate.schema import CERTIFICATE, Certificate, ObligationPart
from verifier.certificate.strength import STRENGTH, derive_again, stated_strength
from verifier.engines.job import Effort
from verifier.finding import Finding
from verifier.judge import Candidate, Case, JudgeOptions, prepare
from verifier.mutants.found import Strength
from verifier.obligation import Ledger
from verifier.result import Result, Stamp
from verifier.scene import WITNESSES
from verifier.verdict import conclude

TRANSCRIPT, ATTEMPTS = "transcript.jsonl", "attempts.json"
#: What nobody can compute again. A maker cannot add to it.
STATED = frozenset({RUNS, TRANSCRIPT, ATTEMPTS})
SYMBOLIC, HORN = "evidence/symbolic/", "evidence/horn/"

#: Files that a front end makes of a bundle's other contents: name → what it must hold.
Derived = Mapping[str, Callable[["Rebuilt"], bytes]]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """One bundle, as far as it follows from its sources and its specification."""

    files: Mapping[str, bytes]
    certificate: Certificate
    specification: Specification
    case: Case
    strength: Strength | None

    @property
    def ledger(self) -> Ledger:
        return self.case.job.ledger


def compare_digests(files: Mapping[str, bytes], certificate: Certificate) -> Iterator[tuple[str, str]]:
    """Yield each file with what is wrong with it, "" where nothing is."""
    beside = {CERTIFICATE, *SIGNED, *SIGNED.values()}
    yield from ((name, "the certificate names it, though it is made of the certificate") for name in sorted(beside & {*certificate.files}))
    for name in sorted({*files, *certificate.files} - beside):
        if name not in files:
            yield name, "it is missing"
        elif name not in certificate.files:
            yield name, "the certificate does not know it"
        elif hashlib.sha256(files[name]).hexdigest() != certificate.files[name].sha256 or len(files[name]) != certificate.files[name].bytes:
            yield name, "it does not have the digest that the certificate gives"
        else:
            yield name, ""


def rebuild(files: Mapping[str, bytes], certificate: Certificate, effort: Effort, derived: Collection[str]) -> Rebuilt:
    """Parse, compile and write the ledger again; `derived` are names of files that a front end makes.

    Raises: Differs naming a file; CertificateError; ToolError."""
    specification = _specification(files, certificate)
    case = _case(files, certificate, specification, effort)
    rebuilt = Rebuilt(files, certificate, specification, case, stated_strength(certificate.strength, files))
    _compare_contract(rebuilt)
    _compare_ledger(rebuilt)
    _compare_verdicts(rebuilt)
    _compare_names(rebuilt, derived)
    if rebuilt.strength is not None:
        derive_again(case, rebuilt.strength)
    return rebuilt


def _specification(files: Mapping[str, bytes], certificate: Certificate) -> Specification:
    said = certificate.specification
    names = (said.file, *said.imports)
    with tempfile.TemporaryDirectory(prefix="solwright-specification-") as folder:
        for name in names:
            if name not in files or not is_plain(name):
                raise Differs(CERTIFICATE, f"it names a specification {name!r} that the bundle does not hold")
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[name])
        try:
            found = parse(Path(folder) / said.file)
            written = specification_files(found)
        except SpecificationError as error:
            raise Differs(said.file, f"it is no specification: {error.found}") from None
    if tuple(written) != names:
        raise Differs(CERTIFICATE, "it does not name the files of the specification")
    if any(written[name] != files[name] for name in names):
        raise Differs(said.file, "it does not read as it is written")
    impossible = next(of_model(found), None)
    if impossible is not None:
        raise Differs(said.file, f"the model of its environment cannot be, and proves everything: {impossible.clause}: {impossible.found}")
    if (found.name, found.digest) != (said.name, said.digest):
        raise Differs(said.file, "it does not have the digest that the certificate gives")
    if tuple(a.id for a in found.assumptions) != certificate.allowed_assumptions:
        raise Differs(CERTIFICATE, "it allows other assumptions than those that the specification makes")
    return found


def _case(files: Mapping[str, bytes], certificate: Certificate, specification: Specification, effort: Effort) -> Case:
    if COMPILER_INPUT not in files:
        raise Differs(COMPILER_INPUT, "it is missing")
    sources, settings = read_input(files[COMPILER_INPUT])
    for unit, file in certificate.compiler.sources.items():
        if unit not in sources or files.get(file) != sources[unit].encode():
            raise Differs(file, f"it is not the source {unit} of {COMPILER_INPUT}")
    compiled = _compiled(sources, settings)
    path, name = certificate.contract.path, certificate.contract.name
    tree = SourceTree(path, sources, settings.remappings, settings, (), (), Path("/"))
    try:
        case = prepare(specification, Candidate(tree, name), JudgeOptions(effort=effort))
    except SourceError as error:
        raise Differs(COMPILER_INPUT, f"there is nothing to judge in it: {error.message}") from None
    if case.job.compilation != compiled:
        raise ToolCrashed("the compiler answers differently when it is asked again", "run: solwright doctor")
    return case


def _compiled(sources: Mapping[str, str], settings: CompilerSettings) -> Compilation:
    """Compile without what was compiled before."""
    try:
        return compile_sources(sources, settings, fresh=True)
    except SourceError as error:
        raise Differs(COMPILER_INPUT, f"it does not compile: {error.message}") from None


def _compare_contract(r: Rebuilt) -> None:
    contract, compilation, said = r.case.job.contract, r.case.job.compilation, r.certificate
    if r.files.get(ARTIFACT) != write_artifact(compilation, contract):
        raise Differs(ARTIFACT, "the compiler makes something else of the sources")
    if (said.contract.creation, said.contract.runtime) != (contract.creation_digest, contract.runtime_digest):
        raise Differs(CERTIFICATE, "it speaks of other bytecode")
    if said.compiler.sources != source_files(compilation, contract):
        raise Differs(CERTIFICATE, "it does not say which file holds which source")
    if (said.compiler.version, said.compiler.input) != (compilation.version, hashlib.sha256(r.files[COMPILER_INPUT]).hexdigest()):
        raise Differs(CERTIFICATE, "it speaks of another compilation")


def _compare_ledger(r: Rebuilt) -> None:
    ledger, said = r.ledger, r.certificate
    if [o.id for o in ledger.obligations] != [o.id for o in said.obligations]:
        odd = sorted({o.id for o in ledger.obligations} ^ {o.id for o in said.obligations})
        raise Differs(CERTIFICATE, f"its obligations are not those of the specification: {', '.join(odd[:3]) or 'their order differs'}")
    for o, stated in zip(ledger.obligations, said.obligations, strict=True):
        wrong = next((k for k, x in static_part(o).items() if getattr(stated, k) != x), None)
        if wrong is not None:
            raise Differs(CERTIFICATE, f"it says something else of {o.id} than the specification ({wrong})")
    if said.groups != groups_of(ledger):
        raise Differs(CERTIFICATE, "proofs would lean on other obligations than the specification makes them")
    if said.assumptions != ledger.assumptions:
        raise Differs(CERTIFICATE, "its assumptions are not those under which the proofs count")


def _compare_verdicts(r: Rebuilt) -> None:
    """Hold the verdicts against the results that the certificate itself gives: they are proofs, and verdicts follow from them."""
    said = r.certificate
    for o in said.obligations:
        if o.results != tuple(proof_of(x.engine) for x in o.results) or tuple(x.engine for x in o.results) != tuple(sorted({*o.proved_by})):
            raise Differs(CERTIFICATE, f"it gives other results of {o.id} than the proofs by {', '.join(sorted({*o.proved_by}))}")
    compare_means(said, r.specification, r.case.job.contract)
    verdicts = conclude(r.ledger, [x for o in said.obligations for x in stated_results(r, o)])
    for o in said.obligations:
        found = verdicts[o.id]
        if (found.status, found.proved_by, found.reason, "") != (o.verdict, o.proved_by, o.reason, o.bound):
            raise Differs(CERTIFICATE, f"the verdict on {o.id} does not follow from its results")
    if r.files.get(STATIC) != write_findings(Finding(**f.model_dump()) for f in said.findings):
        raise Differs(STATIC, "it does not hold the findings that the certificate gives")
    if any(f.severity == "refutes" for f in said.findings):
        raise Differs(CERTIFICATE, "it is called verified in spite of a finding that refuses it")


def stated_results(r: Rebuilt, o: ObligationPart) -> Iterator[Result]:
    """Yield the proofs of an obligation as the certificate states them."""
    for x in o.results:
        stamp = Stamp(r.specification.digest, r.ledger.artifact, "", r.certificate.engines.get(x.engine, x.engine), "")
        yield Result(o.id, x.engine, x.outcome, x.strength, stamp, x.reason, x.bound)


def _compare_names(r: Rebuilt, derived: Collection[str]) -> None:
    """Refuse files that do not belong to a bundle, and stated ones that can be computed."""
    said = r.certificate
    model = environment_files(r.specification)
    for name, raw in model.items():
        if r.files.get(name) != raw:
            raise Differs(name, "it is not the model that the proofs stand on")
    known = {
        *model,
        CERTIFICATE,
        *SIGNED,
        *SIGNED.values(),
        COMPILER_INPUT,
        ARTIFACT,
        STATIC,
        WITNESSES,
        STRENGTH,
        *STATED,
        *specification_names(said),
        *said.compiler.sources.values(),
    }
    if said.stated_by_maker.files != tuple(sorted(STATED & {*r.files})):
        raise Differs(CERTIFICATE, "it calls other files stated than those that nobody can compute again")
    for name in (STATIC, WITNESSES, RUNS):
        if name not in r.files:
            raise Differs(name, "it is missing")
    for name in r.files:
        if name not in known and not (name.startswith((SYMBOLIC, HORN)) or name in derived):
            raise Differs(name, "it does not belong to a bundle")


def specification_names(certificate: Certificate) -> tuple[str, ...]:
    """Return the files of the specification."""
    return (certificate.specification.file, *certificate.specification.imports)
