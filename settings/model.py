"""What a stack declares, typed. A field `area.name` is the key `area.name` of Pulumi.yaml.

Type, default and description of a key stand in Pulumi.yaml; the rule that its value keeps stands here, in the
annotation. No field has a default, so that there is one place for defaults.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pulumi

from settings.duration import Duration
from settings.errors import Problem, SettingsError
from settings.rules import (
    Between,
    ClusterName,
    DockerConfig,
    EnvironmentName,
    Lasting,
    Namespace,
    Registry,
    SecretText,
)

DAY = 24 * 3600
HOUR = 3600
MINUTE = 60


class Topology(StrEnum):
    """How many programs the collector's two roles are."""

    SINGLE = "single"
    """One process has both roles; no queue on disk."""
    TIERED = "tiered"
    """Stateless gateways route by trace id to stateful processing collectors."""


class Storage(StrEnum):
    """Where Jaeger keeps spans."""

    MEMORY = "memory"
    """In Jaeger's process: a restart loses every trace."""
    ELASTICSEARCH = "elasticsearch"
    """In Elasticsearch, kept over restarts."""


class Issuer(StrEnum):
    """Who signs certificates."""

    CERT_MANAGER = "cert-manager"
    """cert-manager of the cluster, from a root that the stack makes; no private key is in Pulumi's state."""


class LogLevel(StrEnum):
    """The least severe entry that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class ClusterAccess:
    """How the cluster is reached: both are named on purpose, nothing is guessed."""

    kubeconfig: str
    """Path of an existing file."""
    context: str


@dataclass(frozen=True, kw_only=True)
class ClusterSettings:
    """Which cluster the stack belongs to."""

    name: Annotated[str, ClusterName()]
    context: str | None
    kubeconfig: str | None

    def required(self) -> ClusterAccess:
        """What reaches the cluster, for a run that contacts it.

        Raises SettingsError when the context or the kubeconfig is not named, or the file is not there.
        """
        problems = [
            Problem(key=f"cluster.{field}", remedy=f"not set; {remedy}")
            for field, value, remedy in (
                (
                    "context",
                    self.context,
                    "export MCP_TRACING_CONTEXT=NAME (kubectl config get-contexts lists them)",
                ),
                ("kubeconfig", self.kubeconfig, "export MCP_TRACING_KUBECONFIG=PATH, say ~/.kube/config"),
            )
            if value is None
        ]
        if self.context is None or self.kubeconfig is None:
            raise SettingsError(problems)
        path = Path(self.kubeconfig).expanduser()
        if not path.exists() or path.is_dir():
            raise SettingsError(
                [Problem(key="cluster.kubeconfig", value=str(path), remedy="there is no such file")]
            )
        return ClusterAccess(kubeconfig=str(path), context=self.context)


@dataclass(frozen=True, kw_only=True)
class ImagesSettings:
    """Where images come from."""

    registry: Annotated[str | None, Registry()]
    pull_secret: Annotated[pulumi.Input[str] | None, SecretText(), DockerConfig()]


@dataclass(frozen=True, kw_only=True)
class ReceiversSettings:
    """What the collector accepts from services."""

    jaeger_udp: bool
    jaeger_udp_namespaces: Annotated[tuple[str, ...], Namespace()]
    max_request_mib: Annotated[int, Between(1, 128, "MiB")]


@dataclass(frozen=True, kw_only=True)
class AccessSettings:
    """Who may reach the platform."""

    sender_namespaces: Annotated[tuple[str, ...], Namespace()]


@dataclass(frozen=True, kw_only=True)
class TrafficSettings:
    """What the services send; sizing follows from it."""

    spans_per_second: Annotated[int, Between(1, 1_000_000, "spans per second")]
    spans_per_trace: Annotated[int, Between(1, 10_000, "spans")]
    bytes_per_span: Annotated[int, Between(100, 100_000, "bytes")]
    peak_factor: Annotated[int, Between(1, 20, "times the average")]


@dataclass(frozen=True, kw_only=True)
class JaegerSettings:
    """What Jaeger keeps, and where."""

    storage: Storage
    memory_traces: Annotated[int, Between(100, 10_000_000, "traces")]


@dataclass(frozen=True, kw_only=True)
class TrustSettings:
    """Who signs certificates and how long they last."""

    issuer: Issuer
    ca_duration: Annotated[Duration, Lasting(DAY, 3650 * DAY)]
    # cert-manager's Certificate.spec: a duration is an hour at least, a renewal five minutes.
    leaf_duration: Annotated[Duration, Lasting(HOUR, 90 * DAY)]
    leaf_renew_before: Annotated[Duration, Lasting(5 * MINUTE, 60 * DAY)]


@dataclass(frozen=True, kw_only=True)
class CollectorSettings:
    """What the collector tells about itself."""

    log_level: LogLevel


@dataclass(frozen=True, kw_only=True)
class RolloutSettings:
    """How a change reaches the cluster."""

    timeout: Annotated[Duration, Lasting(30, HOUR)]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that one stack declares, checked: no field contradicts its rule or another field."""

    environment: Annotated[str, EnvironmentName()]
    topology: Topology
    cluster: ClusterSettings
    images: ImagesSettings
    receivers: ReceiversSettings
    access: AccessSettings
    traffic: TrafficSettings
    jaeger: JaegerSettings
    trust: TrustSettings
    collector: CollectorSettings
    rollout: RolloutSettings
