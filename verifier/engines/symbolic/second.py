"""The solvers of whoever checks a proof: bitwuzla and cvc5, which had no part in it.

They take turns, since what is hard for one is most often easy for the other; the one that decided the last hard question begins. A question
that is not decided at once is first asked in a weaker form (weaken.py), of cvc5 with integers for words: sums of three words, which take
adders of bits seconds, then take milliseconds. They run in the process that asks, which is a fork with limits of its own. Nothing that was
known before counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import bitwuzla
import cvc5

from verifier.engines.symbolic.solve import Solver
from verifier.engines.symbolic.weaken import weaken

Ask = Callable[[str, int], tuple[str, str]]

#: Seconds of the processor: what most claims take bitwuzla; what a hard one takes each of them, where it is the right one.
QUICK_S, BITWUZLA_S, CVC5_S = 0.1, 1.0, 4.0
#: What most take bitwuzla for which a model is wanted: they have one, mostly.
MODEL_S = 0.4
#: What the weaker form of a claim takes with integers, where it is decided at all.
WEAKER_S = 0.3
#: cvc5 counts steps; so many are a millisecond, about.
CVC5_STEPS = 600
#: By the wall clock a solver gets so many times as long: the machine may be busy.
PATIENCE = 20


class SecondSolver(Solver):
    """Decide scripts by solvers that the proof did not use."""

    def __init__(self, time_s: float) -> None:
        super().__init__((), time_s, {}, held_against_z3=False)
        self.cvc5_first = False  # it was cvc5 that decided the last hard one

    def is_fresh(self, _: str) -> bool:
        """Return False: z3 has no say here."""
        return False

    def ask(self, text: str, time_s: float | None = None) -> tuple[str, str]:
        """Return sat, unsat, unknown or failed, and the values that were asked for or a reason."""
        if text in self.memory:
            return self.memory[text]
        self.queries += 1
        left_s = time_s or self.time_s
        said = ("unknown", "time limit")
        for turn, (solver, turn_s) in enumerate(self._turns(MODEL_S if "(get-value" in text else QUICK_S)):
            turn_s = min(turn_s, left_s)
            if turn_s <= 0:
                break
            begun = time.process_time()
            said = solver(text, round(1000 * turn_s))
            if turn == 0 and said[0] == "unknown" and _is_unsatisfiable_when_weaker(text):
                said = ("unsat", "")
            left_s -= time.process_time() - begun
            if said[0] in {"sat", "unsat"}:
                self.memory[text] = said
                self.cvc5_first = solver is ask_cvc5 if turn else self.cvc5_first
                break
        return said

    def _turns(self, quick_s: float) -> tuple[tuple[Ask, float], ...]:
        """Return who is asked, and for how long: a short turn, a middle one for each, and the rest."""
        middle: tuple[tuple[Ask, float], ...] = ((ask_bitwuzla, BITWUZLA_S), (ask_cvc5, CVC5_S))
        return (
            (ask_bitwuzla, quick_s),
            *(reversed(middle) if self.cvc5_first else middle),
            (ask_bitwuzla, self.time_s / 2),
            (ask_cvc5, self.time_s),
        )


def ask_bitwuzla(text: str, limit_ms: int) -> tuple[str, str]:
    """Ask bitwuzla about a script that ends with (check-sat) and perhaps (get-value ...)."""
    asserted, _, asked = text.partition("(check-sat)")
    options = bitwuzla.Options()
    options.set(bitwuzla.Option.TIME_LIMIT_PER, PATIENCE * limit_ms)
    options.set(bitwuzla.Option.PRODUCE_MODELS, bool(asked.strip()))
    parser = bitwuzla.Parser(bitwuzla.TermManager(), options)
    try:
        parser.parse(asserted, True, False)
        solver = parser.bitwuzla()
        end = time.process_time() + limit_ms / 1000
        solver.configure_terminator(lambda: time.process_time() > end)
        answer = str(solver.check_sat())
        if answer != "sat" or not asked.strip():
            return answer, "" if answer != "unknown" else "time limit"
        wanted = frozenset(asked.replace("(", " ").replace(")", " ").split()[1:])
        values = [(t.symbol(), solver.get_value(t)) for t in parser.get_declared_funs() if t.symbol() in wanted]
        return answer, "\n".join(f"({name} {value})" for name, value in values)
    except bitwuzla.BitwuzlaException as err:
        return "failed", f"bitwuzla: {str(err)[:200]}"


def _is_unsatisfiable_when_weaker(text: str) -> bool:
    weaker = weaken(text)
    return bool(weaker) and ask_cvc5(weaker, round(1000 * WEAKER_S), integers=True)[0] == "unsat"


def ask_cvc5(text: str, limit_ms: int, *, integers: bool = False) -> tuple[str, str]:
    """Ask cvc5 about a script that ends with (check-sat) and perhaps (get-value ...).

    `integers`: words become integers; the translation is exact. Source: Zohar et al., Bit-Precise Reasoning via Int-Blasting, VMCAI 2022.
    """
    solver = cvc5.Solver(cvc5.TermManager())
    for key, value in (
        ("rlimit-per", str(CVC5_STEPS * limit_ms)),
        ("tlimit-per", str(PATIENCE * limit_ms)),
        ("produce-models", "true"),
        ("incremental", "false"),
        ("bv-print-consts-as-indexed-symbols", "false"),
        ("solve-bv-as-int", "sum" if integers else "off"),
    ):
        solver.setOption(key, value)
    symbols = cvc5.SymbolManager(solver.getTermManager())
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "query")
    said: list[str] = []
    try:
        while not (command := parser.nextCommand()).isNull():
            if answer := command.invoke(solver, symbols).strip():
                said.append(answer)
                if answer != "sat":
                    break
    except RuntimeError as err:
        return "failed", f"cvc5: {str(err)[:200]}"
    head = said[0] if said else ""
    if head.startswith("unknown"):
        return "unknown", "time limit"
    if head not in {"sat", "unsat"}:
        return "failed", f"cvc5 said: {head[:200]}"
    return head, "\n".join(said[1:])
