"""What is known about one contract, as pure data; front ends only show it."""

from __future__ import annotations

from dataclasses import dataclass

from feedback.judging import JudgementLike
from feedback.policy import Evidence, Outcome, Overall, Policy, decide
from specs.formula import place
from specs.specification import Specification
from verifier.canary import Canary
from verifier.counterexample import Counterexample
from verifier.finding import Finding
from verifier.mutants.found import Strength
from verifier.obligation import ObligationKind
from verifier.result import EngineId
from verifier.verdict import Status

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class ObligationReport:
    """One obligation and its verdict.

    `clause` is as written, `words` in plain words, `line` in the specification (0: the language's own), or in the `file` that it imports.
    """

    id: str
    kind: ObligationKind
    clause: str
    words: str
    line: int
    function: str
    verdict: Status
    proved_by: tuple[EngineId, ...]
    reason: str
    counterexample: Counterexample | None
    premises: tuple[str, ...]
    leans_on: tuple[str, ...]
    file: str = ""

    @property
    def place(self) -> str:
        """Return where its clause stands, "" for what is the language's own."""
        return place(self.line, self.file) if self.line else ""


@dataclass(frozen=True, slots=True)
class SpecificationReport:
    name: str
    path: str
    digest: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArtifactReport:
    """`creation_digest` is the sha-256 of the creation code that was judged."""

    contract: str
    creation_digest: str


@dataclass(frozen=True, slots=True)
class Report:
    """The account of one judgement.

    `verdict` follows the policy, `open` says why it is not `verified`. Texts may come from judged sources: not safe to print.
    """

    schema_version: int
    verdict: Overall
    specification: SpecificationReport
    artifact: ArtifactReport
    obligations: tuple[ObligationReport, ...]
    assumptions: tuple[str, ...]
    canaries: tuple[Canary, ...]
    findings: tuple[Finding, ...]
    tools: tuple[tuple[str, str], ...]
    sandbox: str
    time_s: float
    open: tuple[str, ...]
    strength: Strength | None = None  # which wrong contracts the specification refuses; None: it was not measured
    known: bool = False  # every engine's answers are those of an earlier run: nothing that they depend on has changed

    @property
    def exit_code(self) -> int:
        """Return 0 verified, 1 not, 3 where two engines contradict each other."""
        if any(o.verdict == "CONFLICT" for o in self.obligations):
            return 3
        return 0 if self.verdict == "verified" else 1

    @property
    def unproved(self) -> tuple[ObligationReport, ...]:
        return tuple(o for o in self.obligations if o.verdict != "PROVED")

    def outcome(self, source: str, *, fresh: bool) -> Outcome:
        """Return what decides the next step."""
        failures = {f"{o.id} {o.verdict}" for o in self.unproved} | {f.check for f in self.findings if f.severity == "refutes"}
        return Outcome(source, frozenset(failures), fresh)


def make_report(specification: Specification, judgement: JudgementLike, policy: Policy) -> Report:
    """Report on a judgement; an obligation without a verdict is UNKNOWN."""
    obligations = []
    for o in judgement.ledger.obligations:
        verdict = judgement.verdicts.get(o.id)
        status: Status = verdict.status if verdict else "UNKNOWN"
        reason = verdict.reason if verdict else "the judge returned no verdict"
        proved_by = verdict.proved_by if verdict else ()
        counterexample = verdict.counterexample if verdict else None
        obligations.append(
            ObligationReport(
                o.id,
                o.kind,
                o.clause,
                o.words,
                o.line,
                o.function,
                status,
                proved_by,
                reason,
                counterexample,
                o.premises,
                o.leans_on,
                o.file,
            )
        )
    broken = tuple(c.tell() for c in judgement.canaries if not c.intact)
    assumed = tuple(a.id for a in specification.assumptions)
    evidence = Evidence(tuple((o.id, o.verdict) for o in obligations), judgement.findings, broken, assumed)
    verdict_on_all, reasons = decide(evidence, policy)
    return Report(
        schema_version=SCHEMA_VERSION,
        verdict=verdict_on_all,
        specification=SpecificationReport(specification.name, specification.path.name, specification.digest, specification.warnings),
        artifact=ArtifactReport(specification.name, judgement.ledger.artifact),
        obligations=tuple(obligations),
        assumptions=judgement.ledger.assumptions,
        canaries=judgement.canaries,
        findings=judgement.findings,
        tools=tuple(sorted(judgement.tools.items())),
        sandbox=judgement.sandbox,
        time_s=judgement.time_s,
        open=reasons,
    )
