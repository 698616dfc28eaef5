"""What an implementation says of itself: its lock, its lemmas, and how getters are read that it does not have.

They are read from `@custom:lock`, `@custom:lemma` and `@custom:is` in the documentation of the contract (or a base) and of its state
variables. They speak of internal state, so each becomes a view function of a *probe*: the contract's own source with those functions added,
deployed the same way and put in the contract's place to be read. Arithmetic in them is Solidity's own (checked): an overflow leaves a lemma
or a getter without a value, and undefined is never true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from specs.clauses import OWN_IDS
from specs.messages import nearest
from specs.source import COMMENT_OR_STRING
from specs.specification import Function, Specification
from toolchain.solc import Compilation, CompilerSettings, Contract, compile_sources
from verifier.limits import YUL_PURE, is_transient, limits_of
from verifier.reach import Code, Entry, Node, read_code, type_identifier, walk
from verifier.runtime import Runtime, runtime_of

TAG = re.compile(r"@custom:(lock|lemma|is)\b(.*?)(?=^\s*@|\Z)", re.S | re.M)
LEMMA = re.compile(r"\s*(?P<id>[A-Za-z_]\w*)(?P<locked>\s+locked)?\s*:(?P<text>.*)", re.S)
IS = re.compile(r"\s*(?P<name>[A-Za-z_$][\w$]*)\s*\((?P<parameters>[^()]*)\)\s*:(?P<text>.*)", re.S)
NAME = re.compile(r"[A-Za-z_]\w*")
FORALL = re.compile(r"\s*forall\s*\((?P<bound>[^)]*)\)(?P<body>.*)", re.S)

PLACES = "write it in the documentation of the contract, of a base, or of a state variable"


@dataclass(frozen=True, slots=True)
class Lemma:
    """An invariant over the implementation's own state. `bound` are the symbols of its `forall`, as Solidity parameters (type, name)."""

    id: str
    text: str
    bound: tuple[tuple[str, str], ...]
    locked: bool

    @property
    def function(self) -> str:
        return f"{LEMMA_PREFIX}{self.id}"


@dataclass(frozen=True, slots=True)
class Definition:
    """How an abstract getter is read: `getter` is its signature, `parameters` have types and names, `place` is where the writer says it."""

    getter: str
    parameters: tuple[tuple[str, str], ...]
    returns: str
    text: str
    place: str

    @property
    def name(self) -> str:
        return self.getter.split("(")[0]

    @property
    def head(self) -> str:
        """Return the getter with its parameters, for people."""
        return f"{self.name}({', '.join(f'{t} {n}' for t, n in self.parameters)})"

    @property
    def function(self) -> str:
        return f"{IS_PREFIX}{self.name}"

    @property
    def signature(self) -> str:
        """Return the signature of the probe's function."""
        return f"{self.function}({','.join(t for t, _ in self.parameters)})"


@dataclass(frozen=True, slots=True)
class Implementation:
    """`probe` is the code of the contract with one view function per expression (None where there is none).

    `problems` says what could not be understood, `beyond` what is read that strangers can change: then there is no probe either.
    """

    lock: str | None
    lemmas: tuple[Lemma, ...]
    probe: Runtime | None
    problems: tuple[str, ...]
    beyond: tuple[str, ...] = ()
    definitions: tuple[Definition, ...] = ()

    @property
    def defined(self) -> frozenset[str]:
        """The signatures of the getters that the contract does not have, but says how to read."""
        return frozenset(x.getter for x in self.definitions)


LOCK_FUNCTION, LEMMA_PREFIX, IS_PREFIX = "solwright_lock", "solwright_lemma_", "solwright_is_"
#: What a lemma may read beside storage: `stable` asks that time and ether leave it true.
OF_A_LEMMA = {"block.timestamp", "block.number", "balance"}
OUTSIDE = (
    "t_function_external",
    "t_function_bare",
    "t_function_creation",
    "t_function_gasleft",
    "t_function_blockhash",
    "t_function_blobhash",
    "t_function_delegatecall",
)
YUL_READS = YUL_PURE | {"sload", "tload"}


@dataclass(frozen=True, slots=True)
class Comment:
    """A documentation comment: `text` is without comment marks, as solc gives it; it begins `at` (bytes) in the source of `path`."""

    path: str
    source: bytes
    at: int
    text: str

    def place(self, tag: re.Match[str]) -> str:
        """Return file, line and column of a tag of the text."""
        at = self.at
        for _ in range(self.text.count("@custom:", 0, tag.start()) + 1):
            at = self.source.index(b"@custom:", at) + 1
        line = self.source.rfind(b"\n", 0, at) + 1
        return f"{self.path}:{self.source.count(bytes([10]), 0, at) + 1}:{len(self.source[line:at].decode())}"


def documentation(compilation: Compilation, contract: Contract) -> Iterator[Comment]:
    """Yield the documentation of the contract, its bases and their state variables."""
    bases = set(definition(compilation, contract)["linearizedBaseContracts"])
    for path, ast in compilation.asts.items():
        raw = compilation.input["sources"][path]["content"].encode()
        for node in ast["nodes"]:
            if node["nodeType"] == "ContractDefinition" and node["id"] in bases:
                for part in (node, *node["nodes"]):
                    doc = part.get("documentation")
                    if isinstance(doc, Mapping) and part["nodeType"] in {"ContractDefinition", "VariableDeclaration"}:
                        yield Comment(path, raw, _start(doc), doc["text"])


def _lost(compilation: Compilation, contract: Contract) -> Iterator[str]:
    """Yield where a lock or a lemma stands in a documentation comment of the contract, or of a base, that `documentation` does not read."""
    bases = set(definition(compilation, contract)["linearizedBaseContracts"])
    for path, ast in compilation.asts.items():
        raw = compilation.input["sources"][path]["content"].encode()
        for node in ast["nodes"]:
            if node["nodeType"] == "ContractDefinition" and node["id"] in bases:
                docs = {_start(part["documentation"]): part for part in node["nodes"] if isinstance(part.get("documentation"), Mapping)}
                for at, comment in _doc_comments(raw, _start(node), _start(node) + int(node["src"].split(":")[1])):
                    part = docs.get(at, node)
                    if (tag := TAG.search(comment)) and part["nodeType"] != "VariableDeclaration":
                        line = raw.count(b"\n", 0, at) + comment.count("\n", 0, tag.start()) + 1
                        above = f" above `{part.get('name') or part.get('kind', '')}`" if part is not node else ""
                        yield f"{path}:{line}: @custom:{tag[1]}{above} is read by nobody: {PLACES}"


def _start(node: Mapping[str, Any]) -> int:
    return int(node["src"].split(":")[0])


def _doc_comments(raw: bytes, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield offset and text of each documentation comment between two offsets; lines of `///` without a blank line between them are one."""
    text, run = raw[start:end].decode(), ""
    at = last = 0
    for m in COMMENT_OR_STRING.finditer(text):
        between = text[last : m.start()]
        if run and (not m[0].startswith("///") or between.strip() or between.count("\n") > 1):
            yield start + len(text[:at].encode()), run
            run = ""
        if m[0].startswith("///") and not m[0].startswith("////"):
            at, run, last = (m.start(), m[0], m.end()) if not run else (at, text[at : m.end()], m.end())
        elif m[0].startswith("/**") and not m[0].startswith(("/**/", "/***")):
            yield start + len(text[: m.start()].encode()), m[0]
    if run:
        yield start + len(text[:at].encode()), run


def definition(compilation: Compilation, contract: Contract) -> Mapping[str, Any]:
    """Return the AST node of a contract."""
    for node in compilation.asts[contract.path]["nodes"]:
        if node["nodeType"] == "ContractDefinition" and node["name"] == contract.name:
            found: Mapping[str, Any] = node
            return found
    raise KeyError(contract.name)


def hidden_getters(specification: Specification, contract: Contract) -> tuple[Function, ...]:
    """Return the abstract getters that a contract does not have."""
    return tuple(g for g in specification.getters if g.abstract is not None and g.signature not in contract.method_identifiers)


def read(
    compilation: Compilation, contract: Contract, specification: Specification | None = None, settings: CompilerSettings | None = None
) -> Implementation:
    """Read what a contract says of itself and compile its probe; `specification`: whose abstract getters it may say how to read."""
    lock: str | None = None
    lemmas: list[Lemma] = []
    definitions: list[Definition] = []
    problems: list[str] = []
    for comment in documentation(compilation, contract):
        for tag in TAG.finditer(comment.text):
            kind, body = tag[1], tag[2].split(" -- ")[0].strip()
            if kind == "is":
                made = _definition(comment.place(tag), body, compilation, contract, specification)
                if not isinstance(made, Definition):
                    problems.append(made)
                elif made.getter in {x.getter for x in definitions}:
                    problems.append(f"{made.place}: a second `is` of {made.name}: keep one of them")
                else:
                    definitions.append(made)
            elif kind == "lock":
                if lock is not None:
                    problems.append("there is more than one @custom:lock")
                    continue
                lock = body
            elif (m := LEMMA.fullmatch(body)) and m["id"] in OWN_IDS:
                problems.append(f"a lemma may not be called {m['id']}: the language uses that name")
            elif m:
                if any(x.id == m["id"] for x in lemmas):
                    problems.append(f"two lemmas are called {m['id']}")
                    continue
                bound, formula = _quantifier(m["text"])
                lemmas.append(Lemma(m["id"], formula, bound, bool(m["locked"])))
            else:
                problems.append(f"not a lemma (write `@custom:lemma id: expression`): {body}")
    problems += _lost(compilation, contract)
    said = Implementation(lock, tuple(lemmas), None, tuple(problems), (), tuple(definitions))
    if lock is None and not lemmas and not definitions:
        return said
    return _with_probe(compilation, contract, said, settings)


def _definition(
    place: str, body: str, compilation: Compilation, contract: Contract, specification: Specification | None
) -> Definition | str:
    """Return how an abstract getter is read, or what is wrong with it."""
    m = IS.fullmatch(body)
    shown = " ".join(body.split())
    if m is None:
        return f"{place}: `@custom:is {shown}` is no definition: write `@custom:is getter(a): expression`"
    names = [n.strip() for n in m["parameters"].split(",")] if m["parameters"].strip() else []
    text = " ".join(m["text"].split())
    if re.search(r"[^ -~]", text + m["parameters"]):
        return f"{place}: `is` of {m['name']} has a character that is not plain ASCII: what is shown must be what is compiled"
    getters = specification.getters if specification is not None else ()
    named = [g for g in getters if g.name == m["name"]]
    found = [g for g in named if g.abstract is not None and len(g.parameters) == len(names)]
    if not named:
        return f"{place}: `is` of {m['name']}, which the specification does not know: {nearest(m['name'], _abstract(getters), 'abstract')}"
    if not any(g.abstract is not None for g in named):
        return f"{place}: `is` of {m['name']}, which is not abstract in the specification: the contract must have that function itself"
    if len(found) != 1:
        takes = " or ".join(str(len(g.parameters)) for g in named)
        several = f"of which several have {len(names)} parameters" if found else f"with {len(names)} parameters, where it has {takes}"
        return f"{place}: `is` of {m['name']} {several}"
    getter = found[0]
    if getter.signature in contract.method_identifiers:
        return f"{place}: `is` of {m['name']}, which is a function of the contract: leave one of them out"
    taken = _declared(compilation)
    odd = next((n for i, n in enumerate(names) if not NAME.fullmatch(n) or n in taken or n in names[:i]), None)
    if odd is not None:
        return f"{place}: the parameter `{odd}` in `is` of {m['name']} is no name, or one that is taken: choose another"
    types = [p.type.name for p in getter.parameters]
    return Definition(getter.signature, tuple(zip(types, names, strict=True)), getter.returns[0].type.name, text, place)


def _abstract(getters: Sequence[Function]) -> list[str]:
    return [g.name for g in getters if g.abstract is not None]


def _declared(compilation: Compilation) -> set[str]:
    """Return all names that sources declare outside of functions: a parameter of that name would hide one of them."""
    names: set[str] = set()
    for ast in compilation.asts.values():
        for node in ast["nodes"]:
            inside = node.get("nodes", ()) if node["nodeType"] == "ContractDefinition" else ()
            names |= {str(n.get("name", "")) for n in (node, *inside)}
            names |= {str(a.get("local") or a["foreign"]["name"]) for a in node.get("symbolAliases", ())}
            names.add(str(node.get("unitAlias", "")))
    return names


def _with_probe(compilation: Compilation, contract: Contract, said: Implementation, settings: CompilerSettings | None) -> Implementation:
    from toolchain.solc import CompilationFailed

    lock, lemmas = said.lock, said.lemmas
    written = (lock or "", *(x.text for x in lemmas), *(part for x in lemmas for pair in x.bound for part in pair))
    written += tuple(x.text for x in said.definitions)
    odd = next((text for text in written if re.search(r"[;{}]|//|/\*", text)), None)
    if odd is not None:
        return replace(said, problems=(*said.problems, f"the lock, a lemma or an `is` is no expression: {odd}"))
    functions = [f"    function {LOCK_FUNCTION}() external view returns (bool) {{ return {expand(lock)}; }}"] if lock is not None else []
    for x in lemmas:
        parameters = ", ".join(f"{t} {n}" for t, n in x.bound)
        functions.append(f"    function {x.function}({parameters}) external view returns (bool) {{ return {expand(x.text)}; }}")
    for d in said.definitions:
        parameters = ", ".join(f"{t} {n}" for t, n in d.parameters)
        functions.append(f"    function {d.function}({parameters}) external view returns ({d.returns}) {{ return {expand(d.text)}; }}")
    sources = {path: entry["content"] for path, entry in compilation.input["sources"].items()}
    start, length, _ = map(int, definition(compilation, contract)["src"].split(":"))
    source = sources[contract.path].encode()
    end = start + length - 1
    sources[contract.path] = (source[:end] + ("\n" + "\n".join(functions) + "\n").encode() + source[end:]).decode()
    try:
        made = compile_sources(sources, settings or _settings_of(compilation))
    except CompilationFailed as err:
        first = err.diagnostics[0]
        names = [*(["the lock"] if lock is not None else []), *(f"the lemma {x.id}" for x in lemmas)]
        names += [f"{d.place}: `is` of {d.name}" for d in said.definitions]
        number = first.line - source[:end].count(b"\n") - 2
        which = names[number] if 0 <= number < len(names) else "the lock or a lemma"
        return replace(said, problems=(*said.problems, f"{which} does not compile: {first.message}"))
    probe = made.contract(contract.name, contract.path)
    code = read_code(made, probe)
    ours = {
        LOCK_FUNCTION,
        *(x.function for x in lemmas),
        *(x.function for x in said.definitions),
    }  # by name: a function of the contract's may overload one of them
    beyond = [x for e in code.entries if e.nodes and e.nodes[0].get("name") in ours for x in _beyond(e, code)]
    if beyond:
        return replace(said, beyond=tuple(dict.fromkeys(beyond)))
    return replace(said, probe=runtime_of(made, probe))


def _beyond(entry: Entry, code: Code) -> Iterator[str]:
    """Yield what a lock, a lemma or an `is` reads beside the contract's own storage: strangers can change it whenever they like."""
    name = str(entry.nodes[0]["name"])
    defines = name.startswith(IS_PREFIX)
    lemma = f"the lemma {name.removeprefix(LEMMA_PREFIX)}"
    what = "the lock" if name == LOCK_FUNCTION else f"`is` of {name.removeprefix(IS_PREFIX)}" if defines else lemma
    allowed = set() if defines or name == LOCK_FUNCTION else OF_A_LEMMA
    nodes = [n for definition in entry.nodes for n in walk(definition)]
    if _uses_function_pointers(nodes, code):
        yield f"{what} uses a function as a value, which is another number in the probe than in the contract"
    yield from (f"{what}: {x.reason}" for x in limits_of(entry, code) if x.kind == "unknown")
    for node in nodes:
        if defines and is_transient(node, code.definitions):
            yield f"{what} reads transient storage, and may read storage only"
        if node["nodeType"] == "MemberAccess":
            base = type_identifier(node["expression"])
            read = f"{base.removeprefix('t_magic_')}.{node['memberName']}"
            if base in {"t_magic_block", "t_magic_message", "t_magic_transaction"} and read not in allowed:
                yield f"{what} reads {read}, and may read storage only"
            elif base.startswith("t_address") and node["memberName"] not in allowed:
                yield f"{what} reads .{node['memberName']}, and may read storage only"
        elif node["nodeType"] == "FunctionCall" and type_identifier(node["expression"]).startswith(OUTSIDE):
            yield f"{what} calls something outside, and may read storage only"
        elif node["nodeType"] == "YulFunctionCall" and node["functionName"]["name"] not in YUL_READS:
            yield f"{what} uses {node['functionName']['name']}, and may read storage only"


def _uses_function_pointers(nodes: Sequence[Node], code: Code) -> bool:
    """Tell whether internal functions are used otherwise than by calling them by name."""
    named = [n["expression"] for n in nodes if n["nodeType"] == "FunctionCall"]
    fine = {n["id"] for n in named if code.definitions.get(n.get("referencedDeclaration"), n)["nodeType"] == "FunctionDefinition"}
    return any(type_identifier(n).startswith("t_function_internal") and n["id"] not in fine for n in nodes)


def _settings_of(compilation: Compilation) -> CompilerSettings:
    s = compilation.input["settings"]
    return CompilerSettings(
        evm_version=s.get("evmVersion", "cancun"),
        optimizer=s.get("optimizer", {}).get("enabled", False),
        optimizer_runs=s.get("optimizer", {}).get("runs", 200),
        via_ir=s.get("viaIR", False),
        remappings=tuple(s.get("remappings", ())),
    )


def _quantifier(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    if m := FORALL.fullmatch(text):
        bound = tuple((t, n) for t, n in (part.split() for part in m["bound"].split(",") if part.strip()))
        return bound, m["body"].strip()
    return (), text.strip()


def expand(text: str) -> str:
    """Rewrite `==>` and `<==>` into Solidity; both bind more weakly than `||`, `==>` to the right."""
    if "==>" not in text:
        return text.strip()
    first, *more = _split(text, "<==>")
    if more:
        out = expand(first)
        for p in more:
            out = f"(({out}) == ({expand(p)}))"
        return out
    first, *more = _split(text, "==>")
    if more:
        return f"(!({expand(first)}) || ({expand('==>'.join(more))}))"
    return _within_brackets(text).strip()


def _within_brackets(text: str) -> str:
    """Rewrite what stands in each outermost pair of brackets, between its commas."""
    out, start = "", 0
    for i, c, depth in _depths(text):
        if c in "([{" and depth == 1:
            out, start = out + text[start : i + 1], i + 1
        elif c in ")]}" and depth == 0:
            out, start = out + ",".join(expand(part) for part in _split(text[start:i], ",")), i
    return out + text[start:]


def _split(text: str, operator: str) -> list[str]:
    """Take a text apart at an operator that stands in no brackets and no string."""
    parts, last = [], 0
    for i, _, depth in _depths(text):
        if depth == 0 and i >= last and text.startswith(operator, i) and not (operator == "==>" and text[:i].endswith("<")):
            parts.append(text[last:i])
            last = i + len(operator)
    return [*parts, text[last:]]


def _depths(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield the characters outside of strings, each with its place and in how many brackets it stands (an opening one in itself)."""
    depth, quote, escaped = 0, "", False
    for i, c in enumerate(text):
        if quote:
            quote = "" if c == quote and not escaped else quote
            escaped = c == "\\" and not escaped
        elif c in "\"'":
            quote = c
        else:
            depth += (c in "([{") - (c in ")]}")
            yield i, c, depth
