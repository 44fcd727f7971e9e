"""Run commands several times and keep wall time, CPU time and the machine's facts."""

import os
import platform
import resource
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class CommandError(Exception):
    """A measured command ended with an error: its figures would mean nothing."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Median, least and greatest of one quantity over several runs."""

    what: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The figure to quote."""
        return statistics.median(self.values)

    def row(self) -> str:
        """One line of a Markdown table."""
        extent = f"{min(self.values):.1f} to {max(self.values):.1f}"
        return f"| {self.what} | {self.median:.1f} {self.unit} | {extent} | {len(self.values)} |"


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run of a command took."""

    wall: float
    cpu: float
    """Seconds of user and system time of the command and all children it waited for."""


def once(command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None) -> Run:
    """Run `command` to its end, output appended to `log`.

    Raises:
        CommandError: if it ends with another status than 0; the message names the log.
    """
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with log.open("ab") as out:
        code = subprocess.run(
            command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environ, check=False
        ).returncode
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if code:
        raise CommandError(f"{' '.join(command)} ended with status {code}; its output is in {log}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Run(wall=wall, cpu=cpu)


def figures(
    what: str, command: Sequence[str], log: Path, runs: int, environ: Mapping[str, str] | None = None
) -> list[Figure]:
    """Wall and CPU seconds of `command` over `runs` runs."""
    done = [once(command, log, environ) for _ in range(runs)]
    return [
        Figure(what=what, unit="s", values=tuple(run.wall for run in done)),
        Figure(what=f"{what}, CPU", unit="s", values=tuple(run.cpu for run in done)),
    ]


def machine() -> str:
    """One line of facts about this machine, without its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load {load:.1f} at the start"
    )
