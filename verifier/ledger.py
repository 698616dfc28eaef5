"""The list of obligations, written before any engine runs.

Source: docs/language.md, *Obligations* and *Proofs lean on each other*.
"""

from __future__ import annotations

from dataclasses import replace

from specs import formula as f
from specs import specification as s
from specs.environment import assumptions as assumptions_of
from specs.parse import expressions, says_who_accepts
from specs.phrase import claim
from specs.render import recite, sentence
from specs.specification import Function, Specification
from toolchain.solc import Compilation, Contract
from verifier.implementation import Implementation, read
from verifier.obligation import Ledger, Obligation, ObligationKind
from verifier.runtime import uses
from verifier.surroundings import can_be_called

WORLD = (
    "timestamp and block number are below 2^64 and never decrease between calls; all ether together is below 2^128 wei",
    "no call comes from address 0 or a precompile; gas and call depth suffice",
    "hashes do not collide, and are far from each other and from 0",
)
SUCCEEDS = (
    "every stranger that is called accepts",
    "payees are not the contract itself",
    "no value is sent to a function that is not payable",
)

#: Where an invariant or a transition is to be shown.
WHERE = {
    "deployed": "Right after every deployment",
    "invariant": "After every successful call of `{function}`",
    "transition": "Across every successful call of `{function}`",
    "callout": "Whenever `{function}` has called out",
    "stable": "However much time passes and ether is forced upon the contract",
}

#: opcodes that hand control to other code
CALLS = frozenset({0xF0, 0xF1, 0xF2, 0xF4, 0xF5, 0xFA})


def calls_out(runtime: str) -> bool:
    """Tell whether the code has any instruction that hands control to other code."""
    return uses(runtime, CALLS)


def summed(specification: Specification) -> tuple[str, ...]:
    """Return the signatures of getters that stand in any `sum`."""
    own = (c for fn in specification.functions for c in fn.clauses)
    clauses = (*specification.clauses, *specification.constructor.clauses, *own)
    found = (x for c in clauses for e in expressions(c) for x in f.walk(e))
    return tuple(dict.fromkeys(x.getter for x in found if isinstance(x, f.Sum)))


def derived(specification: Specification) -> tuple[str, ...]:
    """Return the signatures of views that `equals` defines; they are not part of frames."""
    return tuple(g.signature for g in specification.readable if any(isinstance(c, s.Equals) for c in g.clauses))


def stable_frame(getter: Function) -> str:
    """Return the id of the obligation that a getter stays as it is between calls."""
    return f"stable(frame({getter.title}))"


def functions_of(specification: Specification, function: str) -> tuple[str, ...]:
    """Return the titles of the functions whose code an obligation of a function, or of a rule, speaks of."""
    return called_by(specification, function) or (function.removeprefix("view "),)


def called_by(specification: Specification, rule: str) -> tuple[str, ...]:
    """Return the titles of the functions that a rule calls; none where there is no such rule."""
    called = {x.function for r in specification.rules if r.name == rule for x in r.calls}
    return tuple(f.title for f in specification.functions if f.signature in called)


def all_keys(function: Function, getter: str) -> bool:
    """Tell whether a function may modify a getter at every key."""
    locations = [x for c in function.clauses if isinstance(c, s.Modifies) for x in c.locations if x.getter == getter]
    return any(x.arguments is None for x in locations)


def has_frame(function: Function, getter: Function) -> bool:
    """Tell whether the function has a frame obligation for a getter."""
    if all_keys(function, getter.signature):
        return False
    if getter.parameters:
        return True
    named = {x.location.getter for c in function.clauses if isinstance(c, s.Changes) for x in c.changes}
    named |= {x.getter for c in function.clauses if isinstance(c, s.Modifies) for x in c.locations}
    return getter.signature not in named


class _Writer:
    def __init__(self, specification: Specification, contract: Contract, implementation: Implementation) -> None:
        self.specification = specification
        self.implementation = implementation
        self.calls_out = not contract.is_linked or calls_out(contract.runtime)
        self.rows: list[Obligation] = []
        self.sums = summed(specification)
        environment = specification.environment
        self.address = (environment.getter,) if environment is not None else ()  # the getter that gives its address

    def add(
        self, id: str, kind: ObligationKind, function: str, words: str, clause: s.Clause | None = None, subject: str = "", *leans: str
    ) -> None:
        text = clause.text if clause is not None else ""
        if clause is not None:
            words = self._words(kind, function, clause)
        line, file = (clause.position.line, clause.position.file) if clause is not None else (0, "")
        lean = [*leans] if function == "constructor" or kind == "undeclared" else ["invariants", *leans]
        if kind not in {"reachable", "undeclared"} and function and not function.startswith("view "):
            lean.append(f"{function}.reachable")
        premises: tuple[str, ...] = SUCCEEDS if kind == "succeeds" and not function.startswith("view ") else ()
        if any(fn.title == function and says_who_accepts(fn) for fn in self.specification.entries):
            premises = premises[1:]  # its clauses say which strangers must accept
        base = id
        count = sum(1 for r in self.rows if r.id == id or r.id.startswith(f"{id}#"))
        self.rows.append(
            Obligation(
                f"{base}#{count + 1}" if count else base,
                kind,
                function,
                text,
                words,
                line,
                tuple(lean),
                subject or (clause.id if clause else ""),
                premises,
                file,
            )
        )

    def _words(self, kind: ObligationKind, function: str, clause: s.Clause) -> str:
        """Say a clause in plain words; of what holds everywhere, where it is to be shown."""
        if isinstance(clause, s.Invariant):
            where = WHERE["deployed" if function == "constructor" else kind].format(function=function)
            return f"{where}{', unless the lock is held' if clause.locked else ''}: {claim(clause.formula)}."
        if isinstance(clause, s.Transition):
            return f"{WHERE[kind].format(function=function)}: {claim(clause.formula)}."
        owner = next((fn for fn in self.specification.functions if any(c is clause for c in fn.clauses)), None)
        return sentence(self.specification, owner, clause)

    # ------------------------------------------------------------ constructor

    def constructor(self) -> None:
        c = self.specification.constructor
        self.add("constructor.reachable", "reachable", "constructor", "a deployment can succeed")
        for x in c.clauses:
            if isinstance(x, s.Initially):
                self.add(
                    f"constructor.{x.id}",
                    "initially",
                    "constructor",
                    "",
                    x,
                    "",
                    *self._frames("constructor", x),
                )
            elif isinstance(x, s.Deployable):
                self.add(f"constructor.{x.id}", "deployable", "constructor", "", x)
            elif isinstance(x, s.Undeployable):
                self.add(f"constructor.{x.id}", "undeployable", "constructor", "", x)
            elif isinstance(x, s.Emits):
                self.add(f"constructor.{x.id}", "emits", "constructor", "", x)
        named = {x.getter for y in c.clauses if isinstance(y, s.Modifies) for x in y.locations}
        for g in dict.fromkeys([*self.sums, *sorted(named)]):
            if not any(x.getter == g and x.arguments is None for y in c.clauses if isinstance(y, s.Modifies) for x in y.locations):
                self.add(
                    f"constructor.frame({g.split('(')[0]})",
                    "frame",
                    "constructor",
                    f"{g.split('(')[0]} is zero after deployment wherever it is not listed",
                    None,
                    g,
                )
        for there in self.specification.environment.getters if self.specification.environment is not None else ():
            words = f"the deployment leaves {there.title} alone"
            self.add(f"constructor.frame({there.title})", "frame", "constructor", words, None, there.signature)
        for inv in self.specification.invariants:
            self.add(
                f"constructor.{inv.id}",
                "invariant",
                "constructor",
                "",
                inv,
                "",
                *self._frames("constructor", inv),
            )
        if not c.payable:
            self.add("constructor.nonpayable", "nonpayable", "constructor", "a deployment with value reverts")
        for lemma in self.implementation.lemmas:
            self.add(
                f"constructor.lemma.{lemma.id}", "lemma", "constructor", f"the lemma holds after deployment: {lemma.text}", None, lemma.id
            )
        if self.implementation.lock is not None:
            self.add("constructor.unlocked", "unlocked", "constructor", "the lock is open after deployment")

    def _frames(self, where: str, clause: s.Invariant | s.Transition | s.Ensures | s.Initially, at: str = "") -> tuple[str, ...]:
        getters = dict.fromkeys(e.getter for e in f.walk(clause.formula) if isinstance(e, f.Sum))
        return tuple(f"{where}.frame({self.specification.getter(g).title}){at}" for g in getters)

    # ------------------------------------------------------------ functions

    def function(self, fn: Function) -> None:
        t = fn.title
        atomic = (f"{t}.atomic",) if self.calls_out else ()
        self.add(f"{t}.reachable", "reachable", t, f"{t} can succeed")
        for c in fn.clauses:
            match c:
                case s.Reverts():
                    self.add(f"{t}.{c.id}", "reverts", t, "", c, "", *atomic)
                case s.Succeeds() if c.mode != "never":
                    self.add(f"{t}.{c.id}", "succeeds", t, "", c, "", *atomic)
                case s.Ensures():
                    self.add(f"{t}.{c.id}", "ensures", t, "", c, "", *atomic, *self._frames(t, c))
                case s.Changes():
                    self.add(f"{t}.{c.id}", "changes", t, "", c, "", *atomic)
                case s.Pays():
                    self.add(f"{t}.{c.id}", "pays", t, "", c, "", *atomic)
                case s.Emits():
                    self.add(f"{t}.{c.id}", "emits", t, "", c, "", *atomic)
        if not fn.pays_as_ensured and not any(isinstance(c, s.Pays) and c.id == "pays" for c in fn.clauses):
            self.add(
                f"{t}.pays",
                "pays",
                t,
                f"{t} sends ether to nobody else",
                None,
                "pays",
                *atomic,
                *(f"{t}.{c.id}" for c in fn.clauses if isinstance(c, s.Pays)),
            )
        hidden = derived(self.specification)
        for g in self.specification.readable:
            if g.signature not in hidden and has_frame(fn, g):
                self.add(
                    f"{t}.frame({g.title})", "frame", t, f"{t} leaves {g.title} alone wherever it is not listed", None, g.signature, *atomic
                )
        for tr in self.specification.transitions:
            self.add(f"{t}.{tr.id}", "transition", t, "", tr, "", *atomic, *self._frames(t, tr))
        for inv in self.specification.invariants:
            locked = self._frames(t, inv, "@callout") if inv.locked and atomic and self.implementation.lock is not None else ()
            self.add(f"{t}.{inv.id}", "invariant", t, "", inv, "", *atomic, *self._frames(t, inv), *locked)
        for lemma in self.implementation.lemmas:
            self.add(f"{t}.lemma.{lemma.id}", "lemma", t, f"the lemma holds after {t}: {lemma.text}", None, lemma.id, *atomic)
        if fn.returns:
            self.add(f"{t}.returns", "ensures", t, f"what {t} returns can be decoded as its interface says", None, "returns", *atomic)
        if not fn.payable:
            self.add(f"{t}.nonpayable", "nonpayable", t, f"{t} reverts when value is sent")
        self._callout(fn)

    def _callout(self, fn: Function) -> None:
        t = fn.title
        lock = ("lock",) if self.implementation.lock is not None else ()
        if self.calls_out:
            self.add(
                f"{t}.atomic", "atomic", t, f"whatever strangers do while {t} calls out amounts to separate calls after it", None, "", *lock
            )
            for g in (*self.sums, *self.address):
                self.add(
                    f"{t}.frame({self.specification.getter(g).title})@callout",
                    "callout_frame",
                    t,
                    f"{t} leaves {self.specification.getter(g).title} alone at a call-out wherever it is not listed",
                    None,
                    g,
                )
            for lemma in self.implementation.lemmas:
                if not (lemma.locked and self.implementation.lock is not None):
                    words = f"the lemma holds while {t} calls out: {lemma.text}"
                    self.add(f"{t}.lemma.{lemma.id}@callout", "callout", t, words, None, f"lemma.{lemma.id}")
            for inv in self.specification.invariants:
                if not (inv.locked and self.implementation.lock is not None):
                    self.add(f"{t}.{inv.id}@callout", "callout", t, "", inv, "", *self._frames(t, inv, "@callout"))
        if self.implementation.lock is not None:
            self.add(f"{t}.locked", "locked", t, f"{t} reverts while the lock is held")
            self.add(f"{t}.unlocks", "unlocks", t, f"the lock is open after {t}")
            if self.calls_out:
                self.add(f"{t}.locked@callout", "locked_at_callout", t, f"{t} calls out under the lock")

    # ------------------------------------------------------------ rules

    def rule(self, r: s.Rule) -> None:
        """Add a rule. What its calls do while a stranger has control amounts to calls after them: the rule leans on that."""
        called = [f for f in self.specification.entries if any(x.function == f.signature for x in r.calls)]
        atomic = tuple(f"{f.title}.atomic" for f in called) if self.calls_out else ()
        self.add(f"{r.name}.reachable", "reachable", r.name, f"some calls go through {r.name} to its end")
        self.add(r.name, "rule", r.name, recite(self.specification, r), None, r.name, *atomic)
        accepted = SUCCEEDS[:1] if any(x.must == "succeed" for x in r.calls) else ()
        self.rows[-1] = replace(self.rows[-1], clause=" ".join(r.text.split()), line=r.position.line, premises=accepted)

    # ------------------------------------------------------------ the contract

    def contract(self) -> None:
        for inv in self.specification.invariants:
            added = dict.fromkeys(e.getter for e in f.walk(inv.formula) if isinstance(e, f.Sum))
            self.add(f"stable({inv.id})", "stable", "", "", inv, "", *(stable_frame(self.specification.getter(g)) for g in added))
        self._callable_there()
        hidden = derived(self.specification)
        for g in self.specification.getters:
            if g.signature not in hidden:
                words = f"{g.title} moves neither with time nor by anybody's ether (a view that does is defined with equals)"
                self.add(stable_frame(g), "stable", "", words, None, "(frame)")
        for lemma in self.implementation.lemmas:
            self.add(
                f"stable(lemma.{lemma.id})",
                "stable",
                "",
                f"the lemma survives time and forced ether: {lemma.text}",
                None,
                f"lemma.{lemma.id}",
            )
        if self.implementation.lock is not None:
            self.add("stable(lock)", "stable", "", "the lock reads storage only, so neither time nor ether closes it", None, "(lock)")
        for g in self.specification.getters:
            self._view(g)
        names = {x.name for x in self.specification.entries}
        if "fallback" not in names:
            self.add("selector", "unknown", "", "calls of undeclared functions and short calldata revert")
        if not names & {"fallback", "receive"}:
            self.add("ether", "unknown", "", "plain ether is refused")
        self.add(
            "undeclared",
            "undeclared",
            "",
            "the contract has exactly the state-changing functions of its interface, and nothing that the language refuses",
        )

    def _callable_there(self) -> None:
        """Add that each function of a model that the user wrote has a behaviour: what none has would leave nothing to ask between calls."""
        environment = self.specification.environment
        if environment is not None and environment.written is not None:
            for fn in environment.written.specification.entries:
                words = f"others can call {fn.title} of {environment.id}: its clauses exclude nothing that they promise"
                self.add(can_be_called(environment, fn), "reachable", "", words)

    def _view(self, g: Function) -> None:
        for c in g.clauses:
            if isinstance(c, s.Equals):
                self.add(f"{g.title}.{c.id}", "equals", f"view {g.title}", "", c)
            elif isinstance(c, s.Reverts):
                self.add(f"{g.title}.{c.id}", "reverts", f"view {g.title}", "", c)
            elif isinstance(c, s.Succeeds) and c.mode != "never":
                self.add(f"{g.title}.{c.id}", "succeeds", f"view {g.title}", "", c)
            elif isinstance(c, s.Ensures):
                self.add(f"{g.title}.{c.id}", "ensures", f"view {g.title}", "", c)
        if self.implementation.lock is not None and self.calls_out:
            locked = [inv for inv in self.specification.invariants if inv.locked]
            if any(isinstance(e, f.Read | f.Sum) and e.getter == g.signature for inv in locked for e in f.walk(inv.formula)):
                self.add(
                    f"{g.title}.locked",
                    "locked",
                    f"view {g.title}",
                    f"{g.title} reverts while the lock is held, since a locked invariant mentions it",
                )


def derive(
    specification: Specification, compilation: Compilation, contract: Contract, implementation: Implementation | None = None
) -> Ledger:
    """Write the ledger of one specification and one artifact."""
    known = implementation or read(compilation, contract, specification)
    w = _Writer(specification, contract, known)
    w.constructor()
    for fn in specification.entries:
        w.function(fn)
    for r in specification.rules:
        w.rule(r)
    w.contract()
    kinds: tuple[ObligationKind, ...] = ("invariant", "lemma", "callout", "stable")
    groups = {
        "invariants": tuple(o.id for o in w.rows if o.kind in kinds and o.subject != "(lock)"),
        "lock": tuple(o.id for o in w.rows if o.kind in {"locked", "unlocks", "unlocked", "locked_at_callout"} or o.subject == "(lock)"),
    }
    if known.lock is not None:
        groups["invariants"] += groups["lock"]
    groups["invariants"] += tuple(o.id for o in w.rows if o.subject in w.address and o.kind in {"frame", "callout_frame"})
    environment = specification.environment
    taken = assumptions_of(environment) if environment is not None else ()
    hidden = (f"{d.head} is read as: {d.text} (the contract has no such function; its writer says so)" for d in known.definitions)
    assumptions = (*hidden, *taken, *(f"{a.id}: {a.text} -- {a.words}" for a in specification.assumptions), *WORLD)
    return Ledger(specification.digest, contract.creation_digest, tuple(w.rows), assumptions, tuple(groups.items()))
