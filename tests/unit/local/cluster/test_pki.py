"""The cluster's certificates."""

import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from local.cluster import ClusterSpec, pki
from local.cluster.layout import write

SPEC = ClusterSpec("pki", 3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pki")
    pki.make(made, SPEC)
    return made


def verify_server(folder: Path, name: str, subject: x509.DNSName | x509.IPAddress) -> None:
    store = Store([pki.read(folder, pki.CA)[0]])
    PolicyBuilder().store(store).build_server_verifier(subject).verify(pki.read(folder, name)[0], [])


CLIENTS = [leaf for leaf in pki.leaves(SPEC) if leaf.client and not leaf.server_names]


@pytest.mark.parametrize("leaf", CLIENTS, ids=lambda leaf: leaf.name)
def test_a_client_is_trusted_by_its_own_authority_and_by_no_other(folder: Path, leaf: pki.Leaf) -> None:
    # The verifier wants a name in the certificate, which Kubernetes' clients do not have: signatures decide.
    certificate = pki.read(folder, leaf.name)[0]

    certificate.verify_directly_issued_by(pki.read(folder, leaf.issuer)[0])
    for other in set(pki.AUTHORITIES) - {leaf.issuer}:
        with pytest.raises(ValueError, match=r"[Ii]ssuer"):
            certificate.verify_directly_issued_by(pki.read(folder, other)[0])


def test_the_api_server_is_verified_under_each_of_its_names(folder: Path) -> None:
    for name in ("localhost", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"):
        verify_server(folder, "apiserver", x509.DNSName(name))
    for address in (SPEC.node, SPEC.api_service):
        verify_server(folder, "apiserver", x509.IPAddress(address))


def test_the_api_server_is_not_verified_under_another_clusters_address(folder: Path) -> None:
    with pytest.raises(VerificationError):
        verify_server(folder, "apiserver", x509.IPAddress(ClusterSpec("other", 4).node))


def test_metrics_server_is_verified_under_the_name_that_the_aggregator_uses(folder: Path) -> None:
    verify_server(folder, "metrics-server", x509.DNSName("metrics-server.kube-system.svc"))


def test_only_the_administrator_is_in_the_group_that_may_do_everything(folder: Path) -> None:
    masters = [leaf.name for leaf in pki.leaves(SPEC) if group(folder, leaf.name) == "system:masters"]

    assert masters == ["admin"]


def group(folder: Path, name: str) -> str | None:
    found = pki.read(folder, name)[0].subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else None


def test_the_kubelet_is_the_node_that_the_authorizer_knows(folder: Path) -> None:
    subject = pki.read(folder, "kubelet")[0].subject.rfc4514_string()

    assert group(folder, "kubelet") == "system:nodes"
    assert "CN=system:node:pki" in subject


def test_authorities_can_sign_leaves_and_nothing_below(folder: Path) -> None:
    for authority in pki.AUTHORITIES:
        extension = pki.read(folder, authority)[0].extensions.get_extension_for_class(x509.BasicConstraints)
        assert extension.critical
        assert extension.value == x509.BasicConstraints(ca=True, path_length=0)


def test_every_key_is_for_its_owner_only(folder: Path) -> None:
    keys = list(folder.glob("*.key"))

    assert len(keys) == len(pki.AUTHORITIES) + len(pki.leaves(SPEC)) + 1
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def test_a_restart_keeps_authorities_and_the_token_key_and_renews_leaves(tmp_path: Path) -> None:
    pki.make(tmp_path, SPEC)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    pki.make(tmp_path, SPEC)

    kept = {name for name, content in before.items() if (tmp_path / name).read_bytes() == content}
    expected = {f"{name}.{kind}" for name in pki.AUTHORITIES for kind in ("crt", "key")}
    assert kept == expected | {"service-account.key", "service-account.pub"}


def test_an_interrupted_start_leaves_no_certificate_without_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(path: Path, text: str, mode: int = 0o644) -> None:
        if path.suffix == ".crt":
            raise KeyboardInterrupt
        write(path, text, mode)

    monkeypatch.setattr("local.cluster.pki.write", failing)
    with pytest.raises(KeyboardInterrupt):
        pki.make(tmp_path, SPEC)
    monkeypatch.undo()
    pki.make(tmp_path, SPEC)

    verify_server(tmp_path, "apiserver", x509.IPAddress(SPEC.node))
