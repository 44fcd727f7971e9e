"""The cluster's networks on this machine: a guard that keeps them here, and the veth pair while it is up."""

import json
import shutil
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, Final

from local.cluster.errors import ClusterError
from local.cluster.shell import attempt, run, search_path
from local.cluster.spec import RANGE, ClusterSpec

_NETNS: Final = Path("/run/netns")
_BRIDGE_FILTER: Final = Path("/proc/sys/net/bridge")
_NODE_INTERFACE: Final = "eth0"
_NODE_SYSCTLS: Final = (
    "net.ipv4.ip_forward=1",
    # Replies of Pod -> ClusterIP -> Pod on one bridge pass the address translation too (per namespace).
    "net.bridge.bridge-nf-call-iptables=1",
)


def netns(spec: ClusterSpec) -> Path:
    """The cluster's network namespace, as a file of the host; it exists while the cluster is up."""
    return _NETNS / spec.name


def guard() -> None:
    """The host drops what is sent to any cluster's address, unless that cluster is up.

    Without it a request to a cluster that is down would follow the default route off the machine, where
    something else may answer. The route stays after the last cluster is gone.

    Raises:
        ClusterError: this machine uses a part of the range for something else.
    """
    routes = _routes()
    for route in routes:
        foreign = _destination(route)
        if route.get("type") != "unreachable" and foreign is not None and foreign.supernet_of(RANGE):
            raise ClusterError(
                f"this machine routes {foreign} to {route.get('dev')}; the embedded cluster needs {RANGE} for"
                " itself. Remove that route, or use a cluster of your own with CONTEXT=name"
            )
    if not any(_is_guard(route) for route in routes):
        run("ip", "route", "add", "unreachable", str(RANGE))


def check_route(spec: ClusterSpec) -> None:
    """Nothing, if what is sent to the cluster's API server goes into this cluster's namespace.

    Raises:
        ClusterError: it would go elsewhere, or nowhere.
    """
    found = attempt("ip", "-json", "route", "get", str(spec.node))
    device = json.loads(found.stdout)[0].get("dev") if found.returncode == 0 else None
    if device != spec.name:
        where = f"goes to {device}" if device else "is unreachable"
        raise ClusterError(f"cluster {spec.name} is not up: its address {spec.node} {where}")


def create(spec: ClusterSpec) -> None:
    """Namespace, veth pair, addresses and routes exist; the host reaches node, Pods and Services.

    Inside, everything beyond the cluster is unreachable: nothing that runs in it can leave the machine, also
    where the host forwards packets for others.

    Raises:
        ClusterError: another interface of this machine has one of the addresses.
    """
    _refuse_taken_networks(spec)
    run("ip", "netns", "add", spec.name)
    run("ip", "link", "add", spec.name, "type", "veth", "peer", "name", _NODE_INTERFACE, "netns", spec.name)
    _address(spec.host, spec.node_net, spec.name)
    for net in (spec.pod_net, spec.service_net):
        run("ip", "route", "add", str(net), "via", str(spec.node), "dev", spec.name)
    inside = ("-n", spec.name)
    run("ip", *inside, "link", "set", "lo", "up")
    _address(spec.node, spec.node_net, _NODE_INTERFACE, *inside)
    run("ip", *inside, "route", "add", "unreachable", "default")
    # A route has to exist before kube-proxy's rules can turn a ClusterIP into a Pod's address.
    service = ("route", "add", str(spec.service_net), "via", str(spec.host), "dev", _NODE_INTERFACE)
    run("ip", *inside, *service)
    _bridge_filter()
    run("ip", "netns", "exec", spec.name, "sysctl", "-qw", *_NODE_SYSCTLS)


def remove(spec: ClusterSpec) -> None:
    """Namespace, veth pair and their routes are gone; the guard stays."""
    attempt("ip", "link", "del", spec.name)
    if netns(spec).exists():
        run("ip", "netns", "del", spec.name)


def inhabitants(spec: ClusterSpec) -> list[int]:
    """Processes inside the cluster's network namespace (not those of Pods, which have their own)."""
    if not netns(spec).exists():
        return []
    return [int(pid) for pid in attempt("ip", "netns", "pids", spec.name).stdout.split()]


def _refuse_taken_networks(spec: ClusterSpec) -> None:
    """Another cluster with the same index, or a network of the user's."""
    for route in _routes():
        taken = _destination(route)
        if route.get("type") == "unreachable" or taken is None or route.get("dev") == spec.name:
            continue
        if taken.prefixlen and any(taken.overlaps(net) for net in spec.networks):
            raise ClusterError(
                f"cluster {spec.name} (index {spec.index}) needs {', '.join(map(str, spec.networks))}, but"
                f" {taken} is in use by the interface {route.get('dev')}: choose another index"
            )


def _bridge_filter() -> None:
    """The kernel filters what passes a bridge, if it can: a module on most machines, built in on others."""
    if not _BRIDGE_FILTER.exists() and shutil.which("modprobe", path=search_path()):
        attempt("modprobe", "-q", "br_netfilter")


def _address(address: IPv4Address, net: IPv4Network, interface: str, *options: str) -> None:
    """One end of the veth pair has its address and is up."""
    run("ip", *options, "addr", "add", f"{address}/{net.prefixlen}", "dev", interface)
    run("ip", *options, "link", "set", interface, "up")


def _routes() -> list[dict[str, Any]]:
    """The host's IPv4 routes, those without an interface too."""
    found: list[dict[str, Any]] = json.loads(
        run("ip", "-json", "-details", "-4", "route", "show", "table", "main")
    )
    return found


def _is_guard(route: dict[str, Any]) -> bool:
    """Whether it is the route that `guard` adds."""
    return route.get("type") == "unreachable" and route.get("dst") == str(RANGE)


def _destination(route: dict[str, Any]) -> IPv4Network | None:
    """The network a route is for; None for the default route, which is for whatever is left."""
    destination = str(route["dst"])
    return None if destination == "default" else IPv4Network(destination)
