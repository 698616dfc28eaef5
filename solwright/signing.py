"""Sign the statements of a bundle, and verify who signed them, through Sigstore. The only place that imports its library.

Signing needs the network: an identity (OpenID Connect), a certificate for it, an entry in a public log. Verifying does not: it uses
the keys that the library knows, or those of `--trust-config`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from toolchain.errors import ToolError, ToolNotFound, UsageError
from verifier.certificate.attestation import PAYLOAD_TYPE, SIGNED, payload_of
from verifier.certificate.signatures import BadSignature, Signer

TOKEN = "SIGSTORE_IDENTITY_TOKEN"
INSTALL = "install the extra: pip install 'solwright[sign]' (pipx: pipx inject solwright sigstore)"
UNSIGNED = "try again when the network and the identity are there, or without --sign"
LARGEST_CONFIG = 1 << 20

#: Takes the files of a bundle and returns the signed statements to add, by name.
Sign = Callable[[Mapping[str, bytes]], Mapping[str, bytes]]


def ready_to_sign(config: Path | None, *, attended: bool) -> Sign:
    """Return the way to sign a bundle, after all that can be found out before anything is judged.

    Raises: ToolNotFound without the library; UsageError for a trust configuration that is none; ToolError where nobody is there to sign.
    """
    _load()
    trust = _trust(config)

    def sign(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        return _signed(files, trust or _public(offline=False), attended=attended)

    _identity(None, attended=attended)  # a token that is no good is better known before anything is judged
    return sign


def signer_of(identity: str | None, issuer: str | None, config: Path | None) -> Signer | None:
    """Return who must have signed a bundle, None where nobody is named.

    Raises: ToolNotFound without the library; UsageError for half of a name, or a trust configuration that is none.
    """
    if identity is None and issuer is None:
        return None
    if not identity or not issuer:
        raise UsageError(
            "who must have signed is only half said",
            "give both --certificate-identity and --certificate-oidc-issuer: one alone says nothing",
        )
    _load()
    trust = _trust(config) or _public(offline=True)
    from sigstore.models import Bundle
    from sigstore.verify import Verifier
    from sigstore.verify.policy import Identity

    def verify(raw: bytes) -> bytes:
        try:
            kind, payload = Verifier(trusted_root=trust.trusted_root).verify_dsse(
                Bundle.from_json(raw), Identity(identity=identity, issuer=issuer)
            )
        except Exception as error:  # noqa: BLE001 — the library's boundary: whatever it cannot digest is no signature
            raise BadSignature(_said(error)) from None
        if kind != PAYLOAD_TYPE:
            raise BadSignature("it signs no in-toto statement")
        return bytes(payload)

    return Signer(f"{identity} ({issuer})", verify)


def _load() -> None:
    try:
        import sigstore  # noqa: F401 — whether it is there
    except ImportError:
        raise ToolNotFound("signatures need the Python package sigstore, which is not installed", INSTALL) from None
    logging.getLogger("sigstore").addHandler(logging.NullHandler())


def _trust(config: Path | None) -> Any:
    """Return the trust configuration of a file, None where none is named."""
    if config is None:
        return None
    from sigstore.models import ClientTrustConfig

    try:
        with config.open("rb") as file:
            raw = file.read(LARGEST_CONFIG)
        trust = ClientTrustConfig.from_json(raw.decode())
        trust.trusted_root, trust.signing_config  # noqa: B018 — both are read on demand, and must be there
    except Exception as error:  # noqa: BLE001 — the library's boundary
        raise UsageError(f"{config} is no trust configuration of Sigstore: {_said(error)}", "name a ClientTrustConfig, as JSON") from None
    return trust


def _public(*, offline: bool) -> Any:
    """Return the trust configuration of the public Sigstore: as it is now, or as far as it is known here."""
    from sigstore.models import ClientTrustConfig

    try:
        return ClientTrustConfig.production(offline=offline)
    except Exception as error:  # noqa: BLE001 — the library's boundary
        raise ToolError(f"Sigstore's keys cannot be had: {_said(error)}", UNSIGNED if not offline else INSTALL) from None


def _identity(trust: Any, *, attended: bool) -> Any:
    """Return a token that says who signs: from the environment, of the machine's own (in CI), or from a browser.

    Without `trust` the browser is not asked yet, and None is returned where it would be.
    """
    from sigstore.oidc import IdentityToken, Issuer, detect_credential

    try:
        raw = os.environ.get(TOKEN) or detect_credential()
        if raw:
            return IdentityToken(raw)
        if not attended:
            raise ToolError(
                "there is no identity to sign with, and nobody is at the terminal", f"set {TOKEN}, or let CI give the job an identity token"
            )
        return Issuer(trust.signing_config.get_oidc_url()).identity_token() if trust is not None else None
    except ToolError:
        raise
    except Exception as error:  # noqa: BLE001 — the library's boundary
        raise ToolError(f"there is no identity to sign with: {_said(error)}", UNSIGNED) from None


def _signed(files: Mapping[str, bytes], trust: Any, *, attended: bool) -> Mapping[str, bytes]:
    from sigstore.dsse import Statement
    from sigstore.sign import SigningContext

    token = _identity(trust, attended=attended)
    try:
        with SigningContext.from_trust_config(trust).signer(token) as signer:
            return {
                name: signer.sign_dsse(Statement(payload_of(files[statement]))).to_json().encode() for statement, name in SIGNED.items()
            }
    except Exception as error:  # noqa: BLE001 — the library's boundary: Fulcio, Rekor and HTTP each have errors of their own
        raise ToolError(f"the bundle was not signed: {_said(error)}", UNSIGNED) from None


def _said(error: BaseException) -> str:
    """Return what an error says, with the one behind it, on one line."""
    cause = error.__cause__ or error.__context__
    parts = [f"{type(error).__name__}: {error}" if str(error) else type(error).__name__]
    parts += [f"{type(cause).__name__}: {cause}"] if cause is not None else []
    return " ".join("; ".join(parts).split())[:400].rstrip(": ")
