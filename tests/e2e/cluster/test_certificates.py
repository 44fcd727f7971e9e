"""cert-manager's controllers in the embedded cluster."""

import base64
import datetime as dt
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

from tests.e2e.cluster.conftest import Kubectl

pytestmark = pytest.mark.cluster

_API = "cert-manager.io/v1"


def issuer(name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": _API, "kind": "Issuer", "metadata": {"name": name}, "spec": spec}


def certificate(name: str, issuer_name: str, **spec: Any) -> dict[str, Any]:
    told = {
        "secretName": name,
        "issuerRef": {"name": issuer_name},
        "privateKey": {"algorithm": "ECDSA", "size": 256},
    }
    return {"apiVersion": _API, "kind": "Certificate", "metadata": {"name": name}, "spec": told | spec}


@pytest.fixture(scope="module")
def leaf(kubectl: Kubectl) -> dict[str, bytes]:
    """The Secret of a leaf that a CA issued, which a self-signed issuer had issued."""
    kubectl.apply(
        issuer("self", selfSigned={}),
        certificate("ca", "self", isCA=True, commonName="ca"),
        issuer("ca", ca={"secretName": "ca"}),
        certificate("web", "ca", duration="24h", renewBefore="8h", dnsNames=["web.test.svc"]),
    )
    kubectl("wait", "--for=condition=Ready", "certificate/web", "--timeout=60s")
    data = kubectl.get("secret", "web")["data"]
    return {name: base64.b64decode(value) for name, value in data.items()}


def test_a_chain_of_issuers_gives_a_leaf_that_verifies(leaf: dict[str, bytes]) -> None:
    store = Store(x509.load_pem_x509_certificates(leaf["ca.crt"]))
    verifier = PolicyBuilder().store(store).build_server_verifier(x509.DNSName("web.test.svc"))

    chain = verifier.verify(x509.load_pem_x509_certificate(leaf["tls.crt"]), [])

    assert len(chain) == 2


def test_a_leaf_lives_as_long_as_was_asked(leaf: dict[str, bytes]) -> None:
    found = x509.load_pem_x509_certificate(leaf["tls.crt"])

    assert found.not_valid_after_utc - found.not_valid_before_utc == dt.timedelta(hours=24)


def test_a_deleted_secret_is_issued_again_with_another_key(kubectl: Kubectl, leaf: dict[str, bytes]) -> None:
    kubectl("delete", "secret", "web")

    kubectl("wait", "--for=create", "secret/web", "--timeout=60s")
    kubectl("wait", "--for=condition=Ready", "certificate/web", "--timeout=60s")

    again = base64.b64decode(kubectl.get("secret", "web")["data"]["tls.key"])
    assert again != leaf["tls.key"]


def test_a_field_that_does_not_exist_is_refused_by_the_schema(kubectl: Kubectl) -> None:
    wrong = certificate("wrong", "self", dnsName="misspelt")

    refused = kubectl.attempt(
        "create", "--validate=strict", "--filename=-", stdin=str(wrong).replace("'", '"')
    )

    assert 'unknown field "spec.dnsName"' in refused.stderr
