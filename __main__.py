"""The Pulumi program: settings -> sizing -> provider -> components -> exports (docs/adr/0001)."""

import pulumi
import pulumi_kubernetes as k8s

import names
from components import assembly, exports
from components.collector_gateway import CollectorGateway
from components.foundation import Foundation
from components.jaeger import Jaeger
from components.trust_chain import TrustChain
from settings import Settings, SettingsError, Topology
from settings.sources import from_pulumi
from sizing import Sizing, size


def main() -> None:
    """Declare everything that the stack's settings ask for."""
    try:
        settings = from_pulumi()
        sizing = size(settings)
        provider = _provider(settings)
    except SettingsError as error:
        # The engine shows the text of a RunError without a traceback, and touches no resource.
        raise pulumi.RunError(str(error)) from None
    _declare(settings, sizing, pulumi.ResourceOptions(provider=provider))


def _provider(settings: Settings) -> k8s.Provider:
    """The one cluster of the stack. Everything that the SDK would take from the environment is said here."""
    access = settings.cluster.required()
    return k8s.Provider(
        "cluster",
        kubeconfig=access.kubeconfig,
        context=access.context,
        # Without it a kubeconfig that moved would be another cluster, and replace every object.
        cluster_identifier=settings.cluster.name,
        enable_server_side_apply=True,
        enable_config_map_mutable=False,
        enable_secret_mutable=False,
    )


def _declare(settings: Settings, sizing: Sizing, options: pulumi.ResourceOptions) -> None:
    base = Foundation("foundation", assembly.foundation(settings), options)
    chain = TrustChain("trust", assembly.trust_chain(settings, base), options)
    _export(exports.of_stack(settings, sizing, chain))
    if settings.topology is Topology.SINGLE:
        jaeger = Jaeger(names.JAEGER, assembly.all_in_one_jaeger(settings, sizing, base, chain), options)
        collector = CollectorGateway(
            names.GATEWAY, assembly.single_collector(settings, sizing, base, chain), options
        )
        _export(exports.of_path(collector, jaeger))
    else:
        _export(exports.without_path())


def _export(values: dict[str, object]) -> None:
    for name, value in values.items():
        pulumi.export(name, value)


main()
