"""The statements of in-toto in a bundle, and their signatures: made and verified by the real library, with a Sigstore on loopback."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from solwright.bundle import read_bundle
from solwright.evidence import derived
from solwright.signing import ready_to_sign, signer_of
from solwright.version import program_line
from tests.codegen.endpoint import KEY, serving
from tests.feedback.bench import CONTRACT, SPECIFICATION, fenced
from tests.solwright.bundles import Files, sealed, write_out
from tests.solwright.command import ROOT, Inside
from toolchain.errors import CertificateError
from verifier.certificate.attestation import (
    PROOF,
    PROOF_SCHEMA_FILE,
    PROOF_TYPE,
    SIGNED,
    SVR,
    UNDER,
    ProofStatement,
    envelope,
    payload_of,
    proof_schema,
    statements,
)
from verifier.certificate.recheck import RecheckOptions, recheck
from verifier.certificate.schema import CERTIFICATE, read_certificate
from verifier.certificate.signatures import Signer
from verifier.certificate.strict import write_json

pytest.importorskip("sigstore", reason="the extra `sign` is not installed")
from tests.solwright.sigstore_here import ISSUER, WHO, Instance, running, token

CI = ("GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "CIRCLECI", "SIGSTORE_ID_TOKEN")
NAMED = ("--certificate-identity", WHO, "--certificate-oidc-issuer", ISSUER)


def statement(files: Files, name: str) -> Any:
    return json.loads(payload_of(files[name]))


def differing(files: Files, signer: Signer | None = None) -> dict[str, str]:
    """Return what a quick check finds to differ, by file; where it cannot read the bundle, what its message names."""
    try:
        found = recheck(files, RecheckOptions(program_line(), quick=True, derived=derived(), signer=signer))
    except CertificateError as error:
        return {error.message.split()[0]: error.message}
    return {f.name: f.note for f in found.files if f.state == "differs"}


# ---------------------------------------------------------------- statements


def test_both_statements_speak_of_the_bytecode_that_was_proved(vault: Files) -> None:
    artifact = json.loads(vault["artifact.json"])
    wanted = {
        "Vault.runtime": hashlib.sha256(bytes.fromhex(artifact["runtime"])).hexdigest(),
        "Vault.creation": hashlib.sha256(bytes.fromhex(artifact["creation"])).hexdigest(),
        "Vault.sol": hashlib.sha256(vault["Vault.sol"]).hexdigest(),
    }
    for name in (SVR, PROOF):
        said = statement(vault, name)
        assert {s["name"]: s["digest"]["sha256"] for s in said["subject"]} == wanted
        assert said["_type"] == "https://in-toto.io/Statement/v1"


def test_the_result_is_a_simple_verification_result(vault: Files) -> None:
    said = statement(vault, SVR)
    assert said["predicateType"] == "https://in-toto.io/attestation/svr/v0.1"
    made = json.loads(vault[CERTIFICATE])["statedByMaker"]["made"]
    policy = said["predicate"]["verifier"].pop("policy")
    assert said["predicate"] == {
        "verifier": {"id": "pkg:pypi/solwright@0.1.0"},
        "timeCreated": made.replace("+00:00", "Z"),
        "properties": ["SOLWRIGHT_VERIFIED"],
    }
    assert policy["digest"]["sha256"] == hashlib.sha256(vault["Vault.spec.sol"]).hexdigest()


def test_our_own_statement_fits_its_published_schema_and_names_the_certificate(vault: Files) -> None:
    assert PROOF_SCHEMA_FILE.read_text() == proof_schema()
    assert ROOT / PROOF_TYPE.partition("#")[2] == PROOF_SCHEMA_FILE
    found = ProofStatement.model_validate_json(payload_of(vault[PROOF]))
    assert found.predicate_type == PROOF_TYPE
    assert found.predicate.certificate.digest.sha256 == hashlib.sha256(vault[CERTIFICATE]).hexdigest()
    assert {p.id for p in found.predicate.promises} == {o["id"] for o in json.loads(vault[CERTIFICATE])["obligations"]}


def test_what_is_verified_under_assumptions_is_called_so(vault: Files) -> None:
    said = read_certificate(vault[CERTIFICATE]).model_copy(update={"allowed_assumptions": ("young",)})
    assert json.loads(statements(said, vault)[SVR])["predicate"]["properties"] == [UNDER]


def test_no_verifier_accepts_an_envelope_that_nobody_signed(vault: Files) -> None:
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import CryptoSigner
    from sigstore.dsse import Statement

    key = CryptoSigner.generate_ecdsa().public_key
    for name in (SVR, PROOF):
        value = json.loads(vault[name])
        assert (value["payloadType"], value["signatures"]) == ("application/vnd.in-toto+json", [])
        Statement(payload_of(vault[name]))
        with pytest.raises(VerificationError):
            Envelope.from_dict(value).verify([key], 1)


@pytest.mark.attack
def test_statements_that_were_changed_are_named(vault: Files) -> None:
    def changed(name: str, change: Callable[[Any], object]) -> Files:
        value = statement(vault, name)
        change(value)
        return {**vault, name: write_json(envelope(write_json(value)))}

    edits: tuple[tuple[str, Callable[[Any], object]], ...] = (
        (SVR, lambda v: v["predicate"]["properties"].append("AUDITED")),
        (SVR, lambda v: v["subject"][0]["digest"].update(sha256="0" * 64)),
        (SVR, lambda v: v["predicate"]["verifier"].pop("policy")),
        (PROOF, lambda v: v["predicate"]["assumptions"].clear()),
        (PROOF, lambda v: v["predicate"]["promises"][0].update(words="Everything.")),
        (PROOF, lambda v: v.update(more=1)),
    )
    for name, edit in edits:
        assert differing(changed(name, edit)) == {name: "it does not follow from the certificate"}
    assert differing({n: raw for n, raw in vault.items() if n != SVR}) == {SVR: "it is missing"}
    named = sealed(vault, lambda v: v["files"].update({SVR: v["files"]["Vault.sol"]}))
    assert list(differing(named)) == [SVR]
    assert list(differing(sealed(vault, lambda v: v["statedByMaker"].update(made="yesterday")))) == [CERTIFICATE]


# ---------------------------------------------------------------- signatures


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    """Give a running Sigstore, and an identity that it knows."""
    for name in CI:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIGSTORE_IDENTITY_TOKEN", token())
    with running() as instance:
        yield instance


def signed(files: Files, config: Path) -> Files:
    return {**files, **ready_to_sign(config, attended=False)(files)}


@pytest.mark.attack
def test_signatures_are_verified_for_whom_one_names(vault: Files, here: Instance, tmp_path: Path, inside: Inside) -> None:
    config = here.trust_config(tmp_path / "trust.json")
    files = signed(vault, config)
    folder = write_out(files, tmp_path / "Vault.bundle")
    quick, trusting = ("check", folder, "--quick", "--json"), ("--trust-config", config)

    def states(*words: str | Path) -> tuple[int, dict[str, tuple[str, str]]]:
        ran = inside(*quick, *words, cwd=tmp_path)
        return ran.code, {f["name"]: (f["state"], f["note"]) for f in json.loads(ran.out)["files"] if f["name"] in SIGNED.values()}

    code, found = states(*trusting, *NAMED)
    assert (code, {*found.values()}) == (0, {("signed", f"signed by {WHO} ({ISSUER})")})
    code, found = states()
    assert (code, {state for state, _ in found.values()}) == (0, {"stated"})
    assert all("not verified" in note for _, note in found.values())
    for identity, issuer in (("other@example.test", ISSUER), (WHO, "http://127.0.0.1/other")):
        code, found = states(*trusting, "--certificate-identity", identity, "--certificate-oidc-issuer", issuer)
        assert code == 1
        assert found[SIGNED[PROOF]][0] == "differs" and f"it is no signature by {identity}" in found[SIGNED[PROOF]][1]
    assert inside(*quick, *trusting, *NAMED[:2], cwd=tmp_path).code == 2
    assert inside(*quick, *trusting, cwd=tmp_path).code == 2
    ran = inside("check", folder, "--quick", *NAMED, "--json", cwd=tmp_path)  # the public Sigstore knows nothing of it
    assert ran.code == 1, ran.out


@pytest.mark.attack
def test_signatures_that_are_none(vault: Files, counter: Files, here: Instance, tmp_path: Path) -> None:
    config = here.trust_config(tmp_path / "trust.json")
    signer = signer_of(WHO, ISSUER, config)
    files, name = signed(vault, config), SIGNED[SVR]
    value = json.loads(files[name])

    def with_signature(change: Callable[[Any], object]) -> Files:
        other = json.loads(files[name])
        change(other)
        return {**files, name: json.dumps(other).encode()}

    assert differing(files, signer) == {}
    assert differing(vault, signer) == {SIGNED[PROOF]: f"it is missing: the bundle is not signed by {WHO} ({ISSUER})"}
    others = signed(counter, config)
    assert "signs something else" in differing({**files, name: others[name]})[name]  # whoever signed, it is not this bundle
    assert "signs something else" in differing({**files, name: files[SIGNED[PROOF]]})[name]
    ours = value["dsseEnvelope"]["payload"]
    moved = lambda v: v.update(json.loads(others[name]), dsseEnvelope={**json.loads(others[name])["dsseEnvelope"], "payload": ours})  # noqa: E731
    assert "it is no signature" in differing(with_signature(moved), signer)[name]
    bad = base64.b64encode(b"0" * 70).decode()
    assert "it is no signature" in differing(with_signature(lambda v: v["dsseEnvelope"]["signatures"][0].update(sig=bad)), signer)[name]
    assert "it is no signature" in differing(with_signature(lambda v: v["dsseEnvelope"]["signatures"].clear()), signer)[name]
    assert "it is no signature" in differing(with_signature(lambda v: v["verificationMaterial"]["tlogEntries"].clear()), signer)[name]
    assert "it is no signature" in differing(with_signature(lambda v: v["verificationMaterial"].pop("certificate")), signer)[name]
    for raw in (b"{", b"[]", b'{"dsseEnvelope": 1}', json.dumps({"dsseEnvelope": {"payload": "!", "payloadType": "x"}}).encode()):
        assert "cannot be read" in differing({**files, name: raw})[name]
    with running() as another:
        elsewhere = another.trust_config(tmp_path / "another.json")
        assert "it is no signature" in differing(signed(vault, elsewhere), signer)[SIGNED[PROOF]]


def test_without_the_library_it_says_what_to_install(vault: Files, tmp_path: Path, inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sigstore", None)
    folder = write_out(vault, tmp_path / "Vault.bundle")
    for words in (("check", folder, *NAMED), ("verify", "none.sol", "--spec", "none.spec.sol", "--bundle", "x", "--sign")):
        ran = inside(*words, "--json", cwd=tmp_path)
        error = json.loads(ran.out)["error"]
        assert (ran.code, error["kind"]) == (3, "ToolNotFound")
        assert "solwright[sign]" in error["nextStep"]
    assert inside("check", folder, "--quick", "--quiet", cwd=tmp_path).code == 0


@pytest.mark.attack
def test_what_is_wrong_with_signing_is_said_before_anything_is_judged(
    here: Instance, tmp_path: Path, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = ROOT / "examples" / "vault"
    config = here.trust_config(tmp_path / "trust.json")
    (tmp_path / "bad.json").write_text("{}")
    words = ("verify", example / "Vault.sol", "--spec", example / "Vault.spec.sol", "--sign", "--json")

    def refused(*more: str | Path) -> tuple[int, str]:
        ran = inside(*words, *more, cwd=tmp_path)
        assert not (tmp_path / "V.bundle").exists() and not (tmp_path / ".solwright").exists()
        return ran.code, json.loads(ran.out)["error"]["message"]

    assert refused() == (2, "there is no bundle to sign")
    for bad in ("none.json", "bad.json"):
        code, message = refused("--bundle", "V.bundle", "--trust-config", bad)
        assert code == 2 and message.startswith(f"{bad} is no trust configuration of Sigstore")
    for raw in ("garbage", token(-600)):
        monkeypatch.setenv("SIGSTORE_IDENTITY_TOKEN", raw)
        code, message = refused("--bundle", "V.bundle", "--trust-config", config)
        assert code == 3 and message.startswith("there is no identity to sign with") and raw not in message
    monkeypatch.delenv("SIGSTORE_IDENTITY_TOKEN")
    assert refused("--bundle", "V.bundle", "--trust-config", config) == (
        3,
        "there is no identity to sign with, and nobody is at the terminal",
    )
    assert here.asked == []


@pytest.mark.attack
def test_a_bundle_that_cannot_be_signed_is_not_written(here: Instance, tmp_path: Path, inside: Inside) -> None:
    example = ROOT / "examples" / "vault"
    here.broken = "log/entries"
    ran = inside(
        "verify", example / "Vault.sol", "--spec", example / "Vault.spec.sol", "--bundle", "V.bundle", "--sign",
        "--trust-config", here.trust_config(tmp_path / "trust.json"), "--json", cwd=tmp_path,
    )  # fmt: skip
    assert ran.code == 3, ran.out
    assert json.loads(ran.out)["verdict"] == "verified"  # what was judged is told all the same
    assert "no bundle: the bundle was not signed: " in ran.err and "500" in ran.err
    assert not [p for p in tmp_path.iterdir() if "V.bundle" in p.name]


@pytest.mark.attack
def test_a_new_contract_that_cannot_be_signed_waits_for_another_try(
    here: Instance, tmp_path: Path, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = here.trust_config(tmp_path / "trust.json")
    words = ("new", "a counter", "--model", "test-model", "--yes", "--out", "out", "--json", "--sign", "--trust-config", config)
    with serving() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        server.answer = lambda handler: handler.reply(fenced((SPECIFICATION, CONTRACT)[handler.number - 1]))
        here.broken = "signingCert"
        ran = inside(*words, cwd=tmp_path)
        assert ran.code == 3, ran.out
        assert "was not signed" in json.loads(ran.out)["error"]["message"]
        assert not (tmp_path / "out" / "Counter.sol").exists() and not (tmp_path / "out" / "Counter.bundle").exists()
        here.broken = ""
        ran = inside(*words, "--resume", cwd=tmp_path)
        assert ran.code == 0, ran.out + ran.err
        assert len(server.requests) == 2
    files = dict(read_bundle(tmp_path / "out" / "Counter.bundle"))
    assert {*SIGNED.values()} <= {*files}
    assert differing(files, signer_of(WHO, ISSUER, config)) == {}
