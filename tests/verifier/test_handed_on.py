"""A refusal that is only handed on decides nothing; whatever looks at it is told apart."""

from __future__ import annotations

import pytest
from halmos.sevm import BV
from z3 import BitVec

from verifier.engines.symbolic.handed_on import is_handed_on
from verifier.engines.symbolic.machine import Code

FREE = "604051"  # PUSH1 40 MLOAD
COPY = "3d5f82" + "3e"  # p: RETURNDATASIZE, PUSH0, DUP3, RETURNDATACOPY
#: `if (!success) { p := mload(0x40); returndatacopy(p, 0, returndatasize()); revert(p, returndatasize()) }`, at 0.
HANDED_ON = f"15600557fe5b{FREE}{COPY}3d90fd"
IF_FAILED = "15600557fe5b"
#: `mstore(0, 0x90b8ec18)`, `revert(28, 4)`: an error of its own.
WRITE = "6390b8ec185f52"
OWN = f"{WRITE}6004601cfd"


def handed_on(code: str, *below: object) -> bool:
    return is_handed_on(Code(bytes.fromhex(code)), 0, [BV(x, size=256) for x in below])


def test_a_refusal_is_handed_on() -> None:
    assert handed_on(HANDED_ON)


@pytest.mark.parametrize("code", [f"{IF_FAILED}{OWN}", f"{IF_FAILED}5f5ffd"])
def test_a_refusal_in_words_of_its_own_tells_nothing_of_what_it_was_told(code: str) -> None:
    assert handed_on(code)


def test_a_check_of_the_answer_that_cannot_pass_is_followed() -> None:
    # solady: if iszero(and(eq(mload(0), 1), success)) { if iszero(lt(or(iszero(extcodesize(t)), returndatasize()), success)) { … } }
    code = "8060015f51141660215780" + "3d60013b151710602157" + OWN + "5b00"
    assert handed_on(code)


def test_what_the_stack_says_is_followed() -> None:
    # if and(iszero(success), bubble) { … }: `bubble` lies below
    code = f"151615600a57600c56fe5b005b{FREE}{COPY}3d90fd"
    assert handed_on(code, 1)
    assert not handed_on(code, 0)
    assert not handed_on(code, BitVec("x", 256))


@pytest.mark.parametrize(
    "code",
    [
        f"{IF_FAILED}{FREE}{COPY}602090fd",  # a part of it
        f"{IF_FAILED}{FREE}{COPY}3d905ffd",  # another place
        f"{IF_FAILED}{FREE}3d90fd",  # what was there before
        f"{IF_FAILED}{FREE}3d600182" + "3e3d90fd",  # from its second byte on
        f"{IF_FAILED}{FREE}{COPY}80516010573d90fd",  # a word of it decides
        f"{IF_FAILED}3d601057{FREE}{COPY}3d90fd",  # its size decides
        f"{IF_FAILED}{FREE}{COPY}3d90f3",  # it is returned
        f"{IF_FAILED}{FREE}{COPY}5f5f555f5ffd",  # something else happens
        f"{IF_FAILED}604056{FREE}{COPY}3d90fd",  # a jump to no place
        f"{IF_FAILED}{WRITE}6021601cfd",  # a word of its own, and what stood behind it
        f"{IF_FAILED}{WRITE}60045f51fd",  # a place that depends on what stood there
        f"{IF_FAILED}{WRITE}5f5160115750{OWN}",  # what was written decides: not followed
        f"{IF_FAILED}3d5f526004601cfd",  # how long it is
        f"{IF_FAILED}{WRITE}{FREE}{COPY}3d90fd",  # both
        f"{IF_FAILED}60046" + "01cfd",  # words that were there before
        "00",
        "",
        "5b5f56",  # for ever
    ],
)
def test_whatever_looks_at_a_refusal_is_told_apart(code: str) -> None:
    assert not handed_on(code)
