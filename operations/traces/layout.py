"""Which columns a waterfall has at a given width, and what fits into them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from operations.traces.model import Span
from operations.traces.tree import Node
from operations.traces.words import duration, printable

_NARROWEST = 32
_SERVICE_FROM = 66
"""Narrower than this, the service stands behind the operation instead of in a column."""
_SELF_FROM = 100
"""From this width on there is room for a column of self times."""
_NAME_LEAST = 10
"""Cells that a name keeps beside the lines that lead to it."""
_BAR_LEAST = 8
"""A shorter bar says nothing: below that, the row is a name and a duration."""
_MARK, _GAP = 2, 2


@dataclass(frozen=True, kw_only=True)
class Look:
    """Columns in cells (0: left out), and whether line-drawing characters may be used."""

    name: int
    service: int
    bar: int
    time: int
    self_time: int
    unicode: bool

    def glyph(self, fine: str, plain: str) -> str:
        """The character for this output."""
        return fine if self.unicode else plain

    def fit(self, text: str, cells: int) -> str:
        """The text in exactly `cells` cells, filled up or cut with a mark."""
        clean = printable(text, unicode=self.unicode)
        if cell_len(clean) <= cells:
            return set_cell_size(clean, cells)
        return set_cell_size(clean, cells - 1) + self.glyph("…", "~")


def title(span: Span, look: Look) -> str:
    """What stands in the column of names."""
    return span.operation if look.service else f"{span.operation} ({span.service})"


def arrange_columns(nodes: Sequence[Node], width: int, *, unicode: bool) -> Look:
    """Columns for these spans: names and services as wide as needed within bounds, the bar has the rest."""
    width = max(width, _NARROWEST)
    longest = max(cell_len(node.span.service) for node in nodes)
    service = min(width // (6 if width < _SELF_FROM else 5), longest) if width >= _SERVICE_FROM else 0
    time = _widest("TIME", (node.span.duration_us for node in nodes))
    self_time = _widest("SELF", (node.self_us for node in nodes)) if width >= _SELF_FROM else 0
    fixed = _MARK + sum(_GAP + cells for cells in (service, time, self_time) if cells) + _GAP
    operation = max(2 * node.depth + cell_len(node.span.operation) for node in nodes)
    name = min(operation, width * 3 // 8) if service else width // 3
    name = max(name, len("SPAN"))
    bar = width - fixed - name
    if bar < _BAR_LEAST:
        name, bar = width - _MARK - _GAP - time, 0
    return Look(name=name, service=service, bar=bar, time=time, self_time=self_time, unicode=unicode)


def _widest(heading: str, durations: Iterable[int]) -> int:
    return max(len(heading), *(len(duration(each)) for each in durations))


def guides(nodes: Sequence[Node], look: Look) -> Iterator[str]:
    """Lines that lead to each span; of a deep one only its depth, so that a name has room."""
    below: set[int] = set()
    leads = []
    for node in reversed(nodes):
        leads.append(_lead(node.depth, below, look))
        if not _is_deep(node.depth, look):
            below = {depth for depth in below if depth < node.depth} | {node.depth}
    return reversed(leads)


def _lead(depth: int, below: set[int], look: Look) -> str:
    """`below` has the depths at which a sibling of the span or of an ancestor follows."""
    if not depth:
        return ""
    if _is_deep(depth, look):
        return look.fit(f"{look.glyph('⋯', '+')}{depth} ", min(look.name - 1, len(str(depth)) + 2))
    above = (look.glyph("│ ", "| ") if level in below else "  " for level in range(1, depth))
    return "".join(above) + (look.glyph("├ ", "|-") if depth in below else look.glyph("└ ", "`-"))


def _is_deep(depth: int, look: Look) -> bool:
    return look.name - 2 * depth < _NAME_LEAST
