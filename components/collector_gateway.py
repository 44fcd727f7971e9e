"""The collector that services send to. In a single topology it also does what processing collectors do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

import names
from components.family import token
from components.pods import Program
from components.workload import Placement, Workload
from render import collector
from render.places import Listener
from sizing.model import ProgramSize


@dataclass(frozen=True, kw_only=True)
class CollectorGatewayArgs:
    """A collector's documents, certificates and size."""

    placement: Placement
    image: str
    version: str
    configuration: dict[str, Any]
    listeners: Sequence[Listener]
    policies: Mapping[str, dict[str, Any]]
    server_secret: pulumi.Output[str]
    """Certificate that senders see."""
    client_secret: pulumi.Output[str]
    """Certificate that the storage hop sees."""
    size: ProgramSize


class CollectorGateway(pulumi.ComponentResource):
    """Services can send spans to `otel-collector-gateway`, with a client certificate of the ingest hop."""

    service: pulumi.Output[str]
    """Name of the Service."""
    ports: dict[str, int]
    """Ports of the Service, by their name."""

    def __init__(
        self, name: str, args: CollectorGatewayArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token("CollectorGateway"), name, {}, opts)
        workload = Workload(parent=self, name=name, component=names.GATEWAY, placement=args.placement)
        workload.admit(args.policies)
        workload.run(_program(args), args.configuration, args.size.replicas, _one_more_then_one_less())
        self.service = workload.serve(names.GATEWAY, args.listeners)
        self.ports = {listener.name: listener.port for listener in args.listeners}
        self.register_outputs({"service": self.service, "ports": self.ports})


def _one_more_then_one_less() -> k8s.apps.v1.DeploymentStrategyArgs:
    """A new Pod serves before an old one ends, so that senders find no gap."""
    return k8s.apps.v1.DeploymentStrategyArgs(
        type="RollingUpdate",
        rolling_update=k8s.apps.v1.RollingUpdateDeploymentArgs(max_surge=1, max_unavailable=0),
    )


def _program(args: CollectorGatewayArgs) -> Program:
    return Program(
        component=names.GATEWAY,
        image=args.image,
        version=args.version,
        certificates={
            collector.SERVER_MOUNT: args.server_secret,
            collector.CLIENT_MOUNT: args.client_secret,
        },
        listeners=args.listeners,
        health_path=collector.HEALTH_PATH,
        size=args.size,
        drain_seconds=collector.DRAIN_SECONDS,
    )
