"""When an object is ready, and what it lacks."""

from typing import Any, cast

import pytest

from local.standin.discovery import Api
from local.standin.readiness import HopelessError, asked, missing


class _Objects:
    """Answers what a rule looks up."""

    def __init__(self, *, found: dict[str, Any] | None = None, listed: list[Any] | None = None) -> None:
        self._found, self._listed = found, listed or []

    def get(self, _reference: dict[str, Any]) -> dict[str, Any] | None:
        return self._found

    def list(self, *_place: str, **_selectors: str) -> list[Any]:
        return self._listed


def _lack(kind: str, api: _Objects | None = None, *, version: str = "apps/v1", **parts: Any) -> str:
    metadata = {"name": "x", "namespace": "n", "generation": 2, **parts.pop("metadata", {})}
    live = {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": {}, **parts}
    return missing(cast("Api", api or _Objects()), live)


SEEN = {"observedGeneration": 2}
ROLLED = {**SEEN, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2, "readyReplicas": 2}


def test_a_deployment_is_ready_when_the_new_pods_are_available_and_the_old_are_gone() -> None:
    two = {"replicas": 2}
    assert _lack("Deployment", spec=two, status=ROLLED) == ""
    assert "1 available" in _lack("Deployment", spec=two, status={**ROLLED, "availableReplicas": 1})
    assert "1 of the old version left" in _lack("Deployment", spec=two, status={**ROLLED, "replicas": 3})
    assert "has not seen" in _lack("Deployment", spec=two, status={**ROLLED, "observedGeneration": 1})


def test_a_deployment_without_replicas_needs_none() -> None:
    assert _lack("Deployment", spec={"replicas": 0}, status=SEEN) == ""


def test_a_deployment_past_its_deadline_is_hopeless_but_not_by_an_old_condition() -> None:
    late = [{"type": "Progressing", "reason": "ProgressDeadlineExceeded", "message": "too late"}]
    with pytest.raises(HopelessError, match="too late"):
        _lack("Deployment", status={**SEEN, "conditions": late})
    assert "has not seen" in _lack("Deployment", status={"observedGeneration": 1, "conditions": late})


def test_a_stateful_set_is_ready_when_every_pod_has_the_new_revision() -> None:
    two = {"replicas": 2}
    rolling = {**ROLLED, "currentRevision": "a", "updateRevision": "b", "updatedReplicas": 1}
    assert _lack("StatefulSet", spec=two, status={**rolling, "currentRevision": "b"}) == ""
    assert "1 of 2 Pods updated" in _lack("StatefulSet", spec=two, status=rolling)
    by_hand = {**two, "updateStrategy": {"type": "OnDelete"}}
    assert _lack("StatefulSet", spec=by_hand, status=rolling) == ""


def test_a_daemon_set_is_ready_on_every_node() -> None:
    status = {**SEEN, "desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 3}
    assert _lack("DaemonSet", status=status) == ""
    assert "2 available" in _lack("DaemonSet", status={**status, "numberAvailable": 2})


def test_a_job_is_ready_when_it_is_complete_and_hopeless_when_it_failed() -> None:
    complete = {"conditions": [{"type": "Complete", "status": "True"}]}
    failed = {"conditions": [{"type": "Failed", "status": "True", "reason": "Limit", "message": "twice"}]}
    assert _lack("Job", version="batch/v1", status=complete) == ""
    assert _lack("Job", version="batch/v1", spec={"suspend": True}) == ""
    assert "0 of 1 Pods" in _lack("Job", version="batch/v1", status={})
    with pytest.raises(HopelessError, match="Limit: twice"):
        _lack("Job", version="batch/v1", status=failed)


def test_a_pod_is_ready_when_it_says_so_or_has_succeeded() -> None:
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    assert _lack("Pod", version="v1", status=ready) == ""
    assert _lack("Pod", version="v1", status={"phase": "Succeeded"}) == ""
    assert _lack("Pod", version="v1", status={"phase": "Pending"}) == "its phase is Pending"
    with pytest.raises(HopelessError):
        _lack("Pod", version="v1", status={"phase": "Failed"})


def test_a_service_needs_an_endpoint_unless_it_selects_nothing() -> None:
    ready = _Objects(listed=[{"endpoints": [{"conditions": {"ready": True}}]}])
    empty = _Objects(listed=[{"endpoints": None}])
    selecting = {"selector": {"a": "b"}}
    assert _lack("Service", ready, version="v1", spec=selecting) == ""
    assert _lack("Service", empty, version="v1", spec=selecting) == "it has no ready endpoint"
    assert _lack("Service", empty, version="v1", spec={}) == ""
    assert _lack("Service", empty, version="v1", spec={**selecting, "clusterIP": "None"}) == ""
    assert "address" in _lack("Service", ready, version="v1", spec={**selecting, "type": "LoadBalancer"})


def test_a_claim_that_binds_only_when_used_is_not_waited_for() -> None:
    lazy = _Objects(found={"volumeBindingMode": "WaitForFirstConsumer"})
    eager = _Objects(found={"volumeBindingMode": "Immediate"})
    pending: dict[str, Any] = {"spec": {"storageClassName": "s"}, "status": {"phase": "Pending"}}
    assert _lack("PersistentVolumeClaim", lazy, version="v1", **pending) == ""
    assert _lack("PersistentVolumeClaim", eager, version="v1", **pending) == "its phase is Pending"
    assert _lack("PersistentVolumeClaim", version="v1", status={"phase": "Bound"}) == ""
    with pytest.raises(HopelessError):
        _lack("PersistentVolumeClaim", version="v1", status={"phase": "Lost"})


def test_an_ingress_needs_an_address() -> None:
    address = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
    assert _lack("Ingress", version="networking.k8s.io/v1", status=address) == ""
    assert "address" in _lack("Ingress", version="networking.k8s.io/v1", status={})


def test_a_definition_is_ready_when_established_and_a_namespace_when_active() -> None:
    established = {"conditions": [{"type": "Established", "status": "True"}]}
    assert _lack("CustomResourceDefinition", version="apiextensions.k8s.io/v1", status=established) == ""
    assert _lack("CustomResourceDefinition", version="apiextensions.k8s.io/v1", status={})
    assert _lack("Namespace", version="v1", status={"phase": "Active"}) == ""
    assert _lack("Namespace", version="v1", status={"phase": "Terminating"})


@pytest.mark.parametrize("kind", ["PodDisruptionBudget", "HorizontalPodAutoscaler", "ConfigMap"])
def test_other_kinds_are_ready_as_soon_as_they_exist(kind: str) -> None:
    assert _lack(kind, version="any/v1") == ""


def test_a_deployment_of_another_group_is_not_awaited_as_one() -> None:
    assert _lack("Deployment", version="example.com/v1") == ""


def test_skip_await_and_wait_for_win_over_the_rule() -> None:
    assert _lack("Pod", version="v1", metadata={"annotations": {"pulumi.com/skipAwait": "true"}}) == ""
    wish = {"pulumi.com/waitFor": '["condition=Ready", "jsonpath={.status.phase}=Running"]'}
    running = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    assert _lack("Thing", version="a/v1", metadata={"annotations": wish}, status=running) == ""
    waiting = _lack("Thing", version="a/v1", metadata={"annotations": wish}, status={**running, "phase": "x"})
    assert waiting == ".status.phase is x"


def test_a_condition_of_an_older_generation_does_not_count() -> None:
    stale = {"type": "Ready", "status": "True", "observedGeneration": 1}
    live: dict[str, Any] = {"metadata": {"generation": 2}, "status": {"conditions": [stale]}}
    assert "has not seen" in asked(live, "condition=Ready")
    live["metadata"]["generation"] = 1
    assert asked(live, "condition=Ready") == ""
    assert "is True" in asked(live, "condition=Ready=False")


def test_a_json_path_reaches_into_lists_and_survives_what_is_absent() -> None:
    live = {"metadata": {}, "status": {"parts": [{"n": 3}]}}
    assert asked(live, "jsonpath={.status.parts[0].n}=3") == ""
    assert asked(live, "jsonpath={.status.parts[0].n}") == ""
    assert asked(live, "jsonpath={.status.parts[4].n}") == ".status.parts[4].n is null"
