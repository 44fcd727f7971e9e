"""One stack of a Pulumi project, driven by the real engine."""

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from pulumi.automation import (
    CommandError,
    ConfigValue,
    LocalWorkspace,
    OutputMap,
    Stack,
    StackNotFoundError,
)

from local.engine import messages, plugin
from local.engine.command import Command
from local.engine.errors import ChangesFoundError, EngineError, StoppedError
from local.engine.home import Home
from local.engine.program import Program
from local.engine.project import Project
from local.engine.result import Output, Result
from local.engine.story import Report, Story
from local.paths import Paths


def _silent(_line: str) -> None:
    """Report nothing."""


class Engine:
    """Drives one stack.

    The committed files of the project are never written; the user's `PULUMI_BACKEND_URL` and
    `PULUMI_CONFIG_PASSPHRASE(_FILE)` win over the project's own state and random passphrase.

    Args:
        pulumi: the engine's program, the user's or a built one.
        project: directory with `Pulumi.yaml` and `__main__.py`.
        stack: name of the stack; it is made when first needed.
        environ: environment of the program and of everything it starts.
        report: is given each line that a person should see.
        config: values on top of the stack's file for this engine only; a key without a namespace is the
            project's.
        secrets: the same for values that are to be encrypted.

    Every method raises `EngineError` with one message when the operation fails; an operation that was
    stopped by an interrupt raises `StoppedError`.
    """

    def __init__(
        self,
        *,
        pulumi: Path,
        project: Path,
        stack: str,
        environ: Mapping[str, str] = os.environ,
        report: Report = _silent,
        config: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        self.stack = stack
        self._user = dict(environ)
        self._report = report
        self._config = dict(config or {})
        self._secrets = dict(secrets or {})
        self._paths = Paths.of(environ)
        self._home = Home.below(self._paths.state)
        self._project = Project.at(project)
        self._program = Program(self._project.folder)
        self._environ = self._home.environ(self._user)
        self._command = Command(pulumi, self._environ)

    @cached_property
    def kubernetes_provider(self) -> str:
        """Which Kubernetes provider serves: the real plugin, or the stand-in by name and version."""
        program_path = Path(self._command.command)
        is_users = not program_path.resolve().is_relative_to(self._paths.cache.resolve())
        return plugin.provide(self._home, self._user, program_path if is_users else None)

    def up(self, *, expect_no_changes: bool = False, refresh: bool = False) -> Result:
        """The resources are as the program declares them.

        Raises:
            ChangesFoundError: `expect_no_changes`, and a preview found some; nothing was changed.
        """
        if expect_no_changes:
            self.preview(expect_no_changes=True, refresh=refresh)
        self._report(f"Kubernetes provider: {self.kubernetes_provider}")
        return self._operate(
            "update", lambda stack, hear: stack.up(on_event=hear, refresh=refresh, color="never")
        )

    def preview(self, *, expect_no_changes: bool = False, refresh: bool = False) -> Result:
        """What `up` would do is reported, and nothing is changed.

        Raises:
            ChangesFoundError: `expect_no_changes`, and there are some.
        """
        return self._operate(
            "preview",
            lambda stack, hear: stack.preview(on_event=hear, refresh=refresh, color="never"),
            expect_no_changes=expect_no_changes,
        )

    def refresh(self, *, expect_no_changes: bool = False) -> Result:
        """The state holds what really exists: drift is taken over, what has gone is forgotten.

        Creations that an interrupted update left open are cleared too: what exists of them is taken over
        by the next `up`.

        Raises:
            ChangesFoundError: `expect_no_changes`, and the state has changed.
        """
        return self._operate(
            "refresh",
            lambda stack, hear: stack.refresh(on_event=hear, clear_pending_creates=True, color="never"),
            expect_no_changes=expect_no_changes,
        )

    def destroy(self) -> Result:
        """No resource of the stack exists any more; its history and configuration stay."""
        return self._operate("destroy", lambda stack, hear: stack.destroy(on_event=hear, color="never"))

    def cancel(self) -> None:
        """Nobody holds the stack's lock. An update that still runs elsewhere would lose its protection."""
        story = Story(self._report)
        with self._told("cancel", story):
            self._stack().cancel()

    def outputs(self) -> dict[str, Output]:
        """The stack's outputs as of its last update."""
        story = Story(self._report)
        with self._told("outputs", story):
            return _outputs(self._stack().outputs())

    def _operate(
        self,
        name: str,
        call: Callable[[Stack, Callable[..., None]], Any],
        *,
        expect_no_changes: bool = False,
    ) -> Result:
        _ = self.kubernetes_provider  # in place before the engine looks for it
        story, start = Story(self._report), time.monotonic()
        with self._told(name, story), self._program.surroundings(self._environ):
            answer = self._unlocked(lambda: call(self._stack(), story.hear))
        result = Result(
            changes=story.changes,
            outputs=_outputs(getattr(answer, "outputs", {})),
            seconds=time.monotonic() - start,
        )
        self._report(_summary(name, result))
        if expect_no_changes and result.changed:
            changed = "\n  ".join(story.changed)
            raise ChangesFoundError(f"no change of stack {self.stack} was expected, but:\n  {changed}")
        return result

    def _unlocked(self, call: Callable[[], Any]) -> Any:
        """The call's answer; a lock that a dead process of this machine left is removed first.

        Only in the project's own state: a backend elsewhere may be shared by machines of one name.
        """
        try:
            return call()
        except CommandError:
            holder = messages.lock_holder(self._command.complaint)
            if holder is None or not self._home.is_own_backend(self._environ) or not _is_dead(holder):
                raise
            self._report(f"! the lock of process {holder['pid']}, which has ended, is removed")
            self._stack().cancel()
            return call()

    def _stack(self) -> Stack:
        """The stack, made if it does not exist, with its files staged."""
        folder = self._project.stage(self._home.work, self.stack, self._config)
        workspace = LocalWorkspace(
            work_dir=str(folder),
            program=self._program,
            pulumi_command=self._command,
        )
        try:
            stack = Stack.select(self.stack, workspace)
        except StackNotFoundError:
            stack = Stack.create(self.stack, workspace)
        for key, value in self._secrets.items():
            stack.set_config(key, ConfigValue(value, secret=True))
        return stack

    @contextmanager
    def _told(self, operation: str, story: Story) -> Iterator[None]:
        """The engine's failures leave as `EngineError`."""
        self._command.interrupted = False
        try:
            yield
        except CommandError as error:
            message = messages.failure(operation, self.stack, self._command.complaint, story.errors)
            if self._command.interrupted:
                raise StoppedError(
                    f"{operation} of stack {self.stack} was interrupted; run it again to go on"
                ) from error
            raise EngineError(message) from error


def _outputs(found: OutputMap) -> dict[str, Output]:
    return {name: Output(output.value, bool(output.secret)) for name, output in found.items()}


def _summary(name: str, result: Result) -> str:
    counts = ", ".join(f"{count} {operation}" for operation, count in sorted(result.changes.items()))
    return f"{name} done in {result.seconds:.0f} s: {counts or 'nothing to do'}"


def _is_dead(holder: Any) -> bool:
    """Whether a lock's process ran on this machine and has ended."""
    if holder["host"] != socket.gethostname():
        return False
    try:
        os.kill(int(holder["pid"]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
