"""The order of things: what `up`, `down` and `preview` do, one step after the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rich.console import Console

from local.engine import Result
from operations.connect import Target
from operations.environment.sites import Say, Site
from operations.environment.steps import Steps
from operations.problem import InterruptedOperationError, NotRunningError, OperationError
from operations.traces.model import Trace
from operations.traces.waterfall import draw
from settings import Settings


class Deployment(Protocol):
    """The stack in its place; `operations.environment.platform.Platform` is one."""

    def up(self, target: Target, pulumi: Path, say: Say) -> Result:
        """Deploy."""

    def preview(self, target: Target, pulumi: Path, say: Say, *, expect_no_changes: bool = False) -> Result:
        """Tell what a deployment would change."""

    def destroy(self, target: Target, pulumi: Path, say: Say) -> Result:
        """Remove."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One stack in one place, and what its commands are made of."""

    stack: str
    site: Site
    platform: Deployment
    settings: Callable[[], Settings]
    """The stack's settings, checked; raises OperationError with all problems."""
    demo: Callable[[Target], Trace]
    """Sends the demo trace and reads it back; raises OperationError."""
    console: Console
    hint: str
    """Arguments of `make` that lead to this stack and place: `STACK=dev CONTEXT=kind`, or nothing."""

    def up(self) -> None:
        """The stack runs, and a trace that was sent through the gateway was found in Jaeger and drawn.

        Settings come first: nothing is built or touched for a stack that cannot be deployed.
        """
        steps = Steps(self.console, 5, f"make up {self.hint}".strip())
        with steps.step(f"settings of stack {self.stack}"):
            settings = self.settings()
        with steps.step("programs"):
            programs = self.site.programs(steps.say)
        with steps.step(self.site.title):
            target = self.site.ready(settings, programs, steps.say)
        with steps.step(f"pulumi up of stack {self.stack}"):
            result = self.platform.up(target, programs["pulumi"], steps.say)
        with steps.step("a trace, sent by six services and read back from Jaeger"):
            trace = self.demo(target)
        self.console.print()
        draw(self.console, trace)
        self._farewell(result, trace, steps.elapsed)

    def preview(self, *, expect_no_changes: bool = False) -> None:
        """What `up` would change in the stack has been told. The cluster must be there, programs too."""
        steps = Steps(self.console, 3, f"make preview {self.hint}".strip())
        with steps.step(f"settings of stack {self.stack}"):
            self.settings()
        with steps.step(self.site.title):
            target = self.site.found()
            programs = self.site.tools()
        with steps.step(f"pulumi preview of stack {self.stack}"):
            self.platform.preview(target, programs["pulumi"], steps.say, expect_no_changes=expect_no_changes)

    def down(self) -> None:
        """Stack and embedded cluster are gone, also when one of them was gone before.

        An embedded cluster is removed even if the stack in it cannot be removed in order: it takes the stack
        with it. On a cluster of the user's own that is an error.
        """
        steps = Steps(self.console, 2, f"make down {self.hint}".strip())
        with steps.step(f"pulumi destroy of stack {self.stack}"):
            self._destroy(steps.say)
        with steps.step(self.site.title):
            self.site.remove(steps.say)

    def _destroy(self, say: Say) -> None:
        try:
            target = self.site.found()
        except NotRunningError:
            say("nothing to remove: the embedded cluster does not run")
            return
        except OperationError as reason:
            if not self.site.goes_with_the_stack:
                raise
            say(f"nothing to remove: {reason}")
            return
        try:
            self.platform.destroy(target, self.site.tools()["pulumi"], say)
        except InterruptedOperationError:
            raise
        except OperationError as reason:
            if not self.site.goes_with_the_stack:
                raise
            say(f"not removed in order, it goes with its cluster: {reason}")

    def _farewell(self, result: Result, trace: Trace, elapsed: str) -> None:
        """Where services send to, and what to type next."""
        self._print(f"\nStack {self.stack} is up ({self.site.title}, {elapsed}).")
        endpoints = result.outputs.get("endpoints")
        if endpoints is not None and isinstance(endpoints.value, Mapping):
            self._table("Endpoints in the cluster (each asks for a client certificate):", endpoints.value)
        make = f" {self.hint}" if self.hint else ""
        context = f" --context {self.site.context}" if self.site.context else ""
        self._table(
            "Next:",
            {
                f"make ui{make}": "Jaeger for a browser, without a certificate",
                f"make status{make}": "what runs: workloads, endpoints, certificates",
                f".venv/bin/tracectl{context} trace --errors": "the newest trace with an error",
                f".venv/bin/tracectl{context} trace {trace.trace_id}": "this trace again",
                f"make down{make}": "remove all of it",
            },
        )

    def _table(self, title: str, rows: Mapping[str, str]) -> None:
        self._print(f"\n{title}")
        width = max(len(key) for key in rows)
        for key, value in rows.items():
            self._print(f"  {key:<{width}}  {value}")

    def _print(self, text: str) -> None:
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)
