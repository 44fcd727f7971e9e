"""Reaching a cluster: always by file and context, failures in a sentence, nothing left running."""

import base64
import os
import socket

import pytest

from operations.connect import Forward, Target, forward
from operations.problem import OperationError
from tests.unit.operations.fake_kubectl import FakeKubectl
from tests.unit.operations.pki import Hop


def test_every_call_names_file_and_context(kubectl: FakeKubectl) -> None:
    kubectl.answer("get pods", {"items": []})
    assert kubectl.target.read("get", "pods") == {"items": []}
    (call,) = kubectl.calls
    assert f"--kubeconfig={kubectl.target.kubeconfig}" in call
    assert "--context=kind-x" in call
    assert kubectl.kubeconfigs == {str(kubectl.target.kubeconfig)}


def test_failure_is_the_last_word_of_kubectl(kubectl: FakeKubectl) -> None:
    kubectl.answer("get", "error: memcache.go: noise\nUnable to connect to the server: refused\n", 1)
    with pytest.raises(
        OperationError, match=r"/config \(context kind-x\): Unable to connect to the server: refused$"
    ):
        kubectl.target.read("get", "pods")


def test_kubectl_that_is_not_there_is_one_sentence(kubectl: FakeKubectl) -> None:
    kubectl.target.kubectl.unlink()
    with pytest.raises(OperationError, match="cannot be run: No such file"):
        kubectl.target.run("version")


@pytest.mark.parametrize(("answer", "code", "allowed"), [("yes\n", 0, True), ("no\n", 1, False)])
def test_permission_is_what_the_api_server_says(
    kubectl: FakeKubectl, answer: str, code: int, allowed: bool
) -> None:
    kubectl.answer("auth can-i create namespaces", answer, code)
    assert kubectl.target.allowed("create", "namespaces") is allowed


def test_failure_of_the_question_is_no_answer(kubectl: FakeKubectl) -> None:
    kubectl.answer("auth can-i", "error: You must be logged in to the server", 1)
    with pytest.raises(OperationError, match="You must be logged in"):
        kubectl.target.allowed("create", "namespaces")


def test_certificate_is_read_from_the_secret_of_the_platform(kubectl: FakeKubectl) -> None:
    made = Hop("query").client()
    data = {"tls.crt": made.certificate, "tls.key": made.key, "ca.crt": made.authority}
    encoded = {key: base64.b64encode(value).decode() for key, value in data.items()}
    kubectl.answer("--namespace mcp-system get secret mcp-query-client-tls", {"data": encoded})
    assert kubectl.target.client_certificate("mcp-query-client-tls") == made


def test_proxies_are_not_used_for_this_machines_addresses(kubectl: FakeKubectl) -> None:
    environ = kubectl.target.environment({"NO_PROXY": "example.com", "PATH": "/bin"})
    assert environ["NO_PROXY"] == "example.com,127.0.0.1,localhost,198.18.0.0/15"
    assert environ["PATH"] == "/bin"


def _first_byte(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        return connection.recv(1)


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_forwarded_port_works_at_once_and_its_process_ends_with_the_block(kubectl: FakeKubectl) -> None:
    kubectl.answer("port-forward --address=127.0.0.1 service/otel-collector-gateway :4317", "FORWARD")
    opened = Forward.open(kubectl.target, "otel-collector-gateway", 4317)
    pid = opened._process.pid
    assert _first_byte(opened.port) == b"x"
    assert opened.is_open
    opened.close()
    assert _is_gone(pid)


def test_forward_outlives_more_output_than_a_pipe_holds(kubectl: FakeKubectl) -> None:
    kubectl.answer("port-forward", "FORWARD")
    with forward(kubectl.target, "jaeger-query", 16686) as port:
        assert [_first_byte(port) for _ in range(5)] == [b"x"] * 5


def test_forward_to_nothing_is_an_error_with_kubectls_reason(kubectl: FakeKubectl) -> None:
    kubectl.answer("port-forward", 'error: services "jaeger-query" not found', 1)
    with pytest.raises(OperationError, match=r"no way to jaeger-query port 16686 .* services .* not found"):
        Forward.open(kubectl.target, "jaeger-query", 16686)


def test_forward_that_never_listens_is_given_up_and_ended(
    kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.connect._FORWARD_SECONDS", 0)
    kubectl.answer("port-forward", "FORWARD")
    with pytest.raises(OperationError, match="no answer in 0 s"):
        Forward.open(kubectl.target, "jaeger-query", 16686)


def test_target_does_not_show_more_than_where_it_is() -> None:
    assert set(Target.__dataclass_fields__) == {"kubectl", "kubeconfig", "context"}
