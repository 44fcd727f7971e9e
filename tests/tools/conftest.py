"""Real programs for tests: built once into the user's cache, skipped loudly where they cannot be had."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

import pytest

from local import toolchain

Built = Callable[[str], Path]


@pytest.fixture(scope="session")
def built(request: pytest.FixtureRequest) -> Built:
    """Gives the path of a program by its name, in the version that is deployed."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def ensure(name: str) -> Path:
        # A build takes minutes: its progress must be seen.
        with nullcontext() if capture is None else capture.global_and_fixture_disabled():
            try:
                return toolchain.ensure([name])[name]
            except toolchain.ToolchainError as error:
                cannot_run(str(error))

    return ensure


@pytest.fixture(scope="session")
def programs(built: Built) -> dict[str, Path]:
    """The collector and Jaeger."""
    return {name: built(name) for name in ("otelcol", "jaeger")}


def cannot_run(reason: str) -> NoReturn:
    """Skip with the reason; in CI these tests have to run, so there it is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"tests with real programs cannot run: {reason}")
    pytest.skip(f"TESTS WITH REAL PROGRAMS DO NOT RUN: {reason}")
