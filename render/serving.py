"""Limits that every listening protocol of a collector or Jaeger has."""

from typing import Any, Final

from render import tls
from render.places import endpoint

BYTES_PER_MIB: Final = 1024 * 1024

CONNECTION_AGE_SECONDS: Final = 120
"""A gRPC connection ends after this time: a Service balances connections, not requests, and a new replica
would never get a share of old clients."""
CONNECTION_GRACE_SECONDS: Final = 30
"""Time that requests of such a connection have to finish."""


def grpc(port: int, mount: str, max_request_mib: int) -> dict[str, Any]:
    """A gRPC server with mutual TLS; larger requests are refused, clients may ping every 10 s."""
    return {
        "endpoint": endpoint(port),
        "max_recv_msg_size_mib": max_request_mib,
        "keepalive": {
            "server_parameters": {
                "max_connection_age": f"{CONNECTION_AGE_SECONDS}s",
                "max_connection_age_grace": f"{CONNECTION_GRACE_SECONDS}s",
            },
            "enforcement_policy": {"min_time": "10s", "permit_without_stream": True},
        },
        "tls": tls.server(mount),
    }


def http(port: int, mount: str, max_request_mib: int) -> dict[str, Any]:
    """An HTTP server with mutual TLS, and an end to slow headers, slow bodies and idle connections.

    The receivers' own default is no time-out at all (receiver/otlpreceiver/factory.go, 0.158).
    """
    return {
        "endpoint": endpoint(port),
        "max_request_body_size": max_request_mib * BYTES_PER_MIB,
        "read_header_timeout": "10s",
        "read_timeout": "30s",
        "idle_timeout": "60s",
        "tls": tls.server(mount),
    }
