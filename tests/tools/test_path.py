"""Spans through the rendered configurations: what is let in arrives, and nobody else is let in."""

import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

import names
from tests.tools.asking import answer, plaintext_answer
from tests.tools.path import Running, running

pytestmark = pytest.mark.tools
ARRIVES_WITHIN_SECONDS = 20


@dataclass(frozen=True)
class Port:
    """A port of the platform and the hop that it belongs to."""

    title: str
    program: str
    number: int
    hop: str
    service: str
    grpc: bool

    def address(self, path: Running) -> str:
        return path.gateway if self.program == names.GATEWAY else path.jaeger

    def ask(self, path: Running, context: ssl.SSLContext) -> bytes:
        return answer(self.address(path), self.number, context, names.host(self.service), grpc=self.grpc)

    def client(self, path: Running, side: str | None) -> ssl.SSLContext:
        """A client that trusts this port's hop and shows the certificate of `side`."""
        return path.client(side, protocol="h2" if self.grpc else None, trust=f"{self.hop}-client")


PORTS = [
    Port("otlp-grpc", names.GATEWAY, names.OTLP_GRPC, "ingest", names.GATEWAY, grpc=True),
    Port("otlp-http", names.GATEWAY, names.OTLP_HTTP, "ingest", names.GATEWAY, grpc=False),
    Port("jaeger-thrift", names.GATEWAY, names.JAEGER_THRIFT_HTTP, "ingest", names.GATEWAY, grpc=False),
    Port("storage", names.JAEGER, names.OTLP_GRPC, "storage", names.JAEGER_COLLECTOR, grpc=True),
    Port("query-http", names.JAEGER, names.JAEGER_QUERY_HTTP, "query", names.JAEGER_QUERY, grpc=False),
    Port("query-grpc", names.JAEGER, names.JAEGER_QUERY_GRPC, "query", names.JAEGER_QUERY, grpc=True),
]
every_port = pytest.mark.parametrize("port", PORTS, ids=lambda port: port.title)


@pytest.fixture(scope="module")
def path(programs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(programs, tmp_path_factory.mktemp("path")) as found:
        yield found


@every_port
def test_the_hop_s_own_client_is_answered(path: Running, port: Port) -> None:
    found = port.ask(path, port.client(path, f"{port.hop}-client"))
    # An HTTP/2 server begins with a SETTINGS frame (type 4), the other with a status line.
    assert found[3:4] == b"\x04" if port.grpc else found.startswith(b"HTTP/1.1 ")


@every_port
def test_a_client_without_a_certificate_is_refused(path: Running, port: Port) -> None:
    with pytest.raises(ssl.SSLError, match="certificate required"):
        port.ask(path, port.client(path, None))


@every_port
def test_a_client_of_another_hop_is_refused(path: Running, port: Port) -> None:
    other = "storage-client" if port.hop != "storage" else "ingest-client"
    with pytest.raises(ssl.SSLError, match=r"unknown ca|bad certificate"):
        port.ask(path, port.client(path, other))


@every_port
def test_a_server_s_certificate_is_none_for_a_client(path: Running, port: Port) -> None:
    with pytest.raises(ssl.SSLError, match=r"bad certificate|unsupported certificate"):
        port.ask(path, port.client(path, f"{port.hop}-server"))


@every_port
def test_tls_before_1_3_is_refused(path: Running, port: Port) -> None:
    context = port.client(path, f"{port.hop}-client")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError, match="protocol version"):
        port.ask(path, context)


@every_port
def test_plaintext_is_not_answered_with_anything_of_use(path: Running, port: Port) -> None:
    found = plaintext_answer(port.address(path), port.number, grpc=port.grpc)
    # Go's HTTP server says in plaintext that it speaks TLS, and closes.
    assert found == b"" or found.startswith((b"HTTP/1.0 400", b"\x15\x03"))


@every_port
def test_a_client_that_trusts_another_hop_refuses_the_server(path: Running, port: Port) -> None:
    other = "storage" if port.hop != "storage" else "ingest"
    context = path.client(f"{port.hop}-client", trust=f"{other}-client")
    with pytest.raises(ssl.SSLCertVerificationError):
        port.ask(path, context)


@pytest.mark.parametrize(
    ("program", "hop", "service", "status_path"),
    [
        (names.GATEWAY, "ingest", names.GATEWAY, "/"),
        (names.JAEGER, "query", names.JAEGER_QUERY, "/status"),
    ],
)
def test_health_is_told_over_tls_to_whoever_asks(
    path: Running, program: str, hop: str, service: str, status_path: str
) -> None:
    address = path.gateway if program == names.GATEWAY else path.jaeger
    with httpx.Client(verify=path.client(None, trust=f"{hop}-client"), trust_env=False) as client:
        asked = client.get(
            f"https://{address}:{names.HEALTH}{status_path}", extensions={"sni_hostname": names.host(service)}
        )
    assert asked.status_code == 200


def test_a_span_sent_over_grpc_is_found_in_jaeger_with_the_resource_of_the_settings(path: Running) -> None:
    trace_id = bytes(range(16))
    _send_grpc(path, _request(trace_id))
    found = _found(path, trace_id)
    (process,) = found["processes"].values()
    tags = {tag["key"]: tag["value"] for tag in process["tags"]}
    assert process["serviceName"] == "model-router"
    # The sender's own word on environment and namespace does not count.
    assert tags["deployment.environment.name"] == "dev"
    assert tags["service.namespace"] == "mcp-system"
    assert tags["k8s.cluster.name"] == "mcp-dev"


def test_a_span_sent_over_http_is_found_in_jaeger(path: Running) -> None:
    trace_id = bytes(range(16, 32))
    with httpx.Client(verify=path.client("ingest-client"), trust_env=False) as client:
        answered = client.post(
            f"https://{path.gateway}:{names.OTLP_HTTP}/v1/traces",
            content=_request(trace_id).SerializeToString(),
            headers={"content-type": "application/x-protobuf"},
            extensions={"sni_hostname": names.host(names.GATEWAY)},
        )
    assert answered.status_code == 200
    assert [span["operationName"] for span in _found(path, trace_id)["spans"]] == ["model_routing"]


def test_a_request_above_the_limit_is_refused_on_both_protocols(path: Running) -> None:
    too_large = _request(bytes(range(32, 48)), padding=17 * 1024 * 1024)
    with pytest.raises(grpc.RpcError) as refused:
        _send_grpc(path, too_large)
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    with httpx.Client(verify=path.client("ingest-client"), trust_env=False, timeout=30) as client:
        answered = client.post(
            f"https://{path.gateway}:{names.OTLP_HTTP}/v1/traces",
            content=too_large.SerializeToString(),
            headers={"content-type": "application/x-protobuf"},
            extensions={"sni_hostname": names.host(names.GATEWAY)},
        )
    assert answered.status_code in {400, 413}


def _request(trace_id: bytes, padding: int = 0) -> ExportTraceServiceRequest:
    now = time.time_ns()
    span = Span(
        trace_id=trace_id,
        span_id=trace_id[:7] + b"\x01",
        name="model_routing",
        kind=Span.SPAN_KIND_SERVER,
        start_time_unix_nano=now - 1_000_000,
        end_time_unix_nano=now,
        attributes=[_attribute("mcp.padding", "x" * padding)] if padding else [],
    )
    resource = Resource(
        attributes=[
            _attribute("service.name", "model-router"),
            _attribute("deployment.environment.name", "somewhere"),
            _attribute("service.namespace", "somebody"),
        ]
    )
    return ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(resource=resource, scope_spans=[ScopeSpans(spans=[span])])]
    )


def _attribute(key: str, value: str) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(string_value=value))


def _send_grpc(path: Running, request: ExportTraceServiceRequest) -> None:
    folder = path.certificates / "ingest-client"
    credentials = grpc.ssl_channel_credentials(
        (folder / "ca.crt").read_bytes(), (folder / "tls.key").read_bytes(), (folder / "tls.crt").read_bytes()
    )
    options = [
        ("grpc.ssl_target_name_override", names.host(names.GATEWAY)),
        ("grpc.enable_http_proxy", 0),
        ("grpc.max_send_message_length", -1),
    ]
    with grpc.secure_channel(f"{path.gateway}:{names.OTLP_GRPC}", credentials, options) as channel:
        stub = TraceServiceStub(channel)  # type: ignore[no-untyped-call]  # generated code
        stub.Export(request, timeout=30)


def _found(path: Running, trace_id: bytes) -> dict[str, Any]:
    """The trace as Jaeger's query API has it, once it has arrived."""
    url = f"https://{path.jaeger}:{names.JAEGER_QUERY_HTTP}/api/traces/{trace_id.hex()}"
    end = time.monotonic() + ARRIVES_WITHIN_SECONDS
    with httpx.Client(verify=path.client("query-client"), trust_env=False) as client:
        while time.monotonic() < end:
            answered = client.get(url, extensions={"sni_hostname": names.host(names.JAEGER_QUERY)})
            if answered.status_code == 200:
                (trace,) = answered.json()["data"]
                return dict(trace)
            time.sleep(0.1)
    raise AssertionError(f"{url}: {answered.status_code} {answered.text}")
