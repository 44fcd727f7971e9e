"""Traces made for tests, and the same in Jaeger's JSON."""

from typing import Any

from operations.traces.model import Span, Trace

TRACE_ID = "20b03d4653a36112caa32bc8c1c76f61"
START_US = 1_790_000_000_000_000


def span(
    span_id: str,
    parent_id: str | None = None,
    *,
    at: int = 0,
    lasts: int = 1000,
    service: str = "model-router",
    operation: str = "model_routing",
    error: bool = False,
    message: str = "",
) -> Span:
    """A span that begins `at` microseconds after the trace's usual start."""
    return Span(
        span_id=span_id,
        parent_id=parent_id,
        service=service,
        operation=operation,
        start_us=START_US + at,
        duration_us=lasts,
        error=error,
        status_message=message,
    )


def trace(*spans: Span) -> Trace:
    return Trace(TRACE_ID, spans)


def jaeger_json(found: Trace) -> dict[str, Any]:
    """The trace as Jaeger's `/api/traces` gives it."""
    processes = {f"p{index}": name for index, name in enumerate(found.services)}
    of_service = {name: key for key, name in processes.items()}
    return {
        "data": [
            {
                "traceID": found.trace_id,
                "spans": [_span_json(found.trace_id, one, of_service[one.service]) for one in found.spans],
                "processes": {key: {"serviceName": name, "tags": []} for key, name in processes.items()},
            }
        ]
    }


def _span_json(trace_id: str, one: Span, process: str) -> dict[str, Any]:
    parent = {"refType": "CHILD_OF", "traceID": trace_id, "spanID": one.parent_id}
    failed = [
        {"key": "error", "type": "bool", "value": True},
        {"key": "otel.status_description", "type": "string", "value": one.status_message},
    ]
    return {
        "traceID": trace_id,
        "spanID": one.span_id,
        "operationName": one.operation,
        "references": [parent] if one.parent_id else [],
        "startTime": one.start_us,
        "duration": one.duration_us,
        "tags": [{"key": "span.kind", "type": "string", "value": one.kind}, *(failed if one.error else [])],
        "logs": [],
        "processID": process,
    }
