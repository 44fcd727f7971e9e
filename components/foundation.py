"""Namespace of the platform: restricted Pods, closed network, access to the image registry."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

import names
from components.family import awaited, child, token
from components.policies import network_policy

_POD_SECURITY: Final = {
    f"pod-security.kubernetes.io/{mode}{suffix}": value
    for mode in ("enforce", "audit", "warn")
    for suffix, value in (("", "restricted"), ("-version", "latest"))
}
"""Pod Security Standards: whatever is not restricted is refused, recorded and warned of."""


@dataclass(frozen=True, kw_only=True)
class FoundationArgs:
    """What holds for everything in the namespace."""

    environment: str
    """Whose namespace it is, for whoever finds it there."""
    default_deny: dict[str, Any]
    """NetworkPolicy spec for every Pod."""
    pull_secret: pulumi.Input[str] | None
    """Docker configuration (JSON) for the registry of the images; None: they are public."""
    timeout_seconds: int


class Foundation(pulumi.ComponentResource):
    """The namespace exists, admits restricted Pods only, and lets nothing in or out on its own."""

    namespace: pulumi.Output[str]
    """Its name, known once it exists: what lies in the namespace takes it from here."""
    pull_secrets: list[pulumi.Output[str]]
    """Names of Secrets that Pods name as `imagePullSecrets`; empty where images are public."""

    def __init__(self, name: str, args: FoundationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("Foundation"), name, {}, opts)
        self.namespace = self._namespace(f"{name}-namespace", args)
        network_policy(self, f"{name}-default-deny", self._metadata(), args.default_deny)
        self.pull_secrets = []
        if args.pull_secret is not None:
            self.pull_secrets.append(self._pull_secret(f"{name}-image-pull", args.pull_secret))
        self.register_outputs({"namespace": self.namespace, "pull_secrets": self.pull_secrets})

    def _namespace(self, name: str, args: FoundationArgs) -> pulumi.Output[str]:
        labels = {
            **names.labels(names.FOUNDATION),
            names.ENVIRONMENT_LABEL: args.environment,
            **_POD_SECURITY,
        }
        made = k8s.core.v1.Namespace(
            name,
            k8s.core.v1.NamespaceInitArgs(
                metadata=k8s.meta.v1.ObjectMetaArgs(name=names.NAMESPACE, labels=labels)
            ),
            opts=awaited(self, args.timeout_seconds),
        )
        return made.metadata.name

    def _pull_secret(self, name: str, content: pulumi.Input[str]) -> pulumi.Output[str]:
        made = k8s.core.v1.Secret(
            name,
            k8s.core.v1.SecretInitArgs(
                metadata=self._metadata(),
                type="kubernetes.io/dockerconfigjson",
                # The SDK marks all data of a Secret as secret, whoever gave it.
                string_data={".dockerconfigjson": content},
            ),
            opts=child(self),
        )
        return made.metadata.name

    def _metadata(self) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(namespace=self.namespace, labels=names.labels(names.FOUNDATION))
