"""Steps of a long command: shown as they begin and end, and named when they fail."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from operations.problem import NotRunningError, OperationError
from operations.traces.words import duration


class Steps:
    """Numbers the steps, and tells how long each one and all of them took.

    `again` is the command that goes on after a failure: finished steps find their work done.
    """

    def __init__(
        self, console: Console, total: int, again: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console, self._total, self._again, self._clock = console, total, again, clock
        self._number = 0
        self._began = clock()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """The block is one step.

        Raises:
            OperationError: the block raised one; it now names the step and how to go on.
        """
        self._number += 1
        line = Text(f"[{self._number}/{self._total}] ", style="dim")
        self._console.print(line.append(title, "not dim bold"), highlight=False)
        began = self._clock()
        try:
            yield
        except NotRunningError:
            raise  # it says itself how to go on, which is another command
        except OperationError as reason:
            raise type(reason)(f"{title}: {reason}\nTo go on from here: {self._again}") from reason
        self.say(f"done in {self._took(began)}")

    def say(self, text: str) -> None:
        """A line below the step's title."""
        for line in text.splitlines():
            self._console.print(Text(f"      {line}", style="dim"), highlight=False, soft_wrap=True)

    @property
    def elapsed(self) -> str:
        """Time since the first step began, with its unit."""
        return self._took(self._began)

    def _took(self, since: float) -> str:
        return duration(round((self._clock() - since) * 1_000_000), unicode=False)
