"""Real programs for tests: built once into the user's cache, skipped loudly where they cannot be had."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

from local import toolchain


@pytest.fixture(scope="session")
def programs(request: pytest.FixtureRequest) -> dict[str, Path]:
    """The collector and Jaeger, in the versions that are deployed."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    try:
        if capture is None:
            return toolchain.ensure(["otelcol", "jaeger"])
        # A build takes minutes: its progress must be seen.
        with capture.global_and_fixture_disabled():
            return toolchain.ensure(["otelcol", "jaeger"])
    except toolchain.ToolchainError as error:
        cannot_run(str(error))


def cannot_run(reason: str) -> NoReturn:
    """Skip with the reason; in CI these tests have to run, so there it is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"tests with real programs cannot run: {reason}")
    pytest.skip(f"TESTS WITH REAL PROGRAMS DO NOT RUN: {reason}")
