"""`solwright new`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solwright.commands.options import Budget, Jobs, Json, Out, Quiet, Sign, Timeout, TrustConfig, refuse_idle_trust
from solwright.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from codegen.model import Model
    from feedback.judging import Approval
    from solwright.settings import Settings
    from specs.specification import Specification

EXAMPLES = """\b
Examples:
  solwright new "An ether vault: everybody can take out what they put in, nobody can take more" --model gpt-5
  solwright new examples/vault/request.md --yes --out contracts --budget "2.50, 400k tokens" --model gpt-5
  solwright new examples/vault/request.md --resume --model gpt-5
  solwright new --spec examples/vault/Vault.spec.sol --model gpt-5
  solwright new --spec Vault.spec.sol --keep Vault.old.spec.sol --model gpt-5
  solwright new examples/vault/request.md --replay examples/vault/tape.jsonl --yes --out out
  OPENAI_BASE_URL=http://127.0.0.1:11434/v1 solwright new examples/vault/request.md --model qwen3-coder"""

MADE = "recorded by solwright new"


def new(
    request: Annotated[
        str, typer.Argument(metavar="REQUEST", help="What you want, in plain words; or a .md or .txt file; or - for stdin.")
    ] = "",
    spec: Annotated[Path | None, typer.Option("--spec", metavar="FILE", help="Start from this specification.")] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="OLD", help="Refuse a specification that promises less than this one (spec diff).")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="M", help="The model's name at the endpoint (OPENAI_BASE_URL).")] = None,
    protocol: Annotated[
        str | None, typer.Option("--protocol", metavar="chat|responses", help="How the endpoint is asked (default: chat).")
    ] = None,
    out: Out = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Accept the specification without asking.")] = False,
    budget: Budget = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the last run of the same request, specification and model.")] = False,
    record: Annotated[Path | None, typer.Option("--record", metavar="TAPE", help="Record what the model answers.")] = None,
    replay: Annotated[
        Path | None, typer.Option("--replay", metavar="TAPE", help="Take the answers from a tape instead of a model.")
    ] = None,
    sign: Sign = False,
    trust_config: TrustConfig = None,
    jobs: Jobs = None,
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Turn a request into a specification, a contract that is proved to keep it, and a bundle of evidence."""
    terminal = Terminal(json, quiet)
    terminal.tell("reading the request")
    from solwright.settings import load_settings

    settings = load_settings({"model": model, "protocol": protocol, "budget": budget, "jobs": jobs, "timeout": timeout})
    if settings.budget:
        from codegen.budget import parse_limits

        parse_limits(settings.budget)  # what was typed wrong is said before what is missing
    refuse_idle_trust(trust_config, used=sign, by="--sign")
    text, given = read_request(request, spec)
    keeping = read_specification(keep) if keep is not None else None
    chosen = choose_model(settings, replay)
    from solwright.job import Order, do_job
    from solwright.signing import ready_to_sign
    from toolchain.errors import UsageError

    if not (yes or terminal.attended or spec is not None):
        raise UsageError("nobody is at the terminal to approve the specification", "add --yes to go on with what the model writes")
    signing = ready_to_sign(trust_config, attended=terminal.attended) if sign else None
    ask = None if yes or not terminal.attended else approver(terminal)
    order = Order(text, given, chosen, (out or Path.cwd()).absolute(), settings, record, resume, sign=signing, keeping=keeping)
    return do_job(order, terminal, ask)


def read_specification(path: Path) -> tuple[Path, str]:
    """Return path and text. Raises: SpecificationError where it cannot be read."""
    from toolchain.errors import SpecificationError

    try:
        return path, path.read_text(encoding="utf-8")
    except OSError as error:
        raise SpecificationError(path, 0, 0, f"it cannot be read: {error.strerror}", "name a Name.spec.sol file") from None
    except UnicodeDecodeError:
        raise SpecificationError(path, 0, 0, "it is not UTF-8 text", "save it as UTF-8") from None


def read_request(request: str, spec: Path | None) -> tuple[str, tuple[Path, str] | None]:
    """Return the request and the given specification (path and text).

    Raises: UsageError for what is missing, empty or too long; SpecificationError for a specification that cannot be read.
    """
    import sys

    from codegen.specify import LONGEST_REQUEST
    from toolchain.errors import UsageError

    path = Path(request)
    if request == "-":
        request = sys.stdin.read() if sys.stdin else ""
    elif request.endswith((".md", ".txt")) and "\n" not in request:
        try:
            request = path.read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"the request {path} cannot be read: {error.strerror}", "name a file, or give the request itself in quotes"
            ) from None
        except UnicodeDecodeError:
            raise UsageError(f"the request {path} is not UTF-8 text", "save it as UTF-8") from None
    given = read_specification(spec) if spec is not None else None
    if not request.strip() and given is None:
        raise UsageError("there is no request", 'give it in quotes, as a .md file, or as - for stdin: solwright new "An ether vault …"')
    if len(request) > LONGEST_REQUEST:
        raise UsageError(f"the request has {len(request):,} characters, at most {LONGEST_REQUEST:,} are read", "say it shorter")
    return request.strip(), given


def choose_model(settings: Settings, replay: Path | None) -> Model:
    """Return the tape, or the model at the endpoint of the environment.

    Raises: UsageError when no model is named; ModelUnavailable when there is no key.
    """
    import os

    from toolchain.errors import UsageError

    if replay is not None:
        from codegen.providers.replay import Tape

        return Tape(replay)
    if not settings.model:
        raise UsageError("no model is named", "name one with --model, SOLWRIGHT_MODEL, or `model` in solwright.toml")
    from codegen.providers.endpoint import Endpoint
    from codegen.providers.openai import OpenAIModel

    return OpenAIModel(Endpoint.from_environment(os.environ, settings.protocol), settings.model)


def approver(terminal: Terminal) -> Callable[[Specification], Approval]:
    """Return the way to show a specification in plain words, with examples, and to ask the person at the terminal."""

    def approve(specification: Specification) -> Approval:
        from feedback.judging import Approval
        from solwright.promise import examples_of, painted
        from specs.render import describe

        for line in painted(describe(specification), examples_of(specification, terminal)):
            terminal.note(line.text)
        answer = terminal.ask("Is this what you want? [y]es, [n]o, or say what should change:")
        if answer.lower() in {"y", "yes"}:
            return Approval(accepted=True)
        return Approval(accepted=False, remark="" if answer.lower() in {"", "n", "no"} else answer)

    return approve
