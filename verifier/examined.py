"""Library functions whose assembly was read by hand, known by the digest of their text.

Each calls once, with all gas, through the scratch space and the words behind it, which it puts back; looks at one word of the answer; hands
on a refusal from free memory, or ends without it. So what find_limits refuses of assembly (memory that Solidity shares out, returned data,
pointers) has one meaning here, the one that the engines give it. What the function is asked to call is judged as every call.
Source: OpenZeppelin Contracts 5.7.0, token/ERC20/utils/SafeERC20.sol.
"""

from __future__ import annotations

import hashlib

from verifier.reach import Code, Node

EXAMINED = {
    "d3463319e45fd0ec602f4fa1ef87cd18b9813ce483c3e0cc45ddc1b6d79ba63e": "SafeERC20._safeTransfer",
    "0b7da12fc5ab6a0967190c6e0379cd325d2bca0f67bc7914cc53259c5b2903f3": "SafeERC20._safeTransferFrom",
    "5679593ecc1a036ac9e40bcce3254a67196cb44f20e426c8b195ef8aa0706e53": "SafeERC20._safeApprove",
}


def is_examined(definition: Node, code: Code) -> bool:
    """Tell whether a definition is such a function, to the letter."""
    return definition["nodeType"] == "FunctionDefinition" and hashlib.sha256(code.text(definition)).hexdigest() in EXAMINED
