"""Client certificates of the platform, as they stand in its Secrets."""

import base64
import binascii
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from cryptography import x509

import names
from operations.problem import OperationError

_KEYS = ("tls.crt", "tls.key", "ca.crt")
_LOOK = f"kubectl -n {names.NAMESPACE} describe certificates tells why"


@dataclass(frozen=True, kw_only=True)
class ClientCertificate:
    """Certificate, key and the hop's authority (PEM); kept in memory only."""

    certificate: bytes
    key: bytes = field(repr=False)
    authority: bytes

    @classmethod
    def of_secret(cls, name: str, data: Mapping[str, str]) -> Self:
        """The certificate in the data of the Secret `name` (base64, as the API gives it).

        Raises:
            OperationError: one of tls.crt, tls.key and ca.crt is missing, empty or not base64.
        """
        try:
            values = {key: base64.b64decode(data[key], validate=True) for key in _KEYS}
        except KeyError as missing:
            raise OperationError(f"Secret {name} has no {missing}: cert-manager fills it; {_LOOK}") from None
        except binascii.Error:
            raise OperationError(f"Secret {name} does not hold base64; {_LOOK}") from None
        if not all(values.values()):
            raise OperationError(f"Secret {name} is empty: the certificate is not issued yet; {_LOOK}")
        return cls(certificate=values["tls.crt"], key=values["tls.key"], authority=values["ca.crt"])

    @property
    def expires(self) -> datetime:
        """Moment (UTC) from which the platform refuses this certificate."""
        return x509.load_pem_x509_certificate(self.certificate).not_valid_after_utc

    def ssl_context(self) -> ssl.SSLContext:
        """TLS 1.3 with this certificate shown, the other end verified against the hop's authority only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        # The hop's authority is an intermediate: trust ends there and not at a root (docs/adr/0001).
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=self.authority.decode("ascii"))
        # The module reads keys from files only; the folder has mode 0700 and lives for this one call.
        with tempfile.TemporaryDirectory(prefix="mcp-tracing-") as folder:
            chain = Path(folder, "client.pem")
            chain.touch(mode=0o600)
            chain.write_bytes(self.certificate.rstrip() + b"\n" + self.key)
            context.load_cert_chain(chain)
        return context
