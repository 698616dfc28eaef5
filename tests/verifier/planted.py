"""Plant a backdoor in a right contract of the corpus: each file of `backdoors` is a header and a unified diff.

planted: what the backdoor is, in plain words
breaks: obligations, at least one of which must not be proved
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines.job import Effort
from verifier.judge import Candidate, Case, JudgeOptions, inspect_case, prepare

ROOT = Path(__file__).parents[2]
BACKDOORS = tuple(sorted(Path(__file__).with_name("backdoors").glob("*.diff")))
HEADER = re.compile(r"planted: (.+)\nbreaks: (.+)\n--- (.+)\n\+\+\+ \3\n")
HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@\n")


@dataclass(frozen=True, slots=True)
class Backdoor:
    """One backdoor; `base` is the right contract, `source` the same with the backdoor in it."""

    name: str
    planted: str
    breaks: tuple[str, ...]
    base: Path
    source: str

    @property
    def specification(self) -> Path:
        return next(self.base.parents[1].glob("*.spec.sol"))

    def case(self, effort: Effort) -> Case:
        """Return what is judged: the sources with the backdoor, imports included."""
        specification = parse(self.specification)
        tree = import_sources(self.base, root=self.base.parents[1])
        planted = replace(tree, sources={**tree.sources, tree.entry: self.source})
        return prepare(specification, Candidate(planted, specification.name), JudgeOptions(effort=effort))


def is_refused(case: Case) -> bool:
    """Tell whether a rule refuses the contract, whatever it does."""
    return any(f.severity == "refutes" for f in inspect_case(case).findings)


def read(path: Path) -> Backdoor:
    """Read one file of `backdoors`. A diff that does not fit its contract any more is an error."""
    text = path.read_text()
    header = HEADER.match(text)
    assert header is not None, f"{path} has no header"
    planted, breaks, base = header.groups()
    source = "".join(_patched((ROOT / base).read_text().splitlines(True), text[header.end() :].splitlines(True)))
    return Backdoor(path.stem, planted, tuple(id.strip() for id in breaks.split(",")), ROOT / base, source)


def _patched(old: list[str], diff: list[str]) -> Iterator[str]:
    at = 0
    for line in diff:
        hunk = HUNK.fullmatch(line)
        if hunk is not None:
            begin = int(hunk[1]) - (hunk[2] != "0")
            yield from old[at:begin]
            at = begin
            continue
        if line[0] != "+":
            assert old[at] == line[1:], f"line {at + 1} is not {line[1:]!r}"
            at += 1
        if line[0] != "-":
            yield line[1:]
    yield from old[at:]
