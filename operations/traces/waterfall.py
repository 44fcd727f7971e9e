"""A trace drawn as a waterfall for a terminal, a file or a pipe."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from operations.traces.bars import Axis
from operations.traces.layout import Look, arrange_columns, guides, title
from operations.traces.model import Span, Trace
from operations.traces.tree import Node, Tree, arrange
from operations.traces.words import count, duration, printable

SPANS_DRAWN = 200
"""Rows that a reader can still take in; the most telling spans are kept, the rest is counted."""

_SHARES_TOLD = 4
"""Services whose share of the critical path is told, the largest first."""
_ERRORS_TOLD = 5
"""Errors that are spelt out below the waterfall; all of them are marked in it."""
_COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_green", "bright_magenta")


def draw(console: Console, trace: Trace, *, spans: int = SPANS_DRAWN) -> None:
    """Print the trace as wide as the console; ASCII without colour unless it is a UTF-8 terminal.

    `spans` bounds the rows (0: every span): errors, the critical path and the longest spans are kept, each
    with its ancestors, and a note counts the others.
    """
    tree = arrange(trace)
    nodes, notes = _choose(tree, spans)
    unicode = console.is_terminal and console.encoding.lower().startswith("utf")
    look = arrange_columns(nodes, console.width, unicode=unicode)
    for line in _lines(tree, nodes, (*tree.notes, *notes), look):
        line.rstrip()
        console.print(line, overflow="fold", highlight=False)


def _choose(tree: Tree, limit: int) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    if not limit or len(tree.nodes) <= limit:
        return tree.nodes, ()
    by_id = {node.span.span_id: node.span for node in tree.nodes}
    kept: set[str] = set()
    for node in sorted(tree.nodes, key=_rank):
        line = list(islice(_upwards(node, by_id, kept), limit + 1))
        if len(kept) + len(line) <= limit:
            kept.update(line)
    left_out = len(tree.nodes) - len(kept)
    note = (
        f"{count(left_out, 'span')} of {len(tree.nodes):,} not drawn, the shortest ones; --spans 0 draws all."
    )
    return tuple(node for node in tree.nodes if node.span.span_id in kept), (note,)


def _rank(node: Node) -> tuple[int, bool, bool, int, int]:
    """Roots first, then errors, then the critical path, then the longest."""
    return (
        min(node.depth, 1),
        not node.span.error,
        not node.critical,
        -node.span.duration_us,
        node.span.start_us,
    )


def _upwards(node: Node, by_id: dict[str, Span], kept: set[str]) -> Iterator[str]:
    """Ids of the span and of its ancestors up to the first that is kept already."""
    span = node.span
    for depth in range(node.depth, -1, -1):
        if span.span_id in kept:
            return
        yield span.span_id
        if depth:
            span = by_id[str(span.parent_id)]


def _lines(tree: Tree, nodes: tuple[Node, ...], notes: tuple[str, ...], look: Look) -> Iterator[Text]:
    trace = tree.trace
    colours = {name: _COLOURS[index % len(_COLOURS)] for index, name in enumerate(trace.services)}
    axis = Axis(start_us=trace.start_us, duration_us=trace.duration_us, cells=look.bar, unicode=look.unicode)
    yield from _summary(trace, look)
    yield Text()
    yield _heading(axis, look)
    for node, lead in zip(nodes, guides(nodes, look), strict=True):
        yield _row(node, lead, axis, look, colours[node.span.service])
    yield Text()
    yield from _legend(tree, look, colours)
    for span in trace.errors[:_ERRORS_TOLD]:
        yield _error(span, look)
    if len(trace.errors) > _ERRORS_TOLD:
        yield Text(count(len(trace.errors) - _ERRORS_TOLD, "more error"), style="red")
    for note in notes:
        yield Text(f"note: {printable(note, unicode=look.unicode)}", style="yellow")


def _summary(trace: Trace, look: Look) -> Iterator[Text]:
    first = min(trace.spans, key=lambda span: (span.start_us, -span.duration_us, span.span_id))
    yield Text.assemble(
        (printable(first.service, unicode=look.unicode), "bold"),
        "  ",
        (printable(first.operation, unicode=look.unicode), "bold"),
    )
    started = datetime.fromtimestamp(trace.start_us / 1_000_000, UTC)
    facts = [
        duration(trace.duration_us, unicode=look.unicode),
        count(len(trace.spans), "span"),
        count(len(trace.services), "service"),
        count(len(trace.errors), "error") if trace.errors else "no errors",
        f"{started:%Y-%m-%d %H:%M:%S} UTC",
    ]
    yield Text(look.glyph(" · ", ", ").join(facts))
    yield Text(f"trace {trace.trace_id}", style="dim")


def _heading(axis: Axis, look: Look) -> Text:
    parts = ["  ", "SPAN".ljust(look.name)]
    if look.service:
        parts += ["  ", "SERVICE".ljust(look.service)]
    if look.bar:
        parts += ["  ", axis.labels()]
    parts += ["  ", "TIME".rjust(look.time)]
    if look.self_time:
        parts += ["  ", "SELF".rjust(look.self_time)]
    return Text("".join(parts), style="dim")


def _row(node: Node, lead: str, axis: Axis, look: Look, colour: str) -> Text:
    span = node.span
    line = Text(no_wrap=True)
    line.append(look.glyph("✗ ", "! ") if span.error else "  ", "bold red")
    line.append(lead, "dim")
    line.append(look.fit(title(span, look), look.name - cell_len(lead)), "bold red" if span.error else "")
    if look.service:
        line.append("  ")
        line.append(look.fit(span.service, look.service), colour)
    if look.bar:
        line.append("  ")
        line.append(axis.bar(node), "red" if span.error else colour)
    line.append("  " + duration(span.duration_us, unicode=look.unicode).rjust(look.time))
    if look.self_time:
        line.append("  " + duration(node.self_us, unicode=look.unicode).rjust(look.self_time), "dim")
    return line


def _legend(tree: Tree, look: Look, colours: dict[str, str]) -> Iterator[Text]:
    """Where the time of the critical path went, by service: that is what to make faster."""
    spent: Counter[str] = Counter()
    for node in tree.nodes:
        spent[node.span.service] += sum(end - begin for begin, end in node.critical)
    total = sum(spent.values())
    line = Text(f"{look.glyph('━', '=')} critical path", style="bold")
    line.append(": " if total else "", "not bold")
    shares = [(name, round(100 * time / total)) for name, time in spent.most_common(_SHARES_TOLD) if time]
    for index, (name, percent) in enumerate(shares):
        line.append(look.glyph(" · ", ", ") if index else "", "not bold dim")
        line.append(printable(name, unicode=look.unicode), f"not bold {colours[name]}")
        line.append(f" {percent} %", "not bold")
    yield line


def _error(span: Span, look: Look) -> Text:
    line = Text(look.glyph("✗ ", "! "), style="bold red")
    place = printable(f"{span.service} {span.operation}", unicode=look.unicode)
    line.append(place, "bold red")
    reason = span.status_message or _exception(span) or "no reason recorded"
    line.append(f": {printable(reason, unicode=look.unicode)}", "not bold")
    return line


def _exception(span: Span) -> str:
    for event in reversed(span.events):
        if event.name == "exception":
            parts = (event.attributes.get("exception.type"), event.attributes.get("exception.message"))
            return ": ".join(str(part) for part in parts if part)
    return ""
