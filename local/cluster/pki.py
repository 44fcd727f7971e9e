"""The cluster's certificates: three authorities that outlive a restart, and leaves made anew at each start.

Three, because each is trusted for another thing: `ca` says who somebody is towards the API server and the
kubelet, `front-proxy-ca` lets the API server speak for others towards aggregated APIs, `etcd-ca` opens the
store itself. A certificate of one means nothing to the others.
"""

import datetime as dt
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local.cluster.layout import write
from local.cluster.spec import ClusterSpec

CA: Final = "ca"
FRONT_PROXY_CA: Final = "front-proxy-ca"
ETCD_CA: Final = "etcd-ca"
AUTHORITIES: Final = (CA, FRONT_PROXY_CA, ETCD_CA)

_CA_LIFETIME: Final = dt.timedelta(days=3650)
_LEAF_LIFETIME: Final = dt.timedelta(days=365)
_CLOCK_SKEW: Final = dt.timedelta(minutes=5)
_PRIVATE: Final = 0o600

Names = tuple[str | IPv4Address, ...]


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A certificate to make; Kubernetes reads `organization` as the group and `common_name` as the user."""

    name: str
    issuer: str = CA
    common_name: str
    organization: str | None = None
    server_names: Names = ()
    """Names and addresses it serves under; empty for a client's certificate."""
    client: bool = True


def leaves(spec: ClusterSpec) -> tuple[Leaf, ...]:
    """Every certificate of the cluster; user and group names are those that Kubernetes' own RBAC binds."""
    node_user = f"system:node:{spec.name}"
    service = "kubernetes.default.svc"
    api_names: Names = (
        *("localhost", "kubernetes", "kubernetes.default", service, f"{service}.cluster.local"),
        *(IPv4Address("127.0.0.1"), spec.node, spec.api_service),
    )
    metrics = "metrics-server.kube-system.svc"
    local: Names = ("localhost", IPv4Address("127.0.0.1"))
    return (
        Leaf(name="admin", organization="system:masters", common_name="embedded-cluster-admin"),
        Leaf(name="kube-controller-manager", common_name="system:kube-controller-manager"),
        Leaf(name="kube-scheduler", common_name="system:kube-scheduler"),
        Leaf(name="kube-proxy", common_name="system:kube-proxy"),
        Leaf(name="kubelet", organization="system:nodes", common_name=node_user),
        Leaf(name="apiserver-kubelet", common_name="kube-apiserver"),
        Leaf(name="apiserver", common_name="kube-apiserver", server_names=api_names, client=False),
        Leaf(
            name="kubelet-server",
            organization="system:nodes",
            common_name=node_user,
            server_names=(spec.name, spec.node),
            client=False,
        ),
        Leaf(name="metrics-server", common_name=metrics, server_names=(metrics,), client=False),
        Leaf(name="front-proxy", issuer=FRONT_PROXY_CA, common_name="front-proxy-client"),
        Leaf(name="etcd", issuer=ETCD_CA, common_name="etcd", server_names=local),
        Leaf(name="apiserver-etcd", issuer=ETCD_CA, common_name="kube-apiserver"),
    )


def make(folder: Path, spec: ClusterSpec) -> None:
    """All certificates are in `folder` as NAME.crt and NAME.key (mode 0600), valid from now.

    Authorities and the key that signs service account tokens are kept if they exist, so that what was issued
    before a restart stays valid; leaves are made anew.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in AUTHORITIES:
        if not (folder / f"{name}.crt").exists():
            _authority(folder, spec, name)
    if not (folder / "service-account.pub").exists():
        _signing_key(folder)
    for leaf in leaves(spec):
        _leaf(folder, leaf)


def _authority(folder: Path, spec: ClusterSpec, name: str) -> None:
    """A self-signed authority that may sign leaves only."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{spec.name}-{name}")])
    certificate = (
        _builder(subject, subject, key, _CA_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(ca=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _save(folder, name, certificate, key)


def _leaf(folder: Path, leaf: Leaf) -> None:
    """A certificate with a new key, signed by its issuer in `folder`."""
    issuer, issuer_key = read(folder, leaf.issuer)
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, leaf.common_name)]
    if leaf.organization is not None:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, leaf.organization))
    usages = [ExtendedKeyUsageOID.CLIENT_AUTH] if leaf.client else []
    builder = (
        _builder(x509.Name(attributes), issuer.subject, key, _LEAF_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    if leaf.server_names:
        usages.append(ExtendedKeyUsageOID.SERVER_AUTH)
        names = [x509.DNSName(n) if isinstance(n, str) else x509.IPAddress(n) for n in leaf.server_names]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    _save(folder, leaf.name, builder.sign(issuer_key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, lifetime: dt.timedelta
) -> x509.CertificateBuilder:
    """What every certificate has."""
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    """An authority signs certificates; a leaf signs handshakes."""
    return x509.KeyUsage(
        digital_signature=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _signing_key(folder: Path) -> None:
    """Key pair of service account tokens: service-account.key and .pub; the public half is written last."""
    key = ec.generate_private_key(ec.SECP256R1())
    write(folder / "service-account.key", _pem(key), _PRIVATE)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    write(folder / "service-account.pub", public.decode())


def read(folder: Path, name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Certificate and key of `name` in `folder`."""
    certificate = x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
    key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{folder / name}.key holds no elliptic curve key")
    return certificate, key


def _save(folder: Path, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    """Write the key, then the certificate: where a certificate exists, its key does too."""
    write(folder / f"{name}.key", _pem(key), _PRIVATE)
    write(folder / f"{name}.crt", certificate.public_bytes(serialization.Encoding.PEM).decode())


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    """The key as PKCS 8 without a passphrase: the file's mode protects it."""
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return encoded.decode()
