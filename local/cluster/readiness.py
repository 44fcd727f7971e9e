"""What "up" means: conditions that hold now, each with the reason while it does not."""

import datetime as dt
import functools
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any, Final

import httpx

from local.cluster.addons import Workload
from local.cluster.api import Api
from local.cluster.errors import ClusterError
from local.cluster.spec import ClusterSpec

_LEASE_SECONDS: Final = 40
"""The kubelet renews its lease every 10 s; after 40 s a node counts as lost (the kubelet's defaults)."""
_PAUSE_SECONDS: Final = 0.25
_SAID_CHARACTERS: Final = 400
_DNS_PORT: Final = 53
_DNS_TIMEOUT_SECONDS: Final = 1.0
_NAME: Final = "kubernetes.default.svc.cluster.local"


Get = Callable[[str], dict[str, Any]]


@dataclass(frozen=True)
class Condition:
    """Something that has to hold; `unmet` gives None, or why it does not hold yet."""

    name: str
    unmet: Callable[[], str | None]

    def reason(self) -> str | None:
        """`unmet`, with what the API server or the network refused as a reason too."""
        try:
            return self.unmet()
        except httpx.HTTPStatusError as error:
            return f"the API server answers {error.response.status_code} for {error.request.url.path}"
        except (httpx.HTTPError, OSError) as error:
            return str(error) or type(error).__name__
        except (KeyError, IndexError) as error:
            return f"{error} is not set yet"


def conditions(
    api: Api, spec: ClusterSpec, workloads: Iterable[Workload], since: dt.datetime
) -> Iterator[Condition]:
    """All conditions of a cluster whose node was started at `since`."""
    yield node_condition(api, spec, since)
    for workload in workloads:
        yield Condition(workload.name, functools.partial(workload_unmet, api.get, workload, since))
        if workload.name == "coredns":
            yield Condition("dns", lambda: dns_unmet(spec.dns, spec.api_service))
        if workload.name == "metrics-server":
            yield Condition("metrics", lambda: metrics_unmet(api.get))


def node_condition(api: Api, spec: ClusterSpec, since: dt.datetime) -> Condition:
    """The node is ready."""
    return Condition("node", lambda: node_unmet(api.get, spec, since, dt.datetime.now(dt.UTC)))


def node_unmet(get: Get, spec: ClusterSpec, since: dt.datetime, now: dt.datetime) -> str | None:
    """The node is Ready by a lease that this start renewed: kept state says Ready of the last start too."""
    lease = get(f"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{spec.name}")
    renewed = dt.datetime.fromisoformat(lease["spec"]["renewTime"])
    if renewed < since or now - renewed > dt.timedelta(seconds=_LEASE_SECONDS):
        return f"the kubelet renewed its lease last at {renewed:%H:%M:%S} UTC"
    found = get(f"/api/v1/nodes/{spec.name}")["status"]["conditions"]
    ready = next(condition for condition in found if condition["type"] == "Ready")
    return None if ready["status"] == "True" else str(ready["message"])


def workload_unmet(get: Get, workload: Workload, since: dt.datetime) -> str | None:
    """The Deployment's current version runs, in containers of this start, and nothing of an older one."""
    base = f"namespaces/{workload.namespace}"
    found = get(f"/apis/apps/v1/{base}/deployments/{workload.name}")
    wanted, status = found["spec"]["replicas"], found.get("status", {})
    current = status.get("observedGeneration", 0) >= found["metadata"]["generation"]
    counts = [status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")]
    selector = ",".join(f"{key}={value}" for key, value in found["spec"]["selector"]["matchLabels"].items())
    containers = list(_containers(get(f"/api/v1/{base}/pods?labelSelector={selector}")["items"]))
    if current and counts == [wanted] * 3 and all(_started(container, since) for container in containers):
        return None
    return "; ".join(filter(None, map(_trouble, containers))) or f"{counts[2]} of {wanted} Pods are available"


def _containers(pods: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Statuses of all containers; for a Pod that has none yet, what the scheduler says, in the same form."""
    for pod in pods:
        yield from pod["status"].get("containerStatuses", [])
        for condition in pod["status"].get("conditions", []):
            if condition["type"] == "PodScheduled" and condition["status"] == "False":
                yield {"state": {"waiting": {"reason": "not scheduled", "message": condition.get("message")}}}


def _started(container: dict[str, Any], since: dt.datetime) -> bool:
    """Whether it runs since `since`: until the kubelet has looked, kept data shows older containers."""
    running = container["state"].get("running")
    # Kubernetes writes whole seconds.
    return running is not None and dt.datetime.fromisoformat(running["startedAt"]) >= since.replace(
        microsecond=0
    )


def _trouble(container: dict[str, Any]) -> str | None:
    """Why a container waits, or how it ended, with the last it said (add-ons' logs are their last words)."""
    for state in (container["state"], container.get("lastState", {})):
        if ended := state.get("terminated"):
            said = ended.get("message", "").strip() or f"ended with status {ended.get('exitCode')}"
            return f"{ended.get('reason')}: {said[-_SAID_CHARACTERS:]}"
    waiting = container["state"].get("waiting", {})
    return ": ".join(filter(None, (waiting.get("reason"), waiting.get("message")))) or None


def metrics_unmet(get: Get) -> str | None:
    """The metrics API is served through the API server, and knows the node."""
    if get("/apis/metrics.k8s.io/v1beta1/nodes")["items"]:
        return None
    return "metrics-server has not read the node's figures yet"


def dns_unmet(server: IPv4Address, expected: IPv4Address) -> str | None:
    """The cluster's DNS Service answers a query from the host with the API server's ClusterIP."""
    identifier = secrets.token_bytes(2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.settimeout(_DNS_TIMEOUT_SECONDS)
        connection.connect((str(server), _DNS_PORT))
        connection.send(query(identifier, _NAME))
        answer = connection.recv(512)
    if answer[:2] == identifier and answer.endswith(expected.packed):
        return None
    return f"the answer for {_NAME} is not {expected}"


def query(identifier: bytes, name: str) -> bytes:
    """A DNS question for the name's IPv4 address (RFC 1035, section 4)."""
    labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split("."))
    header = identifier + b"\x01\x00" + b"\x00\x01" + bytes(6)
    return header + labels + b"\x00" + b"\x00\x01" + b"\x00\x01"


def unmet(wanted: Iterable[Condition]) -> dict[str, str]:
    """Name and reason of each condition that does not hold now."""
    found = ((condition.name, condition.reason()) for condition in wanted)
    return {name: reason for name, reason in found if reason is not None}


def wait(
    wanted: Iterable[Condition],
    seconds: float,
    report: Callable[[str], None],
    interrupted: Callable[[], None],
) -> None:
    """Return when every condition has held; tell each as it does.

    `interrupted` is called between rounds and may raise: the node may end while it is waited for.

    Raises:
        ClusterError: `seconds` have passed; the message has each reason that is left.
    """
    left = {condition.name: condition for condition in wanted}
    end = time.monotonic() + seconds
    while True:
        reasons = unmet(left.values())
        for name in [name for name in left if name not in reasons]:
            del left[name]
            report(f"{name} is ready")
        if not left:
            return
        interrupted()
        if time.monotonic() > end:
            told = "\n".join(f"  {name}: {reason}" for name, reason in reasons.items())
            raise ClusterError(f"the cluster is not ready after {seconds:.0f} s:\n{told}")
        time.sleep(_PAUSE_SECONDS)
