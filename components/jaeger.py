"""Jaeger v2 with all roles in one process, storage in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

import names
from components.family import token
from components.pods import Program
from components.workload import Placement, Workload
from render import jaeger
from render.places import Listener
from sizing.model import ProgramSize


@dataclass(frozen=True, kw_only=True)
class JaegerArgs:
    """Jaeger's documents, certificates and size."""

    placement: Placement
    image: str
    version: str
    configuration: dict[str, Any]
    storage_listeners: Sequence[Listener]
    query_listeners: Sequence[Listener]
    policies: Mapping[str, dict[str, Any]]
    storage_secret: pulumi.Output[str]
    """Certificate that the collector sees."""
    query_secret: pulumi.Output[str]
    """Certificate that readers see."""
    size: ProgramSize


class Jaeger(pulumi.ComponentResource):
    """Spans can be stored through the Service `jaeger-collector` and read through `jaeger-query`.

    There is one Pod, as its memory is shared with nobody. While it is replaced the collector queues new
    spans; what was stored before is gone.
    """

    collector_service: pulumi.Output[str]
    """Name of the Service that takes spans."""
    query_service: pulumi.Output[str]
    """Name of the Service that answers queries."""
    ports: dict[str, int]
    """Ports of both Services, by their name."""

    def __init__(self, name: str, args: JaegerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("Jaeger"), name, {}, opts)
        workload = Workload(parent=self, name=name, component=names.JAEGER, placement=args.placement)
        workload.admit(args.policies)
        # Two at a time would each hold a part of the traces.
        alone = k8s.apps.v1.DeploymentStrategyArgs(type="Recreate")
        workload.run(_program(args), args.configuration, replicas=1, strategy=alone)
        self.collector_service = workload.serve(names.JAEGER_COLLECTOR, args.storage_listeners)
        self.query_service = workload.serve(names.JAEGER_QUERY, args.query_listeners)
        self.ports = {listener.name: listener.port for listener in _listeners(args)}
        self.register_outputs(
            {
                "collector_service": self.collector_service,
                "query_service": self.query_service,
                "ports": self.ports,
            }
        )


def _listeners(args: JaegerArgs) -> tuple[Listener, ...]:
    return (*args.storage_listeners, *args.query_listeners)


def _program(args: JaegerArgs) -> Program:
    return Program(
        component=names.JAEGER,
        image=args.image,
        version=args.version,
        certificates={jaeger.STORAGE_MOUNT: args.storage_secret, jaeger.QUERY_MOUNT: args.query_secret},
        listeners=_listeners(args),
        health_path=jaeger.HEALTH_PATH,
        size=args.size,
        drain_seconds=jaeger.DRAIN_SECONDS,
    )
