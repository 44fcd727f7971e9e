"""What a stack tells its readers: where to send and read, which Secrets to mount, how large it is and why."""

from typing import Any

import pulumi

import names
import versions
from components.collector_gateway import CollectorGateway
from components.jaeger import Jaeger
from components.trust_chain import TrustChain
from settings import Settings
from sizing import Sizing


def of_stack(settings: Settings, sizing: Sizing, chain: TrustChain) -> dict[str, Any]:
    """Exports of every stack."""
    return {
        "environment": settings.environment,
        "topology": settings.topology.value,
        "namespace": names.NAMESPACE,
        "certificate_secrets": chain.secrets,
        "sizing": sizing.table(),
        "versions": {"opentelemetry_collector": versions.OTELCOL, "jaeger": versions.JAEGER},
    }


def of_path(collector: CollectorGateway, jaeger: Jaeger) -> dict[str, Any]:
    """Exports of a stack that takes and stores spans: HOST:PORT inside the cluster, all with mutual TLS."""
    query_ports = {name: port for name, port in jaeger.ports.items() if name.startswith("query")}
    return {
        "endpoints": {
            **_reached(collector.service, collector.ports),
            **_reached(jaeger.query_service, query_ports),
        }
    }


def without_path() -> dict[str, Any]:
    """Exports of a tiered stack: it says what it does not have, so that nobody waits for spans."""
    return {
        "endpoints": {},
        "missing": "collectors and storage: a tiered stack has namespace, trust root and closed network",
    }


def _reached(service: pulumi.Output[str], ports: dict[str, int]) -> dict[str, pulumi.Output[str]]:
    return {
        name: pulumi.Output.concat(service, f".{names.NAMESPACE}.svc:{port}") for name, port in ports.items()
    }
