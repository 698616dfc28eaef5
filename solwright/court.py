"""Bring the judge and the examiner of specifications together for the loop."""

from __future__ import annotations

from feedback.judging import Court
from solwright.settings import Settings


def hold_court(settings: Settings) -> Court:
    raise NotImplementedError
