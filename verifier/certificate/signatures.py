"""Signatures of a bundle's statements: what is signed must be what the bundle says; who signed is for a library to find out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from verifier.certificate.attestation import PAYLOAD_TYPE, SIGNED
from verifier.certificate.found import Differs
from verifier.certificate.strict import malformed, read_json

#: Verifies a Sigstore bundle: its bytes → the payload that was signed; raises BadSignature.
Verify = Callable[[bytes], bytes]
UNASKED = "signature not verified: say with --certificate-identity and --certificate-oidc-issuer who must have signed"


class BadSignature(Exception):
    """Refuse a signature; the text says why."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who must have signed, in words, and the way to find out."""

    words: str
    verify: Verify


def compare_signatures(files: Mapping[str, bytes], statements: Mapping[str, bytes], signer: Signer | None) -> Mapping[str, str]:
    """Return the signatures of a bundle with what is known of each.

    Raises: Differs for one that signs something else, is wrong, or is missing where a signer is named; CertificateError for what is none.
    """
    found: dict[str, str] = {}
    for statement, name in SIGNED.items():
        if name not in files and signer is not None:
            raise Differs(name, f"it is missing: the bundle is not signed by {signer.words}")
        if name not in files:
            continue
        if _payload(name, files[name]) != statements[statement]:
            raise Differs(name, f"it signs something else than {statement} says")
        found[name] = UNASKED if signer is None else _verified(name, files[name], statements[statement], signer)
    return found


def _verified(name: str, raw: bytes, statement: bytes, signer: Signer) -> str:
    try:
        payload = signer.verify(raw)
    except BadSignature as error:
        raise Differs(name, f"it is no signature by {signer.words}: {error}") from None
    if payload != statement:
        raise Differs(name, "what is signed in it is not what it holds")
    return f"signed by {signer.words}"


def _payload(name: str, raw: bytes) -> bytes:
    """Return what a Sigstore bundle says that it signs."""
    value: Any = read_json(name, raw)
    try:
        inner = value["dsseEnvelope"]
        if inner["payloadType"] != PAYLOAD_TYPE:
            raise malformed(name, "it signs no in-toto statement")
        return base64.b64decode(inner["payload"], validate=True)
    except (KeyError, TypeError, binascii.Error, ValueError):
        raise malformed(name, "it is no Sigstore bundle with an in-toto statement") from None
