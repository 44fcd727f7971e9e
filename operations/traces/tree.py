"""A trace arranged for reading: parents before children, self times, the critical path, oddities."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from operations.traces.model import Span, Trace
from operations.traces.words import count

Interval = tuple[int, int]
"""Start and end in microseconds since 1970."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A span at its place in the tree.

    `self_us` is the time in which none of its children ran. `critical` holds the stretches in which the
    whole trace waited for this very span: shortening them shortens the trace.
    """

    span: Span
    depth: int
    self_us: int
    critical: tuple[Interval, ...]


@dataclass(frozen=True, kw_only=True)
class Tree:
    """Every span of the trace once, depth first, siblings by start; `notes` say what a reader must know."""

    trace: Trace
    nodes: tuple[Node, ...]
    notes: tuple[str, ...]


def arrange(trace: Trace) -> Tree:
    """Tree of the trace; any input gives one, also with lost parents, cycles and clocks that differ."""
    children, roots, notes = _relate(trace.spans)
    critical = _critical_path(roots, children)
    nodes = tuple(
        Node(
            span=span,
            depth=depth,
            self_us=_self_time(span, children.get(span.span_id, ())),
            critical=tuple(sorted(critical.get(span.span_id, ()))),
        )
        for span, depth in _walk(roots, children)
    )
    return Tree(trace=trace, nodes=nodes, notes=(*notes, *_skew(trace.spans)))


def _order(spans: Iterable[Span]) -> list[Span]:
    return sorted(spans, key=lambda span: (span.start_us, -span.duration_us, span.span_id))


def _relate(spans: tuple[Span, ...]) -> tuple[dict[str, list[Span]], list[Span], list[str]]:
    by_id = {span.span_id: span for span in spans}
    children: dict[str, list[Span]] = defaultdict(list)
    roots: list[Span] = []
    lost = 0
    for span in _order(spans):
        if span.parent_id in by_id:
            children[str(span.parent_id)].append(span)
        else:
            roots.append(span)
            lost += span.parent_id is not None
    notes = []
    if lost:
        notes.append(f"Parent missing for {count(lost, 'span')}, drawn at the top: lost, or still under way.")
    cut = _cut_cycles(by_id, children, roots)
    if cut:
        notes.append(f"Parents in a circle: {count(cut, 'span')} drawn at the top.")
    return children, roots, notes


def _cut_cycles(by_id: dict[str, Span], children: dict[str, list[Span]], roots: list[Span]) -> int:
    """Make a root of the earliest span of every group that no root reaches; returns how many."""
    seen = {span.span_id for span, _ in _walk(roots, children)}
    cut = 0
    for span in _order(by_id.values()):
        if span.span_id in seen:
            continue
        children[str(span.parent_id)].remove(span)
        roots.append(span)
        cut += 1
        seen.update(found.span_id for found, _ in _walk([span], children))
    return cut


def _walk(roots: list[Span], children: Mapping[str, list[Span]]) -> Iterator[tuple[Span, int]]:
    """Spans with their depth, depth first; no recursion: a trace may be thousands of spans deep."""
    stack = [(root, 0) for root in reversed(roots)]
    while stack:
        span, depth = stack.pop()
        yield span, depth
        stack.extend((child, depth + 1) for child in reversed(children.get(span.span_id, ())))


def _self_time(span: Span, children: Iterable[Span]) -> int:
    covered, reached = 0, span.start_us
    for child in children:
        begin, end = max(child.start_us, reached), min(child.end_us, span.end_us)
        if end > begin:
            covered += end - begin
            reached = end
    return span.duration_us - covered


def _latest_first(span: Span) -> tuple[int, int]:
    return -span.end_us, -span.start_us


def _critical_path(roots: list[Span], children: Mapping[str, list[Span]]) -> dict[str, list[Interval]]:
    """Stretches of each span on the critical path of the tree whose root ends last.

    From the end backwards: the child that ended last before `until` is what its parent waited for; in between
    the parent itself worked. What a child does after its parent's end, nobody waited for.
    """
    found: dict[str, list[Interval]] = defaultdict(list)
    if not roots:
        return found
    longest = max(roots, key=lambda span: (span.duration_us, -span.start_us, span.span_id))
    stack = [(longest, longest.end_us)]
    while stack:
        span, until = stack.pop()
        for child in sorted(children.get(span.span_id, ()), key=_latest_first):
            if child.end_us > until or child.start_us < span.start_us or child.duration_us == 0:
                continue
            if until > child.end_us:
                found[span.span_id].append((child.end_us, until))
            stack.append((child, child.end_us))
            until = child.start_us
        if until > span.start_us:
            found[span.span_id].append((span.start_us, until))
    return found


def _skew(spans: tuple[Span, ...]) -> list[str]:
    by_id = {span.span_id: span for span in spans}
    early = [
        (by_id[span.parent_id], span)
        for span in _order(spans)
        if span.parent_id in by_id and span.start_us < by_id[span.parent_id].start_us
    ]
    if not early:
        return []
    parent, worst = max(early, key=lambda pair: pair[0].start_us - pair[1].start_us)
    ahead = parent.start_us - worst.start_us
    place = f"{worst.service} {worst.operation} by {ahead:,} us before {parent.service} {parent.operation}"
    return [
        f"Begun before the parent: {count(len(early), 'span')} ({place}). Clocks differ; drawn as reported.",
    ]
