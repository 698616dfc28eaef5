"""What a bundle says in the words of in-toto: two statements about one artifact, each in a DSSE envelope without a signature.

Both follow from the certificate and the files that it names, so whoever checks writes them again. The certificate knows nothing of them:
they hold its digest.

Source: in-toto attestation framework v1 (statement, envelope, resource descriptor), predicate `svr` v0.1; DSSE v1.0.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any
from typing import Literal as Choice

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from verifier.certificate.maker import release_of
from verifier.certificate.schema import CERTIFICATE, SCHEMA_ID, Certificate, Digest
from verifier.certificate.strict import malformed, write_json
from verifier.result import EngineId

SVR, PROOF = "attestations/svr.json", "attestations/proof.json"
STATEMENTS = (PROOF, SVR)
#: The same statement with a signature: a Sigstore bundle, where somebody signed.
SIGNED: Mapping[str, str] = {name: f"{name.removesuffix('.json')}.sigstore.json" for name in STATEMENTS}

PAYLOAD_TYPE = "application/vnd.in-toto+json"
SVR_TYPE = "https://in-toto.io/attestation/svr/v0.1"
#: Where the schema of our own predicate lies in the package that made it.
PROOF_TYPE = "pkg:pypi/solwright#verifier/certificate/proof.v1.schema.json"
PROOF_SCHEMA_FILE = Path(__file__).with_name("proof.v1.schema.json")

VERIFIED, UNDER = "SOLWRIGHT_VERIFIED", "SOLWRIGHT_VERIFIED_UNDER_ASSUMPTIONS"
Time = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, alias_generator=to_camel, validate_by_name=True)


class DigestSet(Part):
    sha256: Digest


class Resource(Part):
    """A ResourceDescriptor of in-toto."""

    name: str
    digest: DigestSet


class Specification(Part):
    files: tuple[Resource, ...] = Field(min_length=1, description="The specification, then what it imports.")
    promise: Digest = Field(description="Digest of what it promises; comments and order do not count.")


class Compiler(Part):
    version: str
    input: Resource = Field(description="solc's standard-JSON input: all sources and all settings.")
    sources: tuple[Resource, ...] = Field(description="Every source that was compiled, what is imported included.")


class Promise(Part):
    id: str
    function: str
    words: str = Field(description="What it says, in plain words.")
    proved_by: tuple[EngineId, ...] = Field(min_length=1)


class Verifier(Part):
    id: str = Field(description="Package URL of the program that made the statement, with its version.")


class Proof(Part):
    """The predicate: what was proved of the subjects, under which assumptions, and where the evidence is."""

    verifier: Verifier
    time_created: Time = Field(description="As stated by the maker.")
    verdict: Choice["verified"] = Field(description="Every promise is proved, for any number of calls; nothing contradicts it.")
    specification: Specification
    compiler: Compiler
    engines: dict[EngineId, str] = Field(description="Engine → its version, with the digest of its source where it proves.")
    tools: dict[str, str]
    allowed_assumptions: tuple[str, ...] = Field(description="Ids of the specification's `assume` clauses; empty: none.")
    assumptions: tuple[str, ...] = Field(description="What is assumed of the world, in words.")
    promises: tuple[Promise, ...] = Field(min_length=1)
    certificate: Resource = Field(description="The bundle's certificate; it holds the digest of every other file of the evidence.")


class ProofStatement(Part):
    """An in-toto statement with the predicate of solwright."""

    type_: Choice["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: tuple[Resource, ...] = Field(
        min_length=3,
        max_length=3,
        description="NAME.runtime: the runtime code with immutable slots zeroed; NAME.creation: the creation code; NAME.sol: the source.",
    )
    predicate_type: Choice["pkg:pypi/solwright#verifier/certificate/proof.v1.schema.json"]
    predicate: Proof


def proof_schema() -> str:
    """Return the text of the published schema of our own statement."""
    made = ProofStatement.model_json_schema(by_alias=True)
    head = {"$schema": SCHEMA_ID, "title": "in-toto statement of solwright, predicate version 1"}
    return json.dumps(head | {k: v for k, v in made.items() if k != "title"}, indent=1) + "\n"


def envelopes(certificate: Certificate, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the statements of a bundle by file name, each in an envelope that nobody signed; `files` hold the certificate, too."""
    return {name: write_json(envelope(raw)) for name, raw in statements(certificate, files).items()}


def envelope(statement: bytes) -> dict[str, Any]:
    """Return a DSSE envelope with no signature: a list that is empty, which no verifier of signatures accepts."""
    return {"payloadType": PAYLOAD_TYPE, "payload": base64.b64encode(statement).decode(), "signatures": []}


def payload_of(raw: bytes) -> bytes:
    """Return the statement in an envelope of ours."""
    return base64.b64decode(json.loads(raw)["payload"])


def statements(certificate: Certificate, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return the statements themselves, under the names of their envelopes. Raises CertificateError for a time that is none."""
    subject = list(_subject(certificate, files))
    svr = {"_type": "https://in-toto.io/Statement/v1", "subject": subject, "predicateType": SVR_TYPE, "predicate": _svr(certificate, files)}
    proof = ProofStatement(
        _type="https://in-toto.io/Statement/v1",
        subject=tuple(Resource.model_validate(x) for x in subject),
        predicate_type="pkg:pypi/solwright#verifier/certificate/proof.v1.schema.json",
        predicate=_proof(certificate, files),
    )
    return {PROOF: write_json(proof.model_dump(mode="json", by_alias=True)), SVR: write_json(svr)}


def _svr(said: Certificate, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the predicate of a simple verification result; `policy` is what the format calls an extension of the verifier."""
    policy = _resource(said.specification.file, files).model_dump() | {"annotations": {"promise": said.specification.digest}}
    return {
        "verifier": {"id": _verifier(said), "policy": policy},
        "timeCreated": _time(said),
        "properties": [UNDER if said.allowed_assumptions else VERIFIED],
    }


def _proof(said: Certificate, files: Mapping[str, bytes]) -> Proof:
    spec = said.specification
    return Proof(
        verifier=Verifier(id=_verifier(said)),
        time_created=_time(said),
        verdict=said.verdict,
        specification=Specification(files=tuple(_resource(n, files) for n in (spec.file, *spec.imports)), promise=spec.digest),
        compiler=Compiler(
            version=said.compiler.version,
            input=_resource("compiler-input.json", files),
            sources=tuple(_resource(n, files) for n in sorted({*said.compiler.sources.values()})),
        ),
        engines=said.engines,
        tools=said.tools,
        allowed_assumptions=said.allowed_assumptions,
        assumptions=said.assumptions,
        promises=tuple(Promise(id=o.id, function=o.function, words=o.words, proved_by=o.proved_by) for o in said.obligations),
        certificate=_resource(CERTIFICATE, files),
    )


def _subject(said: Certificate, files: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    name = said.contract.name
    yield {"name": f"{name}.runtime", "digest": {"sha256": said.contract.runtime}}
    yield {"name": f"{name}.creation", "digest": {"sha256": said.contract.creation}}
    yield _resource(said.compiler.sources[said.contract.path], files).model_dump()


def _resource(name: str, files: Mapping[str, bytes]) -> Resource:
    return Resource(name=name, digest=DigestSet(sha256=hashlib.sha256(files[name]).hexdigest()))


def _verifier(said: Certificate) -> str:
    release = release_of(said.stated_by_maker.maker)
    return f"pkg:pypi/solwright@{release}" if release else "pkg:pypi/solwright"


def _time(said: Certificate) -> str:
    made = said.stated_by_maker.made
    try:
        when = datetime.datetime.strptime(made, "%Y-%m-%dT%H:%M:%S+00:00")
    except ValueError:
        raise malformed(CERTIFICATE, f"it was made at {made[:40]!r}, which is no time") from None
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
