"""Library functions whose assembly was read by hand, known by the digest of their text.

What find_limits refuses of assembly (memory that Solidity shares out, returned data, pointers) has one meaning here, the one that the
engines give it. Each calls once, with all gas, from memory that is Solidity's own, that it leaves to assembly, or that is put back; looks
at one word of the answer and at whether there is any; hands on a refusal, refuses with an error of its own, or ends without it. What the
function is asked to call is judged as every call. Sources: OpenZeppelin Contracts 5.7.0, token/ERC20/utils/SafeERC20.sol, utils/Address.sol
and utils/LowLevelCall.sol; solady 0.1.26, src/utils/SafeTransferLib.sol.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from verifier.reach import Code, Entry, Node, refers_to, walk

EXAMINED = {
    "d3463319e45fd0ec602f4fa1ef87cd18b9813ce483c3e0cc45ddc1b6d79ba63e": "SafeERC20._safeTransfer",
    "0b7da12fc5ab6a0967190c6e0379cd325d2bca0f67bc7914cc53259c5b2903f3": "SafeERC20._safeTransferFrom",
    "5679593ecc1a036ac9e40bcce3254a67196cb44f20e426c8b195ef8aa0706e53": "SafeERC20._safeApprove",
    "cecc8f1d54f93e5f844227f91c593502c10fc2c47a754fd4ca3db9e47fe4cde9": "SafeTransferLib.safeTransferETH",
    "2754546258255867e76fa39ee3fb66a7de18990ad8ce626365185be0197209de": "SafeTransferLib.safeTransferAllETH",
    "77b1542ef920a4c99c5786062e1a004f00cca1cab92fbc92ce646d555c2db915": "SafeTransferLib.safeTransfer",
    "97363fc2711530ac0940c4b3c67f92502d810dbc077142b8e21a79b2c8bad8d9": "SafeTransferLib.safeTransferFrom",
    "8f1e52631b78a8497729bb32abe37d1fd341f3a6aadb90fbbed050bc2f158da0": "SafeTransferLib.safeApprove",
}
SEND_VALUE = "af1034efc05df17d627ebb357221dde4a6c627f0ae934d49d74fb2c6d7bb18ec"
#: What Address.sendValue is made of. Elsewhere these hand out pointers and returned data to whoever asks.
OF_SEND_VALUE = {
    "dee765163111757c36ed98aaa65572b2f3c729f2ad573159deefd4f5539ce85f": "LowLevelCall.callNoReturn",
    "ad443487a5a62f741c29e17d94ab34d73e0b82c22b42fe2c0d0c49bcdc5d8f9f": "LowLevelCall.returnDataSize",
    "25df1b97737cc4ad3205f1e4aa83e8260d6d78e6f4de3038494c81bf82465919": "LowLevelCall.bubbleRevert",
}


def is_examined(definition: Node, entry: Entry, code: Code) -> bool:
    """Tell whether a definition that an entry can run is such a function, to the letter."""
    if definition["nodeType"] != "FunctionDefinition":
        return False
    return _digest(definition, code) in EXAMINED or sends_value(definition, entry, code)


def sends_value(definition: Node, entry: Entry, code: Code) -> bool:
    """Tell whether a definition is a part of Address.sendValue that nobody else uses: what a refusal says decides only its words there."""
    if definition["nodeType"] != "FunctionDefinition" or _digest(definition, code) not in OF_SEND_VALUE:
        return False
    return all(_digest(user, code) == SEND_VALUE for user in _users(definition, entry))


def _users(definition: Node, entry: Entry) -> Iterator[Node]:
    return (d for d in entry.nodes if any(refers_to(n, definition) for n in walk(d)))


def _digest(definition: Node, code: Code) -> str:
    return hashlib.sha256(code.text(definition)).hexdigest()
