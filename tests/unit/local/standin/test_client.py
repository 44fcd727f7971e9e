"""Calls to an API server."""

import pytest

from local.standin import client as client_module
from local.standin.client import Client
from local.standin.discovery import Api
from local.standin.errors import ApiError, NoSuchKindError, UnreachableError
from tests.unit.local.standin.server import Server

DEPLOYMENTS = {
    "resources": [
        {"name": "deployments", "kind": "Deployment", "namespaced": True},
        {"name": "deployments/scale", "kind": "Scale", "namespaced": True},
    ]
}
WEB = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "n"}}
PATH = "/apis/apps/v1/namespaces/n/deployments/web"


def _client(server: Server, url: str | None = None) -> Client:
    client = Client.of(server.kubeconfig.replace(server.url, url or server.url), None)
    server.closing.callback(client.close)
    return client


def test_an_object_is_applied_by_the_server_with_strict_validation(server: Server) -> None:
    server.answers = {"GET /apis/apps/v1": (200, DEPLOYMENTS), f"PATCH {PATH}": (200, ...)}
    api = Api(_client(server))
    assert api.apply(WEB, manager="m", dry_run=True) == WEB
    asked = server.asked[-1]
    assert asked.query == {
        "fieldManager": "m",
        "force": "false",
        "fieldValidation": "Strict",
        "dryRun": "All",
    }
    assert asked.headers["Content-Type"] == "application/apply-patch+yaml"
    assert asked.headers["Authorization"] == "Bearer t0k3n"


def test_kinds_are_asked_for_once_and_again_while_unknown(server: Server) -> None:
    server.answers = {"GET /apis/apps/v1": [(404, {}), (200, DEPLOYMENTS)]}
    api = Api(_client(server))
    with pytest.raises(NoSuchKindError, match="does not know apps/v1 Deployment"):
        api.kind("apps/v1", "Deployment")
    for _ in range(3):
        assert api.kind("apps/v1", "Deployment").plural == "deployments"
    assert len(server.asked) == 2
    with pytest.raises(NoSuchKindError):
        api.kind("apps/v1", "Scale")


def test_an_absent_object_is_none_and_a_refusal_is_an_error(server: Server) -> None:
    server.answers = {"GET /apis/apps/v1": (200, DEPLOYMENTS)}
    api = Api(_client(server))
    assert api.get(WEB) is None
    server.answers[f"GET {PATH}"] = (403, {"message": "not you", "reason": "Forbidden"})
    with pytest.raises(ApiError, match="not you") as caught:
        api.get(WEB)
    assert (caught.value.code, caught.value.reason) == (403, "Forbidden")


def test_a_deletion_names_the_uid_so_that_no_other_object_is_meant(server: Server) -> None:
    server.answers = {"GET /apis/apps/v1": (200, DEPLOYMENTS), f"DELETE {PATH}": (200, {})}
    metadata = {**WEB["metadata"], "uid": "u"}  # type: ignore[dict-item]  # a literal of several types
    Api(_client(server)).delete({**WEB, "metadata": metadata}, propagation="Foreground")
    assert server.asked[-1].body == {"propagationPolicy": "Foreground", "preconditions": {"uid": "u"}}


def test_a_busy_server_is_asked_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_PAUSE", 0.001)
    server.answers = {"GET /x": [(503, {}), (429, {}), (200, {"ok": True})]}
    assert _client(server).call("GET", "/x") == {"ok": True}


def test_an_unreachable_server_is_told_by_its_address_and_not_sought_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_FIRST_PATIENCE", 0.01)
    monkeypatch.setattr(client_module, "_PAUSE", 0.001)
    lost = _client(server, url="http://127.0.0.1:1")
    with pytest.raises(
        UnreachableError, match=r"cluster at http://127\.0\.0\.1:1 is unreachable: .*refused"
    ) as first:
        lost.call("GET", "/x")
    with pytest.raises(UnreachableError) as second:
        lost.call("GET", "/x")
    assert second.value is first.value
