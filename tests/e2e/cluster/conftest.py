"""A namespace with the restricted Pod Security standard, and what tests do in it."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.cluster import Cluster, Image
from tests.e2e.waiting import until

PROBE_IMAGE = "registry.example/team/probe:1.0"
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
POD = {
    "runAsNonRoot": True,
    "runAsUser": 10001,
    "runAsGroup": 10001,
    "fsGroup": 10001,
    "seccompProfile": {"type": "RuntimeDefault"},
}


@dataclass(frozen=True)
class Kubectl:
    """kubectl in one namespace of the cluster."""

    program: Path
    kubeconfig: Path
    namespace: str

    def __call__(self, *arguments: str, stdin: str | None = None) -> str:
        done = self.attempt(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def attempt(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        command = [str(self.program), f"--kubeconfig={self.kubeconfig}", f"--namespace={self.namespace}"]
        return subprocess.run(
            [*command, *arguments], input=stdin, capture_output=True, text=True, check=False
        )

    def apply(self, *documents: dict[str, Any]) -> None:
        self(
            "apply",
            "--filename=-",
            stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": documents}),
        )

    def get(self, *arguments: str) -> Any:
        return json.loads(self("get", *arguments, "--output=json"))


@pytest.fixture(scope="module")
def kubectl(cluster: Cluster, programs: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[Kubectl]:
    """A namespace of the test module's own, whose Pods have to be restricted; it is removed afterwards."""
    cluster.load([Image(name=PROBE_IMAGE, files={"/probe": programs["probe"]}, entrypoint=("/probe",))])
    name = request.module.__name__.rpartition(".")[2].replace("_", "-")
    called = Kubectl(programs["kubectl"], cluster.kubeconfig, name)
    label = {"pod-security.kubernetes.io/enforce": "restricted"}
    called.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": label}})
    yield called
    called("delete", "namespace", name, "--wait=false")


def deployment(name: str, replicas: int = 1, **pod: Any) -> dict[str, Any]:
    """A Deployment of the probe as a server on port 8080."""
    container = {
        "name": "probe",
        "image": PROBE_IMAGE,
        "args": ["serve", ":8080"],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1},
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": RESTRICTED,
        "volumeMounts": pod.pop("volumeMounts", []),
    }
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"securityContext": POD, "containers": [container], **pod},
            },
        },
    }


def service(name: str) -> dict[str, Any]:
    """A Service on port 80 for the Deployment of that name."""
    ports = [{"port": 80, "targetPort": 8080}]
    spec = {"selector": {"app": name}, "ports": ports}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


@pytest.fixture(scope="module")
def server(kubectl: Kubectl) -> str:
    """Name of a Deployment of two Pods that serve, and of the Service before them."""
    kubectl.apply(deployment("server", replicas=2), service("server"))
    kubectl("rollout", "status", "deployment/server", "--timeout=90s")
    return "server"


Probe = Callable[..., str]


@pytest.fixture(scope="module")
def inside(kubectl: Kubectl, server: str) -> Probe:
    """Run the probe in a Pod of the server; it has 20 s to succeed, because rules and names need a moment."""

    def run(*arguments: str) -> str:
        command = ("exec", f"deployment/{server}", "--", "/probe", *arguments)
        done = until(lambda: kubectl.attempt(*command), lambda done: done.returncode == 0, seconds=20)
        return done.stdout

    return run
