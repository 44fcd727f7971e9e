"""The waterfall: golden texts, and what holds for every trace at every width."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from operations.traces.bars import Axis
from operations.traces.model import Span, Trace
from operations.traces.tree import arrange
from operations.traces.waterfall import draw
from operations.traces.words import duration, printable
from tests.unit.operations.made import span, trace
from tests.unit.operations.test_tree import any_spans

GOLDEN = Path(__file__).parent / "golden"


def drawn(found: Trace, *, width: int, terminal: bool = False, spans: int = 200) -> str:
    """What `draw` prints, without colours and without blanks at the ends of lines."""
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    console = Console(
        file=output, width=width, force_terminal=terminal, color_system=None, legacy_windows=False
    )
    draw(console, found, spans=spans)
    output.seek(0)
    return "\n".join(line.rstrip() for line in output.read().splitlines()) + "\n"


def workflow() -> Trace:
    """A workflow with a failed attempt, parallel checks and names that are too long for narrow terminals."""
    return trace(
        span("1", lasts=2_180_000, service="frontend", operation="POST /api/workflows"),
        span(
            "2",
            "1",
            at=20_000,
            lasts=2_120_000,
            service="workflow-orchestrator",
            operation="workflow_execution",
        ),
        span("3", "2", at=30_000, lasts=170_000, service="plan-management", operation="plan_creation"),
        span("4", "2", at=210_000, lasts=1_228_000, operation="model_routing"),
        span(
            "5",
            "4",
            at=222_000,
            lasts=187_000,
            operation="chat large",
            error=True,
            message="429: no capacity left",
        ),
        span("6", "4", at=446_000, lasts=981_000, operation="chat medium"),
        span(
            "7", "2", at=1_460_000, lasts=398_000, service="verification-feedback", operation="verification"
        ),
        span("8", "7", at=1_466_000, lasts=143_000, service="verification-feedback", operation="rule_check"),
        span(
            "9", "7", at=1_468_000, lasts=371_000, service="verification-feedback", operation="semantic_check"
        ),
        span("10", "2", at=1_900_000, lasts=850, service="git-worktree-manager", operation="worktree_commit"),
    )


@pytest.mark.parametrize(
    ("name", "width", "terminal"),
    [
        ("terminal-120", 120, True),
        ("terminal-80", 80, True),
        ("terminal-50", 50, True),
        ("terminal-32", 32, True),
        ("pipe-80", 80, False),
    ],
)
def test_workflow_is_drawn_as_in_the_golden_file(name: str, width: int, terminal: bool) -> None:
    path = GOLDEN / f"waterfall-{name}.txt"
    assert drawn(workflow(), width=width, terminal=terminal) == path.read_text(encoding="utf-8")


def test_error_is_marked_in_its_row_and_spelt_out_below_without_colour() -> None:
    text = drawn(workflow(), width=80)
    assert [line for line in text.splitlines() if line.startswith("! ")] == [
        next(line for line in text.splitlines() if "chat large" in line),
        "! model-router chat large: 429: no capacity left",
    ]


def test_pipe_gets_ascii_without_escapes() -> None:
    odd = trace(span("a", operation="überprüfen \x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}", service="dienst\n2"))
    text = drawn(odd, width=80)
    assert text.isascii()
    assert "?berpr?fen ?[31m?" in text


def test_terminal_gets_no_control_characters_of_a_sender() -> None:
    odd = trace(
        span(
            "a",
            operation="\x1b]0;title\x07 clear\x1b[2J",
            service="two\nlines",
            error=True,
            message="\x1b[1m",
        )
    )
    text = drawn(odd, width=100, terminal=True)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "two\N{REPLACEMENT CHARACTER}lines" in text


def test_thousands_of_spans_are_cut_to_the_telling_ones_with_a_note() -> None:
    short = (span(f"s{i}", "root", at=i, lasts=1, operation=f"short-{i}") for i in range(3000))
    deep = span("deep", "s2999", at=2999, lasts=1, operation="deep-error", error=True)
    text = drawn(trace(span("root", lasts=1_000_000, operation="all"), *short, deep), width=80, spans=20)
    rows = text[text.index("SPAN") : text.index("critical path")].splitlines()[1:-2]
    assert len(rows) == 20
    assert any("deep-error" in row for row in rows)
    assert any("short-2999" in row for row in rows), "an ancestor of what is drawn is drawn"
    assert "note: 2,982 spans of 3,002 not drawn, the shortest ones; --spans 0 draws all." in text


def test_spans_zero_draws_all() -> None:
    many = trace(
        span("root", lasts=500), *(span(f"s{i}", "root", operation=f"short-{i:03}") for i in range(400))
    )
    text = drawn(many, width=80, spans=0)
    assert all(f"short-{i:03}" in text for i in range(400))


@given(any_spans(), st.integers(10, 240), st.booleans())
def test_every_span_has_a_row_and_no_row_is_wider_than_the_terminal(
    spans: tuple[Span, ...], width: int, terminal: bool
) -> None:
    lines = drawn(trace(*spans), width=max(width, 32), terminal=terminal).splitlines()
    heading = next(index for index, line in enumerate(lines) if line.startswith("  SPAN"))
    rows = lines[heading + 1 : lines.index("", heading)]
    assert len(rows) == len(spans)
    assert all(cell_len(line) <= max(width, 32) for line in lines)


@given(any_spans(), st.integers(8, 160), st.booleans())
def test_every_bar_fills_its_column_and_is_never_empty(
    spans: tuple[Span, ...], cells: int, unicode: bool
) -> None:
    found = trace(*spans)
    axis = Axis(start_us=found.start_us, duration_us=found.duration_us, cells=cells, unicode=unicode)
    for node in arrange(found).nodes:
        bar = axis.bar(node)
        assert len(bar) == cells
        assert bar.strip()
    assert len(axis.labels()) == cells


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "0 us"),
        (999, "999 us"),
        (1_000, "1.00 ms"),
        (12_340, "12.3 ms"),
        (999_499, "999 ms"),
        (999_500, "1.00 s"),
        (9_996_000, "10.0 s"),
        (59_940_000, "59.9 s"),
        (59_950_000, "1 min 00 s"),
        (192_000_000, "3 min 12 s"),
        (3_599_600_000, "1 h 00 min"),
        (90_061_000_000, "25 h 01 min"),
    ],
)
def test_duration_is_written_in_the_unit_that_reads_best(microseconds: int, text: str) -> None:
    assert duration(microseconds, unicode=False) == text


@given(st.integers(0, 10**12))
def test_duration_never_rounds_up_to_a_thousand_of_a_unit(microseconds: int) -> None:
    assert not duration(microseconds, unicode=False).startswith(("1000", "60.0 s", "60 min"))


@given(st.text())
def test_printable_text_has_no_character_that_a_terminal_obeys(text: str) -> None:
    assert printable(text).isprintable()
    assert printable(text, unicode=False).isascii()
