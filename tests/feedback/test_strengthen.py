"""A promise that accepts wrong contracts goes back to its writer, who never sees what is held out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from feedback.events import Asked, Ended, Event, Frozen, Judged, Measured, Noticed, SpecificationRefused
from feedback.judging import Approval
from feedback.policy import Policy
from feedback.strengthen import WORDS
from specs.specification import Specification
from tests.codegen.endpoint import Server
from tests.feedback.bench import CONTRACT, SPECIFICATION, Bench, fenced, work
from tests.feedback.test_loop import end, prompt, script
from verifier.mutants.edit import Operator
from verifier.mutants.found import Part

ZERO = "/// @custom:initially zero: n() == 0\n"
STRONGER = SPECIFICATION.replace(ZERO, f"{ZERO}/// @custom:initially small: n() <= 0\n")
MANY: tuple[Part, ...] = ("feedback",) * 3 + ("held-out",) * 3


def weak_until(strong: str, alive: Sequence[Part] = MANY) -> Bench:
    return Bench(alive=lambda text: () if text == strong else tuple(alive))


def asked(events: Sequence[Event]) -> list[str]:
    return [e.purpose for e in events if isinstance(e, Asked)]


def test_survivors_go_back_and_the_contract_is_judged_again(server: Server, tmp_path: Path) -> None:
    script(server, fenced(SPECIFICATION), fenced(CONTRACT), fenced(STRONGER))
    bench, approved = weak_until(STRONGER), []

    def approve(specification: Specification) -> Approval:
        approved.append(specification.text)
        return Approval(accepted=True)

    events = work(tmp_path / "run", server.model(), bench, approve=approve)
    ended = end(events)
    assert ended.ending == "verified" and ended.strength is not None and ended.strength.meets(0.9)
    assert ended.specification is not None and ended.specification.text == STRONGER
    assert asked(events) == ["specification", "contract", "stronger specification"]
    assert approved == [SPECIFICATION, STRONGER]
    assert bench.judged == [CONTRACT, CONTRACT] and bench.measured == [SPECIFICATION, STRONGER]
    assert [type(e).__name__ for e in events if isinstance(e, Frozen | Judged | Measured | Ended)] == [
        "Frozen", "Judged", "Measured", "Frozen", "Judged", "Measured", "Ended",
    ]  # fmt: skip
    assert (tmp_path / "run" / "Counter.spec.sol").read_text() == STRONGER


def test_the_writer_sees_the_feedback_set_only(server: Server, tmp_path: Path) -> None:
    script(server, fenced(SPECIFICATION), fenced(CONTRACT), fenced(STRONGER))
    work(tmp_path / "run", server.model(), weak_until(STRONGER))
    told = prompt(server, 3)
    assert told.count("## Wrong contract ") == 3 and "+n += feedback;" in told
    assert "Your promise accepts this wrong contract" in told and "it uses another constant" in told
    for request in server.requests:
        assert "held-out" not in str(request) and "seed" not in str(request[2]["messages"][1])


def test_what_is_held_out_is_never_shown_and_nothing_is_returned(server: Server, tmp_path: Path) -> None:
    script(server, fenced(SPECIFICATION), fenced(CONTRACT))
    events = work(tmp_path / "run", server.model(), weak_until("", ("held-out",) * 3))
    ended = end(events)
    assert (ended.ending, ended.judgement) == ("weak", None)
    assert ended.why == "the specification refuses too few wrong contracts: 3 of 5 are not refused, at most 10% may be"
    assert ended.report is not None and ended.report.exit_code == 1 and ended.report.open == (ended.why,)
    assert asked(events) == ["specification", "contract"]
    assert (tmp_path / "run" / "Counter.unverified.sol").read_text() == CONTRACT


def test_a_specification_that_stays_as_it_is_ends_the_run(server: Server, tmp_path: Path) -> None:
    script(server, fenced(SPECIFICATION), fenced(CONTRACT), fenced(SPECIFICATION.replace("\n\n", "\n\n\n")))
    events = work(tmp_path / "run", server.model(), weak_until(""))
    assert end(events).ending == "weak" and len(asked(events)) == 3


def test_the_writer_has_a_few_tries(server: Server, tmp_path: Path) -> None:
    others = [SPECIFICATION.replace(ZERO, ZERO + "".join(f"/// @custom:initially s{i}: n() <= {i}\n" for i in range(k))) for k in (1, 2, 3)]
    script(server, fenced(SPECIFICATION), fenced(CONTRACT), *map(fenced, others))
    bench = weak_until("")
    events = work(tmp_path / "run", server.model(), bench, policy=Policy(strengthenings=2))
    assert end(events).ending == "weak"
    assert bench.measured == [SPECIFICATION, *others[:2]]


def test_a_stronger_specification_must_stand_and_be_approved(server: Server, tmp_path: Path) -> None:
    script(server, fenced(SPECIFICATION), fenced(CONTRACT), fenced(STRONGER.replace("by +1", "by +amont")), fenced(STRONGER))
    accepted = iter((Approval(accepted=True), Approval(accepted=False)))
    events = work(tmp_path / "run", server.model(), weak_until(STRONGER), approve=lambda _: next(accepted))
    assert end(events).ending == "weak"
    assert len([e for e in events if isinstance(e, SpecificationRefused)]) == 1
    assert "the unknown name `amont`" in prompt(server, 4)


def test_a_specification_that_promises_less_is_sent_back(server: Server, tmp_path: Path) -> None:
    less = STRONGER.replace("    /// @custom:changes up: n() by +1\n", "    /// @custom:modifies n()\n")
    script(server, fenced(SPECIFICATION), fenced(CONTRACT), fenced(less), fenced(STRONGER))
    events = work(tmp_path / "run", server.model(), weak_until(STRONGER))
    assert end(events).ending == "verified"
    (refused,) = (e for e in events if isinstance(e, SpecificationRefused))
    assert any("increase.up" in problem for problem in refused.problems)


def test_a_given_specification_is_not_rewritten(server: Server, tmp_path: Path) -> None:
    script(server, fenced(CONTRACT))
    given = (tmp_path / "Counter.spec.sol", SPECIFICATION)
    events = work(tmp_path / "run", server.model(), weak_until(STRONGER), given=given)
    assert end(events).ending == "weak" and asked(events) == ["contract"]


def test_without_a_further_reply_the_run_still_tells_what_it_found(server: Server, tmp_path: Path) -> None:
    script(server, fenced(SPECIFICATION), fenced(CONTRACT))
    events = work(tmp_path / "run", server.model(), weak_until(STRONGER))
    assert end(events).ending == "weak"
    assert any(isinstance(e, Noticed) and e.text.startswith("no stronger specification was written") for e in events)


def test_a_resumed_run_asks_nothing_twice(server: Server, tmp_path: Path) -> None:
    script(server, fenced(SPECIFICATION), fenced(CONTRACT), fenced(STRONGER))
    work(tmp_path / "run", server.model(), weak_until(STRONGER))
    events = work(tmp_path / "run", server.model(), weak_until(STRONGER), resume=True)
    assert end(events).ending == "verified" and asked(events) == []


def test_every_operator_has_its_words() -> None:
    from typing import get_args

    assert set(WORDS) == set(get_args(Operator))
