"""A rendered NetworkPolicy document as a child of the component whose traffic it admits."""

from typing import Any, cast

import pulumi
import pulumi_kubernetes as k8s

from components.family import child


def network_policy(
    parent: pulumi.ComponentResource,
    name: str,
    metadata: k8s.meta.v1.ObjectMetaArgs,
    document: dict[str, Any],
) -> None:
    """The policy is in force where the cluster's network enforces policies at all."""
    # The document is Kubernetes' own JSON, whose keys the SDK hands on as they are.
    spec = cast("k8s.networking.v1.NetworkPolicySpecArgs", document)
    k8s.networking.v1.NetworkPolicy(
        name, k8s.networking.v1.NetworkPolicyInitArgs(metadata=metadata, spec=spec), opts=child(parent)
    )
