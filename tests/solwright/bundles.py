"""Real bundles for tests, made once for all of them, and the ways to tamper with one."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from solwright.bundle import read_bundle, write_folder
from tests.feedback.bench import CONTRACT, SPECIFICATION
from tests.solwright.command import ROOT, solwright
from toolchain.errors import CertificateError
from verifier.certificate.attestation import PROOF, PROOF_SCHEMA_FILE, SIGNED, envelopes
from verifier.certificate.schema import CERTIFICATE, SCHEMA_FILE, Certificate
from verifier.certificate.strict import write_json

Files = dict[str, bytes]


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Files:
    """Return a bundle that the first process of a test run makes, for the others, too."""
    shared = factory.getbasetemp().parent if "popen" in factory.getbasetemp().name else factory.getbasetemp()
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = shared / f"{name}.bundle"
        if not folder.exists():
            make(folder)
    return dict(read_bundle(folder))


def against_the_schemas(files: Mapping[str, bytes]) -> None:
    """Hold a certificate and our statement against the schemas that are published, as whoever reads them does: not by our own code.

    Raises: jsonschema.ValidationError."""
    from jsonschema import Draft202012Validator

    statement = json.loads(base64.b64decode(json.loads(files[PROOF])["payload"]))
    for schema, value in ((SCHEMA_FILE, json.loads(files[CERTIFICATE])), (PROOF_SCHEMA_FILE, statement)):
        Draft202012Validator(json.loads(schema.read_text())).validate(value)


def make_vault(folder: Path) -> None:
    example = ROOT / "examples" / "vault"
    verify(example / "Vault.sol", example / "Vault.spec.sol", folder)


def make_counter(folder: Path) -> None:
    """Make the bundle of a counter, whose proofs are found by both proving engines."""
    sources = folder.parent / "counter"
    write_folder(sources, {"Counter.sol": CONTRACT.encode(), "Counter.spec.sol": SPECIFICATION.encode()})
    verify(sources / "Counter.sol", sources / "Counter.spec.sol", folder, "--engines", "static,fuzz,symbolic,horn")


def verify(source: Path, specification: Path, folder: Path, *words: str) -> None:
    ran = solwright("verify", source, "--spec", specification, "--bundle", folder, "--quiet", *words, cwd=folder.parent)
    assert ran.code == 0, ran.out + ran.err


def sealed(files: Mapping[str, bytes], change: Callable[[dict[str, Any]], None] = lambda _: None) -> Files:
    """Return tampered files with a certificate in which everything that refers to them was changed, too; `change` edits the certificate."""
    value = json.loads(files[CERTIFICATE])
    others = {name: raw for name, raw in files.items() if name != CERTIFICATE}
    beside = {*SIGNED, *SIGNED.values()}
    listed = {n: raw for n, raw in sorted(others.items()) if n not in beside}
    value["files"] = {n: {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)} for n, raw in listed.items()}
    value["compiler"]["input"] = value["files"].get("compiler-input.json", {"sha256": "0" * 64})["sha256"]
    change(value)
    value["digest"] = hashlib.sha256(write_json(value | {"digest": ""})).hexdigest()
    return stated_again({**others, CERTIFICATE: write_json(value)})


def stated_again(files: Files) -> Files:
    """Return files with the statements that follow from their certificate, where it is one that can be read and names what is there."""
    try:
        return {**files, **envelopes(Certificate.model_validate_json(files[CERTIFICATE]), files)}
    except (ValidationError, CertificateError, KeyError):
        return files


def write_out(files: Mapping[str, bytes], folder: Path) -> Path:
    """Put a bundle's files into a folder."""
    write_folder(folder, files)
    return folder
