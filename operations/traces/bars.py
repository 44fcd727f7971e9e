"""One span as a bar on the trace's time axis."""

from collections.abc import Iterable
from dataclasses import dataclass

from operations.traces.tree import Interval, Node
from operations.traces.words import duration

_NOTHING, _RUNNING, _CRITICAL = 0, 1, 2
# A cell has a left and a right half; each is empty, light (running) or heavy (on the critical path).
_UNICODE = {
    (0, 0): " ", (1, 0): "╴", (0, 1): "╶", (2, 0): "╸", (0, 2): "╺",
    (1, 1): "─", (2, 2): "━", (1, 2): "╼", (2, 1): "╾",
}  # fmt: skip
_ASCII = {(0, 0): " ", (1, 1): "-", (2, 2): "="}
_TICKS = ((64, 4), (36, 2), (14, 1))
"""(cells at least, parts): how often the axis is labelled."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """`cells` columns that show the time from `start_us` on for `duration_us` microseconds."""

    start_us: int
    duration_us: int
    cells: int
    unicode: bool

    @property
    def _steps(self) -> int:
        """Distinguishable positions: line-drawing characters exist for half cells, ASCII has none."""
        return self.cells * (2 if self.unicode else 1)

    def bar(self, node: Node) -> str:
        """Exactly `cells` characters; each span shows, however short."""
        marks = [_NOTHING] * self._steps
        first, last = self._range((node.span.start_us, node.span.end_us))
        self._mark(marks, [(node.span.start_us, node.span.end_us)], _RUNNING)
        self._mark(marks, node.critical, _CRITICAL)
        marks[:first] = [_NOTHING] * first
        marks[last:] = [_NOTHING] * (self._steps - last)
        if self.unicode:
            return "".join(_UNICODE[pair] for pair in zip(marks[::2], marks[1::2], strict=True))
        return "".join(_ASCII[mark, mark] for mark in marks)

    def _mark(self, marks: list[int], intervals: Iterable[Interval], kind: int) -> None:
        for interval in intervals:
            first, last = self._range(interval)
            marks[first:last] = [kind] * (last - first)

    def _range(self, interval: Interval) -> tuple[int, int]:
        """First step and the step after the last one; at least one, all within the axis."""
        total = max(1, self.duration_us)
        first = min((interval[0] - self.start_us) * self._steps // total, self._steps - 1)
        last = -((interval[1] - self.start_us) * -self._steps // total)
        return first, min(max(last, first + 1), self._steps)

    def labels(self) -> str:
        """Exactly `cells` characters: elapsed times over their positions; blank if too narrow for any."""
        parts = next((parts for cells, parts in _TICKS if self.cells >= cells), 0)
        line = [" "] * self.cells
        for part in range(parts + 1) if parts else ():
            text = duration(self.duration_us * part // parts, unicode=self.unicode) if part else "0"
            at = min(self.cells * part // parts, self.cells - len(text))
            line[at : at + len(text)] = text
        return "".join(line)
