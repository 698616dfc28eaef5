"""Find code whose effect no engine models fully, so that no proof about it may count.

Raw calldata: harnesses give a function its arguments and an arbitrary tail; code that reads the encoding itself may tell such calls from
others. Storage slots that assembly chooses: an engine keeps mappings apart from fixed slots, which is right as long as nobody writes a slot
whose number is the hash of a mapping's key (its preimage may be the author's secret), and it assumes that bool and enum slots hold what
solc writes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from typing import Literal as Choice

from toolchain.solc import Compilation, Contract
from verifier.examined import is_examined
from verifier.finding import Limit
from verifier.reach import Code, Entry, Node, read_code, type_identifier, walk
from verifier.slots import WHOLE_WORDS, Calls, Slot

#: Numbers that are no hash whose preimage anybody knows: half of their bits are fixed. Also slots that are published with their derivation.
NO_HASH = 1 << 128
PUBLISHED_SLOTS = frozenset(
    {0x9B779B17422D0DF92223018B32B4D1FA46E071723D6817E2486D003BECC55F00}
)  # ERC-7201 openzeppelin.storage.ReentrancyGuard
#: No array that a program fills is longer; one that is declared longer reaches the slots of mappings. In slots.
LARGEST_TYPE = 1 << 64
LARGEST_POINTED = 1 << 10  # elements of an array that assembly puts somewhere

VALUE = re.compile(r"t_(bool|u?int\d+|bytes\d+|address|address_payable|enum\$.*|contract\$.*|userDefinedValueType\$.*)$")
SCRATCH = 0x40  # bytes

#: What assembly may do: arithmetic, storage at slots that are known, errors built in the
#: scratch space, and questions about the call and the chain. Whatever
#: shows memory, code, gas or returned data is left out: there the EVM has more corners than an engine's model of it.
ARITHMETIC = "add sub mul div sdiv mod smod exp not lt gt slt sgt eq iszero and or xor byte shl shr sar addmod mulmod signextend pop"
EFFECTS = "sload sstore tload tstore mstore revert invalid"
QUESTIONS = "caller callvalue origin address balance selfbalance timestamp number chainid basefee coinbase prevrandao difficulty gaslimit"
YUL_PURE = frozenset(ARITHMETIC.split())
YUL_KNOWN = YUL_PURE | frozenset(EFFECTS.split()) | frozenset(QUESTIONS.split())


def find_limits(compilation: Compilation, contract: Contract, promised: Mapping[str, str] | None = None) -> tuple[Limit, ...]:
    """Return the limits of a contract, one for each entry that reaches the code; `function` is "" where all of them are concerned.

    `promised` names the interface's functions by selector; "" names a view, which every clause may read. None: entries count by their own
    titles.
    """
    code = read_code(compilation, contract)
    calls = Calls(code)
    everywhere = _pointer(_kept(code, compilation)) is not None  # what one entry leaves there, another one runs
    found = [x for entry in code.entries for x in _of(entry, code, calls, "" if everywhere else _concerned(entry, code, promised))]
    if _has_arrays(contract):
        found += [replace(x, kind="unknown", reason=f"{x.reason}, perhaps the length of an array") for x in found if x.kind == "unclean"]
    return tuple(
        dict.fromkeys(
            [
                *_too_large(contract),
                *_giants(contract),
                *_whole(code, compilation),
                *_forgetful(code, {k for k, title in (promised or {}).items() if not title}),
                *found,
            ]
        )
    )


def limits_of(entry: Entry, code: Code) -> Iterator[Limit]:
    """Yield the limits of the code that one entry can run."""
    yield from _of(entry, code, Calls(code), entry.title)


def _of(entry: Entry, code: Code, calls: Calls, function: str) -> Iterator[Limit]:
    for definition in entry.nodes:
        if is_examined(definition, entry, code):
            continue
        for node in walk(definition):
            for kind, reason, place in _judge(node, calls):
                yield Limit(kind, reason, *code.place(place), function)


def _concerned(entry: Entry, code: Code, promised: Mapping[str, str] | None) -> str:
    """Return the function whose proofs an entry's code concerns, "" for all: what runs at deployment leaves immutables to every function,

    and where the contract calls out, it may call itself.
    """
    if promised is None:
        return entry.title
    if entry.title == "constructor" or any(_asks_others(n) for other in code.entries for d in other.nodes for n in walk(d)):
        return ""
    return promised.get(entry.selector, "") if entry.selector else entry.title


def _asks_others(node: Node) -> bool:
    return type_identifier(node).startswith(("t_function_external", "t_function_bare"))


def may_be_hash(slot: int) -> bool:
    """Tell whether a slot's number may be the hash of a mapping's key: its preimage may be the author's secret."""
    return NO_HASH <= slot < (1 << 256) - NO_HASH and slot not in PUBLISHED_SLOTS


def _too_large(contract: Contract) -> Iterator[Limit]:
    arguments = next((x["inputs"] for x in contract.abi if x["type"] == "constructor"), ())
    created = len(contract.creation) // 2 + sum(_least_size(x) for x in arguments)
    for size, most, what in ((len(contract.runtime) // 2, 24_576, "code"), (created, 49_152, "creation code with its arguments")):
        if size > most:
            reason = f"its {what} has more than {most:,} bytes, so it cannot be deployed (EIP-170, EIP-3860)"
            yield Limit("unknown", reason, contract.path, 0, "")


def _least_size(parameter: Mapping[str, Any]) -> int:
    """Return how many bytes the encoding of a parameter has at least. Source: Solidity ABI."""
    kind, words = str(parameter["type"]), 1
    while kind.endswith("]"):
        kind, _, count = kind.rpartition("[")
        if count == "]":
            return 64
        words *= int(count.rstrip("]"))
    if kind == "tuple":
        return words * sum(_least_size(x) for x in parameter["components"])
    return words * (64 if kind in {"string", "bytes"} else 32)


def _whole(code: Code, compilation: Compilation) -> Iterator[Limit]:
    """Yield what concerns every entry: decoding that lets dirty arguments in, and pointers to functions that assembly can bend."""
    for path, ast in compilation.asts.items():
        for node in ast["nodes"]:
            if node["nodeType"] == "PragmaDirective" and node["literals"][:2] == ["abicoder", "v1"]:
                yield Limit("unknown", "pragma abicoder v1: arguments arrive unchecked", path, code.place(node)[1], "")
    for base in code.bases:
        if base.get("storageLayout"):
            yield Limit("unknown", "a layout of its own choice: storage may lie where mappings do", *code.place(base), "")
    reached = [n for entry in code.entries for definition in entry.nodes for n in walk(definition)]
    pointer = _pointer([*reached, *_kept(code, compilation)])
    if pointer is not None and any(n["nodeType"] == "InlineAssembly" for n in reached):
        yield Limit(
            "unknown", "pointers to internal functions beside assembly: where the code jumps to is not known", *code.place(pointer), ""
        )


def _kept(code: Code, compilation: Compilation) -> Iterator[Node]:
    """Yield the nodes of what is kept between calls: structs and state variables."""
    yield from (n for ast in compilation.asts.values() for d in walk(ast) if d["nodeType"] == "StructDefinition" for n in walk(d))
    yield from (n for base in code.bases for d in base["nodes"] if d["nodeType"] == "VariableDeclaration" for n in walk(d))


def _pointer(nodes: Iterable[Node]) -> Node | None:
    """Return a type of pointers to internal functions, if there is any."""
    return next((n for n in nodes if n["nodeType"] == "FunctionTypeName" and n["visibility"] == "internal"), None)


def _forgetful(code: Code, getters: Collection[str]) -> Iterator[Limit]:
    """Yield getters of transient storage: what they show ends with the transaction, which no clause speaks of."""
    nodes = {entry.title: [n for definition in entry.nodes for n in walk(definition)] for entry in code.entries}
    reading = {title: next((n for n in mine if is_transient(n, code.definitions)), None) for title, mine in nodes.items()}
    for entry in code.entries:
        asks = any(_asks_others(n) for n in nodes[entry.title])
        found = next((n for n in reading.values() if n is not None), None) if asks else reading[entry.title]
        if entry.selector in getters and found is not None:
            reason = f"{entry.title} reads transient storage, which is empty again in the next transaction"
            yield Limit("unknown", reason, *code.place(found), "")


def is_transient(node: Node, definitions: Mapping[int, Node]) -> bool:
    """Tell whether a node reads or names transient storage."""
    variable = definitions.get(node.get("referencedDeclaration") or -1, node)
    tload = node["nodeType"] == "YulFunctionCall" and node["functionName"]["name"] == "tload"
    return bool(tload or variable.get("storageLocation") == "transient")


def _has_arrays(contract: Contract) -> bool:
    """Tell whether something in storage has a length: whoever writes that past its type makes elements reach every slot."""
    layouts = (contract.raw.get(name) or {} for name in ("storageLayout", "transientStorageLayout"))
    return any(t["encoding"] in {"dynamic_array", "bytes"} for layout in layouts for t in (layout.get("types") or {}).values())


def _giants(contract: Contract) -> Iterator[Limit]:
    for layout in ("storageLayout", "transientStorageLayout"):
        types = (contract.raw.get(layout) or {}).get("types") or {}
        for name, t in types.items():
            if _slots(name, types) > LARGEST_TYPE:
                reason = f"a variable of type {t['label']} is so large that its elements can coincide with those of mappings"
                yield Limit("unknown", reason, contract.path, 0, "")


def _slots(name: str, types: Mapping[str, Any]) -> int:
    """Return at least the number of slots that a type takes in place (solc's own figure wraps around)."""
    t = types[name]
    if "members" in t:
        return sum(_slots(m["type"], types) for m in t["members"])
    if "base" in t and t["encoding"] == "inplace":
        return int(t["label"].rsplit("[", 1)[1].rstrip("]")) * _slots(t["base"], types)
    return 1


def _judge(node: Node, calls: Calls) -> Iterator[tuple[Choice["unknown", "unclean"], str, Node]]:
    if node["nodeType"] == "MemberAccess":
        if node["memberName"] == "data" and type_identifier(node["expression"]) == "t_magic_message":
            yield "unknown", "msg.data: the code reads how its arguments are encoded", node
        if type_identifier(node).startswith(("t_function_baredelegatecall_", "t_function_barecallcode_")):
            yield "unknown", "delegatecall: which code runs is not known", node
    if type_identifier(node).startswith("t_function_gasleft"):
        yield "unknown", "gasleft(): how much gas is left is not followed", node
    if node["nodeType"] == "FunctionCallOptions" and "gas" in node["names"]:
        yield "unknown", "a call with a gas limit: whether it suffices is not known", node
    if node["nodeType"] != "InlineAssembly":
        return
    for reference in node["externalReferences"]:
        variable, suffix = calls.definitions[reference["declaration"]], reference.get("suffix")
        if suffix in {"offset", "length"} and not variable["stateVariable"]:
            yield "unknown", f".{suffix}: assembly reads how the arguments are encoded", node
        elif suffix is None and not _is_plain(variable, reference, node, calls):
            yield "unknown", f"{variable['name']}: assembly sees a pointer, or bits that Solidity does not show", node
    for inner in walk(node["AST"]):
        name = inner["functionName"]["name"] if inner["nodeType"] == "YulFunctionCall" else ""
        if name in {"calldataload", "calldatacopy", "calldatasize"}:
            yield "unknown", f"{name}: assembly reads how the arguments are encoded", inner
        elif name and name not in YUL_KNOWN and not _is_defined(name, node):
            yield "unknown", f"{name}: what assembly does with it is not followed exactly", inner
        elif name in {"mstore", "revert"} and not _in_scratch_space(name, inner["arguments"]):
            yield "unknown", f"{name}: assembly reaches memory that Solidity shares out, whose place may depend on others' answers", inner
        elif name in {"sstore", "tstore"} and _is_length(inner["arguments"][0], node, calls):
            yield "unknown", f"{name}: assembly sets the length of an array, whose elements then reach every slot", inner
        elif name in {"sstore", "tstore"}:
            yield from _write(name, calls.slots_of_yul(inner["arguments"][0], node), inner)
        elif name in {"sload", "tload"}:
            yield from _read(name, calls.slots_of_yul(inner["arguments"][0], node), inner)
        elif inner["nodeType"] == "YulAssignment":
            yield from _assignment(inner, node, calls)


def _is_defined(name: str, assembly: Node) -> bool:
    return any(n["nodeType"] == "YulFunctionDefinition" and n["name"] == name for n in walk(assembly["AST"]))


def _in_scratch_space(name: str, arguments: list[Node]) -> bool:
    """Tell whether `mstore(p, _)` or `revert(p, n)` stays within the first 64 bytes of memory, which Solidity leaves to assembly."""
    start, size = (_literal(x) for x in arguments)
    size = 32 if name == "mstore" else size
    return size == 0 or (start is not None and size is not None and start + size <= SCRATCH)


def _literal(value: Node) -> int | None:
    return int(str(value["value"]), 0) if value["nodeType"] == "YulLiteral" and value["kind"] == "number" else None


def _is_plain(variable: Node, reference: Node, assembly: Node, calls: Calls) -> bool:
    """Tell whether assembly sees of a variable what Solidity shows; what it assigns, Solidity cleans before use."""
    if _is_whole_word(variable, calls.definitions):
        return True
    if not VALUE.match(type_identifier(variable)):
        return False
    targets = {x["src"] for n in walk(assembly["AST"]) if n["nodeType"] == "YulAssignment" for x in n["variableNames"]}
    arguments = calls.arguments_of(variable)
    return reference["src"] in targets or (arguments is not None and all(a["nodeType"] == "Literal" for a in arguments))


def _is_whole_word(variable: Node, definitions: Mapping[int, Node]) -> bool:
    """Tell whether a variable is a number that fills its word: no pointer, and no bits beside it that nobody has cleaned."""
    kind = type_identifier(variable)
    own = re.match(r"t_userDefinedValueType\$.*\$(\d+)$", kind)
    if own is not None:
        return type_identifier(definitions[int(own[1])]["underlyingType"]) in WHOLE_WORDS
    return kind in WHOLE_WORDS


def _is_length(slot: Node, assembly: Node, calls: Calls) -> bool:
    """Tell whether a slot is that of a dynamic array, bytes or string."""
    if slot["nodeType"] != "YulIdentifier" or not str(slot["name"]).endswith(".slot"):
        return False
    variable = calls.external(slot, assembly)
    kind = type_identifier(variable) if variable is not None else ""
    return bool(kind.startswith(("t_bytes_storage", "t_string_storage")) or (kind.startswith("t_array") and "$dyn_" in kind))


def _reaches_beyond(variable: Node, definitions: Mapping[int, Node], seen: frozenset[int] = frozenset()) -> bool:
    """Tell whether a storage pointer leads to slots that its own number does not say: by a length, or by hashes."""
    kind = type_identifier(variable)
    if kind.startswith(("t_bytes_storage", "t_string_storage", "t_mapping")) or "$dyn_" in kind:
        return True
    if any(int(count) > LARGEST_POINTED for count in re.findall(r"_\$(\d+)_storage", kind) if kind.startswith("t_array")):
        return True
    struct = re.search(r"t_struct\$_\w+?_\$(\d+)_storage", kind)
    number = int(struct[1]) if struct else 0
    if struct is None or number in seen or number not in definitions:
        return struct is not None and number not in seen
    return any(_reaches_beyond(member, definitions, seen | {number}) for member in definitions[number]["members"])


def _assignment(inner: Node, assembly: Node, calls: Calls) -> Iterator[tuple[Choice["unknown", "unclean"], str, Node]]:
    for target in inner["variableNames"]:
        variable = calls.external(target, assembly)
        if variable is not None and variable.get("storageLocation") == "calldata":
            yield "unknown", f"{target['name']} := assembly reads how the arguments are encoded", inner
        elif variable is not None and str(target["name"]).endswith(".slot"):
            if _reaches_beyond(variable, calls.definitions):
                yield "unknown", f"{target['name']} := assembly takes a slot for an array or a mapping", inner
            yield from _write(f"{target['name']} :=", calls.slots_of_yul(inner["value"], assembly), inner)
        elif variable is not None and type_identifier(variable).startswith("t_function_internal"):
            yield "unknown", "assembly assigns a function pointer: where the code jumps to is not known", inner


def _may_belong_to_another(slot: Slot) -> bool:
    return slot is None or slot == "hash" or (isinstance(slot, int) and may_be_hash(slot))


def _read(how: str, slots: Iterable[Slot], place: Node) -> Iterator[tuple[Choice["unknown", "unclean"], str, Node]]:
    if any(_may_belong_to_another(slot) for slot in slots):
        yield "unknown", f"{how}: assembly chooses a storage slot that may belong to a mapping or an array", place


def _write(how: str, slots: Iterable[Slot], place: Node) -> Iterator[tuple[Choice["unknown", "unclean"], str, Node]]:
    for slot in slots:
        if slot in PUBLISHED_SLOTS:
            continue
        if _may_belong_to_another(slot):
            yield "unknown", f"{how}: assembly chooses a storage slot that may belong to a mapping", place
        yield "unclean", f"{how}: assembly writes storage past the types of its variables", place
