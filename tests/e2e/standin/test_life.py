"""A stack from its creation to its end: each test goes on where the one before stopped."""

import pytest

from local.engine import ChangesFoundError, EngineError
from tests.e2e.standin.conftest import TOKEN, Toy
from tests.e2e.waiting import until

pytestmark = pytest.mark.cluster


def test_a_stack_lives_from_creation_to_destruction(toy: Toy) -> None:
    """One life, in order: the steps build on each other, so they are one test."""
    _create(toy)
    _no_change(toy)
    _a_changed_config_map_rolls_the_pods_that_refer_to_it(toy)
    _an_immutable_field_replaces(toy)
    _drift_is_seen_refreshed_and_repaired(toy)
    _what_was_deleted_by_hand_is_made_again(toy)
    _secrets_are_encrypted(toy)
    _destroy(toy)


def _create(toy: Toy) -> None:
    previewed = toy.engine().preview()
    assert toy.kubectl.attempt("get", "namespace", toy.settings["namespace"]).returncode != 0
    made = toy.engine().up()
    assert made.changes["create"] == previewed.changes["create"]
    assert any("Kubernetes provider: stand-in" in line for line in toy.told)
    assert made.outputs["address"].value == toy.kubectl.get("services")["items"][0]["spec"]["clusterIP"]
    assert made.outputs["token"].value == TOKEN
    assert TOKEN not in repr(made)
    deployment = toy.kubectl.get("deployments")["items"][0]
    assert deployment["status"]["availableReplicas"] == 1
    assert toy.kubectl.get("jobs")["items"][0]["status"]["succeeded"] == 1


def _no_change(toy: Toy) -> None:
    assert toy.engine().preview(expect_no_changes=True).changed == 0
    assert toy.engine().up(expect_no_changes=True).changed == 0
    assert toy.engine().refresh(expect_no_changes=True).changed == 0, "8192Ki and 8Mi are one quantity"
    assert toy.engine().preview(expect_no_changes=True).changed == 0


def _a_changed_config_map_rolls_the_pods_that_refer_to_it(toy: Toy) -> None:
    before = _config_map(toy)
    changed = toy.engine(color="blue").up()
    assert changed.changes.items() >= {"replace": 1, "update": 1}.items()
    assert _config_map(toy) != before
    toy.engine().up()


def _config_map(toy: Toy) -> str:
    """Name of the ConfigMap that the Deployment's Pods refer to."""
    template = toy.kubectl.get("deployments")["items"][0]["spec"]["template"]
    return str(template["spec"]["containers"][0]["env"][0]["value"])


def _an_immutable_field_replaces(toy: Toy) -> None:
    uid = toy.kubectl.get("statefulset", "member")["metadata"]["uid"]
    assert toy.engine(service_name="others").preview().changes["replace"] == 1
    toy.engine(service_name="others").up()
    replaced = toy.kubectl.get("statefulset", "member")
    assert replaced["spec"]["serviceName"] == "others"
    assert replaced["metadata"]["uid"] != uid
    toy.engine().up()


def _drift_is_seen_refreshed_and_repaired(toy: Toy) -> None:
    name = str(toy.engine().outputs()["deployment"].value)
    toy.kubectl("scale", "deployment", name, "--replicas=2")
    with pytest.raises(ChangesFoundError, match=r"update Deployment web \[spec.replicas\]"):
        toy.engine().refresh(expect_no_changes=True)
    with pytest.raises(
        EngineError, match=r"conflict with .kubectl.*spec.replicas; annotate it with pulumi.com/patchForce"
    ):
        toy.engine().up()
    toy.engine(force=True).up()
    until(lambda: toy.kubectl.get("deployment", name)["spec"]["replicas"], lambda replicas: replicas == 1)
    toy.engine().up()


def _what_was_deleted_by_hand_is_made_again(toy: Toy) -> None:
    toy.kubectl("delete", "poddisruptionbudgets", "--all")
    assert toy.engine().refresh().changes["delete"] == 1
    assert toy.engine().up().changes["create"] == 1


def _secrets_are_encrypted(toy: Toy) -> None:
    files = [file for file in toy.state.rglob("*") if file.is_file()]
    holding = [file for file in files if TOKEN.encode() in file.read_bytes()]
    assert any(b"ciphertext" in file.read_bytes() for file in files)
    assert not holding


def _destroy(toy: Toy) -> None:
    assert toy.engine().destroy().changes["delete"] > 10
    assert toy.kubectl.attempt("get", "namespace", toy.settings["namespace"]).returncode != 0
    definition = f"things.{toy.settings['namespace']}.example"
    assert toy.kubectl.attempt("get", "customresourcedefinition", definition).returncode != 0
    assert toy.engine().destroy().changed == 0
