"""Measure how strong a specification is: which wrong siblings of a verified contract it refuses.

Mutants are drawn and divided into two sets by a seed. Those of the *feedback* set may be shown to whoever writes the specification, those
of the *held-out* set are only counted, so that nobody can write a specification against the measure. What was not decided counts as alive.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from specs.specification import Succeeds
from toolchain.errors import SourceError
from toolchain.solc import Compilation
from verifier.engines.job import Effort
from verifier.finding import Finding
from verifier.judge import Candidate, Case, JudgeEvent, Judgement, JudgeOptions, case_of, inspect_case, prepare
from verifier.mutants.affected import touched
from verifier.mutants.edit import Mutant
from verifier.mutants.found import Found, Judged, Part, Strength
from verifier.mutants.kept import Kept, Record
from verifier.mutants.killers import Sampler, Suspect, prove
from verifier.mutants.made import compile_mutant, is_equivalent
from verifier.mutants.same import do_the_same
from verifier.mutants.write import write_mutants


@dataclass(frozen=True, slots=True)
class StrengthOptions:
    """`seed` draws and divides the mutants; `most` are judged; `time_s`: what is not decided by then counts as alive;
    `libraries`: mutants of imported packages, too; `solver_s`, `obligation_s`: limits for one mutant."""

    seed: str
    most: int = 400
    time_s: float = 900.0
    libraries: bool = False
    solver_s: float = 10.0
    obligation_s: float = 60.0
    together: int = 6  # mutants in one process of the symbolic engine

    @property
    def key(self) -> str:
        """Name what an answer about one mutant depends on."""
        return repr((self.solver_s, self.obligation_s, self.libraries))


#: Entries that no interface declares, of which there are promises all the same; a view that it lacks is no other.
BESIDE = frozenset({"constructor", "receive", "fallback"})

Tell = Callable[[JudgeEvent], None]


def part_of(seed: str, mutant: Mutant) -> Part:
    """Return the set that a mutant belongs to."""
    return "feedback" if _draw(seed, mutant)[-1] & 1 else "held-out"


def _draw(seed: str, mutant: Mutant) -> bytes:
    return hashlib.sha256(f"{seed}\0{mutant.id}".encode()).digest()


def draw(mutants: Sequence[Mutant], options: StrengthOptions) -> tuple[Mutant, ...]:
    """Return the mutants that are judged, in their own order."""
    chosen = {m.id for m in sorted(mutants, key=lambda m: _draw(options.seed, m))[: options.most]}
    return tuple(m for m in mutants if m.id in chosen)


def measure(
    judgement: Judgement, candidate: Candidate, options: StrengthOptions, judged: JudgeOptions, tell: Tell = lambda _: None
) -> Strength:
    """Judge the mutants of a contract that was verified.

    Raises: SourceError where it is not verified, or where there is nothing to change; ToolError where a tool is missing.
    """
    begun = time.monotonic()
    open_ones = (v for v in judgement.verdicts.values() if v.status != "PROVED")
    unproved = sorted(open_ones, key=lambda v: (v.status not in {"REFUTED", "CONFLICT"}, "leans on" in v.reason))
    if unproved:
        failed = f"{candidate.contract} is not verified against {judgement.specification.path.name}"
        raise SourceError(
            f"{failed}: {unproved[0].obligation} is {unproved[0].status}",
            "strength is measured on verified contracts: see `solwright verify`",
        )
    case = prepare(judgement.specification, candidate, judged)
    proved = frozenset(v.obligation for v in judgement.verdicts.values() if "symbolic" in v.proved_by)
    return replace(measure_case(case, candidate, proved, options, judged, tell), time_s=round(time.monotonic() - begun, 1))


def measure_case(
    case: Case, candidate: Candidate, proved: frozenset[str], options: StrengthOptions, judged: JudgeOptions, tell: Tell
) -> Strength:
    """Judge the mutants of a case of which everything is proved, `proved` by the symbolic engine.

    Raises: SourceError where there is nothing to change; ToolError where a tool is missing.
    """
    begun = time.monotonic()
    every = write_mutants(case.job.compilation, case.job.contract, libraries=options.libraries)
    written = tuple(m for m in every if touched(case, m) or not BESIDE.isdisjoint(m.entries))
    if not written:
        raise SourceError(
            f"{candidate.contract} has no code of its own that could be changed",
            "where all its code is imported from a package, add --libraries",
        )
    work = _Work(case, candidate, options, judged, proved, begun + options.time_s, tell)
    work.do(draw(written, options))
    return work.strength(len(written), round(time.monotonic() - begun, 1))


def is_settled(case: Case, mutant: Mutant, found: Found | None) -> bool:
    """Tell whether a mutant without overflow checks is the original all the same, by what was proved of both.

    Where no `reverts` clause applies the original is proved to succeed, so nothing overflows there and both take the same way; where one
    applies, both are proved to revert. The premises are those of `succeeds`.
    """
    if mutant.operator != "unchecked" or found is None or found.fate != "accepted":
        return False
    functions = touched(case, mutant)
    known = {f.selector or f.name for f in functions}
    total = all(not f.is_view and any(isinstance(c, Succeeds) and c.mode == "otherwise" for c in f.clauses) for f in functions)
    return total and set(mutant.entries) <= known


class _Work:
    """One measurement on the way: what is known of each mutant, and what is asked next."""

    def __init__(
        self,
        case: Case,
        candidate: Candidate,
        options: StrengthOptions,
        judged: JudgeOptions,
        proved: frozenset[str],
        deadline: float,
        tell: Tell,
    ) -> None:
        self.case, self.candidate, self.options, self.judged, self.proved = case, candidate, options, judged, proved
        self.deadline, self.tell = deadline, tell
        self.record = Record(case, judged.cache, options.key)
        self.drawn: tuple[Mutant, ...] = ()
        self.lock = threading.Lock()
        self.killed_by: Counter[str] = Counter()
        self.late: dict[str, Found] = {}
        self.sampler = Sampler.of(case, judged.cache)

    @property
    def path(self) -> str:
        return self.case.job.contract.path

    def do(self, drawn: tuple[Mutant, ...]) -> None:
        """Judge mutants, the cheapest killer first, as many side by side as there are jobs."""
        self.drawn = drawn
        with ThreadPoolExecutor(max_workers=self.judged.effort.jobs) as pool:
            try:
                for step in (self._first, self._second, self._third):
                    for future in list(step(pool)):
                        future.result()
            except BaseException:
                self.deadline = 0.0  # who works begins nothing more
                raise
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _first(self, pool: ThreadPoolExecutor) -> Iterator[Future[None]]:
        """Compile in order and sample what is new."""
        seen = {self.case.job.ledger.artifact}
        running = []
        for mutant in self.drawn:
            kept = self.record.known.get(mutant.id)
            if kept is None and self._is_late(mutant):
                continue
            made = None
            if kept is None:
                made = compile_mutant(self.candidate, self.path, mutant)
                artifact = made.contract(self.candidate.contract, self.path).creation_digest if made is not None else ""
                kept = Kept(mutant.id, artifact)
                self.record.keep(kept)
            if kept.artifact and kept.artifact not in seen and kept.found is None and not kept.equivalent:
                running.append(pool.submit(self._sample, mutant, made))
            seen.add(kept.artifact)
        yield from running

    def _second(self, pool: ThreadPoolExecutor) -> Iterator[Future[None]]:
        """Ask the symbolic engine of those that no sample killed."""
        yield from self._together(pool, self._prove, [m for m in self.open() if m.id not in self.late])

    def _third(self, pool: ThreadPoolExecutor) -> Iterator[Future[None]]:
        """Look closer at what is left: is it the same program, do more samples break it?"""
        yield from self._together(pool, self._look, self.open())

    def _together(
        self, pool: ThreadPoolExecutor, work: Callable[[Sequence[Mutant]], None], left: Sequence[Mutant]
    ) -> Iterator[Future[None]]:
        for i in range(0, len(left), self.options.together):
            yield pool.submit(work, left[i : i + self.options.together])

    def open(self) -> list[Mutant]:
        """Return the mutants that are programs of their own and not decided."""
        return [m for m, kept in self.own() if not kept.equivalent and (kept.found is None or kept.found.fate != "killed")]

    def own(self) -> Iterator[tuple[Mutant, Kept]]:
        """Yield what compiles, is not the original, and not the same as a mutant before it."""
        seen = {self.case.job.ledger.artifact, ""}
        for mutant in self.drawn:
            kept = self.record.known.get(mutant.id)
            if kept is not None and kept.artifact not in seen:
                seen.add(kept.artifact)
                yield mutant, kept

    def _is_late(self, mutant: Mutant) -> bool:
        late = time.monotonic() > self.deadline
        if late:
            self.late[mutant.id] = Found("undecided", reason="the time for this was up")
        return late

    def _sample(self, mutant: Mutant, made: Compilation | None) -> None:
        if self._is_late(mutant):
            return
        made = made or compile_mutant(self.candidate, self.path, mutant)
        assert made is not None, "only what compiles is sampled"
        refused = self._refusal(made)
        if refused:
            found = Found("killed", "inspection", "undeclared")
        else:
            found = self.sampler.kill(self.case, mutant, made.contract(self.candidate.contract, self.path))
        if found.fate == "killed":
            self._keep(mutant, found)

    def _refusal(self, made: Compilation) -> Finding | None:
        """Return what the language refuses of a mutant outright."""
        try:
            case = case_of(self.case.job.specification, made, self.candidate, self.judged)
        except SourceError:
            return None
        return next((f for f in inspect_case(case).findings if f.severity == "refutes"), None)

    def _prove(self, mutants: Sequence[Mutant]) -> None:
        left = [m for m in mutants if not self._is_late(m)]
        suspects = []
        for m in left:
            made = compile_mutant(self.candidate, self.path, m)
            assert made is not None, "only what compiles is judged"
            suspects.append(Suspect(m, case_of(self.case.job.specification, made, self.candidate, self.judged)))
        if not suspects:
            return
        with self.lock:
            order = [id for id, _ in self.killed_by.most_common()]
        seconds = max(1.0, self.deadline - time.monotonic())
        effort = self._effort(min(seconds, 60 + 4 * self.options.obligation_s * len(suspects)))
        prove(self.case, suspects, self.proved, order, effort, lambda n, found: self._keep(suspects[n].mutant, found))

    def _effort(self, time_s: float) -> Effort:
        o, usual = self.options, replace(self.judged.effort, jobs=1, evidence=False, second=False)
        return replace(usual, time_s=time_s, obligation_s=o.obligation_s, solver_s=o.solver_s)

    def _look(self, mutants: Sequence[Mutant]) -> None:
        known = self.record.known
        own = []
        for m in mutants:
            if is_equivalent(self.candidate, self.path, m) or is_settled(self.case, m, known[m.id].found):
                self.record.keep(replace(known[m.id], equivalent=True))
            elif not self._is_late(m):
                made = compile_mutant(self.candidate, self.path, m)
                assert made is not None, "only what compiles is looked at"
                own.append((m, made))
        seconds = max(1.0, self.deadline - time.monotonic())
        for m in do_the_same(self.case, own, self._effort(min(seconds, 60 + self.options.obligation_s * len(own)))):
            self.record.keep(replace(known[m.id], equivalent=True))
        for m, made in own:
            kept = known[m.id]
            if kept.equivalent or (kept.found is not None and kept.found.fate == "accepted") or self._is_late(m):
                continue
            found = self.sampler.kill(self.case, m, made.contract(self.candidate.contract, self.path), deep=True)
            if found.fate == "killed":
                self._keep(m, found)

    def _keep(self, mutant: Mutant, found: Found) -> None:
        with self.lock:
            kept = replace(self.record.known[mutant.id], found=found)
            if found.fate == "undecided":  # it is asked again the next time
                self.record.known[mutant.id] = kept
            else:
                self.record.keep(kept)
            if found.fate == "killed":
                self.killed_by[found.obligation] += 1
                self.tell(JudgeEvent("result", "strength", f"{mutant.id} breaks {found.obligation} ({found.killer})"))
            else:
                self.tell(JudgeEvent("result", "strength", f"{mutant.id} {found.fate}"))

    def strength(self, written: int, time_s: float) -> Strength:
        """Return what is known now; what is not decided is alive."""
        known = self.record.known
        own = {m.id for m, _ in self.own()}
        refused = sum(m.id in known and not known[m.id].artifact for m in self.drawn)
        same = sum(m.id in known and known[m.id].artifact == self.case.job.ledger.artifact for m in self.drawn)
        equivalent = same + sum(kept.equivalent for _, kept in self.own())
        mine = [m for m in self.drawn if m.id not in known or (m.id in own and not known[m.id].equivalent)]
        doubles = len(self.drawn) - refused - equivalent - len(mine)
        return Strength(
            self.options.seed,
            self.options.most,
            self.options.libraries,
            written,
            refused,
            equivalent,
            doubles,
            tuple(map(self._judged, mine)),
            time_s,
        )

    def _judged(self, mutant: Mutant) -> Judged:
        kept = self.record.known.get(mutant.id)
        found = kept.found if kept is not None and kept.found is not None else self.late.get(mutant.id)
        found = found or Found("undecided", reason="no engine decides it")
        sources: Mapping[str, str] = self.candidate.tree.sources
        artifact = kept.artifact if kept is not None else ""
        return Judged(mutant, part_of(self.options.seed, mutant), artifact, mutant.diff(sources), found)
