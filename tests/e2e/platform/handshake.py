"""What a client sees that knocks at a port: is it let in, or refused before it can say anything?"""

import socket
import ssl
from dataclasses import dataclass
from typing import Any

import names
from operations.connect import Target

_SECONDS = 10
# Both HTTP servers and gRPC servers answer this with something: a response, or HTTP/2 frames.
_REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
_HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"


@dataclass(frozen=True)
class Door:
    """A port that somebody in the cluster can reach."""

    owner: str
    address: str
    port: int
    hop_host: str
    """DNS name in the server's certificate."""

    def __str__(self) -> str:
        return f"{self.owner}:{self.port}"


def doors(target: Target) -> list[Door]:
    """Every port of every Service and container but the health port, as the cluster has them."""
    services, pods = (_items(target, kind) for kind in ("services", "pods"))
    found = [
        Door(_name("service", service), service["spec"]["clusterIP"], port["port"], _host(service))
        for service in services
        for port in service["spec"]["ports"]
    ]
    found += [
        Door(_name("pod", pod), pod["status"]["podIP"], port["containerPort"], _host_of(services, pod, port))
        for pod in pods
        for container in pod["spec"]["containers"]
        for port in container["ports"]
        if port["containerPort"] != names.HEALTH
    ]
    return found


def _items(target: Target, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = target.read("--namespace", names.NAMESPACE, "get", kind)["items"]
    return [item for item in found if "deletionTimestamp" not in item["metadata"]]


def _name(kind: str, item: dict[str, Any]) -> str:
    return f"{kind}/{item['metadata']['name']}"


def _host(service: dict[str, Any]) -> str:
    return names.host(service["metadata"]["name"])


def _host_of(services: list[dict[str, Any]], pod: dict[str, Any], port: dict[str, Any]) -> str:
    """Name of the Service that selects the Pod and leads to this port of it."""
    wanted = (port.get("name"), port["containerPort"])
    for service in services:
        selected = service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
        if selected and wanted in [(one["name"], one["port"]) for one in service["spec"]["ports"]]:
            return _host(service)
    raise AssertionError(f"no Service leads to container port {port} of {_name('pod', pod)}")


def answer(door: Door, context: ssl.SSLContext | None) -> bytes:
    """What the port says to a request, over TLS of this context or in plaintext; empty if it hangs up.

    Under TLS 1.3 the client ends its handshake before the server has looked at its certificate, so a
    refusal shows as an alert (or as the end) on the first read.

    Raises:
        OSError: refused; ssl.SSLError where it is a TLS alert.
    """
    is_grpc = door.port in {names.OTLP_GRPC, names.JAEGER_QUERY_GRPC}
    with socket.create_connection((door.address, door.port), timeout=_SECONDS) as connection:
        if context is None:
            connection.sendall(_HTTP2 if is_grpc else _REQUEST)
            return connection.recv(4096)
        if is_grpc:
            context.set_alpn_protocols(["h2"])
        with context.wrap_socket(connection, server_hostname=door.hop_host) as secured:
            secured.sendall(_HTTP2 if is_grpc else _REQUEST)
            return secured.recv(4096)
