"""Who reaches whom, computed from NetworkPolicy manifests as Kubernetes defines them.

Policies only add up: a connection passes if the source's namespace lets it out and the target's lets it in. A
Pod that no policy of a direction selects is open in that direction.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import names
from tests.graph.recorded import Manifest

Selector = dict[str, Any]


@dataclass(frozen=True)
class Pod:
    """An end of a connection."""

    title: str
    namespace: str
    labels: dict[str, str] = field(default_factory=dict, hash=False)


def reachable(
    policies: Iterable[Manifest], pods: Iterable[Pod], ports: Iterable[tuple[str, int]]
) -> set[tuple[str, str, str, int]]:
    """Every (source, target, protocol, port) that passes, a Pod's way to itself left out."""
    policies, pods, ports = list(policies), list(pods), list(ports)
    return {
        (source.title, target.title, protocol, port)
        for source in pods
        for target in pods
        if source is not target
        for protocol, port in ports
        if _passes(policies, "Egress", source, target, (protocol, port))
        and _passes(policies, "Ingress", target, source, (protocol, port))
    }


def _passes(policies: list[Manifest], direction: str, own: Pod, other: Pod, port: tuple[str, int]) -> bool:
    """Whether the policies that select `own` let a connection with `other` pass in this direction."""
    selecting = [
        policy["spec"]
        for policy in policies
        if policy["metadata"]["namespace"] == own.namespace
        and direction in policy["spec"]["policyTypes"]
        and _selects(policy["spec"]["podSelector"], own.labels)
    ]
    rules = [rule for spec in selecting for rule in spec.get(direction.lower(), [])]
    return not selecting or any(_admits(rule, direction, own.namespace, other, port) for rule in rules)


def _admits(rule: Selector, direction: str, namespace: str, other: Pod, port: tuple[str, int]) -> bool:
    peers = rule["to" if direction == "Egress" else "from"]
    ports = [(entry["protocol"], entry["port"]) for entry in rule["ports"]]
    return port in ports and any(_is_peer(peer, namespace, other) for peer in peers)


def _is_peer(peer: Selector, namespace: str, other: Pod) -> bool:
    labels = {"kubernetes.io/metadata.name": other.namespace}
    here = (
        _selects(peer["namespaceSelector"], labels)
        if "namespaceSelector" in peer
        else other.namespace == namespace
    )
    return here and _selects(peer.get("podSelector", {}), other.labels)


def _selects(selector: Selector, labels: dict[str, str]) -> bool:
    if unknown := selector.keys() - {"matchLabels", "matchExpressions"}:
        raise ValueError(f"selector with {unknown}")
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        _holds(expression, labels) for expression in selector.get("matchExpressions", [])
    )


def _holds(expression: dict[str, Any], labels: dict[str, str]) -> bool:
    value, values = labels.get(expression["key"]), expression["values"]
    match expression["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case operator:
            raise ValueError(operator)


def platform_pods(deployments: Iterable[Manifest]) -> list[Pod]:
    """The Pods of the platform's own workloads."""
    return [
        Pod(found["metadata"]["name"], names.NAMESPACE, found["spec"]["template"]["metadata"]["labels"])
        for found in deployments
    ]
