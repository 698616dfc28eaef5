"""A report to show: one thing proved, one refuted, one that leans on it, one not inductive, one refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from feedback.report import ArtifactReport, ObligationReport, Report, SpecificationReport
from verifier.canary import Canary
from verifier.counterexample import Call, Counterexample, Observation
from verifier.finding import Finding

BOB = "0x00000000000000000000000000000000000000b0"
SHORT = Counterexample(
    obligation="withdraw.short",
    calls=(
        Call("constructor", "deploy()", BOB, 0, "", kind="deploy"),
        Call("deposit", "deposit()", BOB, 1, "d0e30db0"),
        Call(
            "withdraw",
            "withdraw(2)",
            BOB,
            0,
            "2e1a7d4d",
            callback=Call("withdraw", "withdraw(1)", BOB, 0, "2e1a7d4d"),
            succeeded=True,
            outcome="succeeded",
        ),
    ),
    reached=True,
    replayed=True,
    message="it must revert, and it succeeded",
    observations=(Observation("total()", "1", "0"),),
    test="contract T { }",
    found_by="fuzz",
)
STATE = Counterexample(
    obligation="withdraw.debited(total)",
    calls=(Call("withdraw", "withdraw(1)", BOB, 0, ""),),
    reached=False,
    replayed=True,
    message="total() must fall by amount",
    state=(("total()", "0"), ("balanceOf(sender)", "1")),
    storage=(("_owed", "1"),),
    found_by="symbolic",
)


def obligation(id: str, **fields: Any) -> ObligationReport:
    plain = ObligationReport(
        id=id,
        kind="reverts",
        clause="",
        words="the language itself asks for it",
        line=0,
        function=id.split(".")[0] if "." in id else "",
        verdict="PROVED",
        proved_by=("symbolic",),
        reason="",
        counterexample=None,
        premises=(),
        leans_on=(),
    )
    return replace(plain, **fields)


REFUTED = Report(
    schema_version=1,
    verdict="not-verified",
    specification=SpecificationReport("Vault", "Vault.spec.sol", "5" * 64, ("`full` practically never holds",)),
    artifact=ArtifactReport("Vault", "a" * 64),
    obligations=(
        obligation("deposit.credited(total)", kind="changes", premises=("every stranger that is called accepts",)),
        obligation(
            "withdraw.short",
            clause="reverts short: balanceOf(msg.sender) < amount",
            words="it reverts if the sender has less than `amount`",
            line=31,
            verdict="REFUTED",
            proved_by=(),
            reason="it must revert, and it succeeded",
            counterexample=SHORT,
        ),
        obligation("withdraw.debited(total)", verdict="UNKNOWN", proved_by=(), reason="not inductive", counterexample=STATE),
        obligation("withdraw.paid", verdict="UNKNOWN", proved_by=(), reason="its proof leans on withdraw.debited(total), which is UNKNOWN"),
        obligation("undeclared", kind="undeclared", verdict="REFUTED", proved_by=(), reason="sweep() can change state"),
    ),
    assumptions=("keccak256 is injective",),
    canaries=(
        Canary("symbolic", "false", "violated", "violated"),
        Canary("static", "suicidal", "found", "missing", "Slither crashed: [no memory]"),
    ),
    findings=(
        Finding("refutes", "undeclared-function", "sweep() can change state, and the interface lacks it", "Vault.sol", 21, True),
        Finding("informs", "slither:timestamp", "Vault.f() uses timestamp", "Vault.sol", 30),
    ),
    tools=(("forge", "1.7.1"), ("halmos", "0.3.3")),
    sandbox="bubblewrap",
    time_s=8.25,
    open=(
        "withdraw.short is REFUTED",
        "undeclared-function: sweep()",
        "canary static/suicidal: expected found, found missing: Slither crashed: [no memory]",
    ),
)
VERIFIED = replace(
    REFUTED,
    verdict="verified",
    obligations=REFUTED.obligations[:1],
    findings=(),
    open=(),
    canaries=REFUTED.canaries[:1],
    specification=replace(REFUTED.specification, warnings=()),
)
EVIL = "</details><script>alert(1)</script> ![x](http://evil/p.png) [a](http://evil) @everyone #1 `code` | \x1b[31m ```\n<!-- solwright -->"
