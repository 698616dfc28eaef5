"""Keep what a command found in a folder of its own, each file whole or not at all."""

from __future__ import annotations

import itertools
import json
import re
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.report import Report
from toolchain.errors import SolwrightError, UsageError
from toolchain.process import atomic_write

if TYPE_CHECKING:
    from solwright.report.timeline import Turn
    from specs.render import Line as PlainLine

RUNS = Path(".solwright") / "runs"


def fresh_run(label: str, base: Path | None = None) -> Path:
    """Make a new folder under .solwright/runs of the current folder (or `base`) and return it.

    Raises: SolwrightError where it cannot be made.
    """
    runs = (base or Path.cwd()) / RUNS
    stem = f"{time.strftime('%Y%m%dT%H%M%S')}-{file_name(label)}"
    try:
        runs.mkdir(parents=True, exist_ok=True)
        ignore = runs.parent / ".gitignore"
        if not ignore.exists():
            atomic_write(ignore, b"*\n")
        for number in itertools.count(1):
            folder = runs / (stem if number == 1 else f"{stem}-{number}")
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
    except OSError as error:
        raise SolwrightError(
            f"cannot write into {runs}: {error.strerror or error}", "free space, or choose another folder with --out"
        ) from None
    raise AssertionError("unreachable: the numbers do not end")


def home_of(project: Path) -> Path:
    """Return where runs are kept: at the root of the Foundry project that we are in, else in the current folder."""
    here = Path.cwd()
    return project if (project / "foundry.toml").exists() and here.is_relative_to(project) else here


def refuse_unwritable(folder: Path, option: str) -> None:
    """Refuse a folder into which nothing can be written, before anything is judged or asked; it need not be there yet.

    Raises: UsageError.
    """
    there = next(p for p in (folder, *folder.parents) if p.exists() or p.is_symlink())
    try:
        Path(tempfile.mkdtemp(prefix=".solwright.", dir=there)).rmdir()
    except OSError as error:
        raise UsageError(f"cannot write into {folder}: {error.strerror or error}", f"choose another folder with {option}") from None


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder whose report is none of ours. Raises: UsageError."""
    taken = [name for name in ("report.json", "report.md", "report.html", "counterexamples") if (folder / name).exists()]
    try:
        ours = "schemaVersion" in json.loads((folder / "report.json").read_text(encoding="utf-8")) if taken else True
    except (OSError, ValueError, TypeError):
        ours = False
    if not ours:
        raise UsageError(f"{folder} holds {', '.join(taken)} already", "choose another folder with --out")


def make_room(folder: Path) -> None:
    """Remove the tests of an earlier report from a folder that is to hold another.

    Raises: UsageError where something lies there that is none of ours.
    """
    refuse_foreign(folder)
    for test in (folder / "counterexamples").glob("*.t.sol"):
        test.unlink()


def save(folder: Path, files: Mapping[str, str]) -> None:
    """Write files (relative name → text) into a folder.

    Raises: SolwrightError naming the folder and what went wrong.
    """
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise SolwrightError(
            f"cannot write into {folder}: {error.strerror or error}", "free space, or choose another folder with --out"
        ) from None


def file_name(text: str) -> str:
    """Return a file name for text of others: letters, digits, dots, @ and dashes only, never a hidden or endless one."""
    name = re.sub(r"[^A-Za-z0-9.@-]+", "_", text).strip("._-")[:80]
    return name or "unnamed"


def latest_run(label: str, base: Path | None = None) -> Path:
    """Return the last folder that `fresh_run` made for a label.

    Raises: UsageError when there is none.
    """
    folder = (base or Path.cwd()) / RUNS
    pattern = re.compile(rf"(\d{{8}}T\d{{6}})-{re.escape(file_name(label))}(?:-(\d+))?")
    found = [(m[1], int(m[2] or 1), p) for p in (folder.iterdir() if folder.is_dir() else ()) if (m := pattern.fullmatch(p.name))]
    if not found:
        raise UsageError(
            f"{folder} holds no run of this request, specification and model",
            "start it without --resume, or from the folder where it was started",
        )
    return max(found)[2]


def save_report(
    folder: Path, report: Report, *, source: str, promise: tuple[PlainLine, ...] = (), turns: tuple[Turn, ...] = ()
) -> dict[str, Path]:
    """Save a report as report.json, report.md and report.html, and each failing test; return the tests' paths by obligation."""
    from solwright.report.html import Background, render_html
    from solwright.report.json import to_json
    from solwright.report.markdown import render_markdown

    make_room(folder)
    tests: dict[str, str] = {}
    files: dict[str, str] = {}
    for o in report.obligations:
        if o.counterexample and o.counterexample.test:
            stem = f"counterexamples/{file_name(o.id)}"
            name = next(n for i in itertools.count(1) if (n := f"{stem}{'' if i == 1 else f'-{i}'}.t.sol") not in files)
            tests[o.id], files[name] = name, o.counterexample.test
    files |= {"report.json": json.dumps(to_json(report), indent=2) + "\n", "report.md": render_markdown(report, source)}
    files["report.html"] = render_html(report, Background(source, promise, turns))
    save(folder, files)
    return {id: folder / name for id, name in tests.items()}


def nearest(path: Path) -> Path:
    """Return the path as seen from the current folder, where it lies inside."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
