"""From settings and sizing to the arguments of each component: here documents meet resources."""

import names
import versions
from components.collector_gateway import CollectorGatewayArgs
from components.foundation import Foundation, FoundationArgs
from components.images import located
from components.jaeger import JaegerArgs
from components.trust_chain import TrustChain, TrustChainArgs
from components.workload import Placement
from render import collector, jaeger, network, trust
from settings import Settings
from sizing import Sizing


def foundation(settings: Settings) -> FoundationArgs:
    """Of every stack."""
    return FoundationArgs(
        environment=settings.environment,
        default_deny=network.DEFAULT_DENY,
        pull_secret=settings.images.pull_secret,
        timeout_seconds=settings.rollout.timeout.seconds,
    )


def trust_chain(settings: Settings, base: Foundation) -> TrustChainArgs:
    """Of every stack; how many hops it has follows from the topology."""
    return TrustChainArgs(
        namespace=base.namespace,
        trust=settings.trust,
        hops=trust.hops(settings),
        timeout_seconds=settings.rollout.timeout.seconds,
    )


def all_in_one_jaeger(settings: Settings, sizing: Sizing, base: Foundation, chain: TrustChain) -> JaegerArgs:
    """Of a single topology."""
    return JaegerArgs(
        placement=_placement(settings, base),
        image=located(versions.JAEGER_IMAGE, settings.images.registry),
        version=versions.JAEGER,
        configuration=jaeger.configuration(settings, sizing),
        storage_listeners=jaeger.STORAGE_LISTENERS,
        query_listeners=jaeger.QUERY_LISTENERS,
        policies=network.owned(names.JAEGER, network.policies(settings)),
        storage_secret=chain.secrets[names.STORAGE_SERVER_SECRET],
        query_secret=chain.secrets[names.QUERY_SERVER_SECRET],
        size=sizing.jaeger,
    )


def single_collector(
    settings: Settings, sizing: Sizing, base: Foundation, chain: TrustChain
) -> CollectorGatewayArgs:
    """Of a single topology: gateway and processing in one process."""
    return CollectorGatewayArgs(
        placement=_placement(settings, base),
        image=located(versions.OTELCOL_IMAGE, settings.images.registry),
        version=versions.OTELCOL,
        configuration=collector.configuration(settings, sizing),
        listeners=collector.listeners(settings),
        policies=network.owned(names.GATEWAY, network.policies(settings)),
        server_secret=chain.secrets[names.INGEST_SERVER_SECRET],
        client_secret=chain.secrets[names.STORAGE_CLIENT_SECRET],
        size=sizing.collector,
    )


def _placement(settings: Settings, base: Foundation) -> Placement:
    return Placement(
        namespace=base.namespace,
        pull_secrets=base.pull_secrets,
        timeout_seconds=settings.rollout.timeout.seconds,
    )
