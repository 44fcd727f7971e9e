"""`tracectl trace`: find one trace and draw it."""

import json
from typing import Any

import click
from rich.console import Console

from operations.commands.arguments import Duration, Tag, TraceId
from operations.jaeger import ERRORS_AMONG, Jaeger, Search, connected
from operations.output import columns
from operations.problem import OperationError
from operations.scope import Scope
from operations.traces.model import Trace
from operations.traces.waterfall import SPANS_DRAWN, draw
from operations.traces.words import count, duration

_HOUR_US = 3_600_000_000


@click.command(short_help="Find one trace and draw it as a waterfall.")
@click.argument("trace_id", required=False, type=TraceId())
@click.option("--service", help="Only traces in which this service took part.")
@click.option("--operation", help="Only traces with a span of this name.")
@click.option(
    "--tag", "tags", type=Tag(), multiple=True, help="Only with this attribute on a span; repeatable."
)
@click.option(
    "--min-duration", type=Duration(), default=0, help="Only with a span of at least this (150ms, 2s)."
)
@click.option(
    "--errors", is_flag=True, help=f"Only with a span that failed, of the newest {ERRORS_AMONG} per service."
)
@click.option(
    "--lookback", type=Duration(), default=_HOUR_US, help="How far back to look (30m, 6h, 2d).  [1h]"
)
@click.option("--list", "listed", is_flag=True, help="List what was found instead of drawing the newest.")
@click.option(
    "--limit", type=click.IntRange(1, 1500), default=20, show_default=True, help="Length of the list."
)
@click.option(
    "--spans", type=click.IntRange(0), default=SPANS_DRAWN, show_default=True, help="Spans drawn; 0: all."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@click.pass_obj
def trace(
    scope: Scope,
    *,
    trace_id: str | None,
    service: str | None,
    operation: str | None,
    tags: tuple[tuple[str, str], ...],
    min_duration: int,
    errors: bool,
    lookback: int,
    listed: bool,
    limit: int,
    spans: int,
    as_json: bool,
) -> None:
    """Draw one trace as a waterfall: the one with TRACE_ID, or the newest that fits the options.

    \b
    tracectl trace                          the newest of the last hour
    tracectl trace --errors --lookback 1d   the newest with an error
    tracectl trace --service model-router --min-duration 2s --list
    tracectl trace 20b03d4653a36112caa32bc8c1c76f61 --json
    """  # noqa: D301  # click's mark for lines it must not join is a backslash and b
    search = Search(
        service=service,
        operation=operation,
        tags=dict(tags),
        min_duration_us=min_duration,
        errors=errors,
        lookback_seconds=lookback / 1_000_000,
        limit=limit if listed else 1,
    )
    with connected(scope.target()) as jaeger:
        found = [_by_id(jaeger, trace_id)] if trace_id else _search(jaeger, search)
    if as_json:
        print(json.dumps([as_document(one) for one in found] if listed else as_document(found[0]), indent=2))
    elif listed:
        _print_list(scope.console, found)
    else:
        draw(scope.console, found[0], spans=spans)


def _by_id(jaeger: Jaeger, trace_id: str) -> Trace:
    found = jaeger.get(trace_id)
    if found is None:
        raise OperationError(
            f"no trace {trace_id}: never arrived, not sampled, or dropped from Jaeger's storage since"
        )
    return found


def _search(jaeger: Jaeger, search: Search) -> list[Trace]:
    found = jaeger.find(search)
    if not found:
        known = ", ".join(jaeger.services()) or "none yet"
        raise OperationError(
            f"no trace fits in the last {_ago(search)}; services that have sent spans: {known}"
        )
    return found


def _ago(search: Search) -> str:
    return duration(int(search.lookback_seconds * 1_000_000), unicode=False)


def as_document(found: Trace) -> dict[str, Any]:
    """The trace as JSON for other programs: times in microseconds, `start_us` since 1970."""
    return {
        "trace_id": found.trace_id,
        "start_us": found.start_us,
        "duration_us": found.duration_us,
        "services": list(found.services),
        "spans": [
            {
                "span_id": span.span_id,
                "parent_id": span.parent_id,
                "service": span.service,
                "operation": span.operation,
                "kind": span.kind,
                "start_us": span.start_us,
                "duration_us": span.duration_us,
                "error": span.error,
                "status_message": span.status_message,
                "attributes": dict(span.attributes),
                "resource": dict(span.resource),
                "events": [
                    {"time_us": event.time_us, "name": event.name, "attributes": dict(event.attributes)}
                    for event in span.events
                ],
            }
            for span in sorted(found.spans, key=lambda span: (span.start_us, -span.duration_us, span.span_id))
        ],
    }


def _print_list(console: Console, found: list[Trace]) -> None:
    headings = ("TRACE", "SPANS", "ERRORS", "DURATION", "ROOT")
    rows = [_row(one, unicode=console.is_terminal) for one in found]
    for line in columns(headings, rows, unicode=console.is_terminal):
        console.print(line, soft_wrap=True, highlight=False)
    console.print(f"{count(len(found), 'trace')}; tracectl trace TRACE draws one", style="dim")


def _row(one: Trace, *, unicode: bool) -> tuple[str, ...]:
    first = min(one.spans, key=lambda span: (span.start_us, -span.duration_us, span.span_id))
    failed = str(len(one.errors)) if one.errors else "-"
    took = duration(one.duration_us, unicode=unicode)
    return one.trace_id, f"{len(one.spans):,}", failed, took, f"{first.service} {first.operation}"
