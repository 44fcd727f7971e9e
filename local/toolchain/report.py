"""What a person is told about a long build: which, how far, how long still."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Self

from rich.console import Console

from .display import Display, Lines, Live

_MINUTE: Final = 60
_ROUND_MINUTES: Final = 10
"""From here on nobody cares for seconds."""
_TRUSTED_SHARE: Final = 0.05
"""Before so much is compiled, the pace of this machine says nothing yet."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One build among those of a run."""

    number: int
    count: int
    title: str
    seconds: float
    """Estimate of its wall time."""

    @property
    def label(self) -> str:
        """How the step is named in every line about it."""
        return f"[{self.number}/{self.count}] {self.title}"


class Report:
    """Tells `console` about steps, one after the other."""

    def __init__(self, console: Console, display: Display, clock: Callable[[], float]) -> None:
        self._console = console
        self._display = display
        self._clock = clock
        self._step = Step(number=0, count=0, title="", seconds=0.0)
        self._begun = self._compiling_since = clock()
        self._modules = self._done = 0
        self._total: int | None = None

    @classmethod
    def on(cls, console: Console, clock: Callable[[], float] = time.monotonic) -> Self:
        """Live where `console` is a terminal, else in plain lines."""
        return cls(console, Live(console) if console.is_terminal else Lines(console, clock), clock)

    def note(self, text: str) -> None:
        """Say something that stays."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, step: Step) -> Iterator[None]:
        """What is reported inside belongs to `step`. A step that fails ends without a line of its own."""
        self._step = step
        self._begun = self._compiling_since = self._clock()
        self._modules = self._done = 0
        self._total = None
        self._display.begin(step.label, f"about {duration(step.seconds)}")
        outcome = None
        try:
            yield
            outcome = f"{step.label}: built in {duration(self._clock() - self._begun)}"
        finally:
            self._display.end(outcome)

    def downloading(self) -> None:
        """One module more is being downloaded."""
        self._modules += 1
        self.tick()

    def surveyed(self, stale: int) -> None:
        """So many packages are left to compile; from now on the time goes into them."""
        self._compiling_since = self._clock()
        self._done, self._total = 0, stale
        self.tick()

    def compiled(self) -> None:
        """One package more."""
        self._done = min(self._done + 1, self._total or 0)
        self.tick()

    def tick(self) -> None:
        """Time has passed."""
        self._display.update(self._doing(), self._done, self._total or 0)

    def _doing(self) -> str:
        if self._total is None:
            return f"{self._modules} modules downloaded" if self._modules else "reading modules"
        if self._done == self._total:
            return "linking"
        return f"about {duration(self._left(self._done / self._total))} left"

    def _left(self, share: float) -> float:
        """Seconds still to go after `share` of the work: by the table, and bit by bit by the pace seen."""
        by_table = self._step.seconds * (1 - share)
        if share < _TRUSTED_SHARE:
            return by_table
        by_pace = (self._clock() - self._compiling_since) * (1 - share) / share
        return share * by_pace + (1 - share) * by_table


def duration(seconds: float) -> str:
    """Seconds as people say them: "8 s", "2 min 5 s", "12 min"."""
    minutes, rest = divmod(round(seconds), _MINUTE)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest and minutes < _ROUND_MINUTES else f"{minutes} min"
