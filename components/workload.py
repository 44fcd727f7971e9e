"""Children of every component with Pods: configuration, account, Deployment, Services, policies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import yaml

import names
from components import pods
from components.family import awaited, child
from components.pods import Program, References
from components.policies import network_policy
from render.places import CONFIG_FILE, Listener


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where Pods of the platform live, and how long a change of them may take."""

    namespace: pulumi.Output[str]
    pull_secrets: Sequence[pulumi.Output[str]]
    timeout_seconds: int


@dataclass(frozen=True, kw_only=True)
class Workload:
    """Makes children of `parent`, named after it, for the Pods of one component."""

    parent: pulumi.ComponentResource
    name: str
    """Pulumi name of the parent."""
    component: str
    placement: Placement

    def run(
        self,
        program: Program,
        configuration: dict[str, Any],
        replicas: int,
        strategy: k8s.apps.v1.DeploymentStrategyArgs,
    ) -> None:
        """A Deployment of the program, all its Pods ready, with the configuration mounted."""
        references = References(
            configuration=self._config_map(configuration),
            account=self._account(),
            pull_secrets=self.placement.pull_secrets,
        )
        k8s.apps.v1.Deployment(
            self.name,
            k8s.apps.v1.DeploymentInitArgs(
                metadata=self._metadata(version=program.version),
                spec=k8s.apps.v1.DeploymentSpecArgs(
                    replicas=replicas,
                    revision_history_limit=2,
                    selector=k8s.meta.v1.LabelSelectorArgs(match_labels=names.selector(self.component)),
                    strategy=strategy,
                    template=pods.template(program, references),
                ),
            ),
            opts=awaited(self.parent, self.placement.timeout_seconds),
        )

    def serve(self, host: str, listeners: Sequence[Listener]) -> pulumi.Output[str]:
        """Name of the Service `host`, on which outside parties rely, in front of the Pods."""
        spec = k8s.core.v1.ServiceSpecArgs(
            type="ClusterIP",
            selector=names.selector(self.component),
            ports=[
                k8s.core.v1.ServicePortArgs(
                    name=listener.name,
                    port=listener.port,
                    target_port=listener.name,
                    protocol=listener.protocol,
                )
                for listener in listeners
            ],
        )
        made = k8s.core.v1.Service(
            f"{self.name}-service-{host}",
            k8s.core.v1.ServiceInitArgs(metadata=self._metadata(host), spec=spec),
            opts=awaited(self.parent, self.placement.timeout_seconds),
        )
        return made.metadata.name

    def admit(self, policies: Mapping[str, dict[str, Any]]) -> None:
        """One NetworkPolicy for each document (render.network), by its name."""
        for title, spec in sorted(policies.items()):
            network_policy(self.parent, f"{self.name}-{title}", self._metadata(), spec)

    def _config_map(self, document: dict[str, Any]) -> pulumi.Output[str]:
        """Name of a ConfigMap with the document.

        A changed document is a new ConfigMap with a new name, so that exactly the Pods roll that refer to it
        (docs/adr/0001).
        """
        made = k8s.core.v1.ConfigMap(
            f"{self.name}-config",
            k8s.core.v1.ConfigMapInitArgs(
                metadata=self._metadata(),
                data={CONFIG_FILE: yaml.safe_dump(document, sort_keys=False)},
                immutable=True,
            ),
            opts=child(self.parent),
        )
        return made.metadata.name

    def _account(self) -> pulumi.Output[str]:
        """Name of a ServiceAccount of the Pods' own, without a token: they never ask the API server."""
        made = k8s.core.v1.ServiceAccount(
            f"{self.name}-account",
            k8s.core.v1.ServiceAccountInitArgs(
                metadata=self._metadata(), automount_service_account_token=False
            ),
            opts=child(self.parent),
        )
        return made.metadata.name

    def _metadata(
        self, fixed_name: str | None = None, version: str | None = None
    ) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(
            name=fixed_name,
            namespace=self.placement.namespace,
            labels=names.labels(self.component, version),
        )
