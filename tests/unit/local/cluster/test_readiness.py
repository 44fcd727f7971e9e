"""Conditions of a ready cluster, on answers of an API server."""

import datetime as dt
from typing import Any

import httpx
import pytest

from local.cluster import ClusterError, ClusterSpec
from local.cluster.addons import Workload
from local.cluster.readiness import (
    Condition,
    metrics_unmet,
    node_unmet,
    query,
    unmet,
    wait,
    workload_unmet,
)

SPEC = ClusterSpec("ready", 9)
START = dt.datetime(2026, 1, 1, 12, 0, 0, 500_000, dt.UTC)
COREDNS = Workload("kube-system", "coredns")
DEPLOYMENT = "/apis/apps/v1/namespaces/kube-system/deployments/coredns"
PODS = "/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app=kube-dns"
LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/ready"


def seconds(number: float) -> dt.timedelta:
    return dt.timedelta(seconds=number)


def node(renewed: dt.datetime, ready: str = "True") -> dict[str, Any]:
    condition = {"type": "Ready", "status": ready, "message": "no network yet"}
    return {
        LEASE: {"spec": {"renewTime": renewed.isoformat()}},
        "/api/v1/nodes/ready": {"status": {"conditions": [condition]}},
    }


def test_a_node_is_ready_by_a_lease_of_this_start() -> None:
    answers = node(START + seconds(1))

    assert node_unmet(answers.__getitem__, SPEC, START, START + seconds(2)) is None


@pytest.mark.parametrize(
    ("renewed", "now"),
    [(START - seconds(1), START + seconds(1)), (START + seconds(1), START + seconds(42))],
    ids=["of the last start", "long ago"],
)
def test_a_stale_lease_is_no_readiness_whatever_the_node_says(renewed: dt.datetime, now: dt.datetime) -> None:
    reason = node_unmet(node(renewed).__getitem__, SPEC, START, now)

    assert reason is not None
    assert reason.startswith("the kubelet renewed its lease last at 1")


def test_a_node_that_is_not_ready_says_why() -> None:
    answers = node(START + seconds(1), ready="False")

    assert node_unmet(answers.__getitem__, SPEC, START, START + seconds(2)) == "no network yet"


def workload(started: dt.datetime, **changed: Any) -> dict[str, Any]:
    state: dict[str, Any] = {"running": {"startedAt": started.strftime("%Y-%m-%dT%H:%M:%SZ")}}
    status = {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}
    container = {"state": changed.pop("state", state), "lastState": changed.pop("lastState", {})}
    pods = changed.pop("pods", [{"status": {"containerStatuses": [container]}}])
    return {
        DEPLOYMENT: {
            "metadata": {"generation": 2},
            "spec": {"replicas": 1, "selector": {"matchLabels": {"k8s-app": "kube-dns"}}},
            "status": status | changed,
        },
        PODS: {"items": pods},
    }


def reason_of(answers: dict[str, Any]) -> str | None:
    return workload_unmet(answers.__getitem__, COREDNS, START)


def test_a_workload_is_ready_when_its_current_version_runs() -> None:
    # Kubernetes cuts fractions of a second off: a container of the start's own second counts.
    assert reason_of(workload(START)) is None


@pytest.mark.parametrize(
    "changed",
    [{"observedGeneration": 1}, {"updatedReplicas": 0}, {"availableReplicas": 0}, {"replicas": 2}],
    ids=lambda changed: next(iter(changed)),
)
def test_an_unfinished_rollout_is_not_ready(changed: dict[str, Any]) -> None:
    assert reason_of(workload(START, **changed)) is not None


def test_a_container_of_the_last_start_does_not_count() -> None:
    assert reason_of(workload(START - seconds(60))) == "1 of 1 Pods are available"


def test_a_crashed_container_is_told_with_its_last_words() -> None:
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    ended = {"terminated": {"reason": "Error", "exitCode": 1, "message": "config map not found\n"}}

    reason = reason_of(workload(START, state=waiting, lastState=ended, availableReplicas=0))

    assert reason == "Error: config map not found"


def test_a_container_that_cannot_start_is_told_with_the_reason() -> None:
    waiting = {"waiting": {"reason": "ErrImageNeverPull", "message": "not present"}}

    assert reason_of(workload(START, state=waiting, availableReplicas=0)) == "ErrImageNeverPull: not present"


def test_a_pod_without_a_node_is_told_with_the_schedulers_reason() -> None:
    condition = {"type": "PodScheduled", "status": "False", "message": "Insufficient memory"}
    pods = [{"status": {"conditions": [condition]}}]

    assert reason_of(workload(START, pods=pods, availableReplicas=0)) == "not scheduled: Insufficient memory"


def test_the_metrics_api_is_ready_when_it_knows_the_node() -> None:
    assert metrics_unmet(lambda _: {"items": [{}]}) is None
    assert metrics_unmet(lambda _: {"items": []}) is not None


def test_a_dns_question_is_as_the_standard_has_it() -> None:
    asked = query(b"\x01\x02", "a.bc")

    assert asked == b"\x01\x02\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x02bc\x00\x00\x01\x00\x01"


def test_an_answer_that_is_no_success_is_a_reason_and_no_traceback() -> None:
    request = httpx.Request("GET", "https://198.18.9.2:6443/api")

    def refused() -> str | None:
        raise httpx.HTTPStatusError("", request=request, response=httpx.Response(503, request=request))

    def absent() -> str | None:
        raise KeyError("status")

    found = unmet(
        [Condition("refused", refused), Condition("absent", absent), Condition("fine", lambda: None)]
    )

    assert found == {
        "refused": "the API server answers 503 for /api",
        "absent": "'status' is not set yet",
    }


def test_waiting_tells_each_condition_as_it_holds_and_forgets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.cluster.readiness._PAUSE_SECONDS", 0)
    answers = iter(["not yet", "not yet", None])
    said: list[str] = []

    wait(
        [Condition("late", lambda: next(answers)), Condition("early", lambda: None)],
        60,
        said.append,
        lambda: None,
    )

    assert said == ["early is ready", "late is ready"]


def test_waiting_in_vain_names_every_reason() -> None:
    with pytest.raises(ClusterError, match="not ready after 0 s:\n  never: because"):
        wait([Condition("never", lambda: "because")], 0, lambda _: None, lambda: None)


def test_waiting_ends_at_once_when_the_node_does() -> None:
    def ended() -> None:
        raise ClusterError("the node ended")

    with pytest.raises(ClusterError, match="the node ended"):
        wait([Condition("never", lambda: "because")], 3600, lambda _: None, ended)
