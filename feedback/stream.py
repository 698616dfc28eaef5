"""Turn work that reports by callback into an iterator of what it reports."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Generic, TypeVar

E = TypeVar("E")
T = TypeVar("T")

#: How long an abandoned worker may take to end its own children before we leave it behind (they die with our process anyway).
FAREWELL_S = 2.0


class Abandoned(BaseException):
    """End work that nobody waits for any more; raised inside the worker where it reports."""


@dataclass(frozen=True, slots=True)
class _Done(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


def streamed(work: Callable[[Callable[[E], None]], T], farewell_s: float = FAREWELL_S) -> Generator[E, None, T]:
    """Run `work(report)` beside us, yield what it reports at once, and return or raise what it does.

    Closing the generator, or an interrupt, ends the work at its next report.
    """
    heard: queue.SimpleQueue[E | _Done[T] | _Failed] = queue.SimpleQueue()
    abandoned = threading.Event()

    def report(event: E) -> None:
        if abandoned.is_set():
            raise Abandoned
        heard.put(event)

    def body() -> None:
        try:
            heard.put(_Done(work(report)))
        except BaseException as error:  # noqa: BLE001 — handed over, and raised by whoever waits
            heard.put(_Failed(error))

    worker = threading.Thread(target=body, daemon=True, name="solwright-work")
    worker.start()
    try:
        while True:
            event = heard.get()
            if isinstance(event, _Done):
                return event.value
            if isinstance(event, _Failed):
                raise event.error
            yield event
    finally:
        abandoned.set()
        worker.join(farewell_s)
