"""The clock of limits: how much this process has worked, so that what is proved does not depend on what else the machine does."""

from __future__ import annotations

import resource
import time

#: Whoever gets less than this part of a processor is not waited for any longer.
PATIENCE = 4


def worked_s() -> float:
    """Return the processor seconds of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
