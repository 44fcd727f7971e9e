"""Programs by name: found on PATH, else built once."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from local.paths import Paths

from .build import Build
from .catalogue import GROUPS, SOURCES, group_of
from .existing import Existing, find_existing
from .golang import USUAL_FOLDERS, Go, find_go, needed_version, numbers
from .group import Group
from .key import build_key
from .report import Report, Step, duration
from .space import check_space, room_for

_LINKING: Final = 0.05
"""Part of a build's time that is spent even when every package is compiled already."""


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """The programs of one user on one machine."""

    paths: Paths
    environ: Mapping[str, str]
    console: Console
    groups: Sequence[Group] = GROUPS
    sources: Path = SOURCES
    go_folders: Sequence[Path] = USUAL_FOLDERS

    def ensure(self, names: Iterable[str]) -> dict[str, Path]:
        """Each of `names` with the path of a program (or file) that is there now.

        What the user has on PATH and fits is taken, what is missing is built; the console is told.

        Raises:
            ToolchainError: a name is unknown, or a program cannot be had. What was built before stays.
        """
        wanted = {name: group_of(name, self.groups) for name in names}
        existing = {name: find_existing(name, self.environ) for name in wanted}
        found = {name: program.path for name, program in existing.items() if program and program.fits}
        builds = self.builds({group for name, group in wanted.items() if name not in found})
        if missing := [build for build in builds.values() if not build.is_built]:
            report = Report.on(self.console)
            self._tell_unfit(existing, wanted, report)
            self._build(missing, report)
        return {name: found.get(name) or builds[group].output(name) for name, group in wanted.items()}

    def where(self, name: str) -> Path | None:
        """The path that `ensure` would give without building anything; None where it would have to build.

        Raises:
            ToolchainError: the name is unknown, or there is no Go to know the build by.
        """
        group = group_of(name, self.groups)
        existing = find_existing(name, self.environ)
        if existing and existing.fits:
            return existing.path
        build = self.builds([group])[group]
        return build.output(name) if build.is_built else None

    def builds(self, groups: Iterable[Group]) -> dict[Group, Build]:
        """The build of each group, done or not, in the order of the catalogue. Go is asked if there is any.

        Raises:
            ToolchainError: there is no Go new enough for all of them.
        """
        chosen = set(groups)
        ordered = [group for group in self.groups if group in chosen]
        if not ordered:
            return {}
        needed = [needed_version(self.sources / group.folder / "go.mod") for group in ordered]
        go = find_go(self.environ, max(needed, key=numbers), self.go_folders)
        return {group: self._build_of(group, go) for group in ordered}

    def _build_of(self, group: Group, go: Go) -> Build:
        key = build_key(group, self.sources, go)
        return Build(
            group=group,
            go=go,
            sources=self.sources / group.folder,
            place=self.paths.cache / "tools" / key,
            log=self.paths.cache / "logs" / f"{key}.log",
            jobs=_cores(),
        )

    def _build(self, builds: Sequence[Build], report: Report) -> None:
        """All `builds` are built, after a word on how long it will take and a look at the disk."""
        work = {build.group: _work_left(build) for build in builds}
        cores = _cores()
        seconds = {group: cpu / cores for group, cpu in work.items()}
        check_space(room_for(work.values(), builds[0].go, self.paths.cache))
        report.note(
            f"{len(builds)} to build: {', '.join(build.group.title for build in builds)}; "
            f"about {duration(sum(seconds.values()))} on {cores} core{'s' if cores > 1 else ''}, once"
        )
        for number, build in enumerate(builds, start=1):
            step = Step(
                number=number, count=len(builds), title=build.group.title, seconds=seconds[build.group]
            )
            with report.step(step):
                build.run(report)

    @staticmethod
    def _tell_unfit(
        existing: Mapping[str, Existing | None], wanted: Mapping[str, Group], report: Report
    ) -> None:
        for name, program in existing.items():
            if program and not program.fits:
                report.note(
                    f"{program.path} is version {program.version or 'unknown'}, not {program.wanted}: "
                    f"{wanted[name].version} is built instead"
                )


def _work_left(build: Build) -> float:
    """Seconds of CPU time that a build will take, by the table and by what Go has in its cache."""
    survey = build.survey_offline()
    return build.group.cpu_seconds * max(survey.share, _LINKING) if survey else build.group.cpu_seconds


def _cores() -> int:
    """Cores that this process may use, which a container may hold to fewer than the machine has."""
    return len(os.sched_getaffinity(0))
