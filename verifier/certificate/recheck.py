"""Check a bundle: compute again whatever can be computed, and believe nothing that is written in it.

Shared with the maker are the parser of specifications, the derivation of obligations and harnesses, and the engines' code. Not shared: the
solvers that decide (`symbolic` runs again with bitwuzla and cvc5 for claims and for every branch that was left out), the seed of the
fuzzer, and whatever was remembered. Stored queries are only compared.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from toolchain.sandbox import ladder
from verifier.canary import Canary
from verifier.certificate.attestation import envelope, statements
from verifier.certificate.contents import STATIC, write_findings
from verifier.certificate.found import Checked, Differs, FileLine, Level, ObligationLine
from verifier.certificate.invariants import confirm_invariants, read_invariants
from verifier.certificate.make import is_proof
from verifier.certificate.rebuild import (
    HORN,
    STATED,
    SYMBOLIC,
    Derived,
    Rebuilt,
    compare_digests,
    rebuild,
)
from verifier.certificate.schema import CERTIFICATE, ObligationPart, read_certificate
from verifier.certificate.scripts import ask_the_same
from verifier.certificate.signatures import Signer, compare_signatures
from verifier.certificate.strength import STRENGTH, compile_again, judge_again
from verifier.certificate.strict import malformed, write_json
from verifier.certificate.versions import compare_versions
from verifier.certificate.witnesses import read_witnesses, replay_witnesses
from verifier.engines.job import Effort
from verifier.engines.symbolic.task import CONTESTED
from verifier.judge import JudgeEvent, Judgement, JudgeOptions, judge_case
from verifier.result import EngineId, Result
from verifier.scene import WITNESSES, Scene
from verifier.verdict import Verdict, conclude

ENGINES: tuple[EngineId, ...] = ("static", "fuzz", "symbolic")
STATEMENT = "as stated by the maker"
QUICK = "not computed again (--quick)"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RecheckOptions:
    """`program`: who checks, with its version; `quick`: hash, compile, write the ledger and check invariants, and no more;
    `derived`: files that a front end makes again; `signer`: who must have signed the statements (None: nobody must have)."""

    program: str
    effort: Effort = Effort()
    quick: bool = False
    derived: Derived = field(default_factory=dict)
    signer: Signer | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """What was found again: results of our own, and what differs in files."""

    results: tuple[Result, ...]
    canaries: tuple[Canary, ...]
    tools: Mapping[str, str]
    wrong: Mapping[str, str]
    alone: frozenset[str] = frozenset()  # proved by the solvers of the proof alone
    unfinished: tuple[str, ...] = ()  # explorations of the bundle that ended early now


def recheck(files: Mapping[str, bytes], options: RecheckOptions, tell: Tell = lambda _: None) -> Checked:
    """Check a bundle's files, by their names.

    Raises: StaleCertificate for what another version made; CertificateError for what cannot be read; ToolError where a tool is missing.
    """
    begun = time.monotonic()
    if CERTIFICATE not in files:
        raise malformed(CERTIFICATE, "it is missing")
    certificate = read_certificate(files[CERTIFICATE])
    compare_versions(certificate, options.program)
    tell("comparing digests")
    digests = dict(compare_digests(files, certificate))
    if any(digests.values()):
        return Checked(certificate, options.quick, tuple(_hashed(digests)), time_s=round(time.monotonic() - begun, 3))
    try:
        tell("compiling, and writing the ledger again")
        effort = _effort(options.effort)
        rebuilt = rebuild(files, certificate, effort, options.derived)
        for name, make in options.derived.items():
            if files.get(name) != make(rebuilt):
                raise Differs(name, "it does not follow from what the other files hold" if name in files else "it is missing")
        told = statements(certificate, files)
        for name, statement in told.items():
            if files.get(name) != write_json(envelope(statement)):
                raise Differs(name, "it does not follow from the certificate" if name in files else "it is missing")
        signed = compare_signatures(files, told, options.signer)
        again = _quickly(rebuilt, tell) if options.quick else _wholly(rebuilt, tell)
    except Differs as error:
        lines = [*_hashed({**digests, error.name: error.why})]
        return Checked(certificate, options.quick, tuple(lines), time_s=round(time.monotonic() - begun, 3))
    return Checked(
        certificate,
        options.quick,
        tuple(_file_lines(rebuilt, options, again.wrong, signed)),
        tuple(_obligation_lines(rebuilt, again, quick=options.quick)),
        again.canaries,
        tuple(sorted(again.tools.items())),
        ladder().name,
        round(time.monotonic() - begun, 3),
    )


def _effort(given: Effort) -> Effort:
    """Return the limits of a check: other solvers, and half as many samples as the maker drew, with a seed that nobody knew."""
    return replace(
        given,
        second=True,
        evidence=True,
        seed=secrets.randbelow(1 << 31),
        fuzz_runs=max(1, given.fuzz_runs // 2),
        invariant_runs=max(1, given.invariant_runs // 2),
    )


def _hashed(wrong: Mapping[str, str]) -> Iterator[FileLine]:
    """Yield what is known where nothing but digests was compared."""
    for name, why in sorted(({CERTIFICATE: ""} | dict(wrong)).items()):
        yield FileLine(name, "differs", why) if why else FileLine(name, "unchanged")


def _quickly(r: Rebuilt, tell: Tell) -> Again:
    if r.strength is not None:
        compile_again(r.case, r.strength)
    tell("checking invariants")
    found = confirm_invariants(r, read_invariants(r))
    return Again(found.results, found.canaries, {"solc": r.case.job.compilation.version}, found.refused)


def _wholly(r: Rebuilt, tell: Tell) -> Again:
    """Ask every engine again, other solvers for the symbolic one, once all that they are compared with can be read."""
    records, scenes = read_invariants(r), read_witnesses(r.files[WITNESSES])

    def told(event: JudgeEvent) -> None:
        tell(f"{event.engine}: {event.text or event.kind}")

    with ThreadPoolExecutor(max_workers=2) as pool:
        invariants = pool.submit(confirm_invariants, r, records)
        witnesses = pool.submit(replay_witnesses, r, scenes)
        judgement = judge_case(r.case, JudgeOptions(effort=r.case.job.effort, engines=ENGINES, reach=False), told)
        confirmed, played = invariants.result(), witnesses.result()
    asked = _queries(judgement.evidence)
    unfinished = tuple(sorted(n for n in r.files if n.startswith(SYMBOLIC) and n not in asked))
    alone, once_more = _by_the_first_solvers(r, judgement, tell, whole=bool(unfinished))
    different = _different_evidence(r, scenes, judgement, once_more if unfinished else asked)
    wrong = {**confirmed.refused, **played, **dict(different), **dict(_weaker(r, told))}
    results = (*judgement.results, *confirmed.results, *alone)
    canaries = (*judgement.canaries, *confirmed.canaries)
    return Again(results, canaries, judgement.tools, wrong, frozenset(x.obligation for x in alone), unfinished)


def _weaker(r: Rebuilt, told: Callable[[JudgeEvent], None]) -> Iterator[tuple[str, str]]:
    """Judge the mutants again, and yield what is said too well of the specification."""
    if r.strength is not None:
        proved = frozenset(o.id for o in r.certificate.obligations if "symbolic" in o.proved_by)
        wrong = tuple(judge_again(r.case, r.strength, proved, told))
        if wrong:
            yield STRENGTH, "; ".join(wrong[:5])


def _by_the_first_solvers(r: Rebuilt, judgement: Judgement, tell: Tell, *, whole: bool) -> tuple[tuple[Result, ...], dict[str, bytes]]:
    """Ask the solvers of the proof about what others did not decide, which is less, and said to be less.

    `whole`: others did not come to the end of an exploration, so everything is explored once more; its queries are returned.
    """
    from verifier.engines.symbolic.engine import discharge

    mine = [x for x in judgement.results if x.engine == "symbolic"]
    decided = {x.obligation for x in mine if is_proof(x) or is_contested(x)}
    stated = {o.id for o in r.certificate.obligations for x in o.results if x.engine == "symbolic"}
    open_ids = sorted(stated - decided)
    if not open_ids and not whole:
        return (), {}
    tell(f"symbolic: once more with the solvers of the proof, for {len(open_ids)} that others did not decide")
    first = replace(r.case, job=replace(r.case.job, effort=replace(r.case.job.effort, second=False, evidence=whole)))
    found = discharge(first, only=() if whole else open_ids)
    if any(c.expected != c.found for c in found.canaries):
        return (), {}
    proofs = tuple(x for x in found.results if is_proof(x) and x.obligation in open_ids)
    return proofs, _queries(found.evidence)


def _queries(evidence: Iterable[tuple[str, str]]) -> dict[str, bytes]:
    """Return the files with the queries of explorations."""
    return {name: text.encode() for name, text in evidence if name.startswith(SYMBOLIC)}


def is_contested(x: Result) -> bool:
    """Tell whether solvers contradict what a proof needs: a claim, or a branch that was left out."""
    return x.outcome in {"violated", "conflict"} or x.reason == CONTESTED


def _different_evidence(r: Rebuilt, scenes: Sequence[Scene], judgement: Judgement, asked: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield the files that do not hold what the engines bring back now; `asked`: the queries of each exploration."""
    for name in sorted({*asked, *(n for n in r.files if n.startswith(SYMBOLIC))}):
        if name not in r.files:
            yield name, "it is missing"
        elif name not in asked:
            yield name, "there is no such exploration, or it did not come to its end: check again, with more time (--timeout)"
        elif not ask_the_same(r.files[name], asked[name]):
            yield name, "its queries are not those that the explorations ask"
    missing = sorted(_playable(judgement.evidence) - {s.id for s in scenes})
    if missing:
        yield WITNESSES, f"it holds no call that shows that {missing[0]}, and there is one"
    if r.files[STATIC] != write_findings(judgement.findings):
        yield STATIC, "the inspections find something else"


def _playable(evidence: Iterable[tuple[str, str]]) -> set[str]:
    """Return the obligations of which the explorations bring a call that can be played."""
    return {s.id for name, text in evidence if name == WITNESSES for s in read_witnesses(text.encode())}


def _file_lines(r: Rebuilt, options: RecheckOptions, wrong: Mapping[str, str], signed: Mapping[str, str]) -> Iterator[FileLine]:
    for name in sorted({*r.files, *wrong}):
        if name in wrong:
            yield FileLine(name, "differs", wrong[name])
        elif name in signed:
            yield FileLine(name, "stated" if options.signer is None else "signed", signed[name])
        elif name in STATED:
            yield FileLine(name, "stated", STATEMENT)
        elif name == WITNESSES and not options.quick:
            yield FileLine(name, "replayed")
        elif options.quick and (name in {STATIC, WITNESSES, STRENGTH} or name.startswith(SYMBOLIC)):
            yield FileLine(name, "unchanged", QUICK)
        else:
            yield FileLine(name, "equal", "confirmed clause by clause" if name.startswith(HORN) else "")


def _obligation_lines(r: Rebuilt, again: Again, *, quick: bool) -> Iterator[ObligationLine]:
    """Compare each verdict with the one that follows from our own results."""
    from verifier.engines.symbolic.opcodes import BY_CODE

    void = {c.engine for c in again.canaries if c.expected != c.found}
    counting = [x for x in again.results if x.engine not in void]
    verdicts = conclude(r.ledger, counting)
    for o in r.certificate.obligations:
        proofs = [x for x in counting if x.obligation == o.id and is_proof(x)]
        mine = {x.engine for x in proofs}
        level = _level({x.engine for x in proofs if x.reason not in BY_CODE}, alone=o.id in again.alone, inspected=bool(mine))
        if quick:
            stated = {x.engine for x in o.results}
            missing = {"horn"} & stated - mine
            yield ObligationLine(o.id, level, not missing, "its invariant is not confirmed" if missing else "")
        else:
            note = _difference(o, verdicts[o.id], [x for x in counting if x.obligation == o.id], again.unfinished)
            yield ObligationLine(o.id, level, not note, note)


def _level(engines: Collection[str], *, alone: bool, inspected: bool) -> Level:
    """Return what was found again; `engines`: whose solvers had a part in it, `inspected`: whether it was proved at all."""
    if {"symbolic", "horn"} <= {*engines} and not alone:
        return "both"
    if "horn" in engines:
        return "invariant re-checked"
    if "symbolic" in engines:
        return "one solver" if alone else "two solvers"
    return "inspected" if inspected else "not checked"


def _difference(o: ObligationPart, found: Verdict, results: list[Result], unfinished: Sequence[str]) -> str:
    """Return how our verdict differs from the stated one, "" where it does not.

    A run that was cut counts as one that calls every function of the contract: what breaks then contradicts nobody.
    """
    broken = next((x for x in results if is_contested(x)), None)
    stated = {x.engine for x in o.results}
    if broken is not None and broken.engine in stated and unfinished:
        return f"it was not found again: {unfinished[0]} was not explored to its end; check again, with more time (--timeout)"
    if broken is not None and broken.engine in stated:
        return f"CONFLICT: the certificate says that {broken.engine} proved it; asked again, with other solvers, it says: {broken.reason}"
    if found.status != o.verdict:
        return f"it is {found.status}: {found.reason}"
    if set(found.proved_by) != set(o.proved_by):
        return f"the certificate says proved by {', '.join(o.proved_by)}; found again: {', '.join(found.proved_by)}"
    return ""
