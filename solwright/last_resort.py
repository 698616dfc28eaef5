"""Turn what nobody expected into a message, a log file and a next step."""

from __future__ import annotations

import errno
import os
import tempfile
import time
import traceback
from pathlib import Path

import typer

from solwright.terminal import Terminal
from toolchain.errors import SolwrightError

NEXT_STEP = "run: solwright doctor; if that finds nothing, report the log file"


def report_failure(error: BaseException, *, as_json: bool) -> int:
    """Report why a command ended without a result, and return its exit code."""
    terminal = Terminal(json=as_json)
    if isinstance(error, SolwrightError):
        terminal.fail(error.message, error.next_step, type(error).__name__, error.exit_code, error.also)
        return error.exit_code
    message, next_step, code = _explain(error)
    terminal.fail(message, next_step, type(error).__name__, code)
    return code


def report_usage(error: typer.TyperException, *, as_json: bool) -> int:
    """Report a command line that is not understood."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError" and context is not None:
        typer.echo(context.get_help(), err=True)
        return 2
    command = context.command_path if context is not None else "solwright"
    Terminal(json=as_json).fail(error.format_message().rstrip("."), f"see: {command} --help", "UsageError", 2)
    return 2


def _explain(error: BaseException) -> tuple[str, str, int]:
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"the disk is full{_named(error)}", "free some space, then start again", 3
    if isinstance(error, OSError) and error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"no permission{_named(error)}: {error.strerror}", "choose another folder with --out, or change its permissions", 3
    if isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}:
        return f"the machine is out of resources: {error.strerror}", "use fewer --jobs, or close other programs", 3
    if isinstance(error, MemoryError):
        return "the machine is out of memory", "use fewer --jobs, or close other programs", 3
    what = _redacted(f"{type(error).__name__}: {error}")
    return f"internal error: {what}{_logged(error)}", NEXT_STEP, 3


def _redacted(text: str) -> str:
    from codegen.redact import Redactor

    return Redactor((os.environ.get("OPENAI_API_KEY", ""),)).everything(text)


def _named(error: OSError) -> str:
    return f" at {error.filename}" if error.filename else ""


def _logged(error: BaseException) -> str:
    """Write the traceback where the user can find it, secrets redacted; say nothing where that fails too."""
    text = _redacted("".join(traceback.format_exception(error)))
    for folder in _log_folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"error-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.log"
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return f" (log: {path})"
    return ""


def _log_folders() -> tuple[Path, ...]:
    import platformdirs

    try:
        return Path(platformdirs.user_log_dir("solwright")), Path(tempfile.gettempdir()) / "solwright-logs"
    except RuntimeError:  # no home
        return (Path(tempfile.gettempdir()) / "solwright-logs",)
