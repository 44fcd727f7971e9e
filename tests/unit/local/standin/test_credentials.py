"""Credential programs (`exec`), with tiny scripts in their place."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.standin.credentials import Credential, ExecAuthentication, ask, tls
from local.standin.errors import KubeconfigError
from local.standin.kubeconfig import Access

V1 = "client.authentication.k8s.io/v1"


def _access(folder: Path, script: str, **plugin: Any) -> Access:
    program = folder / "helper"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    entry = {"apiVersion": V1, "command": "./helper", **plugin}
    return Access(server="https://192.0.2.1", cluster={}, user={"exec": entry}, namespace=None, folder=folder)


def _answer(**status: Any) -> str:
    return json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": status})


@pytest.mark.parametrize("version", [V1, "client.authentication.k8s.io/v1beta1"])
def test_a_program_beside_the_kubeconfig_gives_a_token(tmp_path: Path, version: str) -> None:
    access = _access(tmp_path, f"echo '{_answer(token='abc')}'", apiVersion=version)
    assert ask(access).token == "abc"


def test_the_program_gets_its_arguments_its_environment_and_the_cluster(tmp_path: Path) -> None:
    script = f"echo \"$1 $WHO $KUBERNETES_EXEC_INFO\" > {tmp_path}/seen; echo '{_answer(token='t')}'"
    ask(
        _access(
            tmp_path,
            script,
            args=["get-token"],
            env=[{"name": "WHO", "value": "me"}],
            provideClusterInfo=True,
        )
    )
    seen = (tmp_path / "seen").read_text()
    assert seen.startswith("get-token me ")
    info = json.loads(seen.removeprefix("get-token me "))
    assert info["spec"]["cluster"]["server"] == "https://192.0.2.1"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo expired login >&2; exit 3", "failed: expired login"),
        ("echo nothing", "gave no ExecCredential"),
        (f"echo '{_answer()}'", "neither a token nor a certificate"),
    ],
)
def test_a_program_that_gives_nothing_is_told_with_its_words(tmp_path: Path, script: str, words: str) -> None:
    with pytest.raises(KubeconfigError, match=words):
        ask(_access(tmp_path, script))


def test_a_missing_program_is_told_with_the_hint_how_to_install_it(tmp_path: Path) -> None:
    access = _access(tmp_path, "", command="no-such-helper", installHint="install it so")
    with pytest.raises(KubeconfigError, match=r"'no-such-helper' is not installed; install it so"):
        ask(access)


def test_another_version_of_the_interface_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError, match="apiVersion 'v0' is not one of"):
        ask(_access(tmp_path, "", apiVersion="v0"))


def test_a_token_is_asked_for_once_and_again_when_it_is_refused(tmp_path: Path) -> None:
    count = f"echo x >> {tmp_path}/calls; n=$(wc -l < {tmp_path}/calls); "
    answer = _answer(token="token-N").replace("N", "'$n'")
    access = _access(tmp_path, f"{count} echo '{answer}'")
    seen: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Authorization"])
        return httpx.Response(401 if seen[-1] == "Bearer token-1" and len(seen) > 1 else 200)

    client = httpx.Client(
        base_url="https://192.0.2.1",
        transport=httpx.MockTransport(server),
        auth=ExecAuthentication(access, tls(access)),
    )
    with client:
        codes = [client.get("/").status_code for _ in range(3)]
    assert codes == [200, 200, 200]
    assert seen == ["Bearer token-1", "Bearer token-1", "Bearer token-2", "Bearer token-2"]


def test_a_credential_is_renewed_before_it_expires() -> None:
    now = datetime.now(UTC)
    assert Credential(token="t", expires=now + timedelta(hours=1)).is_fresh()
    assert not Credential(token="t", expires=now + timedelta(seconds=5)).is_fresh()


def test_a_secret_of_a_credential_does_not_show_in_its_representation() -> None:
    assert "t0k3n" not in repr(Credential(token="t0k3n"))


def test_a_broken_authority_is_told_as_a_sentence(tmp_path: Path) -> None:
    cluster = {"certificate-authority": "absent.pem"}
    access = Access(server="https://192.0.2.1", cluster=cluster, user={}, namespace=None, folder=tmp_path)
    with pytest.raises(
        KubeconfigError, match=r"certificates of the kubeconfig for https://192.0.2.1: .*absent"
    ):
        tls(access)
