"""The provider's answers, with an API server in miniature behind it."""

from typing import Any

import pytest

from local.standin.cluster import Cluster, is_other_cluster
from local.standin.errors import (
    ApiError,
    CheckError,
    KubeconfigError,
    NotReadyError,
    ProviderError,
    UnreachableError,
)
from local.standin.naming import Naming
from local.standin.objects import FIELD_MANAGER
from local.standin.provider import Provider
from local.standin.resource import Resource
from local.standin.values import UNKNOWN, Secret
from tests.unit.local.standin.server import Server

URN = "urn:pulumi:dev::toy::kubernetes:core/v1:ConfigMap::conf"
PATH = "/api/v1/namespaces/n/configmaps/x"
KINDS = {
    "resources": [
        {"name": "configmaps", "kind": "ConfigMap", "namespaced": True},
        {"name": "namespaces", "kind": "Namespace", "namespaced": False},
        {"name": "pods", "kind": "Pod", "namespaced": True},
    ]
}
INPUTS: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "x", "namespace": "n"},
    "data": {"a": "1"},
}


def _live(**more: Any) -> dict[str, Any]:
    return {**INPUTS, "metadata": {**INPUTS["metadata"], "uid": "u", "resourceVersion": "1"}, **more}


def _provider(server: Server, **arguments: Any) -> Provider:
    server.answers.setdefault("GET /api/v1", (200, KINDS))
    cluster = Cluster({"kubeconfig": server.kubeconfig, **arguments})
    cluster.connect()
    server.closing.callback(cluster.api.client.close)
    return Provider(cluster, lambda _urn, _text: None)


def _resource(*, identity: str = "", preview: bool = False, urn: str = URN) -> Resource:
    return Resource.of(urn, identity=identity, preview=preview)


def test_a_namespaced_object_without_namespace_gets_the_providers_and_others_none(server: Server) -> None:
    provider = _provider(server, namespace="mine")
    inputs = {"apiVersion": "v1", "kind": "ConfigMap"}
    assert provider.check(_resource(), {}, inputs, Naming())["metadata"]["namespace"] == "mine"
    space = _resource(urn="urn:pulumi:dev::toy::kubernetes:core/v1:Namespace::n")
    assert "namespace" not in provider.check(space, {}, {}, Naming())["metadata"]


@pytest.mark.parametrize("token", ["helm.sh/v3:Release", "yaml/v2:ConfigGroup", "core/v1:ConfigMapPatch"])
def test_what_only_the_real_plugin_does_is_refused_by_name(server: Server, token: str) -> None:
    resource = _resource(urn=f"urn:pulumi:dev::toy::kubernetes:{token}::x")
    with pytest.raises(CheckError, match="not supported by the stand-in, only by the real plugin"):
        _provider(server).check(resource, {}, {}, Naming())


def test_a_creation_remembers_under_which_name_it_applied_and_updates_use_it(server: Server) -> None:
    provider = _provider(server)
    server.answers[f"PATCH {PATH}"] = (200, _live())
    identity, outputs = provider.create(_resource(), INPUTS)
    assert identity == "n/x"
    manager = server.asked[-1].query["fieldManager"]
    assert outputs[FIELD_MANAGER] == manager != "pulumi-kubernetes"
    provider.update(_resource(identity="n/x"), outputs, INPUTS)
    assert server.asked[-1].query["fieldManager"] == manager


def test_an_object_of_somebody_else_is_not_taken_over_but_ones_own_is(server: Server) -> None:
    provider = _provider(server)
    metadata = {**_live()["metadata"], "managedFields": [{"manager": "kubectl"}]}
    server.answers[f"GET {PATH}"] = (200, {**_live(), "metadata": metadata})
    with pytest.raises(ProviderError, match=r"ConfigMap n/x exists already .* import it \(id n/x\)"):
        provider.create(_resource(), INPUTS)
    assert not any(asked.method == "PATCH" for asked in server.asked)
    del server.answers[f"GET {PATH}"]
    server.answers[f"PATCH {PATH}"] = (200, _live())
    provider.create(_resource(), INPUTS)
    own = server.asked[-1].query["fieldManager"]
    metadata = {**_live()["metadata"], "managedFields": [{"manager": own}]}
    server.answers[f"GET {PATH}"] = (200, {**_live(), "metadata": metadata})
    assert provider.create(_resource(), INPUTS)[0] == "n/x"


def test_a_conflict_names_the_object_and_the_remedy(server: Server) -> None:
    provider = _provider(server)
    server.answers[f"PATCH {PATH}"] = (409, {"message": 'conflict with "kubectl": .data.a'})
    with pytest.raises(
        ApiError, match=r"ConfigMap n/x: conflict .*; annotate it with pulumi.com/patchForce=true"
    ):
        provider.update(_resource(identity="n/x"), {}, INPUTS)


def test_the_annotation_and_the_providers_argument_force(server: Server) -> None:
    server.answers[f"PATCH {PATH}"] = (200, _live())
    forced = {**INPUTS, "metadata": {**INPUTS["metadata"], "annotations": {"pulumi.com/patchForce": "true"}}}
    _provider(server).update(_resource(identity="n/x"), {}, forced)
    assert server.asked[-1].query["force"] == "true"
    _provider(server, enablePatchForce="true").update(_resource(identity="n/x"), {}, INPUTS)
    assert server.asked[-1].query["force"] == "true"


def test_a_preview_of_a_creation_asks_for_a_dry_run_and_leaves_the_rest_unknown(server: Server) -> None:
    provider = _provider(server)
    server.answers[f"PATCH {PATH}"] = (200, _live(defaulted=True))
    identity, outputs = provider.create(_resource(preview=True), INPUTS)
    assert identity == ""
    assert server.asked[-1].query["dryRun"] == "All"
    assert outputs["defaulted"] is True
    assert outputs["metadata"]["uid"] is outputs["status"] is UNKNOWN


@pytest.mark.parametrize(
    "refusal",
    [
        (404, {"message": 'namespaces "n" not found'}),
        (422, {"message": "data: field is immutable"}),
        (400, {"message": "admission webhook w does not support dry run"}),
    ],
)
def test_a_preview_says_nothing_about_what_only_the_run_can_tell(server: Server, refusal: Any) -> None:
    provider = _provider(server)
    server.answers[f"PATCH {PATH}"] = refusal
    _, outputs = provider.create(_resource(preview=True), INPUTS)
    assert outputs["data"] == {"a": "1"}


def test_a_preview_tells_a_wrong_field(server: Server) -> None:
    provider = _provider(server)
    server.answers[f"PATCH {PATH}"] = (422, {"message": "data: Invalid value"})
    with pytest.raises(ApiError, match="Invalid value"):
        provider.create(_resource(preview=True), INPUTS)


def test_a_preview_with_unknown_inputs_asks_nothing(server: Server) -> None:
    provider = _provider(server)
    provider.create(_resource(preview=True), {**INPUTS, "data": UNKNOWN})
    assert server.asked == []


def test_an_update_that_the_server_forbids_becomes_a_replacement(server: Server) -> None:
    provider = _provider(server)
    server.answers[f"PATCH {PATH}"] = (422, {"message": "immutable: field is immutable"})
    found = provider.diff({**INPUTS, "immutable": True}, {}, {**INPUTS, "immutable": False})
    assert found.replaced_by == {"immutable"}
    assert found.delete_first


def test_a_difference_asks_the_server_only_where_there_is_one(server: Server) -> None:
    assert not _provider(server).diff(INPUTS, {}, INPUTS).changed
    assert server.asked == []


def test_an_object_that_does_not_get_ready_stays_in_the_state_with_the_reason(server: Server) -> None:
    provider = _provider(server)
    pod = {**_live(kind="Pod"), "status": {"phase": "Failed"}}
    path = PATH.replace("configmaps", "pods")
    server.answers[f"PATCH {path}"] = (200, pod)
    with pytest.raises(NotReadyError) as caught:
        provider.create(_resource(), {**INPUTS, "kind": "Pod"})
    assert caught.value.identity == "n/x"
    assert caught.value.reasons == ["Pod n/x: the Pod failed"]
    assert caught.value.outputs["status"] == {"phase": "Failed"}


def test_a_refresh_without_drift_gives_the_inputs_back_as_they_were(server: Server) -> None:
    provider = _provider(server)
    server.answers |= {f"GET {PATH}": (200, _live()), f"PATCH {PATH}": (200, _live())}
    inputs = {**INPUTS, "data": Secret({"a": "1"})}
    found = provider.read(_resource(identity="n/x"), inputs, _live())
    assert found is not None
    assert found[0] == inputs
    assert found[1]["data"] == Secret({"a": "1"})


def test_an_import_takes_everything_declared_as_inputs(server: Server) -> None:
    provider = _provider(server)
    server.answers[f"GET {PATH}"] = (200, {**_live(), "status": {"phase": "x"}})
    found = provider.read(_resource(identity="n/x"), {}, {})
    assert found is not None
    assert found[0] == INPUTS


def test_an_object_that_is_gone_or_going_is_read_as_none(server: Server) -> None:
    provider = _provider(server)
    assert provider.read(_resource(identity="n/x"), INPUTS, _live()) is None
    going = {**_live()["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z"}
    server.answers[f"GET {PATH}"] = (200, {**_live(), "metadata": going})
    assert provider.read(_resource(identity="n/x"), INPUTS, _live()) is None


def test_a_deletion_waits_until_the_object_is_gone(server: Server) -> None:
    provider = _provider(server)
    server.answers |= {f"DELETE {PATH}": (200, {}), f"GET {PATH}": [(200, _live()), (404, {})]}
    provider.delete(_resource(identity="n/x"), _live())
    assert [asked.method for asked in server.asked] == ["GET", "DELETE", "GET", "GET"]


@pytest.mark.parametrize("code", [404, 409])
def test_a_deletion_leaves_another_object_of_that_name_alone(server: Server, code: int) -> None:
    provider = _provider(server)
    server.answers[f"DELETE {PATH}"] = (code, {"message": "uid"})
    provider.delete(_resource(identity="n/x"), _live())
    assert server.asked[-1].method == "DELETE"


def test_a_provider_moves_only_when_its_cluster_does(server: Server) -> None:
    other = server.kubeconfig.replace(server.url, "https://192.0.2.9")
    here = {"kubeconfig": server.kubeconfig}
    assert not is_other_cluster(here, {"kubeconfig": server.kubeconfig + "# rotated\n"})
    assert is_other_cluster(here, {"kubeconfig": other})
    named = {"clusterIdentifier": "a"}
    assert not is_other_cluster({**here, **named}, {"kubeconfig": other, **named})
    assert is_other_cluster({**here, **named}, {**here, "clusterIdentifier": "b"})


def test_a_kubeconfig_that_comes_later_is_not_asked_for_in_a_preview() -> None:
    cluster = Cluster({"kubeconfig": UNKNOWN})
    cluster.connect()
    assert not cluster.is_known
    with pytest.raises(ProviderError, match="not known before the run itself"):
        _ = cluster.api


def test_a_kubeconfig_that_leads_nowhere_is_refused_when_the_provider_is_configured() -> None:
    with pytest.raises(KubeconfigError, match="no kubeconfig at"):
        Cluster({"kubeconfig": "/no/such/file"}).connect()


def test_a_server_that_answers_at_all_is_greeted_whatever_it_answers(server: Server) -> None:
    for code in (200, 401, 403):
        server.answers["GET /version"] = (code, {})
        cluster = Cluster({"kubeconfig": server.kubeconfig})
        cluster.connect()
        server.closing.callback(cluster.api.client.close)
        cluster.greet()
    assert [asked.path for asked in server.asked] == ["/version"] * 3


def test_a_server_that_does_not_answer_is_told_before_any_resource(server: Server) -> None:
    cluster = Cluster({"kubeconfig": server.kubeconfig.replace(server.url, "http://127.0.0.1:1")})
    cluster.connect()
    server.closing.callback(cluster.api.client.close)
    with pytest.raises(UnreachableError, match="is unreachable"):
        cluster.greet()


def test_arguments_that_are_not_obeyed_are_named() -> None:
    assert Cluster({"kubeconfig": "x", "suppressDeprecationWarnings": "true", "version": "4"}).ignored == [
        "suppressDeprecationWarnings"
    ]
