"""The cluster that commands work on: the embedded one, or the context that a person named."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from local.cluster import Cluster, ClusterError, ClusterSpec
from local.paths import Paths
from local.toolchain import Toolchain, ToolchainError
from operations.connect import Target
from operations.kubeconfig import find_kubeconfig
from operations.problem import NotRunningError, OperationError, told


def target(context: str | None, environ: Mapping[str, str]) -> Target:
    """How to reach the cluster of this context, or the embedded one if none is named.

    Raises:
        OperationError: there is no such context, the embedded cluster is not up, or there is no kubectl.
    """
    if context is not None:
        kubeconfig = find_kubeconfig(context, environ)
        return Target(kubectl=program("kubectl", environ), kubeconfig=kubeconfig, context=context)
    cluster = embedded(environ)
    if not _is_up(cluster):
        raise NotRunningError(
            "the embedded cluster is not up: `make up` starts it "
            "(a cluster of your own: make ... CONTEXT=NAME, tracectl --context NAME)"
        )
    return Target(
        kubectl=program("kubectl", environ), kubeconfig=cluster.kubeconfig, context=cluster.spec.name
    )


def embedded(environ: Mapping[str, str], programs: Mapping[str, Path] | None = None) -> Cluster:
    """The embedded cluster of this user, up or not."""
    return Cluster(ClusterSpec(), Paths.of(environ), programs or {})


def _is_up(cluster: Cluster) -> bool:
    """Whether this user's cluster is up; without it, its address may lead off the machine."""
    if not cluster.kubeconfig.exists():
        return False
    try:
        cluster.check_route()
    except ClusterError:
        return False
    return True


def program(name: str, environ: Mapping[str, str]) -> Path:
    """The program that was found or built; nothing is built here.

    Raises:
        OperationError: there is none yet.
    """
    toolchain = Toolchain(paths=Paths.of(environ), environ=environ, console=Console(stderr=True))
    with told(ToolchainError):
        found = toolchain.where(name)
    if found is None:
        raise OperationError(f"there is no {name} yet: `make up` finds or builds one")
    return found
