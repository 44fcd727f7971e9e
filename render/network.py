"""Who may talk to whom: hops are declared once, as edges, and become NetworkPolicy documents.

Everything else in the namespace is denied in both directions. The kubelet's probes and `kubectl port-forward`
come from the node, whose traffic to its own Pods no policy blocks (Kubernetes, "Network Policies").
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import names
from render import collector, jaeger
from render.places import Listener
from settings import Settings, Topology

_NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"
"""Label that the API server itself puts on each namespace, with its name."""
_DNS: Final = (Listener(name="dns", port=53, protocol="UDP"), Listener(name="dns-tcp", port=53))


@dataclass(frozen=True, kw_only=True)
class Component:
    """Pods of one component of the platform."""

    name: str

    @property
    def title(self) -> str:
        """How names of policies call it."""
        return self.name

    def pods(self) -> dict[str, Any]:
        """Selector of its Pods."""
        return {"matchLabels": names.selector(self.name)}

    def peer(self) -> dict[str, Any]:
        """How a rule names it as the other end."""
        return {"podSelector": self.pods()}


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """Pods in the platform's namespace that are not the platform's own: services that run beside it."""

    title: str = "neighbours"
    """How names of policies call it."""

    def pods(self) -> dict[str, Any]:
        """Selector of its Pods."""
        part_of = {"key": "app.kubernetes.io/part-of", "operator": "NotIn", "values": [names.PROJECT]}
        return {"matchExpressions": [part_of]}

    def peer(self) -> dict[str, Any]:
        """How a rule names it as the other end."""
        return {"podSelector": self.pods()}


@dataclass(frozen=True, kw_only=True)
class Namespaces:
    """Pods of other namespaces; what leaves those is decided there, so they are only ever a source."""

    title: str
    members: tuple[str, ...]

    def peer(self) -> dict[str, Any]:
        """How a rule names it as the other end."""
        # Sorted: the same settings give the same bytes, in whatever order they were written.
        chosen = {"key": _NAMESPACE_LABEL, "operator": "In", "values": sorted(self.members)}
        return {"namespaceSelector": {"matchExpressions": [chosen]}}


@dataclass(frozen=True, kw_only=True)
class Dns:
    """The cluster's name servers, by the labels that kubeadm, kind, minikube, EKS, AKS and GKE give them."""

    @property
    def title(self) -> str:
        """How names of policies call it."""
        return "dns"

    def peer(self) -> dict[str, Any]:
        """How a rule names it as the other end."""
        return {
            "namespaceSelector": {"matchLabels": {_NAMESPACE_LABEL: "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }


@dataclass(frozen=True, kw_only=True)
class Edge:
    """`source` may open connections to `target` on these ports."""

    source: Component | Neighbours | Namespaces
    target: Component | Dns
    ports: tuple[Listener, ...]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One NetworkPolicy: `spec` is the document, `owner` the component whose traffic it admits."""

    name: str
    owner: str
    spec: dict[str, Any]


DEFAULT_DENY: Final[dict[str, Any]] = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
"""Selects every Pod of the namespace and admits nothing."""


def edges(settings: Settings) -> tuple[Edge, ...]:
    """Every hop of the stack; a tiered stack has none yet, as its workloads come with their own tiers."""
    if settings.topology is not Topology.SINGLE:
        return ()
    return (*_ingest(settings), *_storage())


def policies(settings: Settings) -> tuple[Policy, ...]:
    """One policy for each end of each edge that lies in the platform's namespace, named for the edge."""
    return tuple(policy for edge in edges(settings) for policy in _ends(edge))


def owned(component: str, found: Iterable[Policy]) -> dict[str, dict[str, Any]]:
    """The policies of one component, by name."""
    return {policy.name: policy.spec for policy in found if policy.owner == component}


def _ingest(settings: Settings) -> Iterator[Edge]:
    gateway = Component(name=names.GATEWAY)
    yield Edge(source=Neighbours(), target=Dns(), ports=_DNS)
    yield Edge(source=Neighbours(), target=gateway, ports=collector.ENCRYPTED)
    if settings.access.sender_namespaces:
        senders = Namespaces(title="senders", members=settings.access.sender_namespaces)
        yield Edge(source=senders, target=gateway, ports=collector.ENCRYPTED)
    if settings.receivers.jaeger_udp:
        yield from _plaintext(gateway, settings.receivers.jaeger_udp_namespaces)


def _plaintext(gateway: Component, namespaces: tuple[str, ...]) -> Iterator[Edge]:
    if names.NAMESPACE in namespaces:
        yield Edge(source=Neighbours(title="udp-neighbours"), target=gateway, ports=collector.PLAINTEXT)
    # Pods of the platform's own namespace are neighbours.
    if others := tuple(name for name in namespaces if name != names.NAMESPACE):
        senders = Namespaces(title="udp-senders", members=others)
        yield Edge(source=senders, target=gateway, ports=collector.PLAINTEXT)


def _storage() -> Iterator[Edge]:
    gateway = Component(name=names.GATEWAY)
    yield Edge(source=gateway, target=Component(name=names.JAEGER), ports=jaeger.STORAGE_LISTENERS)
    yield Edge(source=gateway, target=Dns(), ports=_DNS)


def _ends(edge: Edge) -> Iterator[Policy]:
    ports = [{"protocol": listener.protocol, "port": listener.port} for listener in edge.ports]
    if not isinstance(edge.source, Namespaces):
        yield _leaving(edge, edge.source, ports)
    if isinstance(edge.target, Component):
        yield _arriving(edge, edge.target, ports)


def _leaving(edge: Edge, source: Component | Neighbours, ports: list[dict[str, Any]]) -> Policy:
    spec = {
        "podSelector": source.pods(),
        "policyTypes": ["Egress"],
        "egress": [{"to": [edge.target.peer()], "ports": ports}],
    }
    title = f"to-{edge.target.title}"
    if isinstance(source, Component):
        return Policy(name=title, owner=source.name, spec=spec)
    # Neighbours are nobody's component; they are let out because of the gateway.
    return Policy(name=f"{source.title}-{title}", owner=names.GATEWAY, spec=spec)


def _arriving(edge: Edge, target: Component, ports: list[dict[str, Any]]) -> Policy:
    spec = {
        "podSelector": target.pods(),
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [edge.source.peer()], "ports": ports}],
    }
    return Policy(name=f"from-{edge.source.title}", owner=target.name, spec=spec)
