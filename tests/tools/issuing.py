"""What cert-manager would put into the Secrets of rendered Certificates, made here without it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.graph.recorded import Manifest

PURPOSES = {"server auth": ExtendedKeyUsageOID.SERVER_AUTH, "client auth": ExtendedKeyUsageOID.CLIENT_AUTH}


@dataclass(frozen=True)
class Issued:
    """One Certificate's Secret, and what signs with it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    issuer: "Issued | None"

    def files(self) -> dict[str, bytes]:
        """The Secret's data: the chain without a root, the key, and the issuer as `ca.crt`."""
        authority = self.issuer or self
        # cert-manager ends the chain before a certificate that signs itself.
        chain = [self, authority] if authority.issuer else [self]
        return {
            "tls.crt": b"".join(_pem(link.certificate) for link in chain),
            "tls.key": self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
            "ca.crt": _pem(authority.certificate),
        }


def issued(certificates: list[Manifest]) -> dict[str, Issued]:
    """Secrets by name, for every Certificate; authorities first, as they are needed to sign."""
    specs = {found["spec"]["secretName"]: found["spec"] for found in certificates}
    made: dict[str, Issued] = {}

    def issue(secret: str) -> Issued:
        if secret not in made:
            issuer = specs[secret]["issuerRef"]["name"]
            made[secret] = _sign(specs[secret], issue(issuer) if issuer in specs else None)
        return made[secret]

    for secret in specs:
        issue(secret)
    return made


def _sign(spec: dict[str, Any], issuer: Issued | None) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, spec["commonName"])])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=spec.get("isCA", False), path_length=None), critical=True)
        .add_extension(_key_usage(spec["usages"]), critical=True)
    )
    if purposes := [PURPOSES[usage] for usage in spec["usages"] if usage in PURPOSES]:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    if hosts := spec.get("dnsNames"):
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    signed = builder.sign(issuer.key if issuer else key, hashes.SHA256())
    return Issued(signed, key, issuer)


def _key_usage(usages: list[str]) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature="digital signature" in usages,
        key_cert_sign="cert sign" in usages,
        crl_sign="crl sign" in usages,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
