"""The plugin as the engine meets it: a process that prints its port and speaks gRPC."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2

from local.standin.install import REQUIRED_VERSION, install
from local.standin.values import decode_inputs, encode_object
from tests.unit.local.standin.server import Server

URN = "urn:pulumi:dev::toy::kubernetes:core/v1:Pod::web"


@pytest.fixture
def stub(tmp_path: Path) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    program = install(tmp_path / "pulumi home")
    with subprocess.Popen(
        [program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        process.terminate()
        process.communicate()


def test_the_plugin_names_itself_a_stand_in_of_the_sdks_version(
    stub: provider_pb2_grpc.ResourceProviderStub,
) -> None:
    assert stub.GetPluginInfo(empty_pb2.Empty()).version == f"{REQUIRED_VERSION}+standin"


def test_a_request_goes_to_the_cluster_and_an_unready_object_comes_back_in_the_error(
    stub: provider_pb2_grpc.ResourceProviderStub, server: Server
) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "n", "uid": "u"},
        "status": {"phase": "Failed"},
    }
    kinds = {"resources": [{"name": "pods", "kind": "Pod", "namespaced": True}]}
    server.answers = {"GET /api/v1": (200, kinds), "PATCH /api/v1/namespaces/n/pods/web": (200, pod)}
    stub.Configure(pb.ConfigureRequest(args=encode_object({"kubeconfig": server.kubeconfig})))
    with pytest.raises(grpc.RpcError) as caught:
        stub.Create(pb.CreateRequest(urn=URN, properties=encode_object({**pod, "status": None})))
    status = status_pb2.Status.FromString(_details(caught.value))
    detail = pb.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert detail.id == "n/web"
    assert decode_inputs(detail.properties)["metadata"]["uid"] == "u"
    assert detail.reasons[0] == f"Kubernetes stand-in {REQUIRED_VERSION}+standin: Pod n/web: the Pod failed"


def _details(error: Any) -> bytes:
    found: bytes = dict(error.trailing_metadata())["grpc-status-details-bin"]
    return found


def test_functions_of_the_real_plugin_are_refused_by_name(
    stub: provider_pb2_grpc.ResourceProviderStub,
) -> None:
    with pytest.raises(
        grpc.RpcError, match="function kubernetes:helm:template is not supported by the stand-in"
    ):
        stub.Invoke(pb.InvokeRequest(tok="kubernetes:helm:template"))


def test_a_difference_is_told_path_by_path_with_what_replaces(
    stub: provider_pb2_grpc.ResourceProviderStub,
) -> None:
    old, new = ({"kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": value}} for value in "12")
    answer = stub.Diff(pb.DiffRequest(urn=URN, old_inputs=encode_object(old), news=encode_object(new)))
    assert list(answer.replaces) == ["data.a"]
    assert answer.deleteBeforeReplace
    assert answer.detailedDiff["data.a"].kind == pb.PropertyDiff.Kind.UPDATE_REPLACE
