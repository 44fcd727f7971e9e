"""The size of each program of the platform, from the settings."""

from settings import Settings, Storage, Topology
from sizing import facts
from sizing.arithmetic import ceil_div
from sizing.facts import BYTES_PER_MIB
from sizing.load import load
from sizing.memory import Memory, Part, memory
from sizing.model import ProgramSize, Row, Sizing, TierSize


def size(settings: Settings) -> Sizing:
    """The size of every program that the settings ask for; the same settings give the same size.

    Raises SettingsError when a program would not fit a node, with the key to change.
    """
    collector, collector_rows = _collector(settings)
    processing, processing_rows = _processing(settings)
    jaeger, jaeger_rows = _jaeger(settings)
    return Sizing(
        collector=collector,
        processing=processing,
        jaeger=jaeger,
        rows=(*collector_rows, *processing_rows, *jaeger_rows),
    )


def _collector(settings: Settings) -> tuple[ProgramSize, tuple[Row, ...]]:
    name = "collector"
    carried = load(name, settings, facts.SPANS_PER_CORE)
    queue = _queue(name, settings, carried.peak)
    limits = memory(name, (_requests(name, settings), _queued(name, settings, queue)))
    return _program(carried.size, limits, queue.value), (*carried.rows, queue, *limits.rows)


def _processing(settings: Settings) -> tuple[TierSize | None, tuple[Row, ...]]:
    if settings.topology is Topology.SINGLE:
        return None, ()
    carried = load("processing", settings, facts.SAMPLED_SPANS_PER_CORE)
    return carried.size, tuple(carried.rows)


def _jaeger(settings: Settings) -> tuple[ProgramSize, tuple[Row, ...]]:
    name = "jaeger"
    carried = load(name, settings, facts.SPANS_PER_CORE)
    parts = [_requests(name, settings)]
    if settings.jaeger.storage is Storage.MEMORY:
        parts.append(_stored(name, settings))
    limits = memory(name, parts)
    return _program(carried.size, limits, queue_bytes=0), (*carried.rows, *limits.rows)


def _program(tier: TierSize, limits: Memory, queue_bytes: int) -> ProgramSize:
    return ProgramSize(
        replicas=tier.replicas,
        cpu_request_millicores=tier.cpu_request_millicores,
        cpu_limit_millicores=tier.cpu_limit_millicores,
        memory_limit_mib=limits.limit_mib,
        go_memory_limit_mib=limits.go_limit_mib,
        memory_limiter_percent=facts.LIMITER_PERCENT.value,
        memory_spike_percent=facts.SPIKE_PERCENT.value,
        queue_bytes=queue_bytes,
    )


def _requests(name: str, settings: Settings) -> Part:
    largest = settings.receivers.max_request_mib
    row = Row(
        name=f"{name}.memory.requests",
        value=facts.REQUESTS_AT_ONCE.value * largest * (1 + facts.DECODED.value),
        unit="MiB",
        arithmetic=f"{facts.REQUESTS_AT_ONCE}, {largest} MiB each as received, and decoded {facts.DECODED}",
        facts=(facts.REQUESTS_AT_ONCE, facts.DECODED),
    )
    return Part(row=row, key="receivers.max_request_mib", setting=largest)


def _queue(name: str, settings: Settings, peak: int) -> Row:
    span, largest = settings.traffic.bytes_per_span, settings.receivers.max_request_mib
    least = facts.QUEUED_REQUESTS.value * largest * BYTES_PER_MIB
    return Row(
        name=f"{name}.queue",
        value=max(peak * span * facts.QUEUE_SECONDS.value, least),
        unit="bytes",
        arithmetic=f"{peak} spans/s x {span} bytes x {facts.QUEUE_SECONDS}, at least {facts.QUEUED_REQUESTS} "
        f"({largest} MiB)",
        facts=(facts.QUEUE_SECONDS, facts.QUEUED_REQUESTS),
    )


def _queued(name: str, settings: Settings, queue: Row) -> Part:
    row = Row(
        name=f"{name}.memory.queue",
        value=ceil_div(queue.value * facts.DECODED.value, BYTES_PER_MIB),
        unit="MiB",
        arithmetic=f"{queue.arithmetic}, decoded {facts.DECODED}",
        facts=(facts.DECODED,),
    )
    return Part(row=row, key="traffic.bytes_per_span", setting=settings.traffic.bytes_per_span)


def _stored(name: str, settings: Settings) -> Part:
    traces, traffic = settings.jaeger.memory_traces, settings.traffic
    stored = traces * traffic.spans_per_trace * traffic.bytes_per_span * facts.STORED.value
    row = Row(
        name=f"{name}.memory.traces",
        value=ceil_div(stored, BYTES_PER_MIB),
        unit="MiB",
        arithmetic=f"{traces} traces x {traffic.spans_per_trace} spans x {traffic.bytes_per_span} bytes, "
        f"stored {facts.STORED}",
        facts=(facts.STORED,),
    )
    return Part(row=row, key="jaeger.memory_traces", setting=traces)
