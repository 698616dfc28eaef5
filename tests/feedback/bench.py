"""A small real court for the loop's own tests: it compiles with solc and asks only whether each promised function is there.

Its verdicts say nothing of behaviour; tests of behaviour use `verifier.judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from codegen.budget import Budget, Limits
from codegen.model import Model
from feedback.asking import Writer
from feedback.events import Event
from feedback.history import History, RunLine
from feedback.judging import Approval, Court, JudgementLike, accept_all
from feedback.key import key_of
from feedback.loop import run
from feedback.policy import Policy
from feedback.promise import Wish
from specs.parse import parse
from specs.specification import Specification
from toolchain.errors import SourceError
from toolchain.solc import compile_sources
from verifier.canary import Canary
from verifier.counterexample import Call, Counterexample, Observation
from verifier.finding import Finding
from verifier.mutants.edit import Mutant
from verifier.mutants.found import Fate, Found, Judged, Part, Strength
from verifier.obligation import Ledger, Obligation
from verifier.verdict import Verdict

SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @custom:deploy ()
/// @custom:initially zero: n() == 0
interface Counter {
    function n() external view returns (uint256);

    /// @custom:reverts full: n() == type(uint256).max
    /// @custom:changes up: n() by +1
    /// @custom:succeeds otherwise
    function increase() external;
}
"""
CONTRACT = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Counter {
    uint256 public n;

    function increase() external {
        n += 1;
    }
}
"""
PARTS: tuple[Part, ...] = ("feedback", "held-out")
ALICE, BOB = "0x" + "a1" * 20, "0x" + "b0" * 20
INCOMPLETE = CONTRACT.replace("function increase", "function rise")
OTHER_INCOMPLETE = CONTRACT.replace("public n;", "public m;").replace("n +=", "m +=")
REFUSED = CONTRACT.replace("n += 1;", "n += undefined_name;")


def fenced(text: str) -> str:
    return f"Here it is.\n\n```solidity\n{text}```\n"


def counterexample(id: str, *texts: str, reached: bool = True, message: str = "it did not revert") -> Counterexample:
    """Build a counterexample whose calls read as given; deposits bring 5 wei."""
    calls = [Call("constructor", "deploy()", ALICE, 0, "", kind="deploy")] if reached else []
    calls += [Call(text.split("(")[0], text, BOB, 5 if "deposit" in text else 0, "") for text in texts]
    calls[-1] = Call(calls[-1].function, calls[-1].text, BOB, calls[-1].value, "", succeeded=True, outcome="succeeded")
    seen = (Observation("total()", "5", "2"), Observation("balanceOf(bob)", "0", "0"))
    state = () if reached else (("total()", "5"), ("slot 0", "0x07"))
    return Counterexample(id, tuple(calls), reached, reached, message, seen, state, found_by="fuzz")


def mutant_of(number: int, part: Part, fate: Fate) -> Judged:
    """Build a judged mutant."""
    mutant = Mutant(f"Counter.sol:{number}:constant:0", "Counter.sol", number, "constant", 0, 1, "2", ("increase",))
    found = Found(fate, "fuzz", "increase.up") if fate == "killed" else Found(fate)
    return Judged(mutant, part, f"{number:064x}", f"--- Counter.sol\n+++ Counter.sol\n@@ -1 +1 @@\n-n += 1;\n+n += {part};", found)


@dataclass(frozen=True)
class Presence:
    """What the small judge returns."""

    ledger: Ledger
    verdicts: Mapping[str, Verdict]
    findings: tuple[Finding, ...] = ()
    canaries: tuple[Canary, ...] = ()
    tools: Mapping[str, str] = field(default_factory=lambda: {"solc": "0.8.37"})
    sandbox: str = "none"
    time_s: float = 0.0


@dataclass
class Bench:
    """Count what is asked of the court."""

    judged: list[str] = field(default_factory=list)
    examined: int = 0
    problems: tuple[tuple[str, ...], ...] = ()  # of the first, second … examination
    measured: list[str] = field(default_factory=list)
    alive: Callable[[str], tuple[Part, ...]] = lambda _: ()  # the sets of the mutants that a specification accepts

    def judge(self, specification: Specification, source: str, told: Callable[[str], None]) -> Presence:
        self.judged.append(source)
        told("compiling")
        contract = compile_sources({"Counter.sol": source}).contract(specification.name)
        if contract.kind != "contract":
            raise SourceError(f"{specification.name} is an {contract.kind}, there is no code to judge", "write a contract")
        obligations = tuple(
            Obligation(f"{f.title}.present", "undeclared", f.title, "", f"{f.signature} is there", 0) for f in specification.functions
        )
        present = {o.id: f.signature in contract.method_identifiers for o, f in zip(obligations, specification.functions, strict=True)}
        verdicts = {
            id: Verdict(id, "PROVED", ("static",)) if here else Verdict(id, "REFUTED", (), "it is not there")
            for id, here in present.items()
        }
        return Presence(Ledger(specification.digest, contract.creation_digest, obligations, ()), verdicts)

    def examine(self, specification: Specification, told: Callable[[str], None]) -> tuple[str, ...]:
        told(f"examining {specification.name}")
        self.examined += 1
        return self.problems[self.examined - 1] if self.examined <= len(self.problems) else ()

    def measure(self, specification: Specification, source: str, judgement: JudgementLike, told: Callable[[str], None]) -> Strength | None:
        """Find that everything is refused, but for the survivors that a test names by the specification's digest."""
        told("changing the contract")
        self.measured.append(specification.text)
        alive = self.alive(specification.text)
        dead = tuple(mutant_of(n, part, "killed") for n, part in enumerate(PARTS))
        return Strength(
            "seed", 400, False, 9, 0, 0, 0, dead + tuple(mutant_of(n + 2, part, "accepted") for n, part in enumerate(alive)), 0.1
        )

    @property
    def court(self) -> Court:
        return Court(parse, self.examine, self.judge, self.measure, "presence only")


def work(
    folder: Path,
    model: Model,
    bench: Bench,
    *,
    request: str = "A counter.",
    given: tuple[Path, str] | None = None,
    keeping: tuple[Path, str] | None = None,
    policy: Policy | None = None,
    limits: Limits | None = None,
    approve: Callable[[Specification], Approval] = accept_all,
    resume: bool = False,
) -> list[Event]:
    """Run the loop to its end and return its events."""
    history = History(folder, RunLine(inputs=key_of(request), request=request, model=model.name), resume=resume)
    try:
        writer = Writer(model, Budget(limits or Limits(), None), history)
        return list(run(Wish(request, given, keeping), writer, bench.court, policy or Policy(), approve))
    finally:
        history.close()
