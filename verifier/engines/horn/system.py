"""Hold one Horn system; the engine's process loads this and nothing of what writes systems."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: What a system ends with: the predicate that stands for its error, excluded.
GOAL = re.compile(r"\(=> \|?(error_target_\d+(?:_\d+)?)\|? false\)")


@dataclass(frozen=True, slots=True)
class System:
    """The Horn system of one obligation, as solc wrote it: satisfiable if and only if the assertion is safe in the model."""

    obligation: str
    text: str
