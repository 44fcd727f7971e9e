"""Certificates of every hop: a root, an authority per hop, and a leaf for each end."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.custom import CertManagerResource, ready
from components.family import token
from render import trust
from render.trust import Hop
from settings.model import TrustSettings


@dataclass(frozen=True, kw_only=True)
class TrustChainArgs:
    """What is certified, and for how long."""

    namespace: pulumi.Output[str]
    trust: TrustSettings
    hops: Sequence[Hop]
    timeout_seconds: int


class TrustChain(pulumi.ComponentResource):
    """The Secrets of all leaves are filled. Private keys are in the cluster only, never in Pulumi's state."""

    secrets: dict[str, pulumi.Output[str]]
    """Names of the leaves' Secrets, by themselves; an output is known once its Secret is filled."""

    def __init__(self, name: str, args: TrustChainArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("TrustChain"), name, {}, opts)
        self._name = name
        self._args = args
        root = self._root()
        self.secrets = {secret: output for hop in args.hops for secret, output in self._hop(hop, root)}
        self.register_outputs({"secrets": self.secrets})

    def _root(self) -> k8s.apiextensions.CustomResource:
        bootstrap = CertManagerResource(kind="Issuer", name=trust.BOOTSTRAP, spec=trust.issuer(None))
        signing = self._ready("root-bootstrap", bootstrap)
        return self._authority("root", trust.ROOT, trust.BOOTSTRAP, signing)

    def _hop(self, hop: Hop, root: k8s.apiextensions.CustomResource) -> list[tuple[str, pulumi.Output[str]]]:
        issuer = self._authority(hop.name, hop.authority, trust.ROOT, root)
        return [(leaf.secret, self._leaf(hop, leaf, issuer)) for leaf in hop.leaves]

    def _authority(
        self, part: str, name: str, issued_by: str, after: pulumi.Resource
    ) -> k8s.apiextensions.CustomResource:
        """Certificate of an authority, and the Issuer that signs with it; both have the authority's name."""
        spec = trust.authority(self._args.trust, name, issued_by)
        certificate = self._ready(
            f"{part}-authority", CertManagerResource(kind="Certificate", name=name, spec=spec), after
        )
        issuer = CertManagerResource(kind="Issuer", name=name, spec=trust.issuer(name))
        return self._ready(f"{part}-issuer", issuer, certificate)

    def _leaf(self, hop: Hop, leaf: trust.Leaf, after: pulumi.Resource) -> pulumi.Output[str]:
        spec = trust.leaf(self._args.trust, leaf, hop.authority)
        wanted = CertManagerResource(kind="Certificate", name=leaf.secret, spec=spec)
        return self._ready(f"{hop.name}-{leaf.side}", wanted, after).id.apply(lambda _: leaf.secret)

    def _ready(
        self, part: str, wanted: CertManagerResource, after: pulumi.Resource | None = None
    ) -> k8s.apiextensions.CustomResource:
        return ready(
            self,
            f"{self._name}-{part}",
            wanted,
            namespace=self._args.namespace,
            timeout_seconds=self._args.timeout_seconds,
            after=after,
        )
