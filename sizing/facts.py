"""Numbers that sizing rests on, each with its source. Everything else follows from the settings."""

from dataclasses import dataclass
from typing import Final

BYTES_PER_MIB: Final = 1024 * 1024


@dataclass(frozen=True)
class Fact:
    """A number from outside."""

    value: int
    unit: str
    source: str

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"


SPANS_PER_CORE: Final = Fact(
    10_000,
    "spans/s per core",
    "OpenTelemetry Collector, docs/performance.md: 10 to 12 thousand are recommended, without tail sampling",
)
SAMPLED_SPANS_PER_CORE: Final = Fact(
    8_000, "spans/s per core", "OpenTelemetry Collector, docs/performance.md: with tail sampling"
)
LEAST_CPU_REQUEST: Final = Fact(50, "m", "certificates, probes and garbage collection of an idle process")
LEAST_CPU_LIMIT: Final = Fact(1_000, "m", "start and handshakes are bursts; less than a core delays both")

IDLE: Final = Fact(
    128,
    "MiB",
    "measured at rest: Jaeger 2.13 54 MiB, collector 0.158 62 MiB; connections and metrics come on top",
)
DECODED: Final = Fact(
    3, "times the bytes in OTLP", "decoded spans in Go: two to three times (tail buffers of the collector)"
)
STORED: Final = Fact(
    3,
    "times the bytes in OTLP",
    "measured, Jaeger 2.13, traces of 10 spans of 1055 bytes: 2.5 with a tight GOMEMLIMIT, 3.8 without",
)
REQUESTS_AT_ONCE: Final = Fact(
    2, "requests of the largest size at once", "more of them are refused for a moment"
)
QUEUE_SECONDS: Final = Fact(30, "s", "what a Pod of the next hop takes to be replaced")
QUEUED_REQUESTS: Final = Fact(
    2, "requests of the largest size", "a request that never fits the queue is never sent"
)

LIVE_PERCENT: Final = Fact(50, "%", "data in use; Go lets garbage grow to as much again (GOGC=100)")
GO_PERCENT: Final = Fact(65, "%", "Go collects harder from here on (GOMEMLIMIT), before anything is refused")
SPIKE_PERCENT: Final = Fact(15, "%", "spans are refused at the memory limiter's limit less this")
LIMITER_PERCENT: Final = Fact(
    85, "%", "everything is refused; the rest is for stacks and what Go does not count"
)

LARGEST_POD_MILLICORES: Final = Fact(3_500, "m", "a node of 4 cores, less what the system keeps")
LARGEST_POD_MIB: Final = Fact(12_288, "MiB", "a node of 16 GiB, less what the system keeps")
LEAST_REPLICAS: Final = Fact(2, "replicas", "one may go away at any time")
MEMORY_STEP: Final = Fact(16, "MiB", "so that a small change of the traffic does not replace every Pod")
