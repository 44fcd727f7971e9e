"""A trace as it was stored, free of any wire format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened at one moment of a span; `time_us` counts microseconds since 1970."""

    time_us: int
    name: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Span:
    """One operation of one service; times in microseconds, `start_us` since 1970."""

    span_id: str
    parent_id: str | None
    service: str
    operation: str
    start_us: int
    duration_us: int
    kind: str = "internal"
    error: bool = False
    status_message: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    resource: Mapping[str, Any] = field(default_factory=dict)
    """Attributes of the service that sent it, and what the platform added to them."""
    events: tuple[Event, ...] = ()

    @property
    def end_us(self) -> int:
        """Moment at which the span ended, in microseconds since 1970."""
        return self.start_us + self.duration_us


@dataclass(frozen=True)
class Trace:
    """All spans that were stored under one trace id (32 hexadecimal digits); there is at least one."""

    trace_id: str
    spans: tuple[Span, ...]

    @cached_property
    def start_us(self) -> int:
        """Earliest start of any span, in microseconds since 1970."""
        return min(span.start_us for span in self.spans)

    @cached_property
    def end_us(self) -> int:
        """Latest end of any span, in microseconds since 1970."""
        return max(span.end_us for span in self.spans)

    @property
    def duration_us(self) -> int:
        """Microseconds from the earliest start to the latest end."""
        return self.end_us - self.start_us

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Names of the services, each once, in the order of their first span."""
        ordered = sorted(self.spans, key=lambda span: (span.start_us, -span.duration_us, span.span_id))
        return tuple(dict.fromkeys(span.service for span in ordered))

    @cached_property
    def errors(self) -> tuple[Span, ...]:
        """Spans that ended in an error, by their start."""
        return tuple(sorted((span for span in self.spans if span.error), key=lambda span: span.start_us))
