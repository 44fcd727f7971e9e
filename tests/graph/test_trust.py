"""The trust chain as cert-manager gets it."""

import pytest

import names
from operations.recording import Registration
from render import network, trust
from settings import Duration
from settings.schema import PROJECT_DIRECTORY
from settings.sources import from_files
from tests.graph.recorded import VARIANTS, Manifest, kubernetes, named, of_kind


def leaves(variant: str) -> list[Manifest]:
    return [found for found in of_kind(variant, "Certificate") if not found["spec"].get("isCA")]


def authorities(variant: str) -> list[Manifest]:
    return [found for found in of_kind(variant, "Certificate") if found["spec"].get("isCA")]


def seconds(manifest: Manifest, key: str) -> int:
    return Duration.parse(manifest["spec"][key]).seconds


def test_each_hop_has_an_authority_of_its_own_and_both_ends_are_issued_by_it() -> None:
    issued = {found["metadata"]["name"]: found["spec"]["issuerRef"]["name"] for found in leaves("dev")}
    assert issued == {
        names.INGEST_SERVER_SECRET: "mcp-ingest-ca",
        names.INGEST_CLIENT_SECRET: "mcp-ingest-ca",
        names.STORAGE_SERVER_SECRET: "mcp-storage-ca",
        names.STORAGE_CLIENT_SECRET: "mcp-storage-ca",
        names.QUERY_SERVER_SECRET: "mcp-query-ca",
        names.QUERY_CLIENT_SECRET: "mcp-query-ca",
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_issuer_signs_with_an_authority_that_is_made_or_signs_itself(variant: str) -> None:
    made = {found["spec"]["secretName"] for found in authorities(variant)}
    for issuer in of_kind(variant, "Issuer"):
        spec = issuer["spec"]
        assert spec == {"selfSigned": {}} or spec["ca"]["secretName"] in made


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_certificate_names_an_issuer_that_is_made(variant: str) -> None:
    made = {found["metadata"]["name"] for found in of_kind(variant, "Issuer")}
    named_issuers = {found["spec"]["issuerRef"]["name"] for found in of_kind(variant, "Certificate")}
    assert named_issuers <= made


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_a_certificate_needs_is_ready_before_it(variant: str) -> None:
    """Each waits for the one that signs it, up to the issuer that signs itself."""
    made = {found.urn: found for found in kubernetes(variant) if "cert-manager" in found.type}
    for found in made.values():
        before = [made[urn] for urn in found.dependencies if urn in made]
        assert [one.inputs["metadata"]["name"] for one in before] == needed(found)


def needed(found: Registration) -> list[str]:
    spec = found.inputs["spec"]
    if "issuerRef" in spec:
        return [spec["issuerRef"]["name"]]
    return [spec["ca"]["secretName"]] if "ca" in spec else []


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_engine_waits_until_each_is_ready(variant: str) -> None:
    for kind in ("Issuer", "Certificate"):
        for found in of_kind(variant, kind):
            assert found["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Ready"


def test_a_leaf_is_for_one_side_of_one_hop() -> None:
    for found in leaves("dev"):
        side = "server" if "server" in found["metadata"]["name"] else "client"
        assert found["spec"]["usages"] == ["digital signature", f"{side} auth"]


def test_a_leaf_s_key_is_new_at_each_renewal_and_an_authority_s_stays() -> None:
    assert {found["spec"]["privateKey"]["rotationPolicy"] for found in leaves("dev")} == {"Always"}
    assert {found["spec"]["privateKey"]["rotationPolicy"] for found in authorities("dev")} == {"Never"}


def test_every_key_is_of_the_p_256_curve() -> None:
    for found in of_kind("dev", "Certificate"):
        key = found["spec"]["privateKey"]
        assert (key["algorithm"], key["size"]) == ("ECDSA", 256)


def test_a_server_is_certified_for_every_name_of_its_service() -> None:
    services = {
        names.INGEST_SERVER_SECRET: "otel-collector-gateway",
        names.STORAGE_SERVER_SECRET: "jaeger-collector",
        names.QUERY_SERVER_SECRET: "jaeger-query",
    }
    for secret, service in services.items():
        assert named(leaves("dev"), secret)["spec"]["dnsNames"] == [
            service,
            f"{service}.mcp-system",
            f"{service}.mcp-system.svc",
            f"{service}.mcp-system.svc.cluster.local",
        ]
        assert service in {found["metadata"]["name"] for found in of_kind("dev", "Service")}


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_leaf_outlives_the_authority_that_signed_it(variant: str) -> None:
    longest = max((seconds(found, "duration") for found in leaves(variant)), default=0)
    for found in authorities(variant):
        assert longest <= seconds(found, "renewBefore") < seconds(found, "duration")


def test_an_authority_is_renewed_early_enough_for_leaves_that_live_almost_as_long() -> None:
    settings = from_files(PROJECT_DIRECTORY, "dev", {}).trust
    spec = trust.authority(
        type(settings)(
            issuer=settings.issuer,
            ca_duration=Duration(48 * 3600),
            leaf_duration=Duration(40 * 3600),
            leaf_renew_before=settings.leaf_renew_before,
        ),
        "mcp-ingest-ca",
        "mcp-root-ca",
    )
    assert (spec["duration"], spec["renewBefore"]) == ("48h", "40h")


def test_every_hop_of_the_network_inside_the_platform_has_a_certificate_for_its_target() -> None:
    settings = from_files(PROJECT_DIRECTORY, "dev", {})
    targets = {
        edge.target.name for edge in network.edges(settings) if isinstance(edge.target, network.Component)
    }
    subjects = {leaf.subject for hop in trust.hops(settings) for leaf in hop.leaves}
    assert all(any(subject.startswith(target) for subject in subjects) for target in targets)
