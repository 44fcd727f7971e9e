"""Sending the demo trace as services would: one OpenTelemetry SDK each, OTLP over gRPC, mutual TLS."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Span, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

import names
from operations.certificates import ClientCertificate
from operations.demo.story import STORY, Step
from operations.problem import OperationError

_EXPORT_SECONDS = 10
"""The exporter retries what may pass (an unavailable gateway) for this long."""
_EXPORTER_LOGGER = "opentelemetry.exporter.otlp.proto.grpc.exporter"
_PROPAGATOR = TraceContextTextMapPropagator()


@dataclass(frozen=True)
class Sent:
    """The gateway accepted these spans of this trace; ids in hexadecimal, as backends show them."""

    trace_id: str
    span_ids: frozenset[str]


def send(certificate: ClientCertificate, port: int, *, story: Step = STORY) -> Sent:
    """Spans of the story, ending now, have been accepted by the gateway that 127.0.0.1:`port` leads to.

    Raises:
        OperationError: the gateway refused them or was not reached within ten seconds; with its reason.
    """
    credentials = grpc.ssl_channel_credentials(
        root_certificates=certificate.authority,
        private_key=certificate.key,
        certificate_chain=certificate.certificate,
    )

    def exporter() -> SpanExporter:
        return OTLPSpanExporter(
            endpoint=f"127.0.0.1:{port}",
            credentials=credentials,
            timeout=_EXPORT_SECONDS,
            # The certificate is the Service's, wherever the port is; no proxy leads to loopback.
            channel_options=(  # type: ignore[arg-type]  # annotated: one option
                ("grpc.ssl_target_name_override", names.host(names.GATEWAY)),
                ("grpc.default_authority", names.host(names.GATEWAY)),
                ("grpc.enable_http_proxy", 0),
            ),
        )

    with _exporter_log() as said:
        try:
            return emit(story, exporter)
        except _RefusedError as refused:
            reason = said[-1] if said else "it gave no reason"
            raise OperationError(
                f"{names.GATEWAY} did not accept spans of {refused.service}: {reason}"
            ) from None


def emit(story: Step, exporter: Callable[[], SpanExporter]) -> Sent:
    """The story's spans have gone through one SDK per service, each with an exporter of its own."""
    outcome = _Outcome()
    providers = {service: _provider(service, exporter(), outcome) for service in _services(story)}
    try:
        started_ns = time.time_ns() - _nanoseconds(story.lasts_ms)
        span_ids: set[str] = set()
        root = _record(story, providers, started_ns, Context(), span_ids)
    finally:
        # Shutting down sends what is queued, service by service; after a refusal nothing more is tried.
        for provider in providers.values():
            provider.shutdown()
    if outcome.refused is not None:
        raise _RefusedError(outcome.refused)
    return Sent(trace_id=f"{root.get_span_context().trace_id:032x}", span_ids=frozenset(span_ids))


class _RefusedError(Exception):
    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


@dataclass
class _Outcome:
    """The service whose spans were not accepted, if any."""

    refused: str | None = None


class _Witness(SpanExporter):
    """The SDK drops what its exporter could not send, silently; this remembers that it happened."""

    def __init__(self, service: str, exporter: SpanExporter, outcome: _Outcome) -> None:
        self._service, self._exporter, self._outcome = service, exporter, outcome

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if self._outcome.refused is not None:
            return SpanExportResult.FAILURE
        result = self._exporter.export(spans)
        if result is not SpanExportResult.SUCCESS:
            self._outcome.refused = self._service
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


def _provider(service: str, exporter: SpanExporter, outcome: _Outcome) -> TracerProvider:
    # Built directly and not by Resource.create: the environment's OTEL_* belong to the caller's own programs.
    resource = Resource(
        {"service.name": service, "service.namespace": names.NAMESPACE, "service.version": "demo"},
    )
    provider = TracerProvider(resource=resource, sampler=ALWAYS_ON, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(_Witness(service, exporter, outcome)))
    return provider


def _services(step: Step) -> list[str]:
    found = [step.service]
    for child in step.children:
        found += _services(child)
    return list(dict.fromkeys(found))


def _record(
    step: Step, providers: dict[str, TracerProvider], started_ns: int, context: Context, span_ids: set[str]
) -> Span:
    tracer = providers[step.service].get_tracer("mcp-tracing.demo")
    ended_ns = started_ns + _nanoseconds(step.lasts_ms)
    span = tracer.start_span(
        step.name, context=context, kind=step.kind, attributes=step.attributes, start_time=started_ns
    )
    span_ids.add(f"{span.get_span_context().span_id:016x}")
    here = set_span_in_context(span, Context())
    for child in step.children:
        inside = here if child.service == step.service else _across(here)
        _record(child, providers, started_ns + _nanoseconds(child.after_ms), inside, span_ids)
    if step.failure is not None:
        described = {"exception.type": step.failure.type, "exception.message": step.failure.message}
        span.add_event("exception", described, timestamp=ended_ns)
        span.set_status(Status(StatusCode.ERROR, step.failure.message))
    span.end(end_time=ended_ns)
    return span


def _across(context: Context) -> Context:
    """The context as the next service finds it: in the header of a request (W3C trace context)."""
    headers: dict[str, str] = {}
    _PROPAGATOR.inject(headers, context=context)
    return _PROPAGATOR.extract(headers, context=Context())


def _nanoseconds(milliseconds: float) -> int:
    return int(milliseconds * 1_000_000)


@contextmanager
def _exporter_log() -> Iterator[list[str]]:
    """What the exporter logs meanwhile, kept from the terminal: it tells reasons nowhere else."""
    said: list[str] = []

    def hear(record: logging.LogRecord) -> bool:
        said.append(record.getMessage())
        return False

    # First in line, because the SDK's own filter drops a message like the one before it.
    logger = logging.getLogger(_EXPORTER_LOGGER)
    logger.filters.insert(0, hear)
    try:
        yield said
    finally:
        logger.filters.remove(hear)
