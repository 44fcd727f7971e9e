"""Pods as the cluster gets them: restricted, bounded, probed, and mounting only what exists."""

from typing import Any

import pytest

import names
import versions
from tests.graph.recorded import EVERYTHING, SINGLE, Manifest, named, objects, of_kind

single = pytest.mark.parametrize("variant", SINGLE)


def pods(variant: str) -> list[tuple[Manifest, dict[str, Any]]]:
    """Deployments with their Pod's spec."""
    return [(found, found["spec"]["template"]["spec"]) for found in of_kind(variant, "Deployment")]


def containers(variant: str) -> list[dict[str, Any]]:
    return [container for _, spec in pods(variant) for container in spec["containers"]]


def mounted(variant: str, source: str, key: str) -> set[str]:
    """Names of what Pods take as volumes."""
    return {
        volume[source][key] for _, spec in pods(variant) for volume in spec["volumes"] if source in volume
    }


@single
def test_there_is_a_collector_and_a_jaeger(variant: str) -> None:
    assert {found["metadata"]["name"] for found in of_kind(variant, "Deployment")} == {
        names.GATEWAY,
        names.JAEGER,
    }


@single
def test_every_pod_is_restricted_and_has_no_token(variant: str) -> None:
    for _, spec in pods(variant):
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] >= 10000
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False
    assert all(found["automountServiceAccountToken"] is False for found in of_kind(variant, "ServiceAccount"))


@single
def test_every_container_is_restricted(variant: str) -> None:
    for container in containers(variant):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }


@single
def test_every_container_is_bounded_and_go_knows_it(variant: str) -> None:
    for container in containers(variant):
        for kind in ("requests", "limits"):
            assert container["resources"][kind].keys() == {"cpu", "memory"}
        (go_limit,) = [entry["value"] for entry in container["env"] if entry["name"] == "GOMEMLIMIT"]
        assert int(go_limit.removesuffix("MiB")) < int(
            container["resources"]["limits"]["memory"].removesuffix("Mi")
        )


@single
def test_every_probe_is_encrypted_and_asks_the_health_port_only(variant: str) -> None:
    for container in containers(variant):
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            asked = container[probe]["httpGet"]
            assert (asked["scheme"], asked["port"]) == ("HTTPS", "health")


@single
def test_a_pod_has_time_to_drain_before_it_is_killed(variant: str) -> None:
    for _, spec in pods(variant):
        withdrawal = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert spec["terminationGracePeriodSeconds"] >= withdrawal + 30


def projections(variant: str) -> list[dict[str, Any]]:
    """Every Secret of which a Pod gets some keys."""
    return [
        source["secret"]
        for _, spec in pods(variant)
        for volume in spec["volumes"]
        for source in volume.get("projected", {}).get("sources", [])
    ]


@single
def test_every_mount_is_read_only_and_for_the_pod_s_group_only(variant: str) -> None:
    for _, spec in pods(variant):
        assert all(mount["readOnly"] for mount in spec["containers"][0]["volumeMounts"])
        modes = {
            (volume.get("projected") or volume["configMap"])["defaultMode"] for volume in spec["volumes"]
        }
        assert modes == {0o440}
        assert spec["securityContext"]["fsGroup"] == spec["securityContext"]["runAsGroup"]


@single
def test_every_mounted_secret_is_a_certificate_s(variant: str) -> None:
    made = {found["spec"]["secretName"] for found in of_kind(variant, "Certificate")}
    secrets = {found["name"] for found in projections(variant)}
    assert secrets
    assert secrets - made == set()


@single
def test_no_pod_mounts_a_key_of_an_authority(variant: str) -> None:
    authorities = {
        found["spec"]["secretName"] for found in of_kind(variant, "Certificate") if found["spec"].get("isCA")
    }
    assert authorities
    taken = {
        key["key"] for found in projections(variant) if found["name"] in authorities for key in found["items"]
    }
    assert taken == {"tls.crt"}
    assert mounted(variant, "secret", "secretName") == set(), "a whole Secret would bring its key"


@single
def test_every_side_trusts_its_own_hop_and_not_the_root(variant: str) -> None:
    for _, spec in pods(variant):
        for volume in spec["volumes"]:
            if "projected" not in volume:
                continue
            hop = volume["name"].rpartition("-")[0]
            trusted = [
                source["secret"]["name"]
                for source in volume["projected"]["sources"]
                if "ca.crt" in {key["path"] for key in source["secret"]["items"]}
            ]
            assert trusted == [f"mcp-{hop}-ca"]


@single
def test_every_mounted_config_map_exists_and_is_mounted_by_one_workload(variant: str) -> None:
    made = [found["metadata"]["name"] for found in of_kind(variant, "ConfigMap")]
    assert sorted(mounted(variant, "configMap", "name")) == sorted(made)


@single
def test_each_selector_matches_the_pods_of_one_workload(variant: str) -> None:
    templates = {
        found["metadata"]["name"]: found["spec"]["template"]["metadata"]["labels"]
        for found, _ in pods(variant)
    }
    for service in of_kind(variant, "Service"):
        assert len(selected(service["spec"]["selector"], templates)) == 1, service["metadata"]["name"]
    for deployment, _ in pods(variant):
        wanted = deployment["spec"]["selector"]["matchLabels"]
        assert selected(wanted, templates) == [deployment["metadata"]["name"]]
        assert "app.kubernetes.io/version" not in wanted, "a selector cannot change, a version does"


def selected(selector: dict[str, str], templates: dict[str, dict[str, str]]) -> list[str]:
    return [name for name, labels in templates.items() if selector.items() <= labels.items()]


@single
def test_every_service_port_is_a_port_of_its_containers(variant: str) -> None:
    for service in of_kind(variant, "Service"):
        (ports,) = [
            {
                (port["name"], port["containerPort"], port["protocol"])
                for port in spec["containers"][0]["ports"]
            }
            for found, spec in pods(variant)
            if service["spec"]["selector"].items() <= found["spec"]["template"]["metadata"]["labels"].items()
        ]
        served = {(port["targetPort"], port["port"], port["protocol"]) for port in service["spec"]["ports"]}
        assert served <= ports


def test_services_have_the_names_and_ports_that_outside_parties_rely_on() -> None:
    found = {
        service["metadata"]["name"]: [port["port"] for port in service["spec"]["ports"]]
        for service in of_kind("dev", "Service")
    }
    assert found == {
        "otel-collector-gateway": [4317, 4318, 14268],
        "jaeger-collector": [4317],
        "jaeger-query": [16686, 16685],
    }


def test_udp_is_served_only_where_the_settings_admit_it() -> None:
    ports = {
        variant: {
            port["port"]
            for service in of_kind(variant, "Service")
            for port in service["spec"]["ports"]
            if port["protocol"] == "UDP"
        }
        for variant in SINGLE
    }
    assert ports == {"dev": set(), EVERYTHING: {6831, 6832}}


def test_images_are_the_tested_versions_and_come_from_the_mirror_where_there_is_one() -> None:
    public = {versions.OTELCOL_IMAGE, versions.JAEGER_IMAGE}
    assert {container["image"] for container in containers("dev")} == public
    mirrored = {f"mirror.example.com:5000/public/{image}" for image in public}
    assert {container["image"] for container in containers(EVERYTHING)} == mirrored


def test_every_pod_pulls_with_the_secret_of_the_settings() -> None:
    (secret,) = of_kind(EVERYTHING, "Secret")
    for _, spec in pods(EVERYTHING):
        assert spec["imagePullSecrets"] == [{"name": secret["metadata"]["name"]}]
    assert [spec.get("imagePullSecrets") for _, spec in pods("dev")] == [None, None]


def test_jaeger_is_never_two_at_a_time_and_the_collector_never_none() -> None:
    deployments = of_kind("dev", "Deployment")
    jaeger, collector = named(deployments, names.JAEGER), named(deployments, names.GATEWAY)
    assert (jaeger["spec"]["replicas"], jaeger["spec"]["strategy"]) == (1, {"type": "Recreate"})
    assert collector["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_the_namespace_admits_restricted_pods_only() -> None:
    for variant in ("dev", "staging", "prod"):
        (namespace,) = of_kind(variant, "Namespace")
        for mode in ("enforce", "audit", "warn"):
            assert namespace["metadata"]["labels"][f"pod-security.kubernetes.io/{mode}"] == "restricted"


@pytest.mark.parametrize("variant", ["staging", "prod"])
def test_a_tiered_stack_runs_nothing_yet_and_says_so(variant: str) -> None:
    assert of_kind(variant, "Deployment") == []
    assert {found["kind"] for found in objects(variant)} == {
        "Namespace",
        "NetworkPolicy",
        "Issuer",
        "Certificate",
    }
