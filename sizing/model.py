"""What sizing gives: numbers for programs, and the table that shows how they came about."""

from collections.abc import Sequence
from dataclasses import dataclass

from sizing.facts import Fact


@dataclass(frozen=True, kw_only=True)
class Row:
    """One number, and the arithmetic that gave it."""

    name: str
    value: int
    unit: str
    arithmetic: str
    facts: tuple[Fact, ...] = ()
    """Constants of the arithmetic; none when it has only settings."""


@dataclass(frozen=True, kw_only=True)
class TierSize:
    """Replicas of a program and the CPU of each, in thousandths of a core."""

    replicas: int
    cpu_request_millicores: int
    cpu_limit_millicores: int

    @property
    def cpu_request(self) -> str:
        """What the scheduler sets aside, as a Kubernetes quantity: the average load."""
        return f"{self.cpu_request_millicores}m"

    @property
    def cpu_limit(self) -> str:
        """Where the kernel throttles, as a Kubernetes quantity: the peak load."""
        return f"{self.cpu_limit_millicores}m"


@dataclass(frozen=True, kw_only=True)
class ProgramSize(TierSize):
    """CPU and memory of each replica, with everything that has to fit below the memory limit."""

    memory_limit_mib: int
    go_memory_limit_mib: int
    memory_limiter_percent: int
    """`limit_percentage` of the memory_limiter processor: above it everything is refused."""
    memory_spike_percent: int
    """`spike_limit_percentage`: new spans are refused above the limit less this."""
    queue_bytes: int
    """Spans that wait for the next hop, in OTLP bytes; senders are refused when it is full. 0: no hop."""

    @property
    def memory_request(self) -> str:
        """What the scheduler sets aside, as a Kubernetes quantity: all that Go takes in the long run."""
        return f"{self.go_memory_limit_mib}Mi"

    @property
    def memory_limit(self) -> str:
        """Where the kernel ends the process, as a Kubernetes quantity."""
        return f"{self.memory_limit_mib}Mi"

    @property
    def go_memory_limit(self) -> str:
        """GOMEMLIMIT, in Go's units."""
        return f"{self.go_memory_limit_mib}MiB"


@dataclass(frozen=True, kw_only=True)
class Sizing:
    """The size of every program of a stack."""

    collector: ProgramSize
    """What services send to: the one collector of a single topology, a gateway of a tiered one."""
    processing: TierSize | None
    """Collectors that sample; None when the one collector does it. Its memory depends on how it samples."""
    jaeger: ProgramSize
    rows: Sequence[Row]

    def table(self) -> list[dict[str, str | int]]:
        """The rows as plain values, for the exports of a stack."""
        return [_plain(row) for row in self.rows]


def _plain(row: Row) -> dict[str, str | int]:
    return {
        "name": row.name,
        "value": row.value,
        "unit": row.unit,
        "arithmetic": row.arithmetic,
        "sources": "; ".join(f"{fact}: {fact.source}" for fact in row.facts),
    }
