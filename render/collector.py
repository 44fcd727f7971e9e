"""Configuration of the one collector of a single topology: it receives, enriches and hands on to Jaeger."""

from typing import Any, Final

import names
from render import serving, tls
from render.places import Listener, endpoint
from settings import Settings
from sizing import Sizing

SERVER_MOUNT: Final = "ingest-server"
CLIENT_MOUNT: Final = "storage-client"
HEALTH_PATH: Final = "/"

ENCRYPTED: Final = (
    Listener(name="otlp-grpc", port=names.OTLP_GRPC),
    Listener(name="otlp-http", port=names.OTLP_HTTP),
    Listener(name="jaeger-http", port=names.JAEGER_THRIFT_HTTP),
)
PLAINTEXT: Final = (
    Listener(name="jaeger-compact", port=names.JAEGER_THRIFT_COMPACT, protocol="UDP"),
    Listener(name="jaeger-binary", port=names.JAEGER_THRIFT_BINARY, protocol="UDP"),
)
_METRICS_PORT: Final = 8888
_BATCH_BYTES: Final = 2 * serving.BYTES_PER_MIB
"""A request to storage holds no more than this: half of what gRPC servers accept by default (4 MiB)."""
_EXPORT_SECONDS: Final = 10
DRAIN_SECONDS: Final = serving.CONNECTION_GRACE_SECONDS + 2 * _EXPORT_SECONDS
"""From the signal to the end: open requests finish, then the queue is sent once more."""


def configuration(settings: Settings, sizing: Sizing) -> dict[str, Any]:
    """The whole document, as `otelcol --config` reads it (0.158)."""
    receivers = _receivers(settings)
    return {
        "receivers": receivers,
        "processors": {
            "memory_limiter": _memory_limiter(sizing),
            "resource": {"attributes": _resource_attributes(settings)},
        },
        "exporters": {"otlp_grpc/jaeger": _to_jaeger(sizing)},
        "extensions": {"health_check": _health()},
        "service": {
            "extensions": ["health_check"],
            "pipelines": {
                "traces": {
                    "receivers": sorted(receivers),
                    "processors": ["memory_limiter", "resource"],
                    "exporters": ["otlp_grpc/jaeger"],
                }
            },
            "telemetry": telemetry(settings.collector.log_level.value),
        },
    }


def listeners(settings: Settings) -> tuple[Listener, ...]:
    """Ports that senders reach; the plaintext ones only where the settings admit them."""
    return ENCRYPTED + PLAINTEXT if settings.receivers.jaeger_udp else ENCRYPTED


def telemetry(log_level: str) -> dict[str, Any]:
    """What the program says about itself: JSON lines on stderr, metrics on the Pod's loopback only."""
    return {
        "logs": {"level": log_level, "encoding": "json"},
        "metrics": {"level": "normal", "readers": [{"pull": {"exporter": {"prometheus": _prometheus()}}}]},
    }


def _prometheus() -> dict[str, Any]:
    # All three are true when unset (since 0.152): names then lack `_total` and the unit that rules expect.
    suffixes = {"without_type_suffix": False, "without_units": False, "without_scope_info": True}
    return {"host": "127.0.0.1", "port": _METRICS_PORT, **suffixes}


def _receivers(settings: Settings) -> dict[str, Any]:
    limit = settings.receivers.max_request_mib
    jaeger: dict[str, Any] = {"thrift_http": serving.http(names.JAEGER_THRIFT_HTTP, SERVER_MOUNT, limit)}
    if settings.receivers.jaeger_udp:
        # Plaintext by nature, as UDP has no TLS: network policies admit the named namespaces only.
        jaeger["thrift_compact"] = {"endpoint": endpoint(names.JAEGER_THRIFT_COMPACT)}
        jaeger["thrift_binary"] = {"endpoint": endpoint(names.JAEGER_THRIFT_BINARY)}
    return {
        "otlp": {
            "protocols": {
                "grpc": serving.grpc(names.OTLP_GRPC, SERVER_MOUNT, limit),
                "http": serving.http(names.OTLP_HTTP, SERVER_MOUNT, limit),
            }
        },
        "jaeger": {"protocols": jaeger},
    }


def _memory_limiter(sizing: Sizing) -> dict[str, Any]:
    return {
        "check_interval": "1s",
        "limit_percentage": sizing.collector.memory_limiter_percent,
        "spike_limit_percentage": sizing.collector.memory_spike_percent,
    }


def _resource_attributes(settings: Settings) -> list[dict[str, str]]:
    """Where a span comes from, whatever its sender wrote: alerts and retention rely on it."""
    values = {
        "deployment.environment.name": settings.environment,
        "k8s.cluster.name": settings.cluster.name,
        "service.namespace": names.NAMESPACE,
    }
    return [{"key": key, "value": value, "action": "upsert"} for key, value in values.items()]


def _to_jaeger(sizing: Sizing) -> dict[str, Any]:
    """Spans wait in memory while Jaeger is away; once the queue is full senders are refused and retry."""
    return {
        "endpoint": f"{names.host(names.JAEGER_COLLECTOR)}:{names.OTLP_GRPC}",
        "timeout": f"{_EXPORT_SECONDS}s",
        "tls": tls.client(CLIENT_MOUNT),
        "retry_on_failure": {
            "enabled": True,
            "initial_interval": "1s",
            "max_interval": "30s",
            "max_elapsed_time": "0s",
        },
        "sending_queue": {
            "enabled": True,
            "sizer": "bytes",
            "queue_size": sizing.collector.queue_bytes,
            # An explicit sizer of the queue is inherited by a batch without one: both are written.
            "batch": {
                "sizer": "bytes",
                "flush_timeout": "200ms",
                "min_size": _BATCH_BYTES // 8,
                "max_size": _BATCH_BYTES,
            },
        },
    }


def _health() -> dict[str, Any]:
    return {
        "endpoint": endpoint(names.HEALTH),
        "path": HEALTH_PATH,
        "tls": tls.unauthenticated_server(SERVER_MOUNT),
    }
