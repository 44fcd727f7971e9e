"""One stack per test module: the toy program, driven by the real engine on the shared cluster."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local import toolchain
from local.cluster import Cluster, Image
from local.engine import Engine
from tests.e2e.cluster.conftest import Kubectl

PROGRAM = Path(__file__).parent / "program"
TOKEN = "correct-horse-battery-staple"


@dataclass(frozen=True)
class Toy:
    """A stack of the toy program: engines with changed settings, its state, its namespace."""

    pulumi: Path
    state: Path
    settings: Mapping[str, Any]
    kubectl: Kubectl
    told: list[str] = field(default_factory=list)

    def engine(
        self, *, project: Path = PROGRAM, environ: Mapping[str, str] | None = None, **changed: Any
    ) -> Engine:
        """An engine of the stack, with `changed` settings on top."""
        return Engine(
            pulumi=self.pulumi,
            project=project,
            stack="dev",
            environ={**self.environ, **(environ or {})},
            report=self.told.append,
            config={**self.settings, **changed},
            secrets={"token": TOKEN},
        )

    @property
    def environ(self) -> dict[str, str]:
        """A user who has nothing: an empty home, no Pulumi, no kubeconfig."""
        return {
            "HOME": str(self.state / "home"),
            "PATH": os.environ["PATH"],
            "XDG_STATE_HOME": str(self.state / "state"),
            "XDG_CACHE_HOME": str(self.pulumi.parents[3]),
        }


@pytest.fixture(scope="module")
def toy(
    cluster: Cluster,
    programs: dict[str, Path],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Toy]:
    """A stack that does not exist yet; what is left of it afterwards is destroyed."""
    name = request.module.__name__.rpartition(".")[2].replace("_", "-").removeprefix("test-")
    image = Image(
        name="registry.example/team/probe:1.0",
        files={"/probe": programs["probe"]},
        entrypoint=("/probe",),
    )
    cluster.load([image])
    toy = Toy(
        pulumi=toolchain.ensure(["pulumi"])["pulumi"],
        state=tmp_path_factory.mktemp(name),
        settings={
            "kubeconfig": str(cluster.kubeconfig),
            "context": cluster.spec.name,
            "namespace": f"toy-{name}",
        },
        kubectl=Kubectl(programs["kubectl"], cluster.kubeconfig, f"toy-{name}"),
    )
    (toy.state / "home").mkdir()
    yield toy
    toy.engine().destroy()
