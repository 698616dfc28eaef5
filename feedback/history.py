"""The run record: append-only, one JSON line for each finished step, so that a killed run goes on where it was.

A reply or a failed judgement in the record is believed; a success is not, it is judged again. The folder also holds the specification and
the best attempt, under names that nobody takes for a verified contract.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from codegen.model import FinishReason, Reply, Usage
from feedback.report import Report
from toolchain.errors import SettingsError, SolwrightError

RECORD = "record.jsonl"


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RunLine(Line):
    """The first line: what the run is about. `inputs` is a digest of everything that must be the same for the record to be of use;
    `seed` divides mutants into those that the writer may see and those that it may not: it stands in no prompt."""

    kind: Literal["run"] = "run"
    schema_version: Literal[1] = 1
    inputs: str
    request: str
    model: str
    seed: str = ""


class ReplyLine(Line):
    kind: Literal["reply"] = "reply"
    request: str  # digest
    text: str
    finish: FinishReason
    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    estimated: bool


class CheckedLine(Line):
    """A version of the specification was examined; no problem means that it stands."""

    kind: Literal["checked"] = "checked"
    key: str
    problems: tuple[str, ...]


class ApprovedLine(Line):
    kind: Literal["approved"] = "approved"
    key: str  # the specification's digest


class JudgedLine(Line):
    """`refusal` holds the messages where the source was refused before it could be judged."""

    kind: Literal["judged"] = "judged"
    key: str
    source: str
    report: Report | None
    refusal: tuple[str, ...] = ()


class EndedLine(Line):
    kind: Literal["ended"] = "ended"
    ending: str
    why: str


AnyLine = Annotated[RunLine | ReplyLine | CheckedLine | ApprovedLine | JudgedLine | EndedLine, Field(discriminator="kind")]
_LINE: TypeAdapter[AnyLine] = TypeAdapter(AnyLine)


class History:
    """One run's folder, held by one process."""

    def __init__(self, folder: Path, run: RunLine, *, resume: bool) -> None:
        """Open a new run in an empty folder, or (resume) one that a process left there.

        Raises: SettingsError when the folder holds another run, is in use, or its record is damaged before its last line.
        """
        self.folder = folder
        self._path = folder / RECORD
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._take_over(run, resume=resume)
        except BaseException:  # an interrupt, too, must not leave the run locked
            os.close(self._file)
            raise

    def _take_over(self, run: RunLine, *, resume: bool) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"another solwright works on {self.folder}", "wait for it, or choose another folder") from None
        lines = self._read()
        self.resumed = bool(lines)
        if lines and not resume:
            raise SettingsError(f"{self.folder} holds a run already", "continue it with --resume, or choose another folder")
        if lines and (not isinstance(lines[0], RunLine) or lines[0].inputs != run.inputs):
            raise SettingsError(f"the run in {self.folder} is about another request, specification or model", "choose another folder")
        self.seed = lines[0].seed if lines and isinstance(lines[0], RunLine) else run.seed
        self._replies = {line.request: line for line in lines if isinstance(line, ReplyLine)}
        self._checked = {line.key: line for line in lines if isinstance(line, CheckedLine)}
        self._approved = {line.key for line in lines if isinstance(line, ApprovedLine)}
        self._judged = {line.key: line for line in lines if isinstance(line, JudgedLine)}
        if not lines:
            self._append(run)
            _sync_folder(self.folder)

    def close(self) -> None:
        """Leave the run to others."""
        with contextlib.suppress(OSError):  # each line was synced when it was written: nothing can be lost here
            os.close(self._file)

    def reply(self, request: str) -> Reply | None:
        """Return the recorded answer to a request of that digest."""
        line = self._replies.get(request)
        if line is None:
            return None
        return Reply(line.text, Usage(line.input_tokens, line.output_tokens, line.cached_tokens, line.estimated), line.finish, line.model)

    def keep_reply(self, request: str, reply: Reply) -> None:
        u = reply.usage
        line = ReplyLine(
            request=request,
            text=reply.text,
            finish=reply.finish_reason,
            model=reply.model,
            input_tokens=u.input_tokens,
            output_tokens=u.output_tokens,
            cached_tokens=u.cached_tokens,
            estimated=u.estimated,
        )
        self._append(line)
        self._replies[request] = line

    def problems(self, key: str) -> tuple[str, ...] | None:
        """Return what an examined specification lacks, None where it was not examined."""
        line = self._checked.get(key)
        return line.problems if line else None

    def keep_problems(self, key: str, problems: tuple[str, ...]) -> None:
        line = CheckedLine(key=key, problems=problems)
        self._append(line)
        self._checked[key] = line

    def approved(self, digest: str) -> bool:
        return digest in self._approved

    def keep_approval(self, digest: str) -> None:
        self._append(ApprovedLine(key=digest))
        self._approved.add(digest)

    def judged(self, key: str) -> JudgedLine | None:
        """Return the record of a failed judgement; a recorded success must be judged again."""
        line = self._judged.get(key)
        return None if line is None or (line.report is not None and line.report.verdict == "verified") else line

    def keep_judged(self, line: JudgedLine) -> None:
        self._append(line)
        self._judged[line.key] = line

    def keep_end(self, ending: str, why: str) -> None:
        self._append(EndedLine(ending=ending, why=why))

    def write(self, name: str, text: str) -> Path:
        """Write a file of the run whole or not at all."""
        target = self.folder / name
        with _writing(self.folder):
            descriptor, temporary = tempfile.mkstemp(dir=self.folder, prefix=".tmp-")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(target)
            except BaseException:  # an interrupt, too, must not leave half a file
                with contextlib.suppress(OSError):  # what went wrong first is what is told
                    Path(temporary).unlink()
                raise
        return target

    def _append(self, line: Line) -> None:
        with _writing(self.folder):
            data = line.model_dump_json().encode() + b"\n"
            start = os.fstat(self._file).st_size
            try:
                written = 0
                while written < len(data):
                    written += os.write(self._file, data[written:])
                os.fsync(self._file)
            except OSError:
                os.ftruncate(self._file, start)
                raise

    def _read(self) -> list[AnyLine]:
        """Read the record; a torn last line (killed while writing) is cut off."""
        data = self._path.read_bytes()
        whole, _, torn = data.rpartition(b"\n")
        lines = whole.split(b"\n") if whole else []
        out: list[AnyLine] = []
        for number, raw in enumerate(lines, start=1):
            try:
                out.append(_LINE.validate_json(raw))
            except ValidationError as error:
                raise SettingsError(
                    f"{self._path}:{number} is no line of a run record: {error.errors()[0]['msg']}",
                    "the record is damaged or of another version; start a new run",
                ) from None
        if torn:
            os.ftruncate(self._file, len(data) - len(torn))
        return out


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SolwrightError(
            f"cannot write into {folder}: {error.strerror or error}", "free space or choose another folder, then continue with --resume"
        ) from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
