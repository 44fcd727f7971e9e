"""How much traffic one replica of a program has to carry, and the CPU for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from settings import Problem, Settings, SettingsError, Topology
from sizing import facts
from sizing.arithmetic import ceil_div
from sizing.facts import Fact
from sizing.model import Row, TierSize


@dataclass(frozen=True, kw_only=True)
class Load:
    """Spans per second that one replica carries when one other is away, and the CPU for them."""

    size: TierSize
    peak: int
    """At the busiest time, in spans per second."""
    rows: Sequence[Row]


def load(program: str, settings: Settings, per_core: Fact) -> Load:
    """Replicas and CPU of a program that handles every span once.

    Raises SettingsError when a single replica is asked to do more than a node can.
    """
    traffic = settings.traffic
    peak = traffic.spans_per_second * traffic.peak_factor
    peak_row = Row(
        name=f"{program}.peak",
        value=peak,
        unit="spans/s",
        arithmetic=f"{traffic.spans_per_second} spans/s x {traffic.peak_factor}",
    )
    replicas, working, replicas_row = _replicas(program, settings.topology, peak, per_core)
    average_share = ceil_div(traffic.spans_per_second, working)
    peak_share = ceil_div(peak, working)
    request = _cpu(f"{program}.cpu_request", average_share, per_core, facts.LEAST_CPU_REQUEST)
    limit = _cpu(f"{program}.cpu_limit", peak_share, per_core, facts.LEAST_CPU_LIMIT)
    if limit.value > facts.LARGEST_POD_MILLICORES.value:
        raise SettingsError([_too_much(program, settings, limit)])
    size = TierSize(replicas=replicas, cpu_request_millicores=request.value, cpu_limit_millicores=limit.value)
    return Load(size=size, peak=peak_share, rows=(peak_row, replicas_row, request, limit))


def _replicas(program: str, topology: Topology, peak: int, per_core: Fact) -> tuple[int, int, Row]:
    """How many replicas there are, how many of them have to do the work, and the row of the first."""
    name = f"{program}.replicas"
    if topology is Topology.SINGLE:
        row = Row(name=name, value=1, unit="replicas", arithmetic="topology single")
        return 1, 1, row
    working = max(ceil_div(peak, per_core.value), facts.LEAST_REPLICAS.value - 1)
    row = Row(
        name=name,
        value=working + 1,
        unit="replicas",
        arithmetic=f"{peak} spans/s / {per_core} of one core each, + 1, at least {facts.LEAST_REPLICAS}",
        facts=(per_core, facts.LEAST_REPLICAS),
    )
    return working + 1, working, row


def _cpu(name: str, spans: int, per_core: Fact, least: Fact) -> Row:
    return Row(
        name=name,
        value=max(ceil_div(spans * 1000, per_core.value), least.value),
        unit="m",
        arithmetic=f"{spans} spans/s / {per_core}, at least {least}",
        facts=(per_core, least),
    )


def _too_much(program: str, settings: Settings, limit: Row) -> Problem:
    return Problem(
        key="traffic.spans_per_second",
        value=settings.traffic.spans_per_second,
        remedy=f"one {program} would need {limit.value} m of CPU at the peak ({limit.arithmetic}); "
        f"{facts.LARGEST_POD_MILLICORES} is the most ({facts.LARGEST_POD_MILLICORES.source}). Say topology "
        f"tiered with jaeger.storage elasticsearch, or lower it or traffic.peak_factor "
        f"({settings.traffic.peak_factor})",
    )
