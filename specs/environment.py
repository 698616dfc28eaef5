"""The contracts that a specification may speak of beside its own: what a model is, and how a clause names it.

A model is a contract with a specification. `Model.sol` is what calls of the contract meet; `ModelWorld.sol` is the same with all that
others may do to it between calls. Of a built-in model (specs/environments) both are written by hand and verified against its specification;
of one that a specification imports they are made from its clauses (specs/general.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from specs import formula as f
from specs import specification as s
from specs.documentation import Tag
from specs.formula import Expression, Position
from specs.general import general
from specs.messages import nearest
from specs.source import Source
from specs.syntax import Syntax, parse_clause
from toolchain.errors import SpecificationError

FOLDER = Path(__file__).with_name("environments")
IMPORTED = re.compile(r'^import .* from "\./(\w+\.sol)";$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Model:
    """One model: its name, the interface under which clauses call it, and what it leaves out, for people.

    `fresh` names getters that are zero, with the contract as their first key, when the contract is deployed: nobody has acted for an
    address that had no code. `written` is what the user wrote, None where the model is built in.
    """

    name: str
    interface: str
    words: str
    leaves_out: str
    fresh: tuple[str, ...]
    written: s.Written | None = None

    def sources(self) -> dict[str, str]:
        """Return what is compiled, by file name: the model, what others may do to it, and what these import."""
        if self.written is not None:
            return dict(self.written.sources)
        texts: dict[str, str] = {}
        wanted = [f"{self.name}.sol", f"{self.name}World.sol"]
        while wanted:
            name = wanted.pop()
            if name not in texts:
                texts[name] = (FOLDER / name).read_text(encoding="utf-8")
                wanted += IMPORTED.findall(texts[name])
        return texts

    def files(self) -> dict[str, str]:
        """Return the texts of all that the model is, its specification too, by file name."""
        if self.written is not None:
            return {**dict(self.written.specification.sources), **self.sources()}
        name = f"{self.name}.spec.sol"
        return {name: (FOLDER / name).read_text(encoding="utf-8"), **self.sources()}


#: What no model of a token covers.
NO_TOKEN = "hooks, pausing, blocked accounts, upgrades, permit, second addresses of one token, and supply taken from holders"
MODELS = {
    m.name: m
    for m in (
        Model(
            "ERC20",
            "IERC20",
            "an ERC-20 token that returns true or reverts, and refuses ether and calls without data",
            f"fees, {NO_TOKEN}",
            ("allowance",),
        ),
        Model(
            "ERC20NoReturn",
            "IERC20",
            "a token like ERC-20 that returns nothing or reverts, and refuses ether and calls without data",
            f"fees, {NO_TOKEN}",
            ("allowance",),
        ),
        Model(
            "ERC20FeeOnTransfer",
            "IERC20",
            "an ERC-20 token of which any part of a transfer may not arrive, another one each time; it returns true or reverts, "
            "and refuses ether and calls without data",
            f"fees that somebody gets or that are taken beside the amount, {NO_TOKEN}",
            ("allowance",),
        ),
    )
}


def model_of(environment: s.Environment) -> Model:
    """Return the model that an environment names."""
    return MODELS[environment.model] if environment.written is None else _written(environment.written)


def _written(written: s.Written) -> Model:
    name = written.specification.name
    words = "it keeps the specification of that name, does anything that this allows, and refuses ether and calls without data"
    others = ", ".join(fn.title for fn in written.specification.entries) or "no call"
    leaves_out = (
        f"functions that the specification does not list (what its getters say is changed by {others} only), "
        "getters that answer each reader otherwise, and answers longer than the specification says"
    )
    return Model(name, name, words, leaves_out, (), written)


def assumptions(environment: s.Environment) -> tuple[str, ...]:
    """Return what is taken for granted of an environment, in plain words, one line each."""
    model, name = model_of(environment), environment.id
    fresh = "".join(f"; {g}(this contract, …) is 0 there when the contract is deployed" for g in model.fresh)
    return (
        f"{environment.text}: the contract at {name}() behaves as the model {model.name}, from before this contract is deployed and "
        f"without a break: {model.words} "
        f"(sha-256 {environment.model_digest[:16]}…); not covered: {model.leaves_out}",
        f"{name}() is not the contract itself, and while it is called it calls nobody{fresh}",
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What a specification, of this name, may name as a model beside the built-in ones: `declared` are the interfaces of all its files.

    `parse` reads a built-in model's specification, `parse_model` one that is imported.
    """

    own: Source
    name: str
    declared: tuple[tuple[str, Source], ...]
    parse: Callable[[Path], s.Specification]
    parse_model: Callable[[Path], s.Specification]


def read_environments(tags: tuple[Tag, ...], functions: tuple[s.Function, ...], known: Known) -> tuple[s.Environment, ...]:
    """Return what the interface's environment clauses say; `functions` are the interface's. Raises: SpecificationError."""
    found = [t for t in tags if t.kind == "environment"]
    made = [_read(t, functions, known) for t in found]
    if len(found) > 1:
        found[1].source.refuse(found[1].at, "a second environment", "a specification speaks of one other contract at most, for now")
    return tuple(made)


def _read(tag: Tag, functions: tuple[s.Function, ...], known: Known) -> s.Environment:
    syntax = parse_clause(tag)
    name, model = syntax.parts("NAME")
    if model.text == "Anything":
        tag.source.refuse(model.start, "the model Anything", "leave the clause out: a contract that no environment names may do anything")
    declared = [source for declared, source in known.declared if declared == model.text]
    if model.text in MODELS:
        if declared:
            tag.source.refuse(model.start, f"the model {model.text}, which is built in and declared by {declared[0].name}", "rename yours")
        made, reference, digest = MODELS[model.text], *_reference(model.text, known.parse)
    elif declared:
        made, reference, digest = _of_interface(model, declared, known)
    else:
        others = (*MODELS, *(n for n, source in known.declared if source is not known.own))
        what = "models of other contracts (import one of your own)"
        tag.source.refuse(model.start, f"the unknown model {model.text}", nearest(model.text, others, what))
    getter = _getter(name, functions)
    return _environment(getter, made, _base(tag, syntax), reference, digest)


def _of_interface(model: Syntax, declared: list[Source], known: Known) -> tuple[Model, s.Specification, str]:
    """Return the model that an imported interface stands for."""
    name, at = model.text, model.start
    if name == known.name:
        model.source.refuse(at, f"the model {name}, which is this specification itself", "name a specification of the other contract")
    if known.own in declared:
        model.source.refuse(
            at, f"the model {name}, declared beside the clause", f"put it in a file of its own, {name}.spec.sol, and import it"
        )
    if len(declared) > 1:
        model.source.refuse(at, f"the model {name}, which two files declare", "rename one of them")
    reference = known.parse_model(declared[0].path)
    if reference.name != name:
        expected = f"put {name} in a file of its own, {name}.spec.sol"
        model.source.refuse(at, f"the model {name}, but {declared[0].name} specifies {reference.name}", expected)
    written = s.Written(reference, tuple(sorted(general(reference).items())))
    return _written(written), reference, _digest(reference, dict(written.sources))


def _getter(name: Syntax, functions: tuple[s.Function, ...]) -> s.Function:
    """Return the getter that gives the address."""
    named = [g for g in functions if g.name == name.text]
    if not named:
        views = [g.name for g in functions if g.is_view and not g.parameters]
        name.source.refuse(name.start, f"the unknown getter {name.text}()", nearest(name.text, views, "getters without arguments"))
    getter = next((g for g in named if g.is_view and not g.parameters and [p.type for p in g.returns] == [f.ADDRESS]), None)
    if getter is None:
        name.source.refuse(
            name.start,
            f"{name.text}, which is no getter of one address",
            f"declare `function {name.text}() external view returns (address);`",
        )
    if getter.mutability == "pure":
        name.source.refuse(name.start, f"{name.text}, which is pure", "the address is known by deployment only; declare it `view`")
    return getter


def _base(tag: Tag, syntax: Syntax) -> tuple[Position, str, str]:
    words = syntax.part("WORDS")
    end = words.start if words else tag.start + len(tag.text)
    text = " ".join(tag.text[: end - tag.start].split())
    return tag.source.position(tag.at), f"environment {text}", " ".join(words.text[2:].split()) if words else ""


def _environment(
    getter: s.Function, model: Model, base: tuple[Position, str, str], reference: s.Specification, digest: str
) -> s.Environment:
    prefix = f"{getter.name}."
    getters = tuple(
        replace(
            g, name=prefix + g.name, title=prefix + g.title, signature=prefix + g.signature, clauses=_definition(g, prefix, model.interface)
        )
        for g in reference.getters
    )
    invariants = tuple(replace(c, id=prefix + c.id, formula=_renamed(c.formula, prefix, model.interface)) for c in reference.invariants)
    return s.Environment(getter.name, *base, getter.signature, model.name, model.interface, digest, getters, invariants, model.written)


def _definition(getter: s.Function, prefix: str, interface: str) -> tuple[s.Clause, ...]:
    """Return what defines a getter by others: the rest of what is said of it holds of the model, and is no promise of the contract."""
    return tuple(replace(c, formula=_renamed(c.formula, prefix, interface)) for c in getter.clauses if isinstance(c, s.Equals))


@cache
def _reference(model: str, parse: Callable[[Path], s.Specification]) -> tuple[s.Specification, str]:
    """Return the specification of a built-in model, and the digest of all that the model is."""
    specification = parse(FOLDER / f"{model}.spec.sol")
    return specification, _digest(specification, MODELS[model].sources())


def _digest(specification: s.Specification, sources: Mapping[str, str]) -> str:
    texts = [f"{name}\0{text}\0" for name, text in sorted(sources.items())]
    return hashlib.sha256("".join([specification.digest, *texts]).encode()).hexdigest()


def _renamed(e: Expression, prefix: str, interface: str) -> Expression:
    """Return a formula of the model about the model as it stands beside the contract: there, it is no longer *this* contract."""
    if isinstance(e, f.World) and e.name == "address(this)":
        return f.Read(e.type, e.position, f"{prefix[:-1]}()", ())
    parts: dict[str, Any] = {}
    for name in e.__dataclass_fields__:
        value = getattr(e, name)
        if isinstance(value, Expression):
            parts[name] = _renamed(value, prefix, interface)
        elif isinstance(value, tuple):
            parts[name] = tuple(_renamed(x, prefix, interface) if isinstance(x, Expression) else x for x in value)
    if isinstance(e, f.Read | f.Sum):
        parts["getter"] = prefix + e.getter
    if isinstance(e, f.Read):
        parts["through"] = interface
    return replace(e, **parts)


def refuse_unstable(environment: s.Environment, functions: tuple[s.Function, ...], path: Path) -> None:
    """Refuse what lets the environment's address change. Raises: SpecificationError."""
    for c in (c for fn in functions for c in fn.clauses):
        listed = {x.getter for x in c.locations} if isinstance(c, s.Modifies) else set()
        if environment.getter in listed:
            raise SpecificationError(
                path,
                c.position.line,
                c.position.column,
                f"{environment.getter} may change here, and `{environment.text}` speaks of what is at that address",
                "let it stay as it is after deployment",
            )
    defined = next((c for fn in functions if fn.signature == environment.getter for c in fn.clauses if isinstance(c, s.Equals)), None)
    if defined is not None:
        raise SpecificationError(
            path,
            defined.position.line,
            defined.position.column,
            f"`equals` at {environment.getter}, the address of an environment",
            "let it be a plain getter of an address that is stored",
        )
