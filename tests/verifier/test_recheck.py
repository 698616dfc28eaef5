"""What a check says of an obligation that is not found again."""

from verifier.certificate.recheck import _difference
from verifier.certificate.schema import ObligationPart, ResultPart
from verifier.result import Result, Stamp
from verifier.verdict import combine

STATED = ObligationPart(
    id="f.x",
    kind="ensures",
    function="f",
    clause="",
    words="",
    line=0,
    subject="",
    premises=(),
    leans_on=(),
    verdict="PROVED",
    proved_by=("symbolic",),
    reason="",
    bound="",
    results=(ResultPart(engine="symbolic", outcome="holds", strength="proof", bound="", reason=""),),
)
BROKEN = Result("f.x", "symbolic", "violated", "proof", Stamp("", "", "", "", ""), "a state breaks it")


def test_what_other_solvers_refute_is_a_conflict() -> None:
    assert _difference(STATED, combine("f.x", [BROKEN]), [BROKEN], ()).startswith("CONFLICT: ")


def test_what_is_broken_where_an_exploration_was_cut_contradicts_nobody_and_does_not_agree() -> None:
    said = _difference(STATED, combine("f.x", [BROKEN]), [BROKEN], ("evidence/symbolic/f.smt2",))
    assert said.startswith("it was not found again: evidence/symbolic/f.smt2 was not explored to its end")
