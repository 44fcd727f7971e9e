"""Names, ports and labels that outside parties rely on, once (DESIGN: fixed names)."""

from typing import Final

PROJECT: Final = "mcp-tracing"
NAMESPACE: Final = "mcp-system"

FOUNDATION: Final = "foundation"
TRUST_CHAIN: Final = "trust-chain"
GATEWAY: Final = "otel-collector-gateway"
PROCESSING: Final = "otel-collector-processing"
JAEGER: Final = "jaeger"
"""Component that is behind both of Jaeger's Services while it runs all roles in one process."""
JAEGER_COLLECTOR: Final = "jaeger-collector"
JAEGER_QUERY: Final = "jaeger-query"

OTLP_GRPC: Final = 4317
OTLP_HTTP: Final = 4318
JAEGER_THRIFT_HTTP: Final = 14268
JAEGER_THRIFT_COMPACT: Final = 6831
JAEGER_THRIFT_BINARY: Final = 6832
JAEGER_QUERY_HTTP: Final = 16686
JAEGER_QUERY_GRPC: Final = 16685
HEALTH: Final = 13133
"""TLS without a client certificate: the kubelet has none to show. It answers a status, nothing else."""

ENVIRONMENT_LABEL: Final = "mcp-tracing/environment"
"""Label of the namespace with the setting `environment`: a cluster holds one, and tools ask which."""

INGEST_SERVER_SECRET: Final = "mcp-ingest-server-tls"
INGEST_CLIENT_SECRET: Final = "mcp-ingest-client-tls"
"""Secret that a service mounts to send spans: tls.crt, tls.key and ca.crt of the ingest hop."""
STORAGE_SERVER_SECRET: Final = "mcp-storage-server-tls"
STORAGE_CLIENT_SECRET: Final = "mcp-storage-client-tls"
QUERY_SERVER_SECRET: Final = "mcp-query-server-tls"
QUERY_CLIENT_SECRET: Final = "mcp-query-client-tls"
"""Secret of whoever reads traces (tracectl, `make ui`): tls.crt, tls.key and ca.crt of the query hop."""


def labels(component: str, version: str | None = None) -> dict[str, str]:
    """Labels of an object that belongs to `component`, in Kubernetes' recommended vocabulary."""
    found = {
        "app.kubernetes.io/name": component,
        "app.kubernetes.io/part-of": PROJECT,
        "app.kubernetes.io/managed-by": "pulumi",
    }
    return found if version is None else {**found, "app.kubernetes.io/version": version}


def selector(component: str) -> dict[str, str]:
    """Labels that select a component's Pods: without the version, because selectors cannot change."""
    return {"app.kubernetes.io/name": component, "app.kubernetes.io/part-of": PROJECT}


def host(service: str) -> str:
    """DNS name of a Service of the platform inside the cluster."""
    return f"{service}.{NAMESPACE}.svc"
