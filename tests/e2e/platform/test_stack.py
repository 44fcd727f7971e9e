"""The stack in a real cluster: up, a trace through it, changes that reach exactly what they concern."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

import names
from local.engine import EngineError
from operations.environment.proof import send_and_read_back
from operations.scope import PROJECT
from settings.sources import from_files
from tests.e2e.platform.conftest import Person

pytestmark = pytest.mark.cluster


def _pods(person: Person) -> dict[str, str]:
    """Identity of the one Pod of each component."""
    pods = person.target.read("--namespace", names.NAMESPACE, "get", "pods")["items"]
    alive = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    return {pod["metadata"]["labels"]["app.kubernetes.io/name"]: pod["metadata"]["uid"] for pod in alive}


def test_trace_that_goes_in_at_the_gateway_comes_out_of_jaeger(deployed: Person) -> None:
    found = send_and_read_back(deployed.target)
    assert len(found.spans) == 26
    assert len(found.services) == 6


def test_stored_spans_name_environment_and_cluster_of_the_settings(deployed: Person) -> None:
    found = send_and_read_back(deployed.target)
    settings = from_files(PROJECT, "dev", {})
    for span in found.spans:
        assert span.resource["deployment.environment.name"] == settings.environment
        assert span.resource["k8s.cluster.name"] == settings.cluster.name
        assert span.resource["service.namespace"] == names.NAMESPACE


def test_second_up_and_preview_change_nothing(deployed: Person) -> None:
    before = _pods(deployed)
    preview = deployed.make("preview", "--expect-no-changes")
    assert preview.returncode == 0, preview.stdout + preview.stderr
    again = deployed.make("up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "update done" in again.stdout
    assert " create" not in again.stdout.split("update done")[1].splitlines()[0]
    assert _pods(deployed) == before


def test_changed_setting_rolls_exactly_the_pods_that_it_concerns(deployed: Person) -> None:
    before = _pods(deployed)
    try:
        deployed.engine(config={"jaeger.memory_traces": 20000}).up()
        after = _pods(deployed)
    finally:
        deployed.engine().up()
    rolled = {component for component in before if before[component] != after[component]}
    assert rolled == {names.JAEGER}


def test_bad_setting_is_refused_before_any_resource_is_touched(deployed: Person) -> None:
    before = deployed.target.run("--namespace", names.NAMESPACE, "get", "all", "--output=name")
    with pytest.raises(EngineError) as refused:
        deployed.engine(config={"topology": "triple"}).up()
    assert "topology" in str(refused.value)
    assert "'triple'" in str(refused.value)
    assert "Traceback" not in str(refused.value)
    assert deployed.target.run("--namespace", names.NAMESPACE, "get", "all", "--output=name") == before
    assert deployed.engine().preview(expect_no_changes=True).changed == 0


def test_preview_with_a_wrong_passphrase_says_so_in_a_sentence(deployed: Person) -> None:
    engine = deployed.engine(PULUMI_CONFIG_PASSPHRASE="wrong")
    with pytest.raises(EngineError, match="passphrase") as refused:
        engine.preview()
    assert "Traceback" not in str(refused.value)


@pytest.fixture
def unreachable(deployed: Person, tmp_path: Path) -> str:
    """The same kubeconfig, of a cluster that does not answer."""
    document = yaml.safe_load(deployed.target.kubeconfig.read_text())
    document["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    elsewhere = tmp_path / "kubeconfig"
    elsewhere.write_text(yaml.safe_dump(document))
    return str(elsewhere)


def test_make_preview_of_an_unreachable_cluster_says_so_in_a_sentence(
    deployed: Person, unreachable: str
) -> None:
    person = replace(deployed, environ={**deployed.environ, "KUBECONFIG": unreachable})
    refused = person.make("preview")
    assert refused.returncode == 1
    assert "127.0.0.1:1 was refused" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_engine_that_has_to_ask_an_unreachable_cluster_says_so_in_a_sentence(
    deployed: Person, unreachable: str
) -> None:
    engine = deployed.engine(config={"jaeger.memory_traces": 20000}, MCP_TRACING_KUBECONFIG=unreachable)
    with pytest.raises(EngineError, match=r"127\.0\.0\.1:1") as refused:
        engine.preview()
    assert "Traceback" not in str(refused.value)


def test_bad_stack_file_is_refused_by_make_before_anything_is_done(deployed: Person) -> None:
    refused = deployed.make("up", "--stack", "none")
    assert refused.returncode == 1
    assert "there is no such stack file" in refused.stderr
    assert "[2/5]" not in refused.stdout
