"""Talk to whoever called: data on stdout, talk on stderr, nothing of others unwashed.

Source: docs/exit-codes.md; https://no-color.org. A reader that goes away ends the writing, not the work.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TextIO

from codegen.text import safe_line, safe_text

Style = Literal["plain", "good", "bad", "weak", "head"]
LONGEST = 1500
CODES: Mapping[Style, str] = {"good": "32", "bad": "31", "weak": "2", "head": "1"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line to show: text (washed where it is printed) and what it is."""

    text: str
    style: Style = "plain"


@dataclass(slots=True)
class Terminal:
    """The two streams of one command. `json`: stdout gets exactly one object; `quiet`: no progress."""

    json: bool = False
    quiet: bool = False
    _started: float = field(default_factory=time.monotonic)
    _spinner: Any = None

    def tell(self, text: str, *, minor: bool = False) -> None:
        """Show a line of progress on stderr: one line that changes on a terminal, else one line each (and no `minor` ones)."""
        if self.quiet or (minor and not _lively(sys.stderr)):
            return
        line = safe_line(text, max_columns=200)
        if not _lively(sys.stderr):
            _write(sys.stderr, f"{time.monotonic() - self._started:6.1f} s  {line}\n")
        elif self._spinner is None:
            _write(sys.stderr, f"{line}\r")  # at once; the spinner, which takes its time to come, is drawn over it
            self._spin(line)
        else:
            self._spinner.renderable.update(text=_plain(line))

    def say(self, text: str) -> None:
        """Show a line on stderr that stays, unless quiet."""
        if not self.quiet:
            self.note(text)

    def note(self, text: str) -> None:
        """Say something on stderr that stays, also when quiet."""
        self.rest()
        _write(sys.stderr, safe_text(text) + "\n")

    def rest(self) -> None:
        """Take the changing line away, before something else is shown or asked."""
        if self._spinner is not None:
            self._spinner.stop()
            self._spinner = None

    def show(self, lines: Iterable[Line]) -> None:
        """Print the result for people on stdout."""
        self.rest()
        if not self.json:
            colour = _coloured(sys.stdout)
            _write(sys.stdout, "".join(_paint(line, colour=colour) + "\n" for line in lines))

    def give(self, value: Mapping[str, Any]) -> None:
        """Print the one object of `--json` on stdout."""
        self.rest()
        if self.json:
            _write(sys.stdout, json.dumps(value, indent=2) + "\n")

    def fail(self, message: str, next_step: str, kind: str, exit_code: int, also: Sequence[str] = ()) -> None:
        """Report why there is no result; `also`: what else is wrong."""
        self.rest()
        if self.json:
            _write(sys.stdout, failure_json(message, next_step, kind, exit_code, also))
        self.warn(message, next_step)
        for said in also:
            self.warn(said, "")

    def warn(self, message: str, next_step: str) -> None:
        """Say on stderr what went wrong and what to do next; also when quiet."""
        self.rest()
        said, then = (safe_line(text, max_columns=LONGEST) for text in (message, next_step))
        _write(sys.stderr, f"solwright: {said}\n" + (f"  next: {then}\n" if then else ""))

    def ask(self, question: str) -> str:
        """Ask the person at the terminal for a line; "" where nobody answers."""
        self.rest()
        _write(sys.stderr, safe_text(question) + " ")
        try:
            return sys.stdin.readline().strip()
        except (OSError, ValueError):
            return ""

    @property
    def attended(self) -> bool:
        """Whether a person can be asked."""
        return not self.json and _is_terminal(sys.stdin) and _is_terminal(sys.stderr)

    def _spin(self, line: str) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.spinner import Spinner

        console = Console(stderr=True, markup=False, highlight=False, emoji=False)
        # what rich redirects is no terminal any more, and would be told line by line
        self._spinner = Live(
            Spinner("dots", _plain(line), style="green"),
            console=console,
            refresh_per_second=12.5,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._spinner.start()


def _plain(line: str) -> Any:
    from rich.text import Text

    return Text(line, no_wrap=True, overflow="ellipsis")


def _paint(line: Line, *, colour: bool) -> str:
    text = safe_text(line.text)
    return f"\x1b[{CODES[line.style]}m{text}\x1b[0m" if colour and line.style in CODES else text


def failure_json(message: str, next_step: str, kind: str, exit_code: int, also: Sequence[str] = ()) -> str:
    """Return what `--json` prints where there is no result (docs/exit-codes.md)."""
    error = {"kind": kind, "message": message, "nextStep": next_step, "also": list(also)}
    return json.dumps({"schemaVersion": 1, "error": error, "exitCode": exit_code}, indent=2) + "\n"


def _write(stream: TextIO | None, text: str) -> None:
    """Write all of it, or nothing more for ever where the reader is gone."""
    if stream is None:
        return
    try:
        stream.write(text.encode(stream.encoding or "utf-8", "backslashreplace").decode(stream.encoding or "utf-8"))
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def _lively(stream: TextIO | None) -> bool:
    return _is_terminal(stream) and os.environ.get("TERM", "dumb") != "dumb"


def _coloured(stream: TextIO | None) -> bool:
    return _lively(stream) and not os.environ.get("NO_COLOR")
