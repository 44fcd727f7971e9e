"""Calls of the `pulumi` program, which an interrupt ends in good order."""

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from local.engine.errors import EngineError

OnLine = Callable[[str], object]
_VERSION_SECONDS = 60


class Command(PulumiCommand):
    """A `pulumi` at any path, called in an environment of its own.

    The SDK's class wants a certain folder layout and lets Ctrl-C hit the engine and this process alike,
    after which the program's side is gone while the engine still needs it. Here the engine alone gets the
    interrupt: once to finish the steps under way, a second time to end at once.
    """

    def __init__(self, program: Path, environ: Mapping[str, str]) -> None:
        self.command = str(program)
        self.interrupted = False
        self.complaint = ""
        self._environ = dict(environ)
        self.version = self._asked_version()

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnLine | None = None,
        on_error: OnLine | None = None,
    ) -> CommandResult:
        """Result of a call that succeeded; lines go to the callbacks as they come.

        Raises:
            pulumi.automation.CommandError: the call failed.
        """
        process = subprocess.Popen(
            [self.command, "--non-interactive", *args],
            cwd=cwd,
            env={**self._environ, **additional_env, "PULUMI_AUTOMATION_API": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            process_group=0,
        )
        with process, self._interrupts_go_to(process):
            out, err = _Lines(process.stdout, on_output), _Lines(process.stderr, on_error)
            out.join()
            err.join()
            code = process.wait()
        result = CommandResult(stdout=out.text, stderr=err.text, code=code)
        if code != 0:
            self.complaint = result.stderr or f"pulumi ended with {_ending(code)}"
            raise create_command_error(result)
        return result

    def _asked_version(self) -> VersionInfo:
        try:
            told = subprocess.run(
                [self.command, "version"],
                env=self._environ,
                capture_output=True,
                text=True,
                check=True,
                timeout=_VERSION_SECONDS,
            ).stdout.strip()
            return VersionInfo.parse(told.removeprefix("v"))
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            raise EngineError(f"{self.command} does not work as pulumi: {error}") from error

    @contextmanager
    def _interrupts_go_to(self, process: subprocess.Popen[str]) -> Iterator[None]:
        """Interrupts of this process reach `process` instead (only the main thread can arrange that)."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def forward(_number: int, _frame: FrameType | None) -> None:
            self.interrupted = True
            process.send_signal(signal.SIGINT)

        before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _ending(code: int) -> str:
    """How a process ended, from its return code."""
    return f"status {code}" if code > 0 else f"signal {-code} ({signal.Signals(-code).name})"


class _Lines(threading.Thread):
    """Reads one stream to its end."""

    def __init__(self, stream: IO[str] | None, tell: OnLine | None) -> None:
        super().__init__(daemon=True)
        self._stream, self._tell, self._lines = stream, tell, list[str]()
        self.start()

    @property
    def text(self) -> str:
        return "\n".join(self._lines)

    def run(self) -> None:
        for line in self._stream or ():
            self._lines.append(line.rstrip())
            if self._tell:
                self._tell(line.rstrip())
