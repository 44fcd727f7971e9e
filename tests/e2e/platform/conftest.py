"""The stack `dev`, brought up by the command that people use, in the cluster of the end-to-end tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local import toolchain
from local.cluster import Cluster
from local.engine import Engine
from local.paths import Paths
from operations.connect import Target
from operations.environment.images import PROGRAMS, platform_images
from operations.environment.platform import Platform
from operations.environment.sites import OwnCluster
from operations.output import console
from operations.scope import PROJECT
from tests.e2e.conftest import Unhidden

_MINUTES = 10


@dataclass(frozen=True)
class Person:
    """Somebody with a cluster of their own: the context, an empty state folder, this machine's programs."""

    target: Target
    environ: dict[str, str]

    def make(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`python -m operations.environment ARGUMENTS`, as the Makefile calls it with CONTEXT."""
        command = [
            sys.executable,
            "-m",
            "operations.environment",
            *arguments,
            "--context",
            self.target.context,
        ]
        return subprocess.run(
            command,
            cwd=PROJECT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=_MINUTES * 60,
        )

    def engine(self, *, stack: str = "dev", config: dict[str, Any] | None = None, **more: str) -> Engine:
        """The engine on the very state that `make` uses, with other settings for once."""
        site = OwnCluster(self.target.context, self.environ, console())
        platform = Platform(project=PROJECT, stack=stack, site=site, environment=lambda: stack)
        environ = platform.environ(self.target)
        pulumi = toolchain.ensure(["pulumi"])["pulumi"]
        return Engine(pulumi=pulumi, project=PROJECT, stack=stack, environ={**environ, **more}, config=config)


@pytest.fixture(scope="session")
def person(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, unhidden: Unhidden) -> Person:
    """The images of the platform are in the cluster, as a registry would provide them."""
    with unhidden():
        programs = toolchain.ensure([*PROGRAMS, "pulumi", "kubectl"])
    cluster.load(platform_images(programs, None))
    home = tmp_path_factory.mktemp("person")
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "MCP_", "KUBE"))
    }
    environ = {
        **kept,
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(Paths.of(os.environ).cache.parent),
        "KUBECONFIG": str(cluster.kubeconfig),
        "GOPATH": os.environ.get("GOPATH", str(Path.home() / "go")),
    }
    context = cluster.spec.name
    target = Target(kubectl=programs["kubectl"], kubeconfig=cluster.kubeconfig, context=context)
    return Person(target, environ)


@pytest.fixture(scope="module")
def deployed(person: Person) -> Iterator[Person]:
    """The stack is up; it is removed after the module's tests."""
    made = person.make("up")
    assert made.returncode == 0, made.stdout + made.stderr
    yield person
    removed = person.make("down")
    assert removed.returncode == 0, removed.stdout + removed.stderr
