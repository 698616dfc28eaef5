"""`solwright check`: check a bundle without its maker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solwright.commands.options import Jobs, Json, Quiet, Timeout, TrustConfig, refuse_idle_trust
from solwright.terminal import Line, Style, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.certificate.found import Checked, State

EXAMPLES = """\b
Examples:
  solwright check Vault.bundle
  solwright check Vault.bundle --quick
  solwright check Vault.bundle --json | jq '.obligations[] | {id, level}'"""

MARKS: dict[State, tuple[str, Style]] = {
    "equal": ("✓", "good"),
    "replayed": ("✓", "good"),
    "unchanged": ("·", "weak"),
    "stated": ("·", "weak"),
    "signed": ("✓", "good"),
    "differs": ("✗", "bad"),
}
WORDS: dict[State, str] = {
    "equal": "computed again, the same",
    "replayed": "played again on the EVM, the same",
    "unchanged": "has the digest that the certificate gives",
    "stated": "",
    "signed": "",
    "differs": "DIFFERS",
}


def check(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The folder Name.bundle.")],
    quick: Annotated[
        bool, typer.Option("--quick", help="Hash, compile, write the ledger again, check invariants; ask no other engine.")
    ] = False,
    certificate_identity: Annotated[
        str | None, typer.Option("--certificate-identity", metavar="ID", help="Who must have signed: an address, or the URL of a workflow.")
    ] = None,
    certificate_oidc_issuer: Annotated[
        str | None, typer.Option("--certificate-oidc-issuer", metavar="URL", help="Who vouches for that identity.")
    ] = None,
    trust_config: TrustConfig = None,
    jobs: Jobs = None,
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Check a bundle: compute everything again, with other solvers, and compare. No model, no network, nothing remembered.

    Exit 0 only if all of it agrees; 1 names the file or the obligation that does not; 5: it cannot be read, or another version made it.
    """
    terminal = Terminal(json, quiet)
    terminal.tell(f"reading {bundle}")
    from toolchain.sandbox import begin_to_climb

    begin_to_climb()
    from feedback.stream import streamed
    from solwright.bundle import read_bundle
    from solwright.evidence import derived
    from solwright.settings import load_settings
    from solwright.signing import signer_of
    from solwright.verification import judge_options, warn_if_bare
    from solwright.version import program_line
    from verifier.certificate.recheck import RecheckOptions, recheck

    settings = load_settings({"jobs": jobs, "timeout": timeout})
    refuse_idle_trust(trust_config, used=bool(certificate_identity or certificate_oidc_issuer), by="--certificate-identity")
    signer = signer_of(certificate_identity, certificate_oidc_issuer, trust_config)
    files = read_bundle(bundle)
    warn_if_bare(terminal)
    options = RecheckOptions(program_line(), judge_options(settings, fresh=True).effort, quick, derived(), signer)

    def work(tell: Callable[[str], None]) -> Checked:
        return recheck(files, options, tell)

    stream = streamed(work)
    try:
        while True:
            terminal.tell(next(stream), minor=True)
    except StopIteration as done:
        found: Checked = done.value
    terminal.give(to_json(found))
    terminal.show(render(found))
    return 0 if found.agrees else 1


def render(found: Checked) -> Iterator[Line]:
    """Yield the account for people: a line per file, a line per obligation, and what that means."""
    said = found.certificate
    yield from _verdict(found)
    yield Line("")
    yield Line("files", "head")
    for f in found.files:
        mark, style = MARKS[f.state]
        yield Line(f"{mark} {f.name}  {WORDS[f.state]}{': ' if f.note and WORDS[f.state] else ''}{f.note}", style)
    if found.obligations:
        width = max(len(o.id) for o in found.obligations)
        yield Line("")
        yield Line("obligations" if not found.quick else "obligations (only invariants were checked: --quick)", "head")
        for o in found.obligations:
            mark, style = ("✓", "good") if o.agrees and o.level != "not checked" else ("·", "weak") if o.agrees else ("✗", "bad")
            yield Line(f"{mark} {o.id:<{width}}  {o.level}{': ' if o.note else ''}{o.note}", style)
    if said.strength is not None and found.agrees:
        rates = (("feedback", said.strength.feedback), ("held-out", said.strength.held_out))
        yield Line("")
        yield Line("wrong contracts that the specification refuses" + (" (not judged again: --quick)" if found.quick else ""), "head")
        yield from (Line(f"· {part:<9} {rate.killed} of {rate.of}") for part, rate in rates)
    if said.assumptions and found.agrees:
        yield Line("")
        yield Line("under these assumptions", "head")
        yield from (Line(f"· {a}") for a in said.assumptions)
    yield Line("")
    yield Line(f"creation code sha-256 {said.contract.creation}", "weak")
    yield Line(f"runtime code sha-256 {said.contract.runtime} (immutable slots zeroed)", "weak")
    if found.tools:
        checked_by = ", ".join(f"{name} {version}" for name, version in found.tools)
        yield Line(f"sandbox: {found.sandbox} · {checked_by} · {found.time_s:.1f} s", "weak")


def _verdict(found: Checked) -> Iterator[Line]:
    name = f"{found.certificate.contract.name} against {found.certificate.specification.file}"
    wrong = found.disagreements
    if wrong or not found.agrees:
        yield Line(f"DOES NOT AGREE  {name}", "bad")
        yield from (Line(f"  {x}", "bad") for x in wrong)
        yield Line("believe nothing of it: get the bundle again from whoever made it, or judge its source with `solwright verify`")
    elif found.quick:
        yield Line(f"AGREES AS FAR AS --quick LOOKS  {name}", "good")
        yield Line("files, bytecode, ledger and invariants agree; the engines were not asked again")
    else:
        counted = [o.level for o in found.obligations]
        levels = ", ".join(f"{counted.count(x)} {x}" for x in dict.fromkeys(counted))
        yield Line(f"AGREES  {name}", "good")
        yield Line(f"every proof was found again: {levels}")


def to_json(found: Checked) -> dict[str, Any]:
    """Return the object of `--json`."""
    said = found.certificate
    return {
        "schemaVersion": 1,
        "agrees": found.agrees,
        "quick": found.quick,
        "disagreements": list(found.disagreements),
        "contract": said.contract.model_dump(mode="json", by_alias=True),
        "specification": said.specification.model_dump(mode="json", by_alias=True),
        "assumptions": list(said.assumptions),
        "strength": said.strength.model_dump(mode="json", by_alias=True) if said.strength is not None else None,
        "files": [{"name": f.name, "state": f.state, "note": f.note} for f in found.files],
        "obligations": [{"id": o.id, "level": o.level, "agrees": o.agrees, "note": o.note} for o in found.obligations],
        "canaries": [asdict(c) for c in found.canaries],
        "tools": dict(found.tools),
        "sandbox": found.sandbox,
        "time_s": found.time_s,
    }
