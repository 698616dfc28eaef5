"""The certificate: what is claimed of which bytecode, in a form that has a published JSON Schema (certificate.schema.json).

Everything outside of `statedByMaker` is recomputed by whoever checks; nothing in it is believed.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any
from typing import Literal as Choice

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from toolchain.errors import StaleCertificate
from toolchain.sandbox import RungName
from verifier.certificate.maker import command_of
from verifier.certificate.strict import malformed, read_json, write_json
from verifier.finding import Severity
from verifier.obligation import ObligationKind
from verifier.result import EngineId, Outcome, Strength

CERTIFICATE = "certificate.json"
SCHEMA_VERSION = 3
SCHEMA_FILE = Path(__file__).with_name("certificate.schema.json")
SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=to_camel, validate_by_name=True, allow_inf_nan=False
    )


class ContractPart(Part):
    name: str = Field(description="The contract that was judged.")
    path: str = Field(description="Its source unit in compiler-input.json.")
    creation: Digest = Field(description="sha-256 of the creation code.")
    runtime: Digest = Field(description="sha-256 of the runtime code with immutable slots zeroed.")


class SpecificationPart(Part):
    name: str
    file: str = Field(description="Its file in the bundle.")
    digest: Digest = Field(description="Digest of what it promises; comments and order do not count.")
    imports: tuple[str, ...] = Field(description="Files of the bundle that it imports, relative to it.")


class CompilerPart(Part):
    version: str
    input: Digest = Field(description="sha-256 of compiler-input.json.")
    sources: dict[str, str] = Field(description="Source unit → file of the bundle that holds the same bytes.")


class ResultPart(Part):
    engine: EngineId
    outcome: Outcome
    strength: Strength
    bound: str = Field(description="Up to what it holds, in words; empty for a proof.")
    reason: str


class ObligationPart(Part):
    id: str
    kind: ObligationKind
    function: str
    clause: str
    words: str
    line: Count
    subject: str
    premises: tuple[str, ...]
    leans_on: tuple[str, ...] = Field(description="Obligations, or names of groups, without which its proof does not count.")
    verdict: Choice["PROVED"]
    proved_by: tuple[EngineId, ...] = Field(min_length=1)
    reason: str
    bound: str
    results: tuple[ResultPart, ...] = Field(description="The proofs; whoever checks finds each of them again.")


class GroupPart(Part):
    name: str
    obligations: tuple[str, ...]


class FindingPart(Part):
    severity: Severity
    check: str
    message: str
    path: str
    line: Count
    suppressed: bool


class CanaryPart(Part):
    engine: str
    name: str
    expected: str
    found: str


class FilePart(Part):
    sha256: Digest
    bytes: Count


class RatePart(Part):
    killed: Count
    of: Count


class StrengthPart(Part):
    seed: str = Field(description="It draws the mutants and divides them into two sets; whoever wrote the specification did not know it.")
    most: Count = Field(description="How many mutants were drawn at most.")
    libraries: bool = Field(description="Whether code of imported packages was changed, too.")
    written: Count = Field(description="How many mutants there are.")
    feedback: RatePart = Field(description="Mutants that the writer of the specification could be shown.")
    held_out: RatePart = Field(description="Mutants that were only counted.")


class StatedResult(ResultPart):
    obligation: str


class StatedPart(Part):
    maker: str = Field(description="The program that made the bundle.")
    made: str = Field(description="When, UTC.")
    run: str = Field(description="The id of the run.")
    sandbox: RungName
    time_s: Annotated[float, Field(ge=0)]
    limits: dict[str, int | float] = Field(description="How hard the engines tried.")
    results: tuple[StatedResult, ...] = Field(description="What engines said that is no proof: samples, and what they could not decide.")
    files: tuple[str, ...] = Field(description="Files of the bundle that nobody can compute again.")


class Certificate(Part):
    """One bundle's certificate."""

    schema_version: Choice[3]
    verdict: Choice["verified"]
    contract: ContractPart
    specification: SpecificationPart
    compiler: CompilerPart
    engines: dict[EngineId, str] = Field(description="Engine → its version, with the digest of its source where it proves.")
    tools: dict[str, str]
    allowed_assumptions: tuple[str, ...] = Field(description="Ids of `assume` clauses under which the verdict counts.")
    assumptions: tuple[str, ...]
    obligations: tuple[ObligationPart, ...] = Field(min_length=1)
    groups: tuple[GroupPart, ...]
    findings: tuple[FindingPart, ...]
    canaries: tuple[CanaryPart, ...]
    strength: StrengthPart | None = Field(description="Which wrong contracts the specification refuses; null: it was not measured.")
    files: dict[str, FilePart] = Field(description="Every other file of the bundle.")
    stated_by_maker: StatedPart = Field(description="As stated by the maker: what nobody can compute again.")
    digest: Digest = Field(description="sha-256 of this certificate written with an empty digest.")


def write_certificate(value: Certificate) -> bytes:
    """Return a certificate as the one text that stands for it, sealed by its own digest."""
    return write_json(_dumped(value) | {"digest": _digest(value)})


def read_certificate(raw: bytes) -> Certificate:
    """Read a certificate of others. Raises: StaleCertificate for another schema; CertificateError for what is no certificate."""
    value = read_json(CERTIFICATE, raw)
    if not isinstance(value, dict):
        raise malformed(CERTIFICATE, "it is no JSON object")
    version = value.get("schemaVersion")
    if isinstance(version, int) and version != SCHEMA_VERSION:
        age = "newer" if version > SCHEMA_VERSION else "older"
        command = command_of(_maker(value))
        raise StaleCertificate(
            f"{CERTIFICATE} has schema version {version}, this program reads {SCHEMA_VERSION}",
            f"check it with a {age} solwright{': ' if command else ''}{command}",
        )
    try:
        found = Certificate.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise malformed(CERTIFICATE, f"{'.'.join(str(x) for x in first['loc'])[:120]}: {first['msg']}") from None
    if found.digest != _digest(found):
        raise malformed(CERTIFICATE, "it does not fit its own digest")
    if write_certificate(found) != raw:
        raise malformed(CERTIFICATE, "it is not written as this program writes it")
    return found


def _maker(value: dict[str, Any]) -> str:
    """Return what a certificate of any version calls its maker, "" where it says nothing."""
    stated = value.get("statedByMaker")
    maker = stated.get("maker") if isinstance(stated, dict) else None
    return maker if isinstance(maker, str) else ""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a certificate."""
    made = Certificate.model_json_schema(by_alias=True)
    return {"$schema": SCHEMA_ID, "title": f"solwright certificate, version {SCHEMA_VERSION}"} | {
        k: v for k, v in made.items() if k != "title"
    }


def json_schema() -> str:
    """Return the text of the published schema."""
    return json.dumps(schema(), indent=1) + "\n"


def _dumped(value: Certificate) -> dict[str, Any]:
    return value.model_dump(mode="json", by_alias=True)


def _digest(value: Certificate) -> str:
    return hashlib.sha256(write_json(_dumped(value) | {"digest": ""})).hexdigest()
