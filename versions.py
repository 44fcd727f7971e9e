"""Every third-party version that the platform deploys and tests, once.

Images are the public ones; the embedded cluster runs programs built from the Go modules of the same
versions (local/tools), under the same image names. `tests/unit/test_versions.py` holds the two together.
"""

from typing import Final

OTELCOL: Final = "0.158.0"
"""OpenTelemetry Collector, contrib distribution. Some components of the locally built program are older
(docs/versions.md says which and why)."""

JAEGER: Final = "2.13.0"
"""Jaeger v2; configuration keys are those of 2.13 (later releases rename some of them)."""

JAEGER_MODULE: Final = "1.76.0"
"""Version of Jaeger's Go module, the same commit as JAEGER: its path has no /v2, so no 2.x tag fits it."""

KUBERNETES: Final = "1.35.8"
"""Kubernetes of the embedded cluster."""

ETCD: Final = "3.6.16"
"""Database of the embedded cluster."""

COREDNS: Final = "1.14.7"
"""Name server of the embedded cluster."""

METRICS_SERVER: Final = "0.9.0"
"""What serves metrics.k8s.io in the embedded cluster."""

LOCAL_PATH_PROVISIONER: Final = "0.0.30"
"""Default StorageClass of the embedded cluster; the newest release that the module proxy lists."""

KUBERNETES_SUPPORTED: Final = ("1.33", "1.34", "1.35")
"""Minor versions whose schemas every manifest is validated against."""

CERT_MANAGER: Final = "1.21.2"
"""cert-manager of the embedded cluster; any 1.15 or later serves on a cluster of one's own."""

PULUMI: Final = "3.259.0"
"""Engine that is built when the user has none; the Python SDK is locked to the same release."""

PULUMI_KUBERNETES: Final = "4.34.2"
"""Kubernetes provider plugin that the locked SDK asks for."""

OTELCOL_IMAGE: Final = f"otel/opentelemetry-collector-contrib:{OTELCOL}"
JAEGER_IMAGE: Final = f"jaegertracing/jaeger:{JAEGER}"
