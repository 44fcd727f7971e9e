"""Every manifest of every stack fits the schemas of the supported versions, strictly."""

import copy
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # has no types of its own
import pytest

import versions
from tests.graph.recorded import VARIANTS, Manifest, objects, of_kind
from tests.tools.conftest import Built
from tests.tools.schemas import of_custom_resources, problems

pytestmark = pytest.mark.tools
Schemas = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="session")
def custom(built: Built) -> Schemas:
    """Schemas of cert-manager's kinds, of the very version that the embedded cluster runs."""
    controller = built("cert-manager-controller")
    return of_custom_resources(controller.with_name("cert-manager-crds.yaml"))


def is_custom(manifest: Manifest) -> bool:
    return str(manifest["apiVersion"]).startswith("cert-manager.io/")


@pytest.mark.parametrize("version", versions.KUBERNETES_SUPPORTED)
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_object_of_kubernetes_itself_is_valid(variant: str, version: str) -> None:
    for manifest in objects(variant):
        if not is_custom(manifest):
            used = kubernetes_validate.validate(manifest, version, strict=True)
            assert used == version, "there is no schema of this version: an older one was taken"


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_custom_resource_is_valid(variant: str, custom: Schemas) -> None:
    found = [manifest for manifest in objects(variant) if is_custom(manifest)]
    assert found
    for manifest in found:
        assert problems(custom[manifest["apiVersion"], manifest["kind"]], manifest) == []


def test_a_misspelled_field_of_a_pod_is_found() -> None:
    broken = copy.deepcopy(of_kind("dev", "Deployment")[0])
    broken["spec"]["template"]["spec"]["enableServiceLink"] = False
    with pytest.raises(kubernetes_validate.ValidationError, match="enableServiceLink"):
        kubernetes_validate.validate(broken, versions.KUBERNETES_SUPPORTED[-1], strict=True)


def test_a_misspelled_field_of_a_certificate_is_found(custom: Schemas) -> None:
    broken = copy.deepcopy(of_kind("dev", "Certificate")[0])
    broken["spec"]["renewBefor"] = "1h"
    broken["spec"]["usages"] = ["sever auth"]
    found = problems(custom[broken["apiVersion"], broken["kind"]], broken)
    assert any("renewBefor" in problem for problem in found)
    assert any("sever auth" in problem for problem in found)
