"""Where a program of the platform listens, and where its files are inside the container."""

from dataclasses import dataclass
from typing import Final, Literal

LISTEN: Final = "${env:LISTEN_HOST:-0.0.0.0}"
"""Every address of the Pod: `kubectl port-forward` comes in over the Pod's loopback, Services over its IP.
Outside of a Pod, LISTEN_HOST says which address it is."""

CONFIG_DIRECTORY: Final = "/etc/mcp-tracing/config"
CONFIG_FILE: Final = "config.yaml"
TLS_DIRECTORY: Final = "/etc/mcp-tracing/tls"
"""One folder per mounted Secret below it, named like the hop's side: `ingest-server`, `storage-client` ..."""


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A port that a program serves, and that a Service and an edge of the network lead to."""

    name: str
    """At most 15 characters, as Kubernetes demands of a port's name."""
    port: int
    protocol: Literal["TCP", "UDP"] = "TCP"


def endpoint(port: int) -> str:
    """Address on which a program listens for `port`."""
    return f"{LISTEN}:{port}"


def tls_directory(mount: str) -> str:
    """Folder into which the Secret of `mount` (for example `ingest-server`) is mounted."""
    return f"{TLS_DIRECTORY}/{mount}"
