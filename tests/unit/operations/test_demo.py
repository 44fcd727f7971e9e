"""The demo trace: what is in it, and that a refusing gateway is noticed."""

from collections.abc import Iterator, Sequence
from concurrent import futures
from contextlib import contextmanager

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as pb
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as service
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

import names
from operations.demo import STORY, send
from operations.demo.sending import Sent, emit
from operations.problem import OperationError
from tests.unit.operations.pki import Hop

SERVICES = {
    "frontend",
    "model-router",
    "plan-management",
    "workflow-orchestrator",
    "verification-feedback",
    "git-worktree-manager",
}


def _emitted() -> tuple[Sent, list[ReadableSpan]]:
    exporters: list[InMemorySpanExporter] = []

    def exporter() -> InMemorySpanExporter:
        exporters.append(InMemorySpanExporter())
        return exporters[-1]

    sent = emit(STORY, exporter)
    return sent, [span for one in exporters for span in one.get_finished_spans()]


def test_returned_ids_are_those_of_the_spans() -> None:
    sent, spans = _emitted()
    assert {f"{span.context.trace_id:032x}" for span in spans if span.context} == {sent.trace_id}
    assert {f"{span.context.span_id:016x}" for span in spans if span.context} == sent.span_ids
    assert len(spans) == len(sent.span_ids) == 26


def test_every_service_sends_with_its_own_resource_in_the_systems_namespace() -> None:
    _, spans = _emitted()
    assert {str(span.resource.attributes["service.name"]) for span in spans} == SERVICES
    assert {span.resource.attributes["service.namespace"] for span in spans} == {names.NAMESPACE}


def test_every_span_but_the_first_lies_within_its_parent() -> None:
    sent, spans = _emitted()
    by_id = {span.context.span_id: span for span in spans if span.context}
    roots = [span for span in spans if span.parent is None]
    assert [root.name for root in roots] == ["POST /api/workflows"]
    for span in spans:
        if span.parent is not None:
            parent = by_id[span.parent.span_id]
            assert (
                (parent.start_time or 0)
                <= (span.start_time or 0)
                < (span.end_time or 0)
                <= (parent.end_time or 0)
            )
    assert len(sent.span_ids) == len(by_id)


def test_services_meet_in_a_client_and_a_server_span() -> None:
    _, spans = _emitted()
    by_id = {span.context.span_id: span for span in spans if span.context}
    crossings = [
        (by_id[span.parent.span_id].kind, span.kind)
        for span in spans
        if span.parent and by_id[span.parent.span_id].resource != span.resource
    ]
    assert crossings == [(SpanKind.CLIENT, SpanKind.SERVER)] * 5


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        (
            "workflow_execution",
            {"mcp.workflow_id", "mcp.workflow_type", "mcp.workflow_steps", "mcp.operation"},
        ),
        ("workflow_step_plan", {"mcp.step_name", "mcp.step_success", "mcp.step_duration_ms"}),
        (
            "model_routing",
            {
                "mcp.model_type",
                "mcp.prompt_length",
                "mcp.response_time_ms",
                "mcp.operation",
                "mcp.model_success",
                "mcp.model_response_length",
                "mcp.model_tokens_used",
            },
        ),
    ],
)
def test_span_of_the_design_has_the_attributes_of_the_design(name: str, attributes: set[str]) -> None:
    _, spans = _emitted()
    (span,) = [one for one in spans if one.name == name]
    assert attributes <= set(span.attributes or {})


def test_one_call_fails_with_its_exception_recorded() -> None:
    _, spans = _emitted()
    (failed,) = [span for span in spans if not span.status.is_ok and span.status.description]
    assert failed.name == "chat large"
    assert [event.name for event in failed.events] == ["exception"]


class _Gateway(service.TraceServiceServicer):
    """Takes what it gets, or answers with `refusal`."""

    def __init__(self, refusal: grpc.StatusCode | None = None) -> None:
        self.refusal = refusal
        self.received: list[pb.ExportTraceServiceRequest] = []

    def Export(  # noqa: N802  # the name in OTLP's protocol
        self, request: pb.ExportTraceServiceRequest, context: grpc.ServicerContext
    ) -> pb.ExportTraceServiceResponse:
        self.received.append(request)
        if self.refusal is not None:
            context.abort(self.refusal, "resource attributes are not welcome")
        return pb.ExportTraceServiceResponse()

    @property
    def services(self) -> Sequence[str]:
        return sorted(
            attribute.value.string_value
            for request in self.received
            for resource in request.resource_spans
            for attribute in resource.resource.attributes
            if attribute.key == "service.name"
        )


@contextmanager
def _listening(gateway: _Gateway, hop: Hop) -> Iterator[int]:
    issued = hop.server(names.host(names.GATEWAY))
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
    service.add_TraceServiceServicer_to_server(gateway, server)  # type: ignore[no-untyped-call]  # generated
    credentials = grpc.ssl_server_credentials(
        [(issued.key_pem, issued.pem)], root_certificates=hop.authority.pem, require_client_auth=True
    )
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    try:
        yield port
    finally:
        server.stop(None).wait()


def test_gateway_receives_each_service_once_over_mutual_tls() -> None:
    hop, gateway = Hop("ingest"), _Gateway()
    with _listening(gateway, hop) as port:
        send(hop.client(), port)
    assert set(gateway.services) == SERVICES
    assert len(gateway.services) == len(SERVICES)


def test_refusal_of_the_gateway_is_an_error_with_its_reason_and_nothing_more_is_sent() -> None:
    hop, gateway = Hop("ingest"), _Gateway(grpc.StatusCode.INVALID_ARGUMENT)
    with (
        _listening(gateway, hop) as port,
        pytest.raises(OperationError, match=r"did not accept spans of frontend: .*not welcome"),
    ):
        send(hop.client(), port)
    assert len(gateway.received) == 1


def test_certificate_of_another_hop_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.demo.sending._EXPORT_SECONDS", 1)
    hop, other, gateway = Hop("ingest"), Hop("query").client(), _Gateway()
    wrong = type(other)(certificate=other.certificate, key=other.key, authority=hop.authority.pem)
    with (
        _listening(gateway, hop) as port,
        pytest.raises(OperationError, match="did not accept spans of frontend"),
    ):
        send(wrong, port)
    assert gateway.received == []
