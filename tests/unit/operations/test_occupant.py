"""One cluster holds one environment: whoever means another one is told so before anything is touched."""

from pathlib import Path

import pytest

import names
from operations import occupant
from operations.connect import Target
from operations.environment.platform import Platform
from operations.environment.sites import OwnCluster
from operations.output import console
from operations.problem import OperationError
from tests.unit.operations.fake_kubectl import FakeKubectl


def _holds(kubectl: FakeKubectl, environment: str | None) -> Target:
    labels = {} if environment is None else {names.ENVIRONMENT_LABEL: environment}
    kubectl.answer("get namespace mcp-system --ignore-not-found", {"metadata": {"labels": labels}})
    return kubectl.target


def test_empty_cluster_holds_nothing(kubectl: FakeKubectl) -> None:
    kubectl.answer("get namespace mcp-system --ignore-not-found", "")
    assert occupant.environment_in(kubectl.target) is None
    occupant.refuse_another(kubectl.target, "dev")


def test_namespace_of_somebody_else_is_no_environment(kubectl: FakeKubectl) -> None:
    assert occupant.environment_in(_holds(kubectl, None)) is None


def test_own_environment_is_met_again(kubectl: FakeKubectl) -> None:
    occupant.refuse_another(_holds(kubectl, "dev"), "dev")


def test_another_environment_is_named_with_the_remedy(kubectl: FakeKubectl) -> None:
    with pytest.raises(OperationError, match=r"holds the environment dev, .*`make down` of that stack first"):
        occupant.refuse_another(_holds(kubectl, "dev"), "prod")


@pytest.mark.parametrize("operation", ["up", "preview"])
def test_no_engine_is_started_for_a_cluster_that_holds_another(
    operation: str, kubectl: FakeKubectl, tmp_path: Path
) -> None:
    site = OwnCluster("kind-x", {"HOME": str(tmp_path)}, console())
    platform = Platform(project=tmp_path, stack="prod", site=site, environment=lambda: "prod")
    with pytest.raises(OperationError, match="holds the environment dev"):
        getattr(platform, operation)(_holds(kubectl, "dev"), tmp_path / "no-such-pulumi", print)
