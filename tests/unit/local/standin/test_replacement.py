"""Which changes need a new object."""

from typing import Any

import pytest

from local.standin.errors import ApiError
from local.standin.objects import AUTONAMED
from local.standin.replacement import by_refusal, compare, is_immutable


def _object(kind: str, *, automatic: bool = False, name: str = "x", **more: Any) -> dict[str, Any]:
    annotations = {AUTONAMED: "true"} if automatic else {}
    return {"kind": kind, "metadata": {"name": name, "annotations": annotations}, **more}


@pytest.mark.parametrize(
    ("kind", "old", "new", "path"),
    [
        ("ConfigMap", {"data": {"a": "1"}}, {"data": {"a": "2"}}, "data.a"),
        (
            "Deployment",
            {"spec": {"selector": {"a": "1"}}},
            {"spec": {"selector": {"a": "2"}}},
            "spec.selector.a",
        ),
        ("StatefulSet", {"spec": {"serviceName": "a"}}, {"spec": {"serviceName": "b"}}, "spec.serviceName"),
        ("Job", {"spec": {"template": {"a": 1}}}, {"spec": {"template": {"a": 2}}}, "spec.template.a"),
        ("ClusterRoleBinding", {"roleRef": {"name": "a"}}, {"roleRef": {"name": "b"}}, "roleRef.name"),
    ],
)
def test_an_immutable_field_replaces(kind: str, old: Any, new: Any, path: str) -> None:
    found = compare(_object(kind, **old), _object(kind, **new), {})
    assert found.replaced_by == {path}


def test_another_field_updates_in_place() -> None:
    found = compare(
        _object("Deployment", spec={"replicas": 1}), _object("Deployment", spec={"replicas": 2}), {}
    )
    assert (dict(found.changed), found.replaced_by) == ({"spec.replicas": "UPDATE"}, frozenset())


@pytest.mark.parametrize("automatic", [False, True])
def test_only_a_fixed_name_is_freed_before_the_replacement_is_made(automatic: bool) -> None:
    old = _object("ConfigMap", automatic=automatic, data={"a": "1"})
    new = _object("ConfigMap", automatic=automatic, data={"a": "2"})
    assert compare(old, new, {}).delete_first is not automatic


def test_a_new_name_replaces_side_by_side() -> None:
    found = compare(_object("Service", name="a"), _object("Service", name="b"), {})
    assert found.replaced_by == {"metadata.name"}
    assert not found.delete_first


def test_a_provider_argument_makes_contents_mutable() -> None:
    old, new = (_object("ConfigMap", data={"a": value}) for value in "12")
    assert not compare(old, new, {"enableConfigMapMutable": True}).replaced_by


def test_a_refused_update_becomes_a_replacement_of_what_changed_below_spec() -> None:
    old = _object("PersistentVolumeClaim", spec={"accessModes": ["A"]})
    new = {**_object("PersistentVolumeClaim", spec={"accessModes": ["B"]}), "extra": 1}
    found = by_refusal(compare(old, new, {}), new)
    assert found.replaced_by == {"spec.accessModes[0]"}
    assert found.delete_first


@pytest.mark.parametrize(
    ("code", "text", "immutable"),
    [
        (422, "spec: Forbidden: updates to statefulset spec for fields other than", True),
        (422, "field is immutable", True),
        (422, "spec.replicas: Invalid value: -1", False),
        (409, "field is immutable", False),
    ],
)
def test_only_a_refusal_to_change_a_field_counts_as_immutable(code: int, text: str, immutable: bool) -> None:
    assert is_immutable(ApiError(code, {"message": text})) is immutable
