"""cert-manager documents of the trust chain: a root, one intermediate authority per hop, leaves of both ends.

`ca.crt` of a leaf's Secret holds the root: cert-manager appends the issuer's own `ca.crt` to the chain. The
programs of the platform therefore get the intermediate from its Secret (components.pods), and trust that hop
and nothing else (docs/adr/0001).
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import names
from settings import Duration, Settings, Topology
from settings.model import TrustSettings

API_VERSION: Final = "cert-manager.io/v1"

BOOTSTRAP: Final = "mcp-root-bootstrap"
"""Issuer that lets the root sign itself."""
ROOT: Final = "mcp-root-ca"

_KEY: Final = {"algorithm": "ECDSA", "size": 256, "encoding": "PKCS8"}


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One end of a hop; `secret` is also the Certificate's name."""

    secret: str
    usage: Literal["server auth", "client auth"]
    subject: str
    dns_names: tuple[str, ...] = ()

    @property
    def side(self) -> str:
        """`server` or `client`."""
        return self.usage.removesuffix(" auth")


@dataclass(frozen=True, kw_only=True)
class Hop:
    """Two ends that trust the authority `<name>` and nothing else."""

    name: str
    leaves: tuple[Leaf, ...]

    @property
    def authority(self) -> str:
        """Name of the hop's intermediate Certificate, its Secret and its Issuer."""
        return authority_of(self.name)


def authority_of(hop: str) -> str:
    """Name of the intermediate authority of a hop: Certificate, Secret and Issuer."""
    return f"mcp-{hop}-ca"


def hops(settings: Settings) -> tuple[Hop, ...]:
    """Hops of the stack; a tiered stack has only the root yet."""
    if settings.topology is not Topology.SINGLE:
        return ()
    return (
        Hop(
            name="ingest",
            leaves=(
                _server(names.INGEST_SERVER_SECRET, names.GATEWAY),
                Leaf(secret=names.INGEST_CLIENT_SECRET, usage="client auth", subject="ingest-client"),
            ),
        ),
        Hop(
            name="storage",
            leaves=(
                _server(names.STORAGE_SERVER_SECRET, names.JAEGER_COLLECTOR),
                Leaf(secret=names.STORAGE_CLIENT_SECRET, usage="client auth", subject=names.GATEWAY),
            ),
        ),
        Hop(
            name="query",
            leaves=(
                _server(names.QUERY_SERVER_SECRET, names.JAEGER_QUERY),
                Leaf(secret=names.QUERY_CLIENT_SECRET, usage="client auth", subject="query-client"),
            ),
        ),
    )


def issuer(authority: str | None) -> dict[str, Any]:
    """Spec of an Issuer: signs with the authority's Secret, or, for none, lets a certificate sign itself."""
    return {"selfSigned": {}} if authority is None else {"ca": {"secretName": authority}}


def authority(trust: TrustSettings, name: str, issued_by: str) -> dict[str, Any]:
    """Spec of a certificate authority's Certificate.

    The key stays when it is renewed (`rotationPolicy: Never`): a new key would cut the hop between ends that
    were issued before and after. It is renewed while more is left than any leaf lives: no leaf outlives its
    authority.
    """
    renew_before = max(Duration(trust.ca_duration.seconds // 3), trust.leaf_duration)
    return {
        "isCA": True,
        **_certificate(name, name, issued_by),
        "duration": str(trust.ca_duration),
        "renewBefore": str(renew_before),
        "privateKey": {**_KEY, "rotationPolicy": "Never"},
        "usages": ["cert sign", "crl sign"],
    }


def leaf(trust: TrustSettings, found: Leaf, issued_by: str) -> dict[str, Any]:
    """Spec of a leaf: a new key at each renewal, and one purpose only."""
    spec = {
        **_certificate(found.secret, found.subject, issued_by),
        "duration": str(trust.leaf_duration),
        "renewBefore": str(trust.leaf_renew_before),
        "privateKey": {**_KEY, "rotationPolicy": "Always"},
        "usages": ["digital signature", found.usage],
    }
    return {**spec, "dnsNames": list(found.dns_names)} if found.dns_names else spec


def _certificate(secret: str, subject: str, issued_by: str) -> dict[str, Any]:
    return {
        "secretName": secret,
        "secretTemplate": {"labels": names.labels(names.TRUST_CHAIN)},
        "commonName": subject,
        "issuerRef": {"name": issued_by, "kind": "Issuer", "group": "cert-manager.io"},
        "revisionHistoryLimit": 1,
    }


def _server(secret: str, service: str) -> Leaf:
    host = names.host(service)
    dns_names = (service, f"{service}.{names.NAMESPACE}", host, f"{host}.cluster.local")
    return Leaf(secret=secret, usage="server auth", subject=service, dns_names=dns_names)
