"""Which arguments of a loop's header are always equal, and no more than those."""

from __future__ import annotations

from functools import partial

from verifier.engines.horn.check import check_script, script_of
from verifier.engines.horn.equalities import equal_arguments, equations, with_equations
from verifier.engines.horn.solve import solve_direct
from verifier.engines.horn.unfold import Unfolding

#: The header's arguments: what a loop was given, the same as it is now, a counter, and its value a round before.
LOOP = """(set-logic HORN)
(declare-fun h ((Array Int Int) (Array Int Int) Int Int) Bool)
(declare-fun error_target_1 () Bool)
(assert (forall ((a (Array Int Int))) (h a a 0 0)))
(assert (forall ((a (Array Int Int)) (b (Array Int Int)) (i Int) (j Int)) (=> (and (h a b i j) (< i 10)) (h a b (+ i 1) i))))
(assert (forall ((a (Array Int Int)) (b (Array Int Int)) (i Int) (j Int) (k Int))
  (=> (and (h a b i j) (not (= (select a k) (select b k)))) error_target_1)))
(assert (=> error_target_1 false))
(check-sat)"""


def unfolded() -> tuple[Unfolding, list[str]]:
    unfolding = Unfolding(LOOP)
    order = unfolding.cone("error_target_1")
    unfolding.unfold(order)
    return unfolding, order


def test_what_no_step_changes_is_equal_and_what_one_step_changes_is_not() -> None:
    unfolding, order = unfolded()
    assert equal_arguments(unfolding, unfolding.loops(order)) == {"h": [(0, 1)]}


def test_equations_stand_in_the_smaller_system_and_in_what_is_found() -> None:
    unfolding, order = unfolded()
    found = equal_arguments(unfolding, unfolding.loops(order))
    assert unfolding.reduced("error_target_1", order) != unfolding.reduced("error_target_1", order, partial(equations, found=found))
    definition = "(define-fun h ((x!0 Int) (x!1 Int) (x!2 Int)) Bool (>= x!2 0))"
    assert with_equations("h", definition, found) == "(define-fun h ((x!0 Int) (x!1 Int) (x!2 Int)) Bool (and (>= x!2 0) (= x!0 x!1)))"
    assert with_equations("g", definition, found) == definition


def test_the_invariant_is_one_of_the_system_as_it_was_written() -> None:
    answer = solve_direct(Unfolding(LOOP), LOOP)
    assert answer.answer == "safe"
    assert check_script(script_of(LOOP, answer.invariant)).verdict == "valid"
