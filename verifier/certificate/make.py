"""Write the certificate and the evidence of a judgement that verified a contract."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from toolchain.errors import UsageError
from toolchain.forge import forge_version
from verifier.canary import Canary
from verifier.certificate.attestation import envelopes
from verifier.certificate.contents import (
    ARTIFACT,
    COMPILER_INPUT,
    RUNS,
    STATIC,
    clashing,
    environment_files,
    ordered,
    source_files,
    specification_files,
    write_artifact,
    write_findings,
    write_input,
)
from verifier.certificate.means import NEEDED, counted, engines_of, tools_of
from verifier.certificate.schema import (
    CERTIFICATE,
    CanaryPart,
    Certificate,
    CompilerPart,
    ContractPart,
    FilePart,
    FindingPart,
    GroupPart,
    ObligationPart,
    ResultPart,
    SpecificationPart,
    StatedPart,
    StatedResult,
    StrengthPart,
    write_certificate,
)
from verifier.certificate.strength import STRENGTH, strength_part, write_strength
from verifier.certificate.strict import write_json
from verifier.engines.job import Effort
from verifier.judge import Judgement
from verifier.mutants.found import Strength
from verifier.obligation import Ledger, Obligation
from verifier.result import EngineId, Result


@dataclass(frozen=True, slots=True)
class Statement:
    """What nobody can compute again: who made the bundle, when (UTC), in which run, and with which limits."""

    maker: str
    made: str
    run: str
    effort: Effort
    files: Mapping[str, bytes]  # of the same nature: the transcript


def make_files(
    judgement: Judgement,
    allowed: tuple[str, ...],
    statement: Statement,
    derived: Mapping[str, bytes],
    strength: Strength | None = None,
) -> dict[str, bytes]:
    """Return the files of a bundle by name; `derived` are those that a front end makes of the same judgement; `strength`: None where it
    was not measured.

    Raises: UsageError where the judgement is not one that a bundle can be made of.
    """
    _refuse(judgement, allowed)
    files = dict(derived)
    for name, raw in (
        *specification_files(judgement.specification).items(),
        *((file, _source(judgement, unit)) for unit, file in source_files(judgement.compilation, judgement.contract).items()),
        *environment_files(judgement.specification).items(),
        (COMPILER_INPUT, write_input(judgement.compilation)),
        (ARTIFACT, write_artifact(judgement.compilation, judgement.contract)),
        (STATIC, write_findings(judgement.findings)),
        (RUNS, _runs(judgement, statement.effort)),
        *((name, text.encode()) for name, text in judgement.evidence),
        *(((STRENGTH, write_strength(strength)),) if strength is not None else ()),
        *statement.files.items(),
    ):
        if clashing((*files, name)):
            raise UsageError(f"two files of the bundle would be called {name}, on some machines at least", "rename what is imported")
        files[name] = raw
    certificate = _certificate(judgement, statement, files, strength_part(strength))
    written = {CERTIFICATE: write_certificate(certificate)} | files
    return written | envelopes(certificate, written)


def _refuse(judgement: Judgement, allowed: tuple[str, ...]) -> None:
    assumed = [a.id for a in judgement.specification.assumptions if a.id not in allowed]
    if assumed:
        raise UsageError(f"the assumption {assumed[0]} is not allowed", "list it in allowed_assumptions")
    engines = {r.engine for r in judgement.results} | {c.engine for c in judgement.canaries}
    unproved = next((v.obligation for v in judgement.verdicts.values() if v.status != "PROVED"), None)
    if unproved is not None:
        raise UsageError(f"{unproved} is {judgement.verdicts[unproved].status}", "a bundle holds what is verified")
    if not engines >= {*NEEDED}:
        raise UsageError(
            f"the engine {', '.join(sorted({*NEEDED} - engines))} was not asked", "a bundle needs every engine that runs by default"
        )
    broken = next((c for c in judgement.canaries if not c.intact), None)
    if broken is not None:
        raise UsageError(f"the canary {broken.engine}/{broken.name} is {broken.found}", "run: solwright doctor")


def _source(judgement: Judgement, unit: str) -> bytes:
    return str(judgement.compilation.input["sources"][unit]["content"]).encode()


def _runs(judgement: Judgement, effort: Effort) -> bytes:
    tested = sorted((r.obligation, r.outcome, r.bound or r.reason) for r in judgement.results if r.engine == "fuzz")
    return write_json(
        {
            "tool": f"forge {forge_version()}",
            "seed": effort.seed,
            "runs": effort.fuzz_runs,
            "invariantRuns": effort.invariant_runs,
            "invariantDepth": effort.invariant_depth,
            "obligations": {id: {"outcome": outcome, "detail": detail} for id, outcome, detail in tested},
        }
    )


def proofs(results: tuple[Result, ...], id: str) -> tuple[ResultPart, ...]:
    """Return the proofs of an obligation; they are what a checker must find again."""
    return tuple(proof_of(engine) for engine in sorted({r.engine for r in results if r.obligation == id and is_proof(r)}))


def proof_of(engine: EngineId) -> ResultPart:
    """Return all that a certificate says of an engine's proof."""
    return ResultPart(engine=engine, outcome="holds", strength="proof", bound="", reason="")


def is_proof(r: Result) -> bool:
    return r.outcome == "holds" and r.strength == "proof"


def static_part(o: Obligation) -> dict[str, Any]:
    """Return what the ledger says of an obligation."""
    return {
        "id": o.id,
        "kind": o.kind,
        "function": o.function,
        "clause": o.clause,
        "words": o.words,
        "line": o.line,
        "subject": o.subject,
        "premises": o.premises,
        "leans_on": o.leans_on,
    }


def groups_of(ledger: Ledger) -> tuple[GroupPart, ...]:
    return tuple(GroupPart(name=name, obligations=ids) for name, ids in ledger.groups)


def counting_of(judgement: Judgement) -> tuple[EngineId, ...]:
    """Return the engines that a certificate of this judgement names."""
    return counted(judgement.specification, judgement.contract, {r.engine for r in judgement.results if is_proof(r)})


def canaries_of(judgement: Judgement) -> tuple[Canary, ...]:
    """Return the canaries of the engines that a certificate names, in its order."""
    counting = counting_of(judgement)
    return tuple(sorted((c for c in judgement.canaries if c.engine in counting), key=lambda c: (c.engine, c.name)))


def _certificate(judgement: Judgement, statement: Statement, files: Mapping[str, bytes], strength: StrengthPart | None) -> Certificate:
    contract, specification = judgement.contract, judgement.specification
    spec_files = list(specification_files(specification))
    counting = counting_of(judgement)
    return Certificate(
        schema_version=3,
        verdict="verified",
        contract=ContractPart(name=contract.name, path=contract.path, creation=contract.creation_digest, runtime=contract.runtime_digest),
        specification=SpecificationPart(
            name=specification.name, file=spec_files[0], digest=specification.digest, imports=tuple(spec_files[1:])
        ),
        compiler=CompilerPart(
            version=judgement.compilation.version,
            input=hashlib.sha256(files[COMPILER_INPUT]).hexdigest(),
            sources=dict(source_files(judgement.compilation, contract)),
        ),
        engines=dict(engines_of(counting)),
        tools=dict(tools_of(counting)),
        allowed_assumptions=tuple(a.id for a in specification.assumptions),
        assumptions=judgement.ledger.assumptions,
        obligations=tuple(_obligation(judgement, o) for o in judgement.ledger.obligations),
        groups=groups_of(judgement.ledger),
        findings=tuple(FindingPart(**asdict(f)) for f in ordered(judgement.findings)),
        canaries=tuple(CanaryPart(engine=c.engine, name=c.name, expected=c.expected, found=c.found) for c in canaries_of(judgement)),
        strength=strength,
        files={name: FilePart(sha256=hashlib.sha256(raw).hexdigest(), bytes=len(raw)) for name, raw in sorted(files.items())},
        stated_by_maker=_stated(judgement, statement),
        digest="0" * 64,
    )


def _obligation(judgement: Judgement, o: Obligation) -> ObligationPart:
    verdict = judgement.verdicts[o.id]
    return ObligationPart(
        **static_part(o),
        verdict="PROVED",
        proved_by=verdict.proved_by,
        reason=verdict.reason,
        bound="",
        results=proofs(judgement.results, o.id),
    )


def _stated(judgement: Judgement, statement: Statement) -> StatedPart:
    others = sorted((r for r in judgement.results if not is_proof(r)), key=lambda r: (r.obligation, r.engine, r.outcome, r.reason))
    return StatedPart(
        maker=statement.maker,
        made=statement.made,
        run=statement.run,
        sandbox=judgement.sandbox,
        time_s=round(judgement.time_s, 3),
        limits={k: x for k, x in asdict(statement.effort).items() if not isinstance(x, bool)},
        results=tuple(
            StatedResult(obligation=r.obligation, engine=r.engine, outcome=r.outcome, strength=r.strength, bound=r.bound, reason=r.reason)
            for r in others
        ),
        files=tuple(sorted((RUNS, *statement.files))),
    )
