"""What a person reads while programs are built, on a terminal and in a log."""

from io import StringIO

import pytest
from rich.console import Console

from local.toolchain.display import Lines
from local.toolchain.report import Report, Step, duration

from .workshop import Workshop

STEP = Step(number=2, count=3, title="toy 1.2", seconds=100)


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lines(clock: Clock) -> tuple[Report, StringIO]:
    said = StringIO()
    return Report.on(Console(file=said, force_terminal=False, width=200), clock), said


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min"), (125, "2 min 5 s"), (599.6, "10 min"), (754, "12 min")],
)
def test_durations_read_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_without_a_terminal_lines_say_what_how_many_and_how_long(shop: Workshop) -> None:
    said = StringIO()
    shop.toolchain(said).ensure(["toy-server", "left"])
    plan, toy, toy_built, pair, pair_built = said.getvalue().splitlines()
    assert plan.startswith("2 to build: toy 1.2, pair; about ")
    assert plan.endswith(", once")
    assert toy.startswith("[1/2] toy 1.2: about ")
    assert toy_built.startswith("[1/2] toy 1.2: built in ")
    assert pair.startswith("[2/2] pair: about ")
    assert pair_built.startswith("[2/2] pair: built in ")


def test_without_a_terminal_nothing_moves_the_cursor(shop: Workshop) -> None:
    said = StringIO()
    shop.toolchain(said).ensure(["toy-server"])
    assert "\x1b" not in said.getvalue()
    assert "\r" not in said.getvalue()


def test_a_long_step_says_every_twenty_seconds_how_far_it_is() -> None:
    clock = Clock()
    report, said = lines(clock)
    with report.step(STEP):
        report.surveyed(10)
        for clock.now in (10, 19, 20, 30, 39, 41):
            report.compiled()
    assert said.getvalue().splitlines() == [
        "[2/3] toy 1.2: about 1 min 40 s",
        "[2/3] toy 1.2: 3 of 10 packages, about 1 min 3 s left",
        "[2/3] toy 1.2: 6 of 10 packages, about 32 s left",
        "[2/3] toy 1.2: built in 41 s",
    ]


def test_downloads_and_linking_are_told_too() -> None:
    clock = Clock()
    report, said = lines(clock)
    with report.step(STEP):
        clock.now = 20
        report.tick()
        clock.now = 40
        report.downloading()
        report.surveyed(1)
        clock.now = 60
        report.compiled()
    assert [line.split(": ", 1)[1] for line in said.getvalue().splitlines()[1:-1]] == [
        "reading modules",
        "1 modules downloaded",
        "1 of 1 packages, linking",
    ]


def test_a_slow_machine_makes_the_estimate_longer_than_the_table_says() -> None:
    clock = Clock()
    report, said = lines(clock)
    with report.step(STEP):
        report.surveyed(10)
        clock.now = 1000
        for _package in range(5):
            report.compiled()
        clock.now = 1020
        report.tick()
    last = said.getvalue().splitlines()[-2]
    assert last == "[2/3] toy 1.2: 5 of 10 packages, about 8 min 55 s left"


def test_more_packages_than_expected_never_make_more_than_all() -> None:
    clock = Clock()
    report, said = lines(clock)
    with report.step(STEP):
        report.surveyed(1)
        report.compiled()
        clock.now = 20
        report.compiled()
    assert "1 of 1 packages, linking" in said.getvalue()


def test_a_step_that_fails_does_not_say_that_it_is_built() -> None:
    report, said = lines(Clock())
    with pytest.raises(ValueError, match="wrong"), report.step(STEP):
        raise ValueError("wrong")
    assert said.getvalue().splitlines() == ["[2/3] toy 1.2: about 1 min 40 s"]


def test_on_a_terminal_a_live_line_gives_way_to_one_that_stays() -> None:
    said = StringIO()
    clock = Clock()
    report = Report.on(Console(file=said, force_terminal=True, width=120), clock)
    with report.step(STEP):
        report.surveyed(4)
        report.compiled()
    shown = said.getvalue()
    assert "[2/3] toy 1.2" in shown
    assert "1/4 packages" in shown
    assert shown.endswith("built in 0 s\n")


def test_names_with_brackets_are_shown_and_not_read_as_markup() -> None:
    said = StringIO()
    Lines(Console(file=said, width=80), Clock()).end("[red]toy[/red] built")
    assert said.getvalue() == "[red]toy[/red] built\n"
