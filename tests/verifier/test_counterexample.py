"""What people read of a counterexample."""

from verifier.counterexample import Call, Counterexample, Environment
from verifier.engines.symbolic.shown import _world

DEPLOY = Call("constructor", "deploy(0)", "0x01", 0, "", kind="deploy")


def last_step(call: Call) -> str:
    return Counterexample("stable(x)", (DEPLOY, call), True, True, "is false here").lines()[1]


def test_the_last_step_is_said_also_where_nobody_calls() -> None:
    later = Call("", "time passes until 7", "0x00", 0, "", environment=Environment(7), kind="later")
    assert last_step(later) == "then: time passes until 7"
    assert last_step(Call("", "ether arrives by force", "0x00", 3, "", kind="ether")) == "then: ether arrives by force with 3 wei"
    assert last_step(Call("f", "f()", "0x02", 3, "", environment=Environment(7))) == "call: f() with 3 wei by 0x02 at time 7"


def test_a_state_shows_the_time_where_clauses_read_it() -> None:
    model = {"w_ether": 1, "w_timestamp": 2, "w_number": 3}
    assert list(_world(model, "reverts late: block.timestamp > until()")) == [("balance(this)", "1"), ("block.timestamp", "2")]
    assert list(_world(model, "changes n() by +1")) == [("balance(this)", "1")]


def test_a_state_shows_what_a_world_step_brings() -> None:
    model = {"w_timestamp": 2, "w_later": 5, "w_more": 9}
    assert list(_world(model, "")) == [("block.timestamp", "2"), ("later: block.timestamp", "5"), ("ether that arrives", "9")]
