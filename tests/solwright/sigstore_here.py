"""A Sigstore on loopback with keys of its own: an authority that gives certificates, their log, and the log of signatures.

What answers is made here; what asks and what verifies is the real library, over HTTP.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

ISSUER, WHO = "http://127.0.0.1/issuer", "maker@example.test"
SCT_LIST, OIDC_ISSUER = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2"), ObjectIdentifier("1.3.6.1.4.1.57264.1.1")
LOG = "here.test - 1"
ECDSA = ec.ECDSA(hashes.SHA256())


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def public(key: Any) -> bytes:
    found: bytes = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return found


def token(seconds: int = 600) -> str:
    """Return an identity token; nobody but the authority looks at its signature, and ours does not."""
    now = int(datetime.datetime.now(datetime.UTC).timestamp())
    claims = {"iss": ISSUER, "aud": "sigstore", "sub": WHO, "iat": now, "nbf": now - 60, "exp": now + seconds}
    head, body = (base64.urlsafe_b64encode(json.dumps(x).encode()).rstrip(b"=").decode() for x in ({"alg": "ES256"}, claims))
    return f"{head}.{body}.{base64.urlsafe_b64encode(b'x' * 64).rstrip(b'=').decode()}"


class Instance:
    """The keys of one Sigstore. `broken` names the service that answers with an error."""

    def __init__(self) -> None:
        self.root, self.ct, self.rekor = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        self.url = self.broken = ""
        self.asked: list[str] = []
        now = datetime.datetime.now(datetime.UTC)
        self.since = now - datetime.timedelta(days=1)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority here")])
        self.authority = (
            self._builder(name, name, self.root, days=30)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.root.public_key()), critical=False)
            .sign(self.root, hashes.SHA256())
        )

    def _builder(self, subject: x509.Name, issuer: x509.Name, key: Any, *, days: int) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).serial_number(x509.random_serial_number())
        until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
        return (
            builder.public_key(key.public_key() if hasattr(key, "public_key") else key).not_valid_before(self.since).not_valid_after(until)
        )

    def certificate(self, request: bytes) -> list[str]:
        """Return a certificate for who asks, with the promise of the log that it is in there, and the authority's."""
        asked = x509.load_pem_x509_csr(request)
        builder = (
            self._builder(x509.Name([]), self.authority.subject, asked.public_key(), days=1)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(WHO)]), critical=True)
            .add_extension(x509.UnrecognizedExtension(OIDC_ISSUER, ISSUER.encode()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.root.public_key()), critical=False)
        )
        before: bytes = builder.sign(self.root, hashes.SHA256()).tbs_certificate_bytes
        listed = x509.UnrecognizedExtension(SCT_LIST, self._timestamp(before))
        made = builder.add_extension(listed, critical=False).sign(self.root, hashes.SHA256())
        return [c.public_bytes(serialization.Encoding.PEM).decode() for c in (made, self.authority)]

    def _timestamp(self, before: bytes) -> bytes:
        """Return the extension with the signed timestamp of a certificate (RFC 6962)."""
        when = int(datetime.datetime.now(datetime.UTC).timestamp() * 1000)
        entry = hashlib.sha256(public(self.root)).digest() + len(before).to_bytes(3, "big") + before
        signature: bytes = self.ct.sign(struct.pack("!BBQH", 0, 0, when, 1) + entry + b"\0\0", ECDSA)
        one = struct.pack("!B", 0) + hashlib.sha256(public(self.ct)).digest() + struct.pack("!QH", when, 0)
        one += b"\x04\x03" + struct.pack("!H", len(signature)) + signature
        listed = struct.pack("!HH", len(one) + 2, len(one)) + one
        return b"\x04" + (bytes([len(listed)]) if len(listed) < 128 else b"\x81" + bytes([len(listed)])) + listed

    def entry(self, proposed: dict[str, Any]) -> dict[str, Any]:
        """Put a signed statement into the log, whose only leaf it is."""
        content = proposed["spec"]["proposedContent"]
        envelope = json.loads(content["envelope"])
        spec = {
            "envelopeHash": {"algorithm": "sha256", "value": hashlib.sha256(content["envelope"].encode()).hexdigest()},
            "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(base64.b64decode(envelope["payload"])).hexdigest()},
            "signatures": [{"signature": s["sig"], "verifier": content["verifiers"][0]} for s in envelope["signatures"]],
        }
        body = json.dumps({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec}, sort_keys=True, separators=(",", ":")).encode()
        root = hashlib.sha256(b"\0" + body).digest()
        note = f"{LOG}\n1\n{b64(root)}\n"
        key = hashlib.sha256(public(self.rekor)).digest()
        checkpoint = f"{note}\n— here.test {b64(key[:4] + self.rekor.sign(note.encode(), ECDSA))}\n"
        when = int(datetime.datetime.now(datetime.UTC).timestamp())
        promised = json.dumps(
            {"body": b64(body), "integratedTime": when, "logID": key.hex(), "logIndex": 0}, sort_keys=True, separators=(",", ":")
        )
        proof = {"logIndex": 0, "rootHash": root.hex(), "treeSize": 1, "hashes": [], "checkpoint": checkpoint}
        promise = {"inclusionProof": proof, "signedEntryTimestamp": b64(self.rekor.sign(promised.encode(), ECDSA))}
        return {"0" * 64: {"body": b64(body), "integratedTime": when, "logID": key.hex(), "logIndex": 0, "verification": promise}}

    def trust_config(self, path: Path) -> Path:
        """Write what a client must know of this instance."""
        since = self.since.strftime("%Y-%m-%dT%H:%M:%SZ")

        def log(key: Any, url: str) -> dict[str, Any]:
            shown = {"rawBytes": b64(public(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": {"start": since}}
            return {
                "baseUrl": url,
                "hashAlgorithm": "SHA2_256",
                "publicKey": shown,
                "logId": {"keyId": b64(hashlib.sha256(public(key)).digest())},
            }

        def service(url: str) -> list[dict[str, Any]]:
            return [{"url": url, "majorApiVersion": 1, "validFor": {"start": since}, "operator": "here.test"}]

        authority = {
            "subject": {"organization": "here", "commonName": "authority here"},
            "uri": self.url,
            "certChain": {"certificates": [{"rawBytes": b64(self.authority.public_bytes(serialization.Encoding.DER))}]},
            "validFor": {"start": since},
        }
        trusted = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(self.rekor, self.url)],
            "certificateAuthorities": [authority],
            "ctlogs": [log(self.ct, self.url)],
            "timestampAuthorities": [],
        }
        signing = {
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": service(self.url),
            "oidcUrls": service(self.url),
            "rekorTlogUrls": service(self.url),
            "tsaUrls": [],
            "rekorTlogConfig": {"selector": "ANY"},
            "tsaConfig": {"selector": "ANY"},
        }
        kind = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json"
        path.write_text(json.dumps({"mediaType": kind, "trustedRoot": trusted, "signingConfig": signing}))
        return path


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=not signs,
        encipher_only=False,
        decipher_only=False,
    )


@contextmanager
def running() -> Iterator[Instance]:
    """Run an instance on a free port."""
    instance = Instance()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            instance.asked.append(self.path)
            if instance.broken and instance.broken in self.path:
                self._say(500, {"code": 500, "message": "out of order"})
            elif self.path == "/api/v2/signingCert":
                chain = instance.certificate(base64.b64decode(asked["certificateSigningRequest"]))
                self._say(200, {"signedCertificateEmbeddedSct": {"chain": {"certificates": chain}}})
            else:
                self._say(201, instance.entry(asked))

        def _say(self, code: int, value: dict[str, Any]) -> None:
            raw = json.dumps(value).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    instance.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield instance
    finally:
        server.shutdown()
        server.server_close()
