"""What a cluster of one's own must have before anything is made in it, looked at as a whole."""

import re
from collections.abc import Iterator
from typing import Any, Final

import versions
from operations.connect import Target
from operations.problem import OperationError
from settings import Settings, Topology

_CRDS: Final = ("certificates.cert-manager.io", "issuers.cert-manager.io")
_CERT_MANAGER: Final = (
    "https://github.com/cert-manager/cert-manager/releases/download/"
    f"v{versions.CERT_MANAGER}/cert-manager.yaml"
)
_DEFAULT_CLASS: Final = "storageclass.kubernetes.io/is-default-class"


def check(target: Target, settings: Settings) -> list[str]:
    """Remarks about the cluster, which has everything that the stack needs.

    Raises:
        OperationError: it cannot be reached, or it lacks something; one message has all that is missing, each
            with the command that adds it.
    """
    version = target.read("version")["serverVersion"]
    missing = [
        *_version(version),
        *_cert_manager(target),
        *(_storage(target) if settings.topology is Topology.TIERED else ()),
        *_permission(target),
    ]
    if missing:
        listed = "\n".join(f"  - {line}" for line in missing)
        raise OperationError(
            f"context {target.context} lacks what the stack needs; nothing was changed.\n{listed}"
        )
    return _remarks(version)


def _minor(version: dict[str, Any]) -> tuple[int, int]:
    """Some vendors write `34+` as the minor version; the full version always has both numbers."""
    found = re.match(r"v(\d+)\.(\d+)", str(version.get("gitVersion")))
    if found is None:
        raise OperationError(f"the cluster tells no version of Kubernetes: {version}")
    return int(found[1]), int(found[2])


def _version(version: dict[str, Any]) -> Iterator[str]:
    oldest = versions.KUBERNETES_SUPPORTED[0]
    if _minor(version) < tuple(map(int, oldest.split("."))):
        yield f"Kubernetes {oldest} or later (it has {version['gitVersion']}): upgrade the cluster"


def _remarks(version: dict[str, Any]) -> list[str]:
    newest = versions.KUBERNETES_SUPPORTED[-1]
    if _minor(version) > tuple(map(int, newest.split("."))):
        return [f"Kubernetes {version['gitVersion']} is newer than {newest}, the newest that was tested"]
    return []


def _cert_manager(target: Target) -> Iterator[str]:
    command = f"kubectl --context {target.context} apply -f {_CERT_MANAGER}"
    found = target.run("get", "customresourcedefinitions", *_CRDS, "--ignore-not-found", "--output=name")
    absent = [name for name in _CRDS if name not in found]
    if absent:
        yield f"cert-manager ({', '.join(absent)} not there): {command}"
    elif not _is_served(target):
        yield (
            "a running cert-manager controller (its CRDs are there, no controller is available): "
            f"kubectl --context {target.context} get deployments -A | grep cert-manager; or anew: {command}"
        )


def _is_served(target: Target) -> bool:
    """Whether a controller is available; unknown to whoever may not list Deployments counts as yes."""
    if not target.allowed("list", "deployments.apps", "--all-namespaces"):
        return True
    deployments = target.read("get", "deployments", "--all-namespaces")["items"]
    return any(
        deployment.get("status", {}).get("availableReplicas", 0) > 0
        for deployment in deployments
        if deployment["metadata"]["name"] == "cert-manager" or _is_controller(deployment["metadata"])
    )


def _is_controller(metadata: dict[str, Any]) -> bool:
    labels = metadata.get("labels") or {}
    return (
        labels.get("app.kubernetes.io/name") == "cert-manager"
        and labels.get("app.kubernetes.io/component") == "controller"
    )


def _storage(target: Target) -> Iterator[str]:
    classes = target.read("get", "storageclasses")["items"]
    if any((one["metadata"].get("annotations") or {}).get(_DEFAULT_CLASS) == "true" for one in classes):
        return
    names = ", ".join(one["metadata"]["name"] for one in classes) or "none"
    yield (
        f"a default StorageClass (there are: {names}): kubectl --context {target.context} annotate "
        f"storageclass NAME {_DEFAULT_CLASS}=true"
    )


def _permission(target: Target) -> Iterator[str]:
    if not target.allowed("create", "namespaces"):
        yield (
            "permission to create a namespace; an administrator gives it by kubectl "
            f"--context {target.context} create clusterrolebinding mcp-tracing --clusterrole=cluster-admin "
            "--user=YOU"
        )
