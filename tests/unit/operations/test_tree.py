"""Arranging spans: every span once, whatever the sender's clocks and losses did."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from operations.traces.model import Span
from operations.traces.tree import arrange
from tests.unit.operations.made import START_US, span, trace


def _ids(*spans: Span) -> list[tuple[int, str]]:
    return [(node.depth, node.span.span_id) for node in arrange(trace(*spans)).nodes]


def test_children_follow_their_parent_by_start_whatever_the_order_of_arrival() -> None:
    late, early, root = span("c", "a", at=500), span("b", "a", at=100), span("a", lasts=900)
    assert _ids(late, early, root) == [(0, "a"), (1, "b"), (1, "c")]


def test_span_whose_parent_is_missing_stands_at_the_top_and_is_counted() -> None:
    tree = arrange(trace(span("a"), span("b", "gone", at=10)))
    assert [node.depth for node in tree.nodes] == [0, 0]
    assert tree.notes == ("Parent missing for 1 span, drawn at the top: lost, or still under way.",)


def test_circle_of_parents_is_cut_and_told() -> None:
    tree = arrange(trace(span("a", "b"), span("b", "a", at=5), span("c", "c", at=9)))
    assert [(node.depth, node.span.span_id) for node in tree.nodes] == [(0, "a"), (1, "b"), (0, "c")]
    assert tree.notes[0] == "Parents in a circle: 2 spans drawn at the top."


def test_child_before_its_parent_is_told_as_a_difference_of_clocks() -> None:
    tree = arrange(trace(span("a", at=1000), span("b", "a", at=250, service="planner", operation="plan")))
    (note,) = tree.notes
    assert note.startswith(
        "Begun before the parent: 1 span (planner plan by 750 us before model-router model_routing)."
    )


def test_self_time_leaves_out_children_that_overlap_only_once() -> None:
    root = span("a", lasts=1000)
    nodes = arrange(trace(root, span("b", "a", at=100, lasts=300), span("c", "a", at=200, lasts=400))).nodes
    assert nodes[0].self_us == 500


def test_self_time_leaves_out_nothing_of_a_child_outside_of_its_parent() -> None:
    nodes = arrange(trace(span("a", lasts=100), span("b", "a", at=90, lasts=500))).nodes
    assert nodes[0].self_us == 90


def test_critical_path_follows_the_slower_of_two_parallel_children() -> None:
    root = span("a", lasts=1000)
    fast, slow = span("b", "a", at=100, lasts=300), span("c", "a", at=100, lasts=800)
    critical = {node.span.span_id: node.critical for node in arrange(trace(root, fast, slow)).nodes}
    assert critical["b"] == ()
    assert critical["c"] == ((START_US + 100, START_US + 900),)
    assert critical["a"] == ((START_US, START_US + 100), (START_US + 900, START_US + 1000))


def test_trace_ten_thousand_spans_deep_is_arranged() -> None:
    chain = [
        span("0", lasts=20_000),
        *(span(str(i), str(i - 1), at=i, lasts=10_000 - i) for i in range(1, 10_000)),
    ]
    assert arrange(trace(*chain)).nodes[-1].depth == 9_999


@st.composite
def any_spans(draw: st.DrawFn) -> tuple[Span, ...]:
    """Spans whose parents may be any span, themselves included, or lost; clocks as they please."""
    size = draw(st.integers(1, 25))
    parents = st.one_of(st.none(), st.integers(0, size + 2).map(str))
    times = st.integers(0, 10_000_000)
    return tuple(
        span(str(i), draw(parents), at=draw(times), lasts=draw(times), error=draw(st.booleans()))
        for i in range(size)
    )


@given(any_spans())
def test_every_span_has_exactly_one_place_below_a_shallower_one(spans: tuple[Span, ...]) -> None:
    nodes = arrange(trace(*spans)).nodes
    assert sorted(node.span.span_id for node in nodes) == sorted(one.span_id for one in spans)
    depths = [node.depth for node in nodes]
    assert depths[0] == 0
    assert all(after <= before + 1 for before, after in pairwise(depths))


@given(any_spans())
def test_self_time_and_critical_stretches_stay_inside_their_span(spans: tuple[Span, ...]) -> None:
    for node in arrange(trace(*spans)).nodes:
        assert 0 <= node.self_us <= node.span.duration_us
        assert all(node.span.start_us <= begin < end <= node.span.end_us for begin, end in node.critical)


@given(any_spans())
def test_critical_stretches_of_all_spans_never_overlap(spans: tuple[Span, ...]) -> None:
    stretches = sorted(interval for node in arrange(trace(*spans)).nodes for interval in node.critical)
    assert all(one[1] <= other[0] for one, other in pairwise(stretches))
