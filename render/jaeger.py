"""Configuration of Jaeger v2 with all roles in one process and storage in memory (keys of 2.13)."""

from typing import Any, Final

import names
from render import collector, serving, tls
from render.places import Listener, endpoint
from settings import Settings
from sizing import Sizing

STORAGE_MOUNT: Final = "storage-server"
QUERY_MOUNT: Final = "query-server"
HEALTH_PATH: Final = "/status"
"""Default path of healthcheckv2."""
DRAIN_SECONDS: Final = serving.CONNECTION_GRACE_SECONDS

STORAGE_LISTENERS: Final = (Listener(name="otlp-grpc", port=names.OTLP_GRPC),)
QUERY_LISTENERS: Final = (
    Listener(name="query-http", port=names.JAEGER_QUERY_HTTP),
    Listener(name="query-grpc", port=names.JAEGER_QUERY_GRPC),
)

_STORE: Final = "memory"


def configuration(settings: Settings, sizing: Sizing) -> dict[str, Any]:
    """The whole document, as `jaeger --config` reads it.

    Everything that listens is written out: without a configuration Jaeger opens each port in plaintext.
    """
    return {
        "receivers": {"otlp": {"protocols": {"grpc": _otlp(settings)}}},
        "processors": {"memory_limiter": _memory_limiter(sizing)},
        "exporters": {"jaeger_storage_exporter": {"trace_storage": _STORE}},
        "extensions": {
            "jaeger_storage": {
                "backends": {_STORE: {"memory": {"max_traces": settings.jaeger.memory_traces}}}
            },
            "jaeger_query": _query(settings),
            "healthcheckv2": _health(),
        },
        "service": {
            "extensions": ["jaeger_storage", "jaeger_query", "healthcheckv2"],
            "pipelines": {
                "traces": {
                    "receivers": ["otlp"],
                    "processors": ["memory_limiter"],
                    "exporters": ["jaeger_storage_exporter"],
                }
            },
            "telemetry": collector.telemetry(settings.collector.log_level.value),
        },
    }


def _otlp(settings: Settings) -> dict[str, Any]:
    # A single span may be as large as a sender's whole request, however small the collector's batches are.
    return serving.grpc(names.OTLP_GRPC, STORAGE_MOUNT, settings.receivers.max_request_mib)


def _memory_limiter(sizing: Sizing) -> dict[str, Any]:
    """Refuses spans before the container's limit ends the process, and with it every stored trace."""
    return {
        "check_interval": "1s",
        "limit_percentage": sizing.jaeger.memory_limiter_percent,
        "spike_limit_percentage": sizing.jaeger.memory_spike_percent,
    }


def _query(settings: Settings) -> dict[str, Any]:
    limit = settings.receivers.max_request_mib
    return {
        "storage": {"traces": _STORE},
        # On by default: Jaeger would store spans of its own queries among those of the services.
        "enable_tracing": False,
        "http": serving.http(names.JAEGER_QUERY_HTTP, QUERY_MOUNT, limit),
        "grpc": serving.grpc(names.JAEGER_QUERY_GRPC, QUERY_MOUNT, limit),
    }


def _health() -> dict[str, Any]:
    return {
        "use_v2": True,
        "http": {
            "endpoint": endpoint(names.HEALTH),
            "read_header_timeout": "10s",
            "tls": tls.unauthenticated_server(QUERY_MOUNT),
        },
    }
