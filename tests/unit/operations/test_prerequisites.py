"""A cluster of one's own is looked at as a whole before anything is made in it."""

from dataclasses import replace
from pathlib import Path

import pytest

from operations.environment import prerequisites
from operations.problem import OperationError
from settings import Settings, Topology
from settings.sources import from_files
from tests.unit.operations.fake_kubectl import FakeKubectl

PROJECT = Path(__file__).resolve().parents[3]
CRDS = "\n".join(f"customresourcedefinition/{name}" for name in prerequisites._CRDS)
CONTROLLER = {"metadata": {"name": "cert-manager"}, "status": {"availableReplicas": 1}}
STANDARD = {"metadata": {"name": "standard", "annotations": {prerequisites._DEFAULT_CLASS: "true"}}}

Answers = dict[str, tuple[object, int]]


def _complete() -> Answers:
    return {
        "version": ({"serverVersion": {"gitVersion": "v1.34.2+k3s1", "minor": "34+"}}, 0),
        "get customresourcedefinitions": (CRDS, 0),
        "can-i list deployments.apps": ("yes\n", 0),
        "get deployments --all-namespaces": ({"items": [CONTROLLER]}, 0),
        "get storageclasses": ({"items": [STANDARD]}, 0),
        "can-i create namespaces": ("yes\n", 0),
    }


def _dev() -> Settings:
    return from_files(PROJECT, "dev", {})


def _check(kubectl: FakeKubectl, answers: Answers, settings: Settings) -> list[str]:
    for words, (answer, code) in answers.items():
        kubectl.answer(words, answer, code)
    return prerequisites.check(kubectl.target, settings)


def test_cluster_that_has_everything_passes_without_remarks(kubectl: FakeKubectl) -> None:
    assert _check(kubectl, _complete(), _dev()) == []


@pytest.mark.parametrize(
    ("words", "answer", "said"),
    [
        (
            "version",
            ({"serverVersion": {"gitVersion": "v1.28.9"}}, 0),
            r"Kubernetes 1\.33 or later \(it has v1\.28\.9\)",
        ),
        (
            "get customresourcedefinitions",
            ("customresourcedefinition/issuers.cert-manager.io", 0),
            r"cert-manager \(certificates\.cert-manager\.io not there\): kubectl --context kind-x apply -f https://",
        ),
        (
            "get deployments --all-namespaces",
            ({"items": [{"metadata": {"name": "cert-manager"}, "status": {}}]}, 0),
            "no controller is available",
        ),
        (
            "can-i create namespaces",
            ("no\n", 1),
            "permission to create a namespace; .*create clusterrolebinding",
        ),
    ],
)
def test_what_is_missing_is_said_with_the_command_that_adds_it(
    kubectl: FakeKubectl, words: str, answer: tuple[object, int], said: str
) -> None:
    with pytest.raises(OperationError, match=said):
        _check(kubectl, {**_complete(), words: answer}, _dev())


def test_everything_that_is_missing_is_said_in_one_message(kubectl: FakeKubectl) -> None:
    answers = {
        **_complete(),
        "version": ({"serverVersion": {"gitVersion": "v1.20.0"}}, 0),
        "get customresourcedefinitions": ("", 0),
        "can-i create namespaces": ("no\n", 1),
    }
    with pytest.raises(OperationError, match="nothing was changed") as refused:
        _check(kubectl, answers, _dev())
    assert str(refused.value).count("\n  - ") == 3


@pytest.mark.parametrize(("topology", "asked"), [(Topology.SINGLE, False), (Topology.TIERED, True)])
def test_storage_class_is_asked_for_only_where_the_stack_needs_volumes(
    kubectl: FakeKubectl, topology: Topology, asked: bool
) -> None:
    settings = replace(_dev(), topology=topology)
    answers = {**_complete(), "get storageclasses": ({"items": [{"metadata": {"name": "fast"}}]}, 0)}
    if not asked:
        assert _check(kubectl, answers, settings) == []
        return
    with pytest.raises(
        OperationError, match=r"a default StorageClass \(there are: fast\): kubectl .* annotate"
    ):
        _check(kubectl, answers, settings)


def test_newer_kubernetes_than_tested_is_a_remark(kubectl: FakeKubectl) -> None:
    answers = {**_complete(), "version": ({"serverVersion": {"gitVersion": "v1.99.0"}}, 0)}
    assert _check(kubectl, answers, _dev()) == [
        "Kubernetes v1.99.0 is newer than 1.35, the newest that was tested"
    ]


def test_user_who_may_not_list_deployments_is_believed(kubectl: FakeKubectl) -> None:
    answers = {**_complete(), "can-i list deployments.apps": ("no\n", 1)}
    del answers["get deployments --all-namespaces"]
    assert _check(kubectl, answers, _dev()) == []


def test_look_changes_nothing(kubectl: FakeKubectl) -> None:
    _check(kubectl, _complete(), _dev())
    assert {call[3] for call in kubectl.calls} == {"version", "get", "auth"}
