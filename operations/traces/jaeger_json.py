"""Jaeger's answer (the JSON of `/api/traces`, which its own UI reads) as traces.

The newer `/api/v3` cannot search by attribute, so that one format serves both the search and the look-up.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from operations.problem import OperationError
from operations.traces.model import Event, Span, Trace

TRACE_ID_DIGITS = 32
# What Jaeger derives from a span's status and kind: fields of their own here, not attributes.
_DERIVED = frozenset({"error", "span.kind", "otel.status_code", "otel.status_description"})


def parse(answer: Mapping[str, Any]) -> list[Trace]:
    """Traces of one answer, in its order; spans that were stored twice (an exporter's retry) are kept once.

    Raises:
        OperationError: the answer is not what Jaeger 2 gives; the missing piece is named.
    """
    try:
        return [_trace(entry) for entry in answer["data"] or () if entry["spans"]]
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        raise OperationError(
            f"Jaeger's answer is not understood ({type(reason).__name__}: {reason}); "
            "is the other end Jaeger 2, and its query port?"
        ) from reason


def _trace(entry: Mapping[str, Any]) -> Trace:
    processes = entry["processes"]
    spans = (_span(span, processes[span["processID"]]) for span in entry["spans"])
    unique = {span.span_id: span for span in spans}
    return Trace(trace_id=str(entry["traceID"]).zfill(TRACE_ID_DIGITS), spans=tuple(unique.values()))


def _span(entry: Mapping[str, Any], process: Mapping[str, Any]) -> Span:
    tags = _values(entry.get("tags") or ())
    return Span(
        span_id=str(entry["spanID"]),
        parent_id=_parent(entry),
        service=str(process["serviceName"]),
        operation=str(entry["operationName"]),
        start_us=int(entry["startTime"]),
        duration_us=max(0, int(entry["duration"])),
        kind=str(tags.get("span.kind", "internal")),
        error=tags.get("error") in (True, "true"),
        status_message=str(tags.get("otel.status_description", "")),
        attributes={key: value for key, value in tags.items() if key not in _DERIVED},
        resource=_values(process.get("tags") or ()),
        events=tuple(_event(log) for log in entry.get("logs") or ()),
    )


def _parent(entry: Mapping[str, Any]) -> str | None:
    """First reference within the same trace; references into other traces are links."""
    for reference in entry.get("references") or ():
        if reference["refType"] == "CHILD_OF" and reference["traceID"] == entry["traceID"]:
            return str(reference["spanID"])
    return None


def _event(log: Mapping[str, Any]) -> Event:
    fields = _values(log["fields"])
    name = str(fields.pop("event", "event"))
    return Event(time_us=int(log["timestamp"]), name=name, attributes=fields)


def _values(tags: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {str(tag["key"]): tag["value"] for tag in tags}
