"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolchain.errors import UsageError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", metavar="N", help="How many processes work at once (default 0: the processors, at most 8)."),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", metavar="SECONDS", help="Stop judging after this time (1800); a longer one gives the solvers more time, too."
    ),
]
Sign = Annotated[
    bool, typer.Option("--sign", help="Sign the bundle's statements through Sigstore (needs solwright[sign], the network and an identity).")
]
TrustConfig = Annotated[
    Path | None, typer.Option("--trust-config", metavar="FILE", help="The trust configuration of another Sigstore than the public one.")
]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where the results go.")]
Budget = Annotated[
    str | None,
    typer.Option(
        "--budget", metavar="LIMIT", help="What the model may cost: dollars (2.50), tokens (300k tokens), or both with a comma. 0: no call."
    ),
]


def refuse_idle_trust(trust_config: Path | None, *, used: bool, by: str) -> None:
    """Refuse a trust configuration that nothing would use: whoever names one expects a signature. Raises: UsageError."""
    if trust_config is not None and not used:
        raise UsageError("--trust-config alone does nothing", f"add {by}, or leave it out")
