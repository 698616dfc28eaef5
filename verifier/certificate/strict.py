"""Read JSON of others strictly, and write ours in one way only."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from toolchain.errors import CertificateError

LONGEST_NUMBER = 100
NEXT_STEP = "get the bundle again from whoever made it"


def malformed(name: str, why: str) -> CertificateError:
    """Return the error for a file of a bundle that cannot be read as what it should be."""
    return CertificateError(f"{name} cannot be read: {why}", NEXT_STEP)


def read_json(name: str, raw: bytes) -> Any:
    """Return the value of a file: UTF-8, no name twice, no NaN, no endless nesting. Raises CertificateError naming the file."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            twice = next(k for i, (k, _) in enumerate(pairs) if k in dict(pairs[:i]))
            raise ValueError(f"the name {twice[:60]!r} stands twice in one object")
        return found

    def no_number(text: str) -> NoReturn:
        raise ValueError(f"{text} is no number of JSON")

    def short(text: str) -> int:
        if len(text) > LONGEST_NUMBER:
            raise ValueError(f"a number has {len(text)} digits")
        return int(text)

    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=once, parse_constant=no_number, parse_int=short)
    except UnicodeDecodeError as error:
        raise malformed(name, f"byte {error.start} is not UTF-8") from None
    except RecursionError:
        raise malformed(name, "it is nested too deeply") from None
    except ValueError as error:
        raise malformed(name, str(error)[:200]) from None


def write_json(value: Any) -> bytes:
    """Return a value as the one text that stands for it."""
    return (json.dumps(value, indent=1, ensure_ascii=True, allow_nan=False) + "\n").encode()
