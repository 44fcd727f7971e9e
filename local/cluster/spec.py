"""Which cluster: its name, and every address that follows from its index."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from local.cluster.errors import ClusterError

RANGE: Final = IPv4Network("198.18.0.0/15")
"""Reserved for benchmarks of network devices (RFC 2544), in no one's network: no host is hidden."""

_INDEXES: Final = 64
_NAME: Final = re.compile(r"[a-z]([a-z0-9-]{0,13}[a-z0-9])?")
"""Linux allows 15 characters for the name of a network interface (IFNAMSIZ 16, with the final zero)."""
_NODES: Final = int(IPv4Address("198.18.0.0"))
_PODS: Final = int(IPv4Address("198.18.64.0"))
_SERVICES: Final = int(IPv4Address("198.19.0.0"))


@dataclass(frozen=True)
class ClusterSpec:
    """One cluster. Clusters with different names and indexes run side by side and share no address.

    The name is that of its network namespace, its veth interface on the host, its folder in each cgroup
    hierarchy, its node and its kubeconfig's context.
    """

    name: str = "mcp-tracing"
    index: int = 0

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ClusterError(
                f"cluster name {self.name!r}: 1 to 15 lower-case letters, digits or '-', a letter first"
                " and no '-' last (it names a network interface)"
            )
        if not 0 <= self.index < _INDEXES:
            raise ClusterError(f"cluster index {self.index}: an integer from 0 to {_INDEXES - 1}")

    @property
    def node_net(self) -> IPv4Network:
        """The veth pair's network: the host and the node."""
        return self._net(_NODES)

    @property
    def pod_net(self) -> IPv4Network:
        """Addresses of Pods; the host has a route to them through the node."""
        return self._net(_PODS)

    @property
    def service_net(self) -> IPv4Network:
        """ClusterIPs; the host has a route to them through the node."""
        return self._net(_SERVICES)

    @property
    def host(self) -> IPv4Address:
        """The host's end of the veth pair."""
        return self.node_net[1]

    @property
    def node(self) -> IPv4Address:
        """The node's end of the veth pair: the API server, the kubelet, NodePorts."""
        return self.node_net[2]

    @property
    def api_service(self) -> IPv4Address:
        """ClusterIP of the Service `kubernetes`: the first of the range, as the API server gives it."""
        return self.service_net[1]

    @property
    def dns(self) -> IPv4Address:
        """ClusterIP of the Service `kube-dns`."""
        return self.service_net[10]

    @property
    def server(self) -> str:
        """URL of the API server, as seen from the host."""
        return f"https://{self.node}:6443"

    @property
    def networks(self) -> tuple[IPv4Network, ...]:
        """All networks of this cluster."""
        return (self.node_net, self.pod_net, self.service_net)

    def _net(self, base: int) -> IPv4Network:
        """The index's /24 of the range that begins at `base`."""
        return IPv4Network((base + self.index * 256, 24))
