"""Shrink a Horn system to its loops, and turn what was found of them into an invariant of the whole system.

Predicates that no cycle passes are what their clauses say: unfolded forward, each becomes a disjunction over the paths that reach it, with
the intermediate values eliminated by their equations. What remains are the headers of loops (and what stands for the contract between
calls, which is taken to be anything here). None of this is trusted: what comes out is an invariant of the original system, which is
checked there clause by clause.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import z3

#: Predicates that stand for every state between calls, or for what a stranger may do: taken to be anything.
ANYTHING = ("interface_", "nondet_interface_")
#: What a goal excludes.
GOAL = "error_target_"
LARGEST_PATHS = 160


class TooLarge(Exception):
    """Say that a system has more paths than we unfold."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with its variables made free: body atoms, constraints, and the head."""

    atoms: tuple[z3.ExprRef, ...]
    constraints: tuple[z3.BoolRef, ...]
    head: z3.ExprRef


@dataclass(frozen=True, slots=True)
class Path:
    """One way to a predicate: constraints over its formal arguments and other symbols, and atoms of cut predicates."""

    constraints: tuple[z3.BoolRef, ...]
    atoms: tuple[z3.ExprRef, ...]


class Unfolding:
    """A system, and the paths to the predicates that were asked for."""

    def __init__(self, text: str) -> None:
        self.predicates: dict[str, z3.FuncDeclRef] = {}
        self.heads: dict[str, list[Clause]] = {}
        self.cut: set[str] = set()
        self.known: dict[str, list[Path]] = {}
        self._state: dict[str, bool] = {}  # False: on the way down, True: done
        self._fresh = itertools.count()
        self.deadline_s = math.inf  # of this process's CPU time
        for a in z3.parse_smt2_string(text):
            self._read(a)

    # ------------------------------------------------------------ reading

    def _read(self, a: z3.ExprRef) -> None:
        if z3.is_quantifier(a):
            names = [z3.Const(f"{a.var_name(i)}!{next(self._fresh)}", a.var_sort(i)) for i in range(a.num_vars())]
            a = z3.substitute_vars(a.body(), *reversed(names))
        body, head = (a.arg(0), a.arg(1)) if z3.is_implies(a) else (z3.BoolVal(True), a)
        if z3.is_false(head):
            return
        atoms: list[z3.ExprRef] = []
        constraints: list[z3.BoolRef] = []
        for part in conjuncts(body):
            (atoms if is_predicate(part) else constraints).append(part)
        for p in (*atoms, head):
            self.predicates[p.decl().name()] = p.decl()
        self.heads.setdefault(head.decl().name(), []).append(Clause(tuple(atoms), tuple(constraints), head))

    def cone(self, goal: str) -> list[str]:
        """Return the predicates below a goal, callees first; a cycle is cut at the predicate that a depth-first walk meets twice."""
        order: list[str] = []
        seen = {goal}
        stack = [(goal, iter(self._below(goal)))]
        self._state.setdefault(goal, False)
        while stack:
            name, below = stack[-1]
            for n in below:
                if n.startswith(ANYTHING):
                    continue
                if self._state.get(n) is False:
                    self.cut.add(n)
                elif n not in seen:
                    seen.add(n)
                    self._state.setdefault(n, False)
                    stack.append((n, iter(self._below(n))))
                    break
            else:
                self._state[name] = True
                order.append(name)
                stack.pop()
        return order

    def _below(self, name: str) -> list[str]:
        return sorted({a.decl().name() for c in self.heads.get(name, ()) for a in c.atoms})

    # ------------------------------------------------------------ paths

    def formals(self, name: str) -> list[z3.ExprRef]:
        """Return the symbols that stand for a predicate's arguments."""
        d = self.predicates[name]
        return [z3.Const(f"{name}!arg{i}", d.domain(i)) for i in range(d.arity())]

    def unfold(self, order: Sequence[str]) -> None:
        """Compute the paths to every predicate of a cone. Raises TooLarge, TimeoutError behind the deadline.

        An alarm's exception in the middle of z3's Python would leave expressions that are given back twice.
        """
        for name in order:
            if name not in self.known:
                self.known[name] = list(self._paths(name))

    def _paths(self, name: str) -> Iterator[Path]:
        formals = self.formals(name)
        total = 0
        for c in self.heads.get(name, ()):
            given = [f == a for f, a in zip(formals, c.head.children(), strict=True)]
            for path in self._expand(c):
                reduced = eliminate([*path.constraints, *given], path.atoms, formals, self._hurry)
                if reduced is not None:
                    total += 1
                    if total > LARGEST_PATHS:
                        raise TooLarge(name)
                    yield reduced if name.startswith(GOAL) else forget(reduced, formals)

    def _hurry(self) -> None:
        if time.process_time() > self.deadline_s:
            raise TimeoutError

    def _expand(self, c: Clause) -> Iterator[Path]:
        choices: list[list[Path]] = []
        for a in c.atoms:
            name = a.decl().name()
            if name.startswith(ANYTHING):
                continue
            if name in self.cut:
                choices.append([Path((), (a,))])
            else:
                choices.append([self._at(p, name, a) for p in self.known.get(name, ())])
        for chosen in itertools.product(*choices):
            constraints = [*c.constraints, *(x for p in chosen for x in p.constraints)]
            yield Path(tuple(constraints), tuple(x for p in chosen for x in p.atoms))

    def _at(self, path: Path, name: str, atom: z3.ExprRef) -> Path:
        """Return a path to a predicate at given arguments, its other symbols fresh."""
        formals = self.formals(name)
        mine = {f.get_id() for f in formals}
        others = {s.get_id(): s for x in (*path.constraints, *path.atoms) for s in symbols(x) if s.get_id() not in mine}
        moved = [(s, z3.Const(f"{s.decl().name().split('!')[0]}!{next(self._fresh)}", s.sort())) for s in others.values()]
        return Path(*substituted(path.constraints, path.atoms, [*zip(formals, atom.children(), strict=True), *moved]))

    # ------------------------------------------------------------ what remains, and back

    def loops(self, order: Sequence[str]) -> list[str]:
        """Return the cut predicates of a cone."""
        return [n for n in order if n in self.cut]

    def reduced(self, goal: str, order: Sequence[str], known: Callable[[Path], Sequence[z3.BoolRef]] = lambda _: ()) -> str:
        """Return the system that remains of a cone: clauses over cut predicates only; `known`: what else holds on a path."""
        solver = z3.Solver()
        for name in (goal, *self.loops(order)):
            head = z3.BoolVal(False) if name == goal else self.predicates[name](*self.formals(name))
            for p in self.known[name]:
                solver.add(_closed(z3.Implies(all_of([*p.atoms, *p.constraints, *known(p)]), head)))
        return f"(set-logic HORN)\n{solver.sexpr()}\n(check-sat)\n"

    def invariant(self, goal: str, order: Sequence[str], declared: Iterable[str]) -> str:
        """Return definitions of all predicates that a system declares, where the goal's cone has no loop."""
        rows = [self._definition(goal, z3.BoolVal(False))]
        for name in order:
            if name != goal:
                formals = self.formals(name)
                rows.append(self._definition(name, any_of([_path(p, formals) for p in self.known[name]])))
        rows += [self._definition(n, z3.BoolVal(True)) for n in declared if n not in order]
        return "\n".join(rows)

    def _definition(self, name: str, body: z3.BoolRef) -> str:
        d = self.predicates[name]
        arguments = " ".join(f"({_symbol(f'{name}!arg{i}')} {d.domain(i).sexpr()})" for i in range(d.arity()))
        return f"(define-fun {_symbol(name)} ({arguments}) Bool {body.sexpr()})"


def _symbol(name: str) -> str:
    return str(z3.Const(name, z3.BoolSort()).sexpr())


def _path(path: Path, formals: Sequence[z3.ExprRef]) -> z3.BoolRef:
    body = all_of([*path.atoms, *path.constraints])
    mine = {f.get_id() for f in formals}
    rest = [s for s in symbols(body) if s.get_id() not in mine]
    return z3.Exists(rest, body) if rest else body


def _closed(clause: z3.BoolRef) -> z3.BoolRef:
    free = list(symbols(clause))
    return z3.ForAll(free, clause) if free else clause


def is_predicate(e: z3.ExprRef) -> bool:
    """Tell whether an expression is an atom of an unknown predicate."""
    return bool(
        z3.is_app(e) and e.decl().kind() == z3.Z3_OP_UNINTERPRETED and z3.is_bool(e) and (e.num_args() or "error_target" in e.decl().name())
    )


def all_of(parts: Sequence[z3.BoolRef]) -> z3.BoolRef:
    """Return a conjunction that prints as one, whatever the number of its parts."""
    return z3.And(*parts) if len(parts) > 1 else parts[0] if parts else z3.BoolVal(True)


def any_of(parts: Sequence[z3.BoolRef]) -> z3.BoolRef:
    """Return a disjunction that prints as one, whatever the number of its parts."""
    return z3.Or(*parts) if len(parts) > 1 else parts[0] if parts else z3.BoolVal(False)


def sum_of(parts: Sequence[z3.ArithRef]) -> z3.ArithRef:
    """Return a sum that prints as one, whatever the number of its parts."""
    return z3.Sum(*parts) if len(parts) > 1 else parts[0]


def conjuncts(e: z3.BoolRef) -> Iterator[z3.BoolRef]:
    """Yield the conjuncts of a formula, without those that are true."""
    stack = [e]
    while stack:
        x = stack.pop()
        if z3.is_and(x):
            stack.extend(reversed(x.children()))
        elif not z3.is_true(x):
            yield x


def symbols(e: z3.ExprRef) -> Iterator[z3.ExprRef]:
    """Yield the constants in an expression that stand for values, each once."""
    seen: set[int] = set()
    stack = [e]
    while stack:
        x = stack.pop()
        if x.get_id() in seen:
            continue
        seen.add(x.get_id())
        inner = [x.body()] if isinstance(x, z3.QuantifierRef) else x.children()
        stack.extend(inner)
        if not inner and _is_symbol(x):
            yield x


def eliminate(
    constraints: Sequence[z3.BoolRef], atoms: Sequence[z3.ExprRef], formals: Sequence[z3.ExprRef], hurry: Callable[[], None]
) -> Path | None:
    """Replace symbols that an equation defines; None where the constraints contradict each other; `hurry` raises when it is late."""
    fixed = {f.get_id() for f in formals}
    parts = constraints
    while True:
        hurry()
        parts = _simplified(parts)
        if any(z3.is_false(x) for x in parts):
            return None
        defined = _definitions(parts, fixed) or _multiples(parts, fixed)
        if not defined:
            return Path(tuple(parts), tuple(atoms))
        parts, atoms = substituted(parts, atoms, list(defined.values()))


def substituted(
    parts: Sequence[z3.BoolRef], atoms: Sequence[z3.ExprRef], pairs: Sequence[tuple[z3.ExprRef, z3.ExprRef]]
) -> tuple[tuple[z3.BoolRef, ...], tuple[z3.ExprRef, ...]]:
    """Replace expressions in all parts and atoms at once: the most of a substitution is to hand over its pairs."""
    given = [*parts, *atoms]
    made = z3.substitute(z3.And(given), *pairs).children() if given and pairs else given
    return tuple(made[: len(parts)]), tuple(made[len(parts) :])


def _simplified(parts: Iterable[z3.BoolRef]) -> list[z3.BoolRef]:
    found: dict[int, z3.BoolRef] = {}
    for part in parts:
        for x in conjuncts(z3.simplify(part)):
            found[x.get_id()] = x
    return list(found.values())


def _definitions(parts: Sequence[z3.BoolRef], fixed: set[int]) -> dict[int, tuple[z3.ExprRef, z3.ExprRef]]:
    """Return equations that define symbols by others, none by another that is defined in the same round."""
    defined: dict[int, tuple[z3.ExprRef, z3.ExprRef]] = {}
    used: set[int] = set()
    for part in parts:
        for x, t in _oriented(part):
            if x.get_id() in fixed or x.get_id() in defined or x.get_id() in used:
                continue
            inner = {s.get_id() for s in symbols(t)}
            if x.get_id() in inner or inner & defined.keys():
                continue
            defined[x.get_id()] = (x, t)
            used |= inner
            break
    return defined


def forget(path: Path, formals: Sequence[z3.ExprRef]) -> Path:
    """Drop what speaks of symbols that are neither arguments nor tied to a loop: the path says less then, never more."""
    kept = {s.get_id() for x in (*formals, *path.atoms) for s in symbols(x)}
    rest = list(path.constraints)
    chosen: list[z3.BoolRef] = []
    while True:
        now = [c for c in rest if (ids := {s.get_id() for s in symbols(c)}) <= kept or (path.atoms and ids & kept)]
        if not now:
            return Path(tuple(chosen), path.atoms)
        chosen += now
        if path.atoms:
            kept |= {s.get_id() for c in now for s in symbols(c)}
        rest = [c for c in rest if all(c is not d for d in now)]


def _multiples(parts: Sequence[z3.BoolRef], fixed: set[int]) -> dict[int, tuple[z3.ExprRef, z3.ExprRef]]:
    """Define the m of `L <= x - K·m <= L + K - 1`, by which solc wraps a result into its type, as (x - L) div K."""
    least = {p.arg(0).get_id(): p.arg(1).as_long() for p in parts if z3.is_ge(p) and z3.is_int_value(p.arg(1))}
    for part in parts:
        t = part.arg(0) if z3.is_le(part) else None
        if t is None or t.get_id() not in least or not z3.is_int_value(part.arg(1)) or not z3.is_add(t):
            continue
        low = least[t.get_id()]
        size = part.arg(1).as_long() - low + 1
        for i, term in enumerate(t.children()):
            if z3.is_mul(term) and z3.is_int_value(term.arg(0)) and term.arg(0).as_long() == -size and _is_symbol(term.arg(1)):
                m, rest = term.arg(1), sum_of([y for j, y in enumerate(t.children()) if j != i])
                if m.get_id() not in fixed and all(s.get_id() != m.get_id() for s in symbols(rest)):
                    return {m.get_id(): (m, (rest - low) / size)}
    return {}


def _oriented(part: z3.BoolRef) -> Iterator[tuple[z3.ExprRef, z3.ExprRef]]:
    if z3.is_eq(part):
        a, b = part.children()
        if _is_symbol(b):
            yield b, a
        if _is_symbol(a):
            yield a, b
        yield from _solved(a, b)
    elif _is_symbol(part):
        yield part, z3.BoolVal(True)
    elif z3.is_not(part) and _is_symbol(part.arg(0)):
        yield part.arg(0), z3.BoolVal(False)
    elif z3.is_not(part) and z3.is_eq(part.arg(0)) and z3.is_bool(part.arg(0).arg(0)):
        a, b = part.arg(0).children()
        yield from ((x, z3.Not(y)) for x, y in ((b, a), (a, b)) if _is_symbol(x))


def _solved(a: z3.ExprRef, b: z3.ExprRef) -> Iterator[tuple[z3.ExprRef, z3.ExprRef]]:
    """Solve `a == x + t` for x."""
    for left, right in ((a, b), (b, a)):
        if z3.is_add(right) and z3.is_int(right):
            for i, x in enumerate(right.children()):
                if _is_symbol(x):
                    rest = [y for j, y in enumerate(right.children()) if j != i]
                    yield x, left - sum_of(rest)


def _is_symbol(e: z3.ExprRef) -> bool:
    return bool(z3.is_const(e) and e.decl().kind() == z3.Z3_OP_UNINTERPRETED)
