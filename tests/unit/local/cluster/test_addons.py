"""The add-ons' manifests."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509

from local.cluster import ClusterError, ClusterSpec, addons, pki
from local.cluster.layout import Layout

SPEC = ClusterSpec("addons", 7)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bin")
    for name in addons.PROGRAMS:
        (folder / name).write_text(f"program {name}")
    (folder / "cert-manager-crds.yaml").write_text("{}")
    return {name: folder / name for name in addons.PROGRAMS}


@pytest.fixture(scope="module")
def manifests(programs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    layout = Layout(tmp_path_factory.mktemp("cluster"))
    pki.make(layout.pki, SPEC)
    return addons.render(SPEC, layout, addons.system_images(programs))


@pytest.fixture(scope="module")
def documents(manifests: dict[str, str]) -> list[dict[str, Any]]:
    return [document for text in manifests.values() for document in yaml.safe_load_all(text)]


def of_kind(documents: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [document for document in documents if document["kind"] == kind]


def containers(documents: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each container of each Deployment, with its Pod's specification."""
    for deployment in of_kind(documents, "Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        for container in pod["containers"]:
            yield container, pod


def test_every_container_meets_the_restricted_pod_security_standard(documents: list[dict[str, Any]]) -> None:
    found = list(containers(documents))

    assert len(found) == 4
    for container, pod in found:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_every_image_of_a_manifest_is_one_that_is_made(
    documents: list[dict[str, Any]], programs: dict[str, Path]
) -> None:
    made = {image.name for image in addons.system_images(programs).values()}

    for container, _ in containers(documents):
        assert container["image"] in made
        assert container["imagePullPolicy"] == "Never"


def test_every_workload_that_is_waited_for_is_a_deployment(documents: list[dict[str, Any]]) -> None:
    found = {(d["metadata"]["namespace"], d["metadata"]["name"]) for d in of_kind(documents, "Deployment")}

    assert {(workload.namespace, workload.name) for workload in addons.workloads()} == found


def test_no_role_of_an_addon_has_a_wildcard_or_may_change_roles(documents: list[dict[str, Any]]) -> None:
    rules = [
        rule
        for kind in ("ClusterRole", "Role")
        for role in of_kind(documents, kind)
        for rule in role["rules"]
    ]

    assert len(rules) > 10
    for rule in rules:
        assert "*" not in (*rule["apiGroups"], *rule["resources"], *rule["verbs"])
        assert "rbac.authorization.k8s.io" not in rule["apiGroups"]
        assert not {"escalate", "bind", "impersonate"} & set(rule["verbs"])


def test_nobody_is_bound_to_the_administrators_role(documents: list[dict[str, Any]]) -> None:
    bound = [b["roleRef"]["name"] for b in of_kind(documents, "ClusterRoleBinding")]

    assert "cluster-admin" not in bound


def test_the_metrics_api_is_verified_against_the_clusters_authority(documents: list[dict[str, Any]]) -> None:
    [service] = of_kind(documents, "APIService")
    [secret] = of_kind(documents, "Secret")

    authority = x509.load_pem_x509_certificate(base64.b64decode(service["spec"]["caBundle"]))
    leaf = x509.load_pem_x509_certificate(base64.b64decode(secret["data"]["tls.crt"]))
    leaf.verify_directly_issued_by(authority)
    assert "insecureSkipTLSVerify" not in service["spec"]


def test_dns_has_the_address_that_the_kubelet_tells_pods(documents: list[dict[str, Any]]) -> None:
    [service] = [s for s in of_kind(documents, "Service") if s["metadata"]["name"] == "kube-dns"]

    assert service["spec"]["clusterIP"] == str(SPEC.dns)


def test_one_storage_class_is_the_default(documents: list[dict[str, Any]]) -> None:
    [found] = of_kind(documents, "StorageClass")

    assert found["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] == "true"


def test_missing_programs_are_named_all_at_once(programs: dict[str, Path], tmp_path: Path) -> None:
    some = {name: path for name, path in programs.items() if name != "etcd"} | {
        "coredns": tmp_path / "absent"
    }

    with pytest.raises(ClusterError, match="lacks the programs etcd, coredns: `make up` builds them"):
        addons.check_programs(some)


def test_missing_custom_resources_are_named(tmp_path: Path) -> None:
    with pytest.raises(
        ClusterError, match=r"cert-manager-crds\.yaml is missing: it is made with cert-manager"
    ):
        addons.custom_resource_files({"cert-manager-controller": tmp_path / "cert-manager-controller"})


def test_the_digest_changes_with_any_manifest_and_any_resource_file(
    manifests: dict[str, str], tmp_path: Path
) -> None:
    resource = tmp_path / "crds.yaml"
    resource.write_text("one")
    before = addons.digest(manifests, [resource])
    other = addons.digest(manifests | {"coredns.yaml": "other"}, [resource])
    resource.write_text("two")

    assert len({before, other, addons.digest(manifests, [resource])}) == 3
