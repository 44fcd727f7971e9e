"""How the progress of a step is put before a person: lines that stay, or one line that changes."""

from collections.abc import Callable
from typing import Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_LINE_EVERY_SECONDS: Final = 20.0
"""Where lines cannot be replaced (logs of continuous integration), so often a step says that it lives."""


class Display(Protocol):
    """Where a step's progress is shown."""

    def begin(self, label: str, estimate: str) -> None:
        """A step has begun."""

    def update(self, text: str, done: int, total: int) -> None:
        """`done` of `total` packages are compiled; `total` is 0 while it is not known."""

    def end(self, line: str | None) -> None:
        """The step has ended; `line` says how, and is None when it failed: then others say it."""


class Lines:
    """For logs: a line when a step begins and ends, and one every 20 s between."""

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        self._console = console
        self._clock = clock
        self._label = ""
        self._spoken = clock()

    def begin(self, label: str, estimate: str) -> None:
        """A line that says how long it will take."""
        self._label = label
        self._spoken = self._clock()
        self._print(f"{label}: {estimate}")

    def update(self, text: str, done: int, total: int) -> None:
        """A line, unless there was one just now."""
        now = self._clock()
        if now - self._spoken < _LINE_EVERY_SECONDS:
            return
        self._spoken = now
        packages = f"{done} of {total} packages, " if total else ""
        self._print(f"{self._label}: {packages}{text}")

    def end(self, line: str | None) -> None:
        """The line, if there is one."""
        if line:
            self._print(line)

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


class Live:
    """For terminals: one line that changes in place; when the step has ended, one line stays."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = self._line()
        self._task = self._progress.add_task("", text="")

    def begin(self, label: str, estimate: str) -> None:
        """A live line."""
        self._progress = self._line()
        self._task = self._progress.add_task(label, total=None, text=estimate)
        self._progress.start()

    def update(self, text: str, done: int, total: int) -> None:
        """The live line, changed."""
        packages = f"{done}/{total} packages, " if total else ""
        self._progress.update(self._task, completed=done, total=total or None, text=f"{packages}{text}")

    def end(self, line: str | None) -> None:
        """The live line gone, and `line` in its place."""
        self._progress.stop()
        if line:
            self._console.print(line, markup=False, highlight=False)

    def _line(self) -> Progress:
        return Progress(
            SpinnerColumn("line"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[text]}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        )
