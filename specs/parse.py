"""Parse a specification: the border behind which types hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from specs import specification as s
from specs.abstraction import abstraction, refuse_abstract_address
from specs.check import Check
from specs.clauses import Draft, draft, finish
from specs.declarations import Documentation, Interface, Reader
from specs.digest import digest
from specs.documentation import Tag, notice, read_tags, refuse_lost_clauses, refuse_unknown_tags
from specs.elaborate import Elaborator
from specs.environment import Known, read_environments, refuse_unstable
from specs.formula import Accepts, Codeless, Expression, Position, Read, Sent, Sum, walk
from specs.ids import number
from specs.like import copied, in_order
from specs.place import Place, scope_of
from specs.rules import RuleDraft, read_rules
from specs.scope import Question
from specs.slips import instead
from specs.source import COMMENT_OR_STRING, Refusals, Source, read_sources
from specs.syntax import Syntax, parse_clause
from toolchain.errors import SourceError, SpecificationError
from toolchain.solc import PRAGMA_EXCLUDES, CompilationFailed, compile_sources

Row = tuple[Tag, Syntax, s.Clause]
NOWHERE = Position(0, 0)


def parse(path: Path, text: str | None = None) -> s.Specification:
    """Read, parse and type-check a specification; `text` stands for the file's content where it is given.

    Raises: SpecificationError at the first thing that cannot be read, with what else is wrong as its notes; ToolError where the compiler
    cannot be asked.
    """
    return _parse(path, text, as_model=False)


def _parse_model(path: Path) -> s.Specification:
    """Read what another specification takes for its environment: it has none itself, and no rules."""
    return _parse(path, None, as_model=True)


def _parse(path: Path, text: str | None, *, as_model: bool) -> s.Specification:
    sources = read_sources(path, text)
    refuse_unknown_tags(sources)
    _refuse_own_names(sources)
    texts = {source.name: source.text for source in sources}
    try:
        reader = Reader(sources, compile_asts(texts))
        interface = reader.read(sources[0])
        rules = read_rules(reader, sources[0], interface)
        own = tuple(_tags(interface.documentation))
        if as_model:
            _refuse_beyond_model(own, rules, path)
        known = Known(sources[0], interface.name, reader.interfaces(), parse, _parse_model)
        environments = read_environments(own, tuple(d.function for d in interface.functions), known)
        return _specify(path, sources, interface, rules, Check(interface, texts, environments))
    except CompilationFailed as e:
        _refuse_interface(sources, e)
    except SpecificationError:
        raise
    except SourceError as e:
        raise SpecificationError(path, 0, 0, e.message, e.next_step) from e


def compile_asts(sources: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the AST of each source."""
    return compile_sources(sources, outputs="ast").asts


def _specify(path: Path, sources: tuple[Source, ...], interface: Interface, rules: tuple[RuleDraft, ...], check: Check) -> s.Specification:
    own = tuple(_tags(interface.documentation))
    _refuse_lost(sources, interface, check.environments)
    deploy, declared = _read_deploy(own, check)
    environments = check.environments
    places = [(Place(check, None, deploy), tuple(t for t in own if t.kind not in {"deploy", "environment"}))]
    places += [(Place(check, d.function, ()), tuple(_tags(d.documentation))) for d in interface.functions]
    for question in declared:
        check.add(question)
    check, rows, promised = _read_clauses(places, rules, check)
    parameters = tuple(s.Parameter(v.text, Elaborator(check, q.scope).build(v).type) for q in declared for v in (q.syntax,))
    general = (*environments, *number(rows[0][1], {e.id: f"`{e.text}`" for e in environments}))
    everywhere = {c.id: f"the interface's `{c.text[:60]}`" for c in general if isinstance(c, s.Invariant | s.Transition)}
    functions = _functions(interface, rows[1:], everywhere)
    _refuse_combinations(rows[0][0], rows[0][1])
    _refuse_derived(rows)
    deployed = (s.Initially, s.Deployable, s.Undeployable, s.Modifies, s.Emits)
    payable = any(t.kind == "deploy" and parse_clause(t).part("PAYABLE") for t in own)
    made = s.Specification(
        name=interface.name,
        path=path,
        text=sources[0].text,
        title=_title(interface),
        functions=functions,
        events=interface.events,
        errors=interface.errors,
        enums=interface.enums,
        structs=interface.structs,
        constructor=s.Constructor(parameters, payable, tuple(c for c in general if isinstance(c, deployed))),
        clauses=tuple(c for c in general if not isinstance(c, deployed)),
        digest="",
        sources=tuple((source.name, source.text) for source in sources),
        rules=promised,
    )
    if made.environment is not None:
        refuse_unstable(made.environment, made.functions, path)
        refuse_abstract_address(made.environment, made.functions, path)
    return replace(made, digest=digest(made))


def _functions(interface: Interface, rows: list[tuple[Place, list[Row]]], everywhere: dict[str, str]) -> tuple[s.Function, ...]:
    """Return the functions with their clauses, each with an id of its own; what a function is like stands in front."""
    made: dict[str, s.Function] = {}
    for spoken in in_order(rows):
        abstract = abstraction(spoken.function, spoken.rows)
        if abstract is not None:
            made[spoken.function.signature] = replace(spoken.function, abstract=abstract)
            continue
        found = [*copied(spoken, made), *spoken.rows]
        _refuse_combinations(spoken.place, found)
        like = spoken.like[2] if spoken.like is not None else None
        made[spoken.function.signature] = replace(spoken.function, clauses=number(found, dict(everywhere)), like=like)
    words = {
        d.function.signature: next((n for x in reversed(d.documentation) if (n := notice(x.source, x.start, x.end))), "")
        for d in interface.functions
    }
    functions = (made[d.function.signature] for d in interface.functions)
    return tuple(replace(x, notice=words[x.signature], pays_as_ensured=_pays_as_ensured(x.clauses)) for x in functions)


def _pays_as_ensured(clauses: tuple[s.Clause, ...]) -> bool:
    """Tell whether `ensures` alone say what a function sends: they speak of `sent(a)`, and no `pays` says the whole.

    An inherited promise to send nothing stays: whoever says nothing of ether in another file has promised that.
    """
    ensured = [c for c in clauses if isinstance(c, s.Ensures) and any(isinstance(x, Sent) for x in walk(c.formula))]
    files = {c.position.file for c in ensured}
    return bool(files) and files == {c.position.file for c in clauses} and not any(isinstance(c, s.Pays) for c in clauses)


def _read_clauses(
    places: list[tuple[Place, tuple[Tag, ...]]], rules: tuple[RuleDraft, ...], check: Check
) -> tuple[Check, list[tuple[Place, list[Row]]], tuple[s.Rule, ...]]:
    """Read and type the clauses of each place and the rules, and return what answers of their nodes; all that is wrong is named at once."""
    refusals = Refusals()
    drafts: list[tuple[Place, list[Draft]]] = []
    for place, tags in places:
        drafts.append((place, []))
        for tag in tags:
            with refusals.noted():
                d = draft(tag, place)
                for q in d.questions:
                    check.add(q)
                drafts[-1][1].append(d)
    for rule in rules:
        with refusals.noted():
            for q in rule.questions:
                check.add(q)
    check = check.typed(compile_asts, refusals)
    rows: list[tuple[Place, list[Row]]] = []
    for place, ds in drafts:
        rows.append((place, []))
        for d in ds:
            with refusals.noted():
                if all(check.has(q) for q in d.questions):
                    rows[-1][1].append((d.tag, d.syntax, finish(d, _answer(check, d))))
    promised = []
    for rule in rules:
        with refusals.noted():
            if all(check.has(q) for q in rule.questions):
                promised.append(rule.finish(check))
    refusals.raise_first()
    return check, rows, tuple(promised)


def _answer(check: Check, d: Draft) -> tuple[Expression, ...]:
    answers = []
    for q in d.questions:
        elaborator = Elaborator(check, q.scope)
        formula = q.syntax.kind in {"plain", "forall"}
        answers.append(elaborator.forall(q.syntax) if formula else elaborator.build(q.syntax, q.wanted))
    return tuple(answers)


def _tags(documentation: tuple[Documentation, ...]) -> Iterator[Tag]:
    for d in documentation:
        yield from (t for t in read_tags(d.source, d.start, d.end) if t.custom)


def _title(interface: Interface) -> str:
    titles = [t for d in interface.documentation for t in read_tags(d.source, d.start, d.end) if t.kind == "title" and not t.custom]
    return " ".join(titles[-1].text.split()) if titles else ""


def _read_deploy(tags: tuple[Tag, ...], check: Check) -> tuple[tuple[Syntax, ...], tuple[Question, ...]]:
    """Return the constructor's parameters and one question per parameter for its type; of several clauses, the last inherits the others."""
    found = [(t, parse_clause(t)) for t in tags if t.kind == "deploy"]
    if not found:
        return (), ()
    tag, syntax = found[-1]
    listed = [_parameters(n) for _, n in found]
    for (earlier, _), parameters in zip(found[:-1], listed[:-1], strict=True):
        if earlier.source.name == tag.source.name and not re.search(
            r"(?m)^\s*interface\s[^/]*\{", earlier.source.text[earlier.at : tag.at]
        ):
            tag.source.refuse(tag.at, "a second @custom:deploy", "a contract has one constructor")
        missing = [p for p in parameters if _spell(p) not in {_spell(q) for q in listed[-1]}]
        if missing:
            tag.source.refuse(
                tag.at,
                f"@custom:deploy without `{_spell(missing[0])}`",
                "the interface that is inherited declares it, and its clauses use it",
            )
    names = [p.children[-1].text for p in listed[-1]]
    for i, p in enumerate(listed[-1]):
        if names[i] in names[:i]:
            p.source.refuse(p.start, f"a second parameter {names[i]}", "choose another name")
    scope = scope_of("initially", Place(check, None, listed[-1]))
    asked = (replace(p.children[-1], kind="name") for p in listed[-1])
    return listed[-1], tuple(Question(n, scope, None, "a parameter of the constructor") for n in asked)


def _parameters(deploy: Syntax) -> tuple[Syntax, ...]:
    part = deploy.part("parameters")
    return part.children if part else ()


def _spell(p: Syntax) -> str:
    return " ".join(p.source.text[p.start : p.end].split())


# ---------------------------------------------------------------- what the pieces alone do not show


def _refuse_own_names(sources: tuple[Source, ...]) -> None:
    for source in sources:
        code = COMMENT_OR_STRING.sub(lambda m: " " * len(m[0]), source.text)
        if "solwright_" in code:
            source.refuse(code.index("solwright_"), "a name that contains `solwright_`", "such names are ours; choose another")


ACCEPTED = "write what solc accepts"
#: What would be right, by the code of solc's message.
INSTEAD = {
    PRAGMA_EXCLUDES: "widen it, for instance to ^0.8.24",
    "2449": "no interface inherits from itself, nor from one that inherits from it; in one file, the inherited one stands first",
    "2904": "inherit from what that file declares",
    "7920": "inherit from an interface that this file declares or imports",
}


def _refuse_interface(sources: tuple[Source, ...], failure: CompilationFailed) -> NoReturn:
    refusals = Refusals()
    for d in failure.diagnostics:
        path = next((source.path for source in sources if source.name == d.path), sources[0].path)
        text = next((source.text for source in sources if source.name == d.path), "")
        slip = instead(text, d.line, d.column, d.message)
        found, expected = slip or (d.message.rstrip("."), INSTEAD.get(d.code, ACCEPTED))
        with refusals.noted():
            raise SpecificationError(path, d.line, d.column, found, expected) from failure
    refusals.raise_first()
    raise failure


def _refuse_beyond_model(own: tuple[Tag, ...], rules: tuple[RuleDraft, ...], path: Path) -> None:
    """Refuse what a model does not have: another environment, rules, assumptions."""
    for tag in own:
        if tag.kind == "environment":
            tag.source.refuse(tag.at, "an environment of a model", "a model stands beside nothing: let its own clauses say all of it")
        if tag.kind == "assume":
            tag.source.refuse(tag.at, "an assumption of a model", "write an `invariant`: all that a model says is taken for granted")
    if rules:
        at = rules[0].position
        raise SpecificationError(path, at.line, at.column, "a rule of a model", "nothing would use it; let clauses say what it does")


def _refuse_lost(sources: tuple[Source, ...], interface: Interface, environments: tuple[s.Environment, ...]) -> None:
    """Refuse clauses that nobody reads; those of a model's files were read with the model."""
    models = [e.written.specification for e in environments if e.written is not None]
    elsewhere = {(m.path.parent / name).resolve() for m in models for name, _ in m.sources}
    spans = [*interface.documentation, *(d for f in interface.functions for d in f.documentation)]
    read = {source.name: [(d.start, d.end) for d in spans if d.source.name == source.name] for source in sources}
    for source in sources:
        if source is sources[0] or source.path.resolve() not in elsewhere:
            refuse_lost_clauses(source, read[source.name])


def _refuse_combinations(place: Place, rows: list[Row]) -> None:
    for kind, alone in ((s.Emits, "emits nothing"), (s.Modifies, "modifies nothing")):
        group = [r for r in rows if isinstance(r[2], kind)]
        for tag, _, clause in group:
            empty = isinstance(clause, s.Emits) and clause.event is None or isinstance(clause, s.Modifies) and not clause.locations
            if empty and len(group) > 1:
                tag.source.refuse(tag.at, f"`{alone}` beside another clause of that kind at {place.name}", "keep one of them")
    definitions = [r for r in rows if isinstance(r[2], s.Equals)]
    if len(definitions) > 1:
        definitions[1][0].source.refuse(
            definitions[1][0].at, f"a second `equals` at {place.name}", "a view has one definition; say more by `ensures`"
        )
    successes = [r for r in rows if isinstance(r[2], s.Succeeds)]
    for tag, _, clause in successes:
        if isinstance(clause, s.Succeeds) and clause.mode == "never" and len(successes) > 1:
            tag.source.refuse(tag.at, f"`succeeds never` beside another `succeeds` at {place.name}", "keep one of them")
    otherwise = [r for r in successes if isinstance(r[2], s.Succeeds) and r[2].mode == "otherwise"]
    if len(otherwise) > 1:
        otherwise[1][0].source.refuse(otherwise[1][0].at, f"a second `succeeds otherwise` at {place.name}", "delete it")


def _refuse_derived(rows: list[tuple[Place, list[Row]]]) -> None:
    """Refuse derived views where stored ones are meant, and definitions that lead back to themselves."""
    derived = {
        place.function.signature: (tag, c) for place, found in rows if place.function for tag, _, c in found if isinstance(c, s.Equals)
    }
    for _, found in rows:
        for tag, _, clause in found:
            for getter, at in _framed(clause):
                if getter in derived:
                    where = at if at != NOWHERE else tag.source.position(tag.at)
                    raise SpecificationError(
                        tag.source.path,
                        where.line,
                        where.column,
                        f"{getter} in a frame or a sum, but `equals` defines it",
                        "name the getters that it is computed from",
                    )
    uses = {g: {r.getter for r in walk(c.formula) if isinstance(r, Read)} for g, (_, c) in derived.items()}
    for getter, (tag, _) in derived.items():
        seen: set[str] = set()
        waiting = set(uses[getter])
        while waiting:
            one = waiting.pop()
            seen.add(one)
            waiting |= uses.get(one, set()) - seen
        if getter in seen:
            tag.source.refuse(tag.at, f"a definition of {getter} that leads back to itself", "define it from other getters")


def _framed(clause: s.Clause) -> Iterator[tuple[str, Position]]:
    if isinstance(clause, s.Modifies):
        yield from ((location.getter, NOWHERE) for location in clause.locations)
    if isinstance(clause, s.Changes):
        yield from ((change.location.getter, change.location.position) for change in clause.changes)
    for e in expressions(clause):
        yield from ((n.getter, n.position) for n in walk(e) if isinstance(n, Sum))


def expressions(clause: s.Clause) -> Iterator[Expression]:
    """Yield every expression of a clause, outermost ones only."""
    match clause:
        case s.Reverts():
            yield clause.formula
            yield from clause.error.arguments if clause.error else ()
        case s.Succeeds():
            yield from (clause.formula,) if clause.formula is not None else ()
        case s.Changes():
            yield from (e for c in clause.changes for e in (c.location, c.amount))
        case s.Modifies():
            yield from (e for location in clause.locations for e in location.arguments or ())
        case s.Pays():
            yield from (e for e in (clause.to, clause.amount, clause.when) if e is not None)
        case s.Emits():
            yield from (e for e in (*clause.arguments, clause.when) if e is not None)
        case s.Like():
            yield from clause.arguments
        case s.Environment() | s.Abstract():
            return
        case s.Initially() | s.Deployable() | s.Undeployable() | s.Invariant() | s.Transition() | s.Assume() | s.Ensures() | s.Equals():
            yield clause.formula
        case _:
            raise AssertionError(f"no expressions are known of {type(clause).__name__}")


def says_who_accepts(function: s.Function) -> bool:
    """Tell whether clauses of a function speak of `accepts(a)`: they then say altogether on which strangers its success depends."""
    return any(isinstance(x, Accepts) for c in function.clauses for e in expressions(c) for x in walk(e))


def asks_for_code(function: s.Function) -> bool:
    """Tell whether clauses of a function speak of `codeless(a)`."""
    return any(isinstance(x, Codeless) for c in function.clauses for e in expressions(c) for x in walk(e))


def expressions_of_step(step: s.Step) -> tuple[Expression, ...]:
    """Return every expression of a rule's statement, outermost ones only."""
    match step:
        case s.Given() | s.Claimed():
            return (step.formula,)
        case s.By():
            return (step.who,)
        case s.Later():
            return (step.seconds,)
        case s.Let():
            return (step.value,)
        case s.Called():
            return (*step.arguments, *((step.value,) if step.value is not None else ()))
        case s.Restart():
            return ()
        case _:
            raise AssertionError(f"no expressions are known of {type(step).__name__}")
