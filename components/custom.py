"""cert-manager's kinds as untyped custom resources; tests hold them against the schema of its CRDs."""

from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_kubernetes as k8s

import names
from components.family import awaited
from render.trust import API_VERSION


@dataclass(frozen=True, kw_only=True)
class CertManagerResource:
    """An Issuer or a Certificate as cert-manager reads it."""

    kind: Literal["Issuer", "Certificate"]
    name: str
    """Physical name: issuers and certificates refer to each other by it, in their specs."""
    spec: dict[str, Any]


def ready(
    parent: pulumi.ComponentResource,
    logical_name: str,
    wanted: CertManagerResource,
    *,
    namespace: pulumi.Input[str],
    timeout_seconds: int,
    after: pulumi.Resource | None = None,
) -> k8s.apiextensions.CustomResource:
    """The resource, made after `after` (whose name its spec holds), with its condition Ready true."""
    options = pulumi.ResourceOptions(depends_on=[] if after is None else [after])
    return k8s.apiextensions.CustomResource(
        logical_name,
        api_version=API_VERSION,
        kind=wanted.kind,
        metadata=k8s.meta.v1.ObjectMetaArgs(
            name=wanted.name,
            namespace=namespace,
            labels=names.labels(names.TRUST_CHAIN),
            # Custom resources are not waited for unless told so.
            annotations={"pulumi.com/waitFor": "condition=Ready"},
        ),
        spec=wanted.spec,
        opts=pulumi.ResourceOptions.merge(awaited(parent, timeout_seconds), options),
    )
