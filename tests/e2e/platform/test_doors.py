"""Every port of the platform, one by one: who is let in, and who is not."""

import ssl
from collections.abc import Callable

import pytest

import names
from operations.certificates import ClientCertificate
from tests.e2e.platform.conftest import Person
from tests.e2e.platform.handshake import Door, answer, doors

pytestmark = pytest.mark.cluster

STORAGE_CLIENT_SECRET = "mcp-storage-client-tls"
SECRETS = {
    names.GATEWAY: names.INGEST_CLIENT_SECRET,
    names.JAEGER_COLLECTOR: STORAGE_CLIENT_SECRET,
    names.JAEGER_QUERY: names.QUERY_CLIENT_SECRET,
}


@pytest.fixture(scope="module")
def certificates(deployed: Person) -> dict[str, ClientCertificate]:
    """The right certificate by the DNS name of each Service."""
    return {
        names.host(service): deployed.target.client_certificate(secret) for service, secret in SECRETS.items()
    }


def _refused(door: Door, context: ssl.SSLContext | None) -> str | None:
    """None if the port refused; else what it said."""
    try:
        said = answer(door, context)
    except OSError:
        return None
    # An HTTPS port tells a plaintext client what it missed, and hangs up.
    if said in {b"", b"\x15\x03\x01\x00\x02\x02\x46"} or (context is None and b"400 Bad Request" in said):
        return None
    return f"{door} answered {said[:60]!r}"


def _let_in(deployed: Person, context: Callable[[Door], ssl.SSLContext | None]) -> list[str]:
    return [said for door in doors(deployed.target) if (said := _refused(door, context(door))) is not None]


def test_there_are_the_doors_of_the_design(deployed: Person) -> None:
    services = {
        (door.hop_host, door.port) for door in doors(deployed.target) if door.owner.startswith("service/")
    }
    gateway, storage, query = (names.host(service) for service in SECRETS)
    assert services == {
        (gateway, names.OTLP_GRPC),
        (gateway, names.OTLP_HTTP),
        (gateway, names.JAEGER_THRIFT_HTTP),
        (storage, names.OTLP_GRPC),
        (query, names.JAEGER_QUERY_HTTP),
        (query, names.JAEGER_QUERY_GRPC),
    }


def test_right_certificate_is_let_in_on_every_port(
    deployed: Person, certificates: dict[str, ClientCertificate]
) -> None:
    for door in doors(deployed.target):
        said = answer(door, certificates[door.hop_host].ssl_context())
        assert said, f"{door} hung up on a client with the right certificate"


def test_client_without_certificate_is_refused_on_every_port(
    deployed: Person, certificates: dict[str, ClientCertificate]
) -> None:
    def bare(door: Door) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=certificates[door.hop_host].authority.decode())
        return context

    assert _let_in(deployed, bare) == []


def test_plaintext_is_refused_on_every_port(deployed: Person) -> None:
    assert _let_in(deployed, lambda _door: None) == []


def test_certificate_of_another_hop_is_refused_on_every_port(
    deployed: Person, certificates: dict[str, ClientCertificate]
) -> None:
    for other, held in certificates.items():

        def foreign(door: Door, shown: ClientCertificate = held) -> ssl.SSLContext:
            """The certificate of another hop, by a client that trusts the right server."""
            right = certificates[door.hop_host]
            return ClientCertificate(
                certificate=shown.certificate, key=shown.key, authority=right.authority
            ).ssl_context()

        let_in = [
            said
            for door in doors(deployed.target)
            if door.hop_host != other and (said := _refused(door, foreign(door))) is not None
        ]
        assert let_in == [], f"with the certificate for {other}"


def test_tls_1_2_is_refused_on_every_port(
    deployed: Person, certificates: dict[str, ClientCertificate]
) -> None:
    def old(door: Door) -> ssl.SSLContext:
        context = certificates[door.hop_host].ssl_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context

    assert _let_in(deployed, old) == []
