"""Objects between the engine and the API server."""

from typing import Any

from local.standin.objects import (
    FIELD_MANAGER,
    annotation,
    as_declared,
    drifted,
    from_api,
    identity,
    outputs,
    reference,
    to_api,
)
from local.standin.values import UNKNOWN, Secret


def _live(**more: Any) -> dict[str, Any]:
    metadata = {"name": "x", "namespace": "n", "managedFields": [{"manager": "m"}]}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **more}


def test_keys_that_the_sdk_cannot_spell_reach_the_server_with_dashes_and_come_back() -> None:
    declared = {"schema": {"x_kubernetes_preserve_unknown_fields": True, "my_key": 1}}
    sent = to_api(declared)
    assert sent == {"schema": {"x-kubernetes-preserve-unknown-fields": True, "my_key": 1}}
    assert from_api(_live(**sent))["schema"] == declared["schema"]


def test_the_state_does_not_hold_who_manages_which_field() -> None:
    assert "managedFields" not in from_api(_live())["metadata"]


def test_every_value_of_a_secret_is_secret_also_where_the_inputs_were_plain() -> None:
    live = {**_live(), "kind": "Secret", "data": {"token": "eA=="}}
    found = outputs(live, {"stringData": {"token": "x"}}, "manager")
    assert found["data"] == Secret({"token": "eA=="})
    assert found["stringData"] == Secret({"token": "x"})
    assert found[FIELD_MANAGER] == "manager"


def test_an_id_names_the_namespace_where_there_is_one() -> None:
    assert identity(_live()) == "n/x"
    assert identity({"metadata": {"name": "x"}}) == "x"
    assert reference("v1", "Namespace", "x")["metadata"] == {"name": "x"}
    assert reference("v1", "ConfigMap", "n/x")["metadata"] == {"name": "x", "namespace": "n"}


def test_an_annotation_that_is_not_known_yet_is_no_annotation() -> None:
    assert annotation({"metadata": {"annotations": UNKNOWN}}, "a") == ""
    assert annotation({"metadata": {"annotations": {"a": Secret("x")}}}, "a") == "x"


def test_drift_shows_only_the_values_that_applying_would_change() -> None:
    inputs = {"spec": {"replicas": 1, "memory": "1024Ki", "list": [{"a": 1, "b": "1024Ki"}]}}
    applied = {**_live(), "spec": {"replicas": 1, "memory": "1Mi", "list": [{"a": 1, "b": "1Mi"}]}}
    live = {**_live(), "spec": {"replicas": 3, "memory": "1Mi", "list": [{"a": 2, "b": "1Mi"}]}}
    assert drifted(inputs, applied, live) == {
        "spec": {"replicas": 3, "memory": "1024Ki", "list": [{"a": 2, "b": "1024Ki"}]}
    }


def test_a_declared_value_that_has_gone_is_gone_from_the_inputs() -> None:
    inputs = {"data": {"a": "1", "b": "2"}}
    applied, live = _live(data={"a": "1", "b": "2"}), _live(data={"a": "1"})
    assert drifted(inputs, applied, live) == {"data": {"a": "1"}}


def test_drift_of_a_secret_is_text_and_stays_secret() -> None:
    inputs = {"stringData": {"token": Secret("x")}}
    applied = {**_live(), "kind": "Secret", "data": {"token": "eA=="}}
    live = {**_live(), "kind": "Secret", "data": {"token": "eQ=="}}
    assert drifted(inputs, applied, live) == {"stringData": {"token": Secret("y")}}


def test_without_a_dry_run_the_live_object_is_cut_to_what_was_declared() -> None:
    live = _live(spec={"a": 1, "defaulted": True, "list": [{"x": 1, "y": 2}, {"z": 3}]})
    inputs = {"spec": {"a": 0, "list": [{"x": 1}]}}
    assert as_declared(live, inputs) == {"spec": {"a": 1, "list": [{"x": 1}, {"z": 3}]}}
