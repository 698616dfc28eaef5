from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.codegen.endpoint import Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    """A model endpoint on loopback."""
    with serving() as script:
        yield script
