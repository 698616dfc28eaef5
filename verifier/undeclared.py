"""Refuse what a contract has beyond its interface, and what the language refuses outright.

Source: docs/language.md (*Calldata*, *Refused*). Names come from the ABI, places from solc's AST of everything that an entry of the
contract can run; what no entry reaches is in no bytecode and is not refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from specs.formula import Type
from specs.specification import Function, Parameter, Specification, abi_name
from toolchain.solc import Compilation, Contract
from verifier.finding import Finding, Severity
from verifier.reach import Code, Entry, Node, read_code, type_identifier, walk

#: Solidity's typed members and calls by their type identifier, Yul's builtins by name.
REFUSED = {
    "t_function_baredelegatecall": ("delegatecall", "runs code from outside in its own storage (delegatecall)"),
    "t_function_barecallcode": ("delegatecall", "runs code from outside in its own storage (callcode)"),
    "t_function_selfdestruct": ("selfdestruct", "destroys itself (selfdestruct)"),
    "delegatecall": ("delegatecall", "runs code from outside in its own storage (delegatecall in assembly)"),
    "callcode": ("delegatecall", "runs code from outside in its own storage (callcode in assembly)"),
    "selfdestruct": ("selfdestruct", "destroys itself (selfdestruct in assembly)"),
}
#: What a clause cannot mention: behaviour that depends on it is judged, and named.
ENVIRONMENT = {
    ("t_magic_transaction", "origin"): "tx.origin",
    ("t_magic_transaction", "gasprice"): "tx.gasprice",
    ("t_magic_block", "chainid"): "block.chainid",
    ("t_magic_block", "coinbase"): "block.coinbase",
    ("t_magic_block", "prevrandao"): "block.prevrandao",
    ("t_magic_block", "difficulty"): "block.prevrandao",
    ("t_magic_block", "basefee"): "block.basefee",
    ("t_magic_block", "blobbasefee"): "block.blobbasefee",
    ("t_magic_block", "gaslimit"): "block.gaslimit",
}
ENVIRONMENT_CALLS = {"t_function_gasleft": "gasleft()", "t_function_blockhash": "blockhash", "t_function_blobhash": "blobhash"}
YUL_ENVIRONMENT = {
    "origin": "tx.origin", "gasprice": "tx.gasprice", "chainid": "block.chainid", "coinbase": "block.coinbase",
    "prevrandao": "block.prevrandao",
    "difficulty": "block.prevrandao", "basefee": "block.basefee", "blobbasefee": "block.blobbasefee", "gaslimit": "block.gaslimit",
    "gas": "gasleft()", "blockhash": "blockhash", "blobhash": "blobhash",
}  # fmt: skip
INITIALIZERS = {"initializer", "reinitializer", "onlyInitializing", "onlyProxy", "_disableInitializers"}
PROXY_BASES = {"Initializable", "UUPSUpgradeable", "Proxy", "ERC1967Proxy", "BeaconProxy", "TransparentUpgradeableProxy"}
#: The storage slots that proxies and their implementations agree upon. Source: EIP-1967, EIP-1822.
PROXY_SLOTS = {
    0x360894A13BA1A3210667C828492DB98DCA3E2076CC3735A920A3CA505D382BBC: "EIP-1967 implementation",
    0xB53127684A568B3173AE13B9F8A6016E243E63B6E8EE1178D6A717850B5D6103: "EIP-1967 admin",
    0xA3F0AD74E5423AEBFD80D3EF4346578335A9A72AEAEE59FF6CB3582B35133D50: "EIP-1967 beacon",
    0xC5F16F0FCC639FA48A6947836D9850F504798523BF8C9A3A87D5876CF622BCF7: "EIP-1822 implementation",
}


def inspect(
    specification: Specification, compilation: Compilation, contract: Contract, defined: Set[str] = frozenset()
) -> tuple[Finding, ...]:
    """Return what the contract has and its interface lacks, what it lacks, and what the language refuses; refuting findings first.

    `defined` are the signatures of abstract getters of which the contract says how they are read.
    """
    code = read_code(compilation, contract)
    found = [
        *_functions(specification, contract, code, defined),
        *_arguments(specification, compilation, contract, code),
        *_constructor(specification, contract, code),
        *_special(specification, contract, code),
        *_views_that_may_write(code),
        *_refused(code),
        *_linked(contract, code),
        *_proxy(contract, code),
        *_environment(specification, code),
    ]
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda f: (f.severity == "informs", f.path, f.line, f.check)))


# ---------------------------------------------------------------- the interface


def _functions(specification: Specification, contract: Contract, code: Code, defined: Set[str]) -> Iterator[Finding]:
    present = {_signature(e): e for e in contract.abi if e["type"] == "function"}
    promised = {f.signature: f for f in specification.functions if f.name not in {"receive", "fallback"} or f.selector}
    for signature, entry in present.items():
        if signature in promised:
            yield from _differences(promised[signature], entry, contract, code)
        elif entry["stateMutability"] in {"view", "pure"}:
            yield _at(code, contract, signature, "informs", "extra-view", f"{signature} is a view function that the interface lacks")
        else:
            message = f"{signature} can change state, and the interface lacks it"
            yield _at(code, contract, signature, "refutes", "undeclared-function", message)
    for signature, function in promised.items():
        if signature in present or signature in defined:
            continue
        if function.abstract is not None:
            names = ", ".join(p.name or f"key{i + 1}" for i, p in enumerate(function.parameters))
            message = f"{signature} is abstract, and the contract neither has it nor says how it is read"
            instead = f"write `@custom:is {function.name}({names}): …` above the contract, with an expression over its state"
            yield Finding("refutes", "missing-definition", f"{message}: {instead}", contract.path)
            continue
        alike = [s for s in present if s.split("(")[0] == function.name]
        instead = f"; the contract has {', '.join(alike)}" if alike else ""
        yield Finding("refutes", "missing-function", f"{signature} is promised, and the contract lacks it{instead}", contract.path)


def _differences(promised: Function, entry: Mapping[str, Any], contract: Contract, code: Code) -> Iterator[Finding]:
    mutability = str(entry["stateMutability"])
    if mutability != promised.mutability and (promised.mutability, mutability) != ("view", "pure"):
        message = f"{promised.signature} is {mutability}, the interface says {promised.mutability}"
        yield _at(code, contract, promised.signature, "refutes", "different-mutability", message)
    given = _flat(_abi_type(o) for o in entry["outputs"])
    wanted = _flat(_promised_types(promised.returns))
    if given != wanted:
        message = f"{promised.signature} returns ({', '.join(given)}), the interface says ({', '.join(wanted)})"
        yield _at(code, contract, promised.signature, "refutes", "different-returns", message)


def _arguments(specification: Specification, compilation: Compilation, contract: Contract, code: Code) -> Iterator[Finding]:
    """Hold enums against the contract's own: where it takes plain numbers, values arrive that no clause speaks of."""
    sizes: dict[str, set[int]] = {}
    for ast in compilation.asts.values():
        for node in walk(ast):
            if node["nodeType"] == "EnumDefinition":
                sizes.setdefault(node["canonicalName"], set()).add(len(node["members"]))
    entries = {_signature(e): e for e in contract.abi if e["type"] == "function"}
    shared = [(f, entries[f.signature]) for f in specification.functions if f.signature in entries]
    rows = [(f.signature, "takes", f.parameters, e["inputs"]) for f, e in shared]
    rows += [(f.signature, "returns", f.returns, e["outputs"]) for f, e in shared]
    created = next((e["inputs"] for e in contract.abi if e["type"] == "constructor"), ())
    rows.append(("the constructor", "takes", specification.constructor.parameters, created))
    for title, verb, parameters, given in rows:
        for p, entry in zip(parameters, given, strict=False):
            for wanted, found in _other_enums(p.type, entry, str(entry["internalType"]), sizes):
                message = f"{title} {verb} {found} where the interface says {wanted}: there are other values than clauses speak of"
                yield _at(code, contract, title, "refutes", "different-enum", message)


def _other_enums(t: Type, entry: Mapping[str, Any], internal: str, sizes: Mapping[str, set[int]]) -> Iterator[tuple[str, str]]:
    if t.kind == "enum" and (not internal.startswith("enum ") or sizes.get(internal.removeprefix("enum ")) != {len(t.members)}):
        yield f"enum {t.name} of {len(t.members)}", internal
    elif t.kind == "array" and internal.endswith("]"):
        yield from _other_enums(t.components[0][1], entry, internal[: internal.rindex("[")], sizes)
    elif t.kind == "struct" and "components" not in entry and _holds_enum(t):
        yield f"struct {t.name}, which has an enum", internal
    elif t.kind == "struct":
        for (_, inner), member in zip(t.components, entry.get("components", ()), strict=False):
            yield from _other_enums(inner, member, str(member["internalType"]), sizes)


def _holds_enum(t: Type) -> bool:
    return t.kind == "enum" or any(_holds_enum(inner) for _, inner in t.components)


def _constructor(specification: Specification, contract: Contract, code: Code) -> Iterator[Finding]:
    none: Mapping[str, Any] = {"inputs": [], "stateMutability": "nonpayable"}
    entry = next((e for e in contract.abi if e["type"] == "constructor"), none)
    given, wanted = [_abi_type(i) for i in entry["inputs"]], _promised_types(specification.constructor.parameters)
    path, line = next((code.place(n) for n in _constructors(code)), (contract.path, 0))
    if given != wanted:
        message = f"the constructor takes ({', '.join(given)}), the specification's `deploy` says ({', '.join(wanted)})"
        yield Finding("refutes", "different-constructor", message, path, line)
    payable = entry["stateMutability"] == "payable"
    if payable != specification.constructor.payable:
        message = f"the constructor is {'' if payable else 'not '}payable, the specification's `deploy` says otherwise"
        yield Finding("refutes", "different-constructor", message, path, line)


def _special(specification: Specification, contract: Contract, code: Code) -> Iterator[Finding]:
    promised = {f.name: f for f in specification.functions if f.name in {"receive", "fallback"} and not f.selector}
    present = {str(e["type"]): e for e in contract.abi if e["type"] in {"receive", "fallback"}}
    for name, entry in present.items():
        path, line = _entry_place(code, contract, name)
        if name not in promised:
            yield Finding("refutes", "undeclared-function", f"{name} takes calls that the interface does not declare", path, line)
        elif entry["stateMutability"] != promised[name].mutability:
            message = f"{name} is {entry['stateMutability']}, the interface says {promised[name].mutability}"
            yield Finding("refutes", "different-mutability", message, path, line)
    for name in promised.keys() - present.keys():
        yield Finding("refutes", "missing-function", f"{name} is promised, and the contract lacks it", contract.path)


def _views_that_may_write(code: Code) -> Iterator[Finding]:
    """Refuse a view with a modifier that is overridden: solc holds the modifier that it names against `view`, not the one that runs."""
    members = [n for b in code.bases for n in b["nodes"]]
    overridden = {n["name"] for n in members if n["nodeType"] == "ModifierDefinition" and n.get("baseModifiers")}
    for n in members:
        if n["nodeType"] != "FunctionDefinition" or n["stateMutability"] not in {"view", "pure"}:
            continue
        for name in (m["modifierName"]["name"].rpartition(".")[2] for m in n["modifiers"]):
            if name in overridden:
                path, line = code.place(n)
                message = (
                    f"{n['name']} is {n['stateMutability']}, but solc does not hold the overriding modifier {name} to that: it may write"
                )
                yield Finding("refutes", "view-that-may-write", f"{message}; let it be a function that {n['name']} calls", path, line)


# ---------------------------------------------------------------- what the language refuses


def _refused(code: Code) -> Iterator[Finding]:
    for entry, node in _reached(code):
        path, line = code.place(node)
        for key in _keys(node):
            if key in REFUSED and not _delegates_to_itself(node):
                check, words = REFUSED[key]
                yield Finding("refutes", check, f"{entry.title} {words}", path, line)


def _linked(contract: Contract, code: Code) -> Iterator[Finding]:
    """Refuse code that lacks the address of a library: where it is called, if that is seen."""
    seen = False
    for entry, node in _reached(code):
        library = _linked_library(code, node)
        if library:
            seen = True
            path, line = code.place(node)
            message = (
                f"{entry.title} calls {library}, a library function that is deployed apart and reached by delegatecall; make it internal"
            )
            yield Finding("refutes", "linked-library", message, path, line)
    if not seen and not contract.is_linked:
        message = f"{contract.name} needs the address of a library that is deployed apart; make that library's functions internal"
        yield Finding("refutes", "linked-library", message, contract.path)


def _delegates_to_itself(node: Node) -> bool:
    """Whether this is `address(this).delegatecall`: the contract's own code, which is judged."""
    target = node.get("expression") or {}
    arguments = target.get("arguments") or [{}]
    return bool(
        target.get("kind") == "typeConversion" and arguments[0].get("nodeType") == "Identifier" and arguments[0].get("name") == "this"
    )


def _linked_library(code: Code, node: Node) -> str:
    target = code.definitions.get(node["referencedDeclaration"]) if isinstance(node.get("referencedDeclaration"), int) else None
    if target is None or target["nodeType"] != "FunctionDefinition" or target["visibility"] not in {"public", "external"}:
        return ""
    library = code.definitions.get(target["scope"], {})
    if library.get("contractKind") != "library" or node["nodeType"] not in {"MemberAccess", "IdentifierPath"}:
        return ""
    return f"{library['name']}.{target['name']}"


def _proxy(contract: Contract, code: Code) -> Iterator[Finding]:
    why = "the language refuses code that is meant to live behind a proxy: use a constructor"
    for base in code.bases:
        if base["name"] in PROXY_BASES:
            path, line = code.place(base)
            yield Finding("refutes", "proxy", f"{contract.name} is {base['name']}; {why}", path, line)
    for entry, node in _reached(code):
        path, line = code.place(node)
        name = str(node.get("name") or node.get("memberName") or "")
        if name in INITIALIZERS and node["nodeType"] in {"Identifier", "IdentifierPath", "MemberAccess"}:
            yield Finding("refutes", "proxy", f"{entry.title} uses {name}; {why}", path, line)
        slot = PROXY_SLOTS.get(_number(node)) or _named_slot(node)
        if slot:
            yield Finding("refutes", "proxy", f"{entry.title} uses the slot of the {slot}; {why}", path, line)
    initialize = next(
        (e for e in code.entries if e.title == "initialize" and e.nodes[0].get("stateMutability") in {"nonpayable", "payable"}), None
    )
    if initialize and not any(n["body"]["statements"] for n in _constructors(code) if n.get("body")):
        path, line = code.place(initialize.nodes[0])
        yield Finding("refutes", "proxy", f"initialize stands in for a constructor; {why}", path, line)


def _environment(specification: Specification, code: Code) -> Iterator[Finding]:
    timeless = not any(word in specification.text for word in ("block.timestamp", "block.number"))
    reached = [*_reached(code)]
    passed_on = {n["arguments"][0]["src"] for _, n in reached if _is_yul_call(n)}  # `gas()` as what a call may use
    for entry, node in reached:
        if node["nodeType"] == "YulFunctionCall" and node["src"] in passed_on and not node["arguments"]:
            continue
        named = [*_environment_names(node)]
        if timeless:
            named += [*_clock_names(node)]
        for name in named:
            path, line = code.place(node)
            yield Finding("informs", "undeclared-environment", f"{entry.title} depends on {name}, of which no clause speaks", path, line)


def _is_yul_call(node: Node) -> bool:
    return node["nodeType"] == "YulFunctionCall" and node["functionName"]["name"] in {"call", "staticcall"}


def _environment_names(node: Node) -> Iterator[str]:
    magic = _magic(node)
    if magic in ENVIRONMENT:
        yield ENVIRONMENT[magic]
    for key in _keys(node):
        if key in ENVIRONMENT_CALLS:
            yield ENVIRONMENT_CALLS[key]
        elif key in YUL_ENVIRONMENT:
            yield YUL_ENVIRONMENT[key]


def _clock_names(node: Node) -> Iterator[str]:
    magic = _magic(node)
    if magic[0] == "t_magic_block" and magic[1] in {"timestamp", "number"}:
        yield f"block.{magic[1]}"
    yield from (f"block.{key}" for key in _keys(node) if key in {"timestamp", "number"})


# ---------------------------------------------------------------- AST and ABI


def _reached(code: Code) -> Iterator[tuple[Entry, Node]]:
    for entry in code.entries:
        for definition in entry.nodes:
            for node in walk(definition):
                yield entry, node


def _keys(node: Node) -> Iterator[str]:
    """Yield the names by which the tables know a node: a Yul builtin's, or the kind of a Solidity builtin function."""
    if node["nodeType"] == "YulFunctionCall":
        yield str(node["functionName"]["name"])
    elif node["nodeType"] in {"MemberAccess", "Identifier"}:
        identifier = type_identifier(node)
        yield "_".join(identifier.split("_")[:3])


def _magic(node: Node) -> tuple[str, str]:
    if node["nodeType"] != "MemberAccess":
        return "", ""
    return type_identifier(node["expression"]), str(node["memberName"])


def _number(node: Node) -> int:
    text = str(node.get("value", "")) if node["nodeType"] in {"Literal", "YulLiteral"} and node.get("kind") == "number" else ""
    return int(text, 16) if text.startswith("0x") and len(text) > 42 else -1


def _named_slot(node: Node) -> str:
    text = str(node.get("value", "")) if node["nodeType"] == "Literal" and node.get("kind") == "string" else ""
    return text if text.startswith("eip1967.proxy.") or text == "PROXIABLE" else ""


def _constructors(code: Code) -> list[Node]:
    return [n for b in code.bases for n in b["nodes"] if n["nodeType"] == "FunctionDefinition" and n["kind"] == "constructor"]


def _entry_place(code: Code, contract: Contract, key: str) -> tuple[str, int]:
    """Return where the entry of that selector or title is defined."""
    return next((code.place(e.nodes[0]) for e in code.entries if key in {e.selector, e.title}), (contract.path, 0))


def _at(code: Code, contract: Contract, signature: str, severity: Severity, check: str, message: str) -> Finding:
    path, line = _entry_place(code, contract, contract.method_identifiers.get(signature, signature))
    return Finding(severity, check, message, path, line)


def extra_views(specification: Specification, contract: Contract) -> tuple[str, ...]:
    """Return the selectors of views that the interface lacks: calling them changes nothing."""
    known = {f.selector for f in specification.functions}
    views = {_signature(e) for e in contract.abi if e["type"] == "function" and e["stateMutability"] in {"view", "pure"}}
    return tuple(selector for signature, selector in contract.method_identifiers.items() if selector not in known and signature in views)


def _signature(entry: Mapping[str, Any]) -> str:
    return f"{entry['name']}({','.join(_abi_type(i) for i in entry['inputs'])})"


def _abi_type(entry: Mapping[str, Any]) -> str:
    kind = str(entry["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_abi_type(c) for c in entry['components'])}){kind.removeprefix('tuple')}"


def _promised_types(parameters: Iterable[Parameter]) -> list[str]:
    return [abi_name(p.type) for p in parameters]


def _flat(types: Iterable[str]) -> list[str]:
    """Replace static structs by their members: both are encoded alike."""
    out: list[str] = []
    for t in types:
        out.extend(_flat(_members(t)) if t.endswith(")") and not _is_dynamic(t) else [t])
    return out


def _is_dynamic(t: str) -> bool:
    if t.endswith("]"):
        return t.endswith("[]") or _is_dynamic(t[: t.rindex("[")])
    return t in {"string", "bytes"} or (t.startswith("(") and any(_is_dynamic(m) for m in _members(t)))


def _members(tuple_type: str) -> list[str]:
    parts, depth = [""], 0
    for c in tuple_type[1:-1]:
        depth += (c in "(") - (c in ")")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return [p for p in parts if p]
