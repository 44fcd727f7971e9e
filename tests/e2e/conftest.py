"""The cluster that end-to-end tests share: the embedded one, under a name and addresses of its own."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NoReturn

import pytest

from local import toolchain
from local.cluster import PROGRAMS, Cluster, ClusterError, ClusterSpec
from local.cluster.preflight import check_machine, check_root
from local.lock import locked
from local.paths import Paths

SPEC = ClusterSpec("mcp-e2e", 1)
"""Not the user's cluster (index 0), which may be up at the same time."""

KEEP = "MCP_TRACING_E2E_KEEP"
"""Environment variable for development: if set, the cluster stays up, and the next run uses it."""

Unhidden = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="session")
def unhidden(request: pytest.FixtureRequest) -> Unhidden:
    """Context in which output reaches the terminal: builds and starts take minutes."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    return nullcontext if capture is None else capture.global_and_fixture_disabled


@pytest.fixture(scope="session")
def programs(unhidden: Unhidden) -> dict[str, Path]:
    """Every program of an embedded cluster, and `probe`; built if need be."""
    try:
        check_root()
        with unhidden():
            toolchain.ensure_packages()
            found = toolchain.ensure([*PROGRAMS, "probe"])
        check_machine()
    except (ClusterError, toolchain.ToolchainError) as error:
        cannot_run(str(error))
    return found


@pytest.fixture(scope="session")
def cluster(programs: dict[str, Path], unhidden: Unhidden) -> Iterator[Cluster]:
    """A ready cluster, fresh and for this test run alone; a second run at the same time waits for it."""
    paths = Paths.of(os.environ)
    keep = bool(os.environ.get(KEEP))
    shared = Cluster(SPEC, paths, programs)
    with locked(paths.state / "e2e.lock", lambda pid: say_waiting(unhidden, pid)):
        with unhidden():
            if not keep:
                shared.down()
            shared.up(report=print)
        yield shared
        if not keep:
            shared.down()


def say_waiting(unhidden: Unhidden, pid: str) -> None:
    """Tell why nothing happens."""
    with unhidden():
        print(f"another test run (process {pid}) uses the cluster: waiting for it to end")


def cannot_run(reason: str) -> NoReturn:
    """Skip with the reason; in CI these tests have to run, so there it is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"end-to-end tests cannot run: {reason}")
    pytest.skip(f"END-TO-END TESTS DO NOT RUN: {reason}")
