"""One group built and put in its place, or nothing at all."""

import json
import shutil
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from local.lock import locked

from .errors import ToolchainError
from .golang import Go
from .group import Group, ModuleFile
from .process import Finished, Listener, run_logged
from .report import Report
from .survey import LISTED, Survey

_RECORD: Final = "build.json"
_SHOWN_LINES: Final = 20
_REMEDIES: Final = {
    "no space left on device": "The disk is full: free some space.",
    "dial tcp": "The Go module proxy cannot be reached: check the network, or set GOPROXY to another.",
    "i/o timeout": "The Go module proxy did not answer in time.",
    "SECURITY ERROR": "A module is not the one that was pinned: do not use the proxy that served it.",
    "signal: killed": "The kernel ended the compiler, most likely for lack of memory.",
}
"""What lines of Go's output mean to people."""


@dataclass(frozen=True, kw_only=True)
class Build:
    """A group, the Go that builds it, and the places that belong to the build."""

    group: Group
    go: Go
    sources: Path
    """Folder of the group's go.mod."""
    place: Path
    """Folder of the finished build, named by its key: bin/ and build.json."""
    log: Path
    jobs: int
    """How many packages are compiled at the same time."""

    def output(self, name: str) -> Path:
        """Where the program or file `name` is once the group is built."""
        return self.place / "bin" / name

    @property
    def is_built(self) -> bool:
        """Whether all outputs are in place, of the sizes with which they were placed."""
        try:
            record = json.loads((self.place / _RECORD).read_text(encoding="utf-8"))
            return bool(record["sizes"] == _sizes(self.place, self.group))
        except (OSError, ValueError, KeyError, TypeError):
            return False

    @property
    def size(self) -> int:
        """Bytes of all outputs; of a finished build only."""
        return sum(_sizes(self.place, self.group).values())

    def survey_offline(self) -> Survey | None:
        """What is left to compile; None when modules have yet to be downloaded."""
        with self._open_log() as log:
            asked = ["list", *self.group.arguments, *LISTED, *self.group.packages]
            answer = self._go(asked, log, Listener(), GOPROXY="off")
        return Survey.read(answer.output) if answer.status == 0 else None

    def run(self, report: Report) -> None:
        """The group is built and in place, by this process or by another that was at it already.

        Raises:
            ToolchainError: it cannot be built. Nothing is in place then; Go keeps what it compiled.
        """
        lock = self.place.with_name(f".{self.place.name}.lock")
        with locked(
            lock, lambda pid: report.note(f"process {pid} builds {self.group.title}: waiting for it")
        ):
            if self.is_built:
                return
            staging = self.place.with_name(f".{self.place.name}.part")
            # One may be left of a run that was killed; the lock says that nobody works in it.
            shutil.rmtree(staging, ignore_errors=True)
            try:
                self._build_in(staging, report)
                shutil.rmtree(self.place, ignore_errors=True)
                staging.rename(self.place)
            finally:
                shutil.rmtree(staging, ignore_errors=True)

    def _build_in(self, staging: Path, report: Report) -> None:
        folder = staging / "bin"
        folder.mkdir(parents=True)
        with self._open_log() as log:
            self._fetch(report, log)
            self._compile(folder, report, log)
            for file in self.group.files:
                self._join(file, folder / file.name, log)
        record = {"go": self.go.version, "sizes": _sizes(staging, self.group)}
        (staging / _RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")

    def _fetch(self, report: Report, log: IO[bytes]) -> None:
        """All modules are in Go's module cache, verified against go.sum; the report knows what is to do."""

        def heard(line: str) -> None:
            if line.startswith("go: downloading"):
                report.downloading()

        asked = ["list", *self.group.arguments, *LISTED, *self.group.packages]
        answer = self._go(asked, log, Listener(line=heard, tick=report.tick))
        if answer.status != 0:
            raise self._failure("reading its modules", answer)
        report.surveyed(Survey.read(answer.output).stale)

    def _compile(self, folder: Path, report: Report, log: IO[bytes]) -> None:
        def heard(line: str) -> None:
            # `go build -v` names each package that it compiles; everything else it says has blanks in it.
            if line and " " not in line:
                report.compiled()

        # Into a folder, Go names programs after their packages: right where there are several (Program.name).
        several = len(self.group.programs) > 1
        target = f"{folder}/" if several else str(folder / self.group.programs[0].name)
        asked = ["build", "-v", f"-p={self.jobs}", *self.group.arguments, "-o", target, *self.group.packages]
        answer = self._go(asked, log, Listener(line=heard, tick=report.tick))
        if answer.status != 0:
            raise self._failure("compiling it", answer)

    def _join(self, file: ModuleFile, target: Path, log: IO[bytes]) -> None:
        answer = self._go(["list", "-m", "-f={{.Dir}}", self.group.module], log, Listener())
        parts = sorted(Path(answer.output.strip()).glob(file.pattern)) if answer.status == 0 else []
        if not parts:
            raise self._failure(f"finding {file.pattern} in {self.group.module}", answer)
        documents = (part.read_text(encoding="utf-8").removeprefix("---\n") for part in parts)
        target.write_text("---\n".join(documents), encoding="utf-8")

    def _go(self, arguments: list[str], log: IO[bytes], listener: Listener, **environment: str) -> Finished:
        return run_logged(
            [self.go.program, *arguments],
            folder=self.sources,
            environment={**self.go.environment, **environment},
            log=log,
            listener=listener,
        )

    def _open_log(self) -> IO[bytes]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        return self.log.open("wb")

    def _failure(self, doing: str, answer: Finished) -> ToolchainError:
        with self.log.open(encoding="utf-8", errors="replace") as log:
            last = [line.rstrip() for line in deque(log, _SHOWN_LINES)]
        remedies = [remedy for sign, remedy in _REMEDIES.items() if any(sign in line for line in last)]
        return ToolchainError(
            "\n".join(
                [
                    f"{self.group.title} cannot be built: {doing} failed with exit status {answer.status}.",
                    f"The last lines of {self.log}:",
                    *(f"  {line}" for line in last),
                    *remedies,
                    "The same command resumes: packages that are compiled are kept.",
                ]
            )
        )


def _sizes(build: Path, group: Group) -> dict[str, int]:
    """Bytes of every output; an OSError where one is missing."""
    return {name: (build / "bin" / name).stat().st_size for name in group.outputs}
