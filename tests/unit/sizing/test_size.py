"""Sizes follow from the settings: more traffic never gets less, and what must fit below a limit does."""

import dataclasses

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from settings import Settings, SettingsError, load_schema, parse, stacks
from settings.schema import PROJECT_DIRECTORY
from settings.sources import from_files
from sizing import ProgramSize, Sizing, TierSize, size
from sizing.facts import LARGEST_POD_MIB, LARGEST_POD_MILLICORES

SCHEMA = load_schema()
TIERED = {"topology": "tiered", "jaeger.storage": "elasticsearch"}
GROWING = (
    "traffic.spans_per_second",
    "traffic.peak_factor",
    "traffic.bytes_per_span",
    "traffic.spans_per_trace",
    "jaeger.memory_traces",
    "receivers.max_request_mib",
)
MIB = 1024 * 1024


def stack(**values: object) -> Settings:
    """Settings of a small stack and `values`, whose names have two underscores for the dot."""
    required = {"environment": "dev", "cluster.name": "mcp-dev", "traffic.spans_per_second": 100}
    return parse({**required, **{key.replace("__", "."): value for key, value in values.items()}}, {}, SCHEMA)


def sized(values: dict[str, object]) -> Sizing | None:
    try:
        return size(stack(**values))
    except SettingsError:
        return None


def programs(sizing: Sizing) -> list[ProgramSize]:
    return [sizing.collector, sizing.jaeger]


def totals(sizing: Sizing) -> list[int]:
    """What the stack takes all in all, which is what may not shrink: replicas share what one had alone."""
    tiers: list[TierSize] = [sizing.collector, sizing.jaeger, *filter(None, [sizing.processing])]
    return [
        *(tier.replicas for tier in tiers),
        *(tier.replicas * tier.cpu_limit_millicores for tier in tiers),
        *(program.replicas * program.memory_limit_mib for program in programs(sizing)),
        *(program.replicas * program.queue_bytes for program in programs(sizing)),
    ]


values = st.fixed_dictionaries(
    {
        "traffic.spans_per_second": st.integers(1, 200_000),
        "traffic.peak_factor": st.integers(1, 20),
        "traffic.bytes_per_span": st.integers(100, 20_000),
        "traffic.spans_per_trace": st.integers(1, 1_000),
        "jaeger.memory_traces": st.integers(100, 100_000),
        "receivers.max_request_mib": st.integers(1, 128),
    },
    optional={"topology": st.just("tiered"), "jaeger.storage": st.just("elasticsearch")},
).filter(lambda drawn: ("topology" in drawn) == ("jaeger.storage" in drawn))


@given(values, st.sampled_from(GROWING), st.integers(2, 5))
def test_more_of_anything_never_gets_less(drawn: dict[str, int], key: str, factor: int) -> None:
    small = sized(dict(drawn))
    largest = {"traffic.peak_factor": 20, "receivers.max_request_mib": 128}.get(key, 10**9)
    large = sized({**drawn, key: min(drawn[key] * factor, largest)})
    assume(small is not None and large is not None)

    assert small is not None
    assert large is not None
    assert all(less <= more for less, more in zip(totals(small), totals(large), strict=True))


@given(values)
def test_what_has_to_fit_below_a_limit_does(drawn: dict[str, int]) -> None:
    sizing = sized(dict(drawn))
    assume(sizing is not None)

    assert sizing is not None
    for program in programs(sizing):
        refusing = program.memory_limiter_percent - program.memory_spike_percent
        collecting = program.go_memory_limit_mib * 100 / program.memory_limit_mib
        assert 0 < collecting < refusing < program.memory_limiter_percent < 100
        assert program.cpu_request_millicores <= program.cpu_limit_millicores <= LARGEST_POD_MILLICORES.value
        assert program.memory_limit_mib <= LARGEST_POD_MIB.value
        # The queue alone can be full, decoded, without a collector that refuses spans for it.
        assert program.queue_bytes * 3 / MIB <= program.memory_limit_mib / 2


@given(values)
def test_the_same_settings_give_the_same_sizes(drawn: dict[str, int]) -> None:
    assert sized(dict(drawn)) == sized(dict(reversed(drawn.items())))


@given(values)
def test_a_tier_goes_on_without_one_of_its_replicas(drawn: dict[str, int]) -> None:
    sizing = sized({**drawn, **TIERED})
    assume(sizing is not None)

    assert sizing is not None
    assert sizing.processing is not None
    peak = drawn["traffic.spans_per_second"] * drawn["traffic.peak_factor"]
    for tier, per_core in ((sizing.collector, 10_000), (sizing.processing, 8_000)):
        assert (tier.replicas - 1) * tier.cpu_limit_millicores * per_core >= peak * 1000


@given(values)
def test_a_stack_is_sized_or_refused_with_a_key_that_stands_in_it(drawn: dict[str, int]) -> None:
    try:
        rows = size(stack(**drawn)).rows
    except SettingsError as error:
        assert [problem for problem in error.problems if problem.value != drawn[problem.key]] == []  # noqa: PT017 - either way is right
    else:
        assert all(row.value >= 0 and row.arithmetic for row in rows)


def test_a_single_collector_that_one_node_cannot_carry_is_refused_with_both_ways_out() -> None:
    with pytest.raises(SettingsError) as caught:
        size(stack(traffic__spans_per_second=20_000))

    text = str(caught.value)
    assert "traffic.spans_per_second: 20000: one collector would need 6000 m of CPU at the peak" in text
    assert "3500 m is the most (a node of 4 cores, less what the system keeps)" in text
    assert (
        "Say topology tiered with jaeger.storage elasticsearch, or lower it or traffic.peak_factor (3)"
        in text
    )


def test_traces_that_no_node_can_keep_in_memory_are_refused_with_the_key() -> None:
    with pytest.raises(SettingsError) as caught:
        size(stack(jaeger__memory_traces=1_000_000))

    text = str(caught.value)
    assert "jaeger.memory_traces: 1000000: jaeger would need 57744 MiB of memory" in text
    assert "1000000 traces x 10 spans x 1000 bytes" in text
    assert "12288 MiB is the most" in text
    assert text.endswith("205794 would fit")
    size(stack(jaeger__memory_traces=205_794))


def test_a_queue_that_no_node_can_hold_is_refused_with_the_key() -> None:
    with pytest.raises(SettingsError) as caught:
        size(stack(traffic__spans_per_second=8_000, traffic__bytes_per_span=50_000))

    text = str(caught.value)
    assert "traffic.bytes_per_span: 50000: collector would need 206512 MiB of memory" in text
    assert "24000 spans/s x 50000 bytes x 30 s" in text
    assert text.endswith("2858 would fit")
    size(stack(traffic__spans_per_second=8_000, traffic__bytes_per_span=2_858))


@pytest.mark.parametrize("name", stacks())
def test_a_stack_of_this_repository_can_be_sized(name: str) -> None:
    sizing = size(from_files(PROJECT_DIRECTORY, name, {}))

    assert (sizing.processing is None) == (name == "dev")
    assert sizing.collector.replicas == {"dev": 1, "staging": 2, "prod": 4}[name]


def test_the_arithmetic_of_dev_is_the_one_that_the_documents_show() -> None:
    rows = {row.name: row for row in size(from_files(PROJECT_DIRECTORY, "dev", {})).rows}

    assert rows["jaeger.memory.traces"].value == 287  # 10 000 traces x 10 spans x 1 000 bytes x 3, in MiB
    assert rows["jaeger.memory_limit"].value == 1088  # (128 + 128 + 287) / 50 %, in steps of 16
    assert rows["collector.queue"].value == 2 * 16 * MIB  # two requests of the largest size: more than 30 s


def test_quantities_are_written_as_kubernetes_and_go_read_them() -> None:
    collector = size(stack()).collector

    assert (collector.cpu_request, collector.cpu_limit) == ("50m", "1000m")
    assert (collector.memory_request, collector.memory_limit) == ("457Mi", "704Mi")
    assert collector.go_memory_limit == "457MiB"


def test_the_table_of_the_exports_is_plain_values_with_their_sources() -> None:
    table = size(stack()).table()

    assert all(set(row) == {"name", "value", "unit", "arithmetic", "sources"} for row in table)
    assert all(isinstance(value, str | int) for row in table for value in row.values())
    limit = next(row for row in table if row["name"] == "collector.cpu_limit")
    assert "10000 spans/s per core: OpenTelemetry Collector, docs/performance.md" in str(limit["sources"])


def test_sizes_cannot_be_changed_afterwards() -> None:
    sizing = size(stack())

    with pytest.raises(dataclasses.FrozenInstanceError):
        sizing.collector.replicas = 5  # type: ignore[misc]  # that it is refused is the test
