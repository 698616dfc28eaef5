"""`solwright verify`: judge an existing contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solwright.commands.options import Jobs, Json, Out, Quiet, Sign, Timeout, TrustConfig, refuse_idle_trust
from solwright.terminal import Terminal
from toolchain.errors import UsageError

if TYPE_CHECKING:
    from verifier.result import EngineId

ENGINES: tuple[EngineId, ...] = ("static", "fuzz", "symbolic", "horn")

EXAMPLES = """\b
Examples:
  solwright verify examples/vault/Vault.sol --spec examples/vault/Vault.spec.sol
  solwright verify examples/vault/Hasty.sol --spec examples/vault/Vault.spec.sol --contract Vault --timeout 300
  solwright verify examples/token/Token.sol --spec examples/token/Token.spec.sol --json > report.json
  solwright verify examples/vault/Vault.sol --spec examples/vault/Vault.spec.sol --bundle Vault.bundle"""


def verify(
    contract: Annotated[Path, typer.Argument(metavar="CONTRACT", help="The Solidity file; its imports are found by themselves.")],
    spec: Annotated[Path, typer.Option("--spec", metavar="FILE", help="The specification, Name.spec.sol.")],
    name: Annotated[
        str | None, typer.Option("--contract", metavar="NAME", help="Which contract of the file (default: the interface's name).")
    ] = None,
    out: Out = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Use no result of an earlier run.")] = False,
    engines: Annotated[
        str | None,
        typer.Option(
            "--engines",
            metavar="NAMES",
            help=f"Which engines judge, each everything (default: all of {','.join(ENGINES)}; horn only what the others leave open).",
        ),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", metavar="DIR", help="If it is verified, write the evidence into this folder (implies --fresh)."),
    ] = None,
    sign: Sign = False,
    trust_config: TrustConfig = None,
    jobs: Jobs = None,
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Judge a contract against a specification; no model is asked."""
    terminal = Terminal(json, quiet)
    terminal.tell(f"reading {spec}")
    from toolchain.sandbox import begin_to_climb

    begin_to_climb()
    from solwright.settings import load_settings
    from solwright.verification import Question, answer

    asked = chosen(engines) if engines is not None else ()
    settings = load_settings({"jobs": jobs, "timeout": timeout})
    if sign and bundle is None:
        raise UsageError("there is no bundle to sign", "say with --bundle where it goes")
    refuse_idle_trust(trust_config, used=sign, by="--sign")
    signing = None
    if sign:
        from solwright.signing import ready_to_sign

        signing = ready_to_sign(trust_config, attended=terminal.attended)
    return answer(Question(contract, spec, name, out, settings, fresh or bundle is not None, asked, bundle, signing), terminal)


def chosen(names: str) -> tuple[EngineId, ...]:
    """Return the engines that are named. Raises UsageError for a name that is none."""
    asked = tuple(dict.fromkeys(n.strip() for n in names.split(",") if n.strip()))
    unknown = [n for n in asked if n not in ENGINES]
    if unknown or not asked:
        raise UsageError(f"there is no engine {unknown[0]}" if unknown else "no engine is named", f"the engines: {', '.join(ENGINES)}")
    return tuple(e for e in ENGINES if e in asked)
