"""Read the settings: solwright.toml of the user's own project, then the environment, then the options of the command.

Keys and the model's address are no settings: they come from the environment only, so that no file can send a key elsewhere. A file inside a
judged repository that is not the user's own is never looked for.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from toolchain.errors import SettingsError

FILE = "solwright.toml"
PREFIX = "SOLWRIGHT_"
#: Variables of this program that are no settings.
OTHER_VARIABLES = frozenset({"SOLWRIGHT_HOME", "SOLWRIGHT_SANDBOX", "SOLWRIGHT_DEBUG"})
SECRET_WORDS = ("key", "token", "secret", "password")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may choose. Times in seconds; `budget` as codegen.budget reads it; "" and None: the program's own choice."""

    model: str = ""
    protocol: Literal["chat", "responses"] = "chat"
    budget: str = ""
    jobs: int = 0  # 0: as many as there are processors, at most 8
    timeout: float = 1800.0
    fuzz_runs: int = 1000
    horn_s: int = 15
    allowed_assumptions: tuple[str, ...] = ()
    strength: float = 0.9  # the least part of the held-out mutants that a specification must refuse
    origin: tuple[tuple[str, str], ...] = ()  # which setting came from where

    @property
    def processes(self) -> int:
        return self.jobs or max(1, min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


NAMES = tuple(f.name for f in fields(Settings) if f.name != "origin")


def load_settings(options: Mapping[str, Any], start: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings that hold; options that are None are not given.

    Raises: SettingsError, naming where the setting came from and what would be right.
    """
    given: dict[str, tuple[Any, str]] = {}
    path = find_file(start or Path.cwd())
    if path is not None:
        given |= {name: (value, str(path)) for name, value in _read(path).items()}
    for variable, name in check_variables(environment).items():
        value: Any = [v for v in environment[variable].split(",") if v] if name == "allowed_assumptions" else environment[variable]
        given[name] = (value, variable)
    given |= {name: (value, f"--{name.replace('_', '-')}") for name, value in options.items() if value is not None}
    values = {name: _parse(name, value, origin) for name, (value, origin) in given.items()}
    return Settings(**values, origin=tuple((name, origin) for name, (_, origin) in sorted(given.items())))


def check_variables(environment: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """Return the variables that are settings, with the names of these. Raises: SettingsError for one that is neither setting nor known."""
    given = sorted(v for v in environment if v.startswith(PREFIX) and v not in OTHER_VARIABLES and environment[v])
    named = {variable: variable.removeprefix(PREFIX).lower() for variable in given}
    for variable, name in named.items():
        _check_name(name, variable, "the environment")
    return named


def find_file(start: Path) -> Path | None:
    """Return the nearest settings file between a folder and the root of its git repository;

    without a repository only the folder itself counts.
    """
    start = start.resolve()
    root = next((f for f in (start, *start.parents) if (f / ".git").exists()), start)
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder / FILE
        if folder == root:
            return None
    return None


def _read(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}", "make it readable, or remove it") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}", "correct it") from None
    for name in table:
        _check_name(name, name, str(path))
    return table


def _check_name(name: str, written: str, where: str) -> None:
    if name in NAMES:
        return
    if any(word in name.lower() for word in SECRET_WORDS):
        raise SettingsError(
            f"{where}: {written} is no setting: keys come only from the environment", "set OPENAI_API_KEY there, and remove it here"
        )
    if "url" in name.lower():
        raise SettingsError(
            f"{where}: {written} is no setting: the model's address comes only from the environment",
            "set OPENAI_BASE_URL there, and remove it here",
        )
    variable = written != name
    known = (*NAMES, *(v.removeprefix(PREFIX).lower() for v in sorted(OTHER_VARIABLES))) if variable else NAMES
    near = difflib.get_close_matches(name, known, 1, 0.5)
    if not near:
        raise SettingsError(f"{where}: there is no setting {written}", f"the settings are: {', '.join(NAMES)}")
    spelled = PREFIX + near[0].upper() if variable else near[0]
    raise SettingsError(f"{where}: there is no setting {written}", f"did you mean {spelled}?")


def _parse(name: str, value: Any, origin: str) -> Any:
    from pydantic import Field, TypeAdapter, ValidationError

    types: Mapping[str, Any] = {
        "model": str,
        "protocol": Literal["chat", "responses"],
        "budget": str,
        "jobs": int,
        "timeout": float,
        "fuzz_runs": int,
        "horn_s": int,
        "allowed_assumptions": tuple[str, ...],
        "strength": float,
    }
    bounds: Mapping[str, Any] = {
        "jobs": Field(ge=0, le=256),
        "timeout": Field(gt=0, le=86_400),
        "fuzz_runs": Field(ge=100, le=1_000_000),
        "horn_s": Field(ge=1, le=3600),
        "strength": Field(ge=0, le=1),
    }
    adapter: TypeAdapter[Any] = TypeAdapter(_bounded(types[name], bounds.get(name)))
    try:
        if name == "budget" and isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return adapter.validate_python(value)
    except ValidationError as error:
        raise SettingsError(f"{origin}: {name} cannot be {value!r}", error.errors()[0]["msg"].lower()) from None


def _bounded(kind: Any, bound: Any) -> Any:
    from typing import Annotated

    return Annotated[kind, bound] if bound is not None else kind
