"""Properties of everything that the program registers, whatever it is."""

from collections import Counter

import pytest

from operations.recording import Secret
from tests.graph.recorded import EVERYTHING, PULL_SECRET, VARIANTS, kubernetes, recording


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_urn_stands_twice(variant: str) -> None:
    urns = Counter(made.urn for made in recording(variant).registrations)
    assert [urn for urn, count in urns.items() if count > 1] == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_kubernetes_object_is_a_component_s_child(variant: str) -> None:
    components = {made.urn for made in recording(variant).registrations if not made.custom}
    assert components
    assert [made.urn for made in kubernetes(variant) if made.parent not in components] == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_kubernetes_object_has_the_one_explicit_provider(variant: str) -> None:
    (provider,) = [
        made.urn for made in recording(variant).registrations if made.type == "pulumi:providers:kubernetes"
    ]
    assert {made.provider.rpartition("::")[0] for made in kubernetes(variant)} == {provider}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_provider_knows_the_cluster_by_its_name_so_that_a_moved_kubeconfig_replaces_nothing(
    variant: str,
) -> None:
    (provider,) = [made for made in recording(variant).registrations if made.type.startswith("pulumi:prov")]
    assert provider.inputs["clusterIdentifier"]
    assert provider.inputs["context"] == "recording"


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_of_the_provider_is_left_to_the_machine_s_environment(variant: str) -> None:
    """The SDK would take these from KUBECONFIG and PULUMI_K8S_* where the program does not say them."""
    (provider,) = [made for made in recording(variant).registrations if made.type.startswith("pulumi:prov")]
    assert provider.inputs["kubeconfig"]
    for key, value in (
        ("enableServerSideApply", "true"),
        ("enableConfigMapMutable", "false"),
        ("enableSecretMutable", "false"),
    ):
        assert provider.inputs[key] == value


@pytest.mark.parametrize("variant", VARIANTS)
def test_whatever_the_engine_waits_for_has_the_time_out_of_the_settings(variant: str) -> None:
    awaited = {"Deployment", "Service", "Namespace", "Issuer", "Certificate"}
    times = {
        made.type.rpartition(":")[2]: made.timeouts
        for made in kubernetes(variant)
        if made.type.rpartition(":")[2] in awaited
    }
    expected = "600s" if variant == "prod" else "300s"
    assert all(
        limits == {"create": expected, "update": expected, "delete": expected} for limits in times.values()
    ), times


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_lies_in_the_namespace_waits_for_it(variant: str) -> None:
    (namespace,) = [made.urn for made in kubernetes(variant) if made.type.endswith(":Namespace")]
    inside = [made for made in kubernetes(variant) if made.urn != namespace]
    assert [made.urn for made in inside if namespace not in made.dependencies] == []


def test_pods_wait_for_the_certificates_that_they_mount() -> None:
    for name, mounted in (
        ("otel-collector-gateway", {"trust-ingest-server", "trust-storage-client"}),
        ("jaeger", {"trust-storage-server", "trust-query-server"}),
    ):
        (deployment,) = [
            made for made in kubernetes("dev") if made.type.endswith(":Deployment") and made.name == name
        ]
        assert mounted <= {urn.rpartition("::")[2] for urn in deployment.dependencies}


def test_a_secret_of_the_settings_is_a_secret_wherever_it_goes() -> None:
    found = [made for made in recording(EVERYTHING).registrations if made.type == "kubernetes:core/v1:Secret"]
    assert [made.inputs["stringData"] for made in found] == [Secret({".dockerconfigjson": PULL_SECRET})]
    # Nothing but the marked value has it: not another resource's inputs, not the exports.
    others = [made for made in recording(EVERYTHING).registrations if made not in found]
    assert "dG9wLXNlY3JldA" not in str(others) + str(recording(EVERYTHING).exports)


def test_the_same_settings_declare_the_same() -> None:
    again = recording.__wrapped__("dev")
    assert sorted(again.registrations, key=lambda made: made.urn) == sorted(
        recording("dev").registrations, key=lambda made: made.urn
    )
    assert again.exports == recording("dev").exports
