"""An API server in miniature for tests of what talks to one."""

from collections.abc import Iterator

import pytest

from tests.unit.local.standin.server import Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running
