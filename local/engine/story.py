"""Tells the engine's events as short lines, and remembers what matters for the result."""

import re
import time
from collections.abc import Callable
from typing import Final

from pulumi.automation import EngineEvent, OpType
from pulumi.automation.events import DiagnosticEvent, StepEventMetadata

Report = Callable[[str], None]

_STACK: Final = "pulumi:pulumi:Stack"
_COLOUR: Final = re.compile(r"<\{%.*?%\}>")
_PENDING: Final = re.compile(r"\* (urn:\S+), interrupted while (\w+)")
_FIELDS_SHOWN: Final = 4
_SECONDS_WORTH_SAYING: Final = 1.0

_MARKS: Final = {
    OpType.CREATE: ("+", "create"),
    OpType.UPDATE: ("~", "update"),
    OpType.DELETE: ("-", "delete"),
    OpType.REPLACE: ("±", "replace"),
    OpType.CREATE_REPLACEMENT: ("±", "create the replacement of"),
    OpType.DELETE_REPLACED: ("-", "delete the replaced"),
    OpType.DISCARD: ("-", "forget"),
    OpType.IMPORT: ("=", "import"),
    OpType.READ: ("<", "read"),
}
"""What is told, and how; what is not in here (same, refresh) is only counted."""


class Story:
    """Listens to one operation."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._started: dict[str, float] = {}
        self._told: dict[str, str] = {}
        self.changes: dict[str, int] = {}
        self.changed: list[str] = []
        """The lines of what changed or would change."""
        self.errors: list[str] = []
        """Errors of resources and program, each once."""

    def hear(self, event: EngineEvent) -> None:
        """Tell one event, if it is worth a line."""
        if event.diagnostic_event:
            self._diagnose(event.diagnostic_event)
        elif event.resource_pre_event:
            self._begin(event.resource_pre_event.metadata, planning=bool(event.resource_pre_event.planning))
        elif event.res_outputs_event:
            self._end(event.res_outputs_event.metadata, planning=bool(event.res_outputs_event.planning))
        elif event.summary_event:
            self.changes = {
                OpType(operation).value: count
                for operation, count in event.summary_event.resource_changes.items()
            }

    def _begin(self, step: StepEventMetadata, *, planning: bool) -> None:
        self._started[step.urn] = time.monotonic()
        if planning and _is_told(step) and step.op not in (OpType.CREATE_REPLACEMENT, OpType.DELETE_REPLACED):
            self._tell_change(step, "")

    def _end(self, step: StepEventMetadata, *, planning: bool) -> None:
        if not planning and _is_told(step) and step.op is not OpType.REPLACE:
            took = time.monotonic() - self._started.get(step.urn, time.monotonic())
            self._tell_change(step, f" ({took:.0f} s)" if took >= _SECONDS_WORTH_SAYING else "")

    def _tell_change(self, step: StepEventMetadata, remark: str) -> None:
        mark, word = _MARKS[OpType(step.op)]
        line = f"{mark} {word} {resource(step.urn)}{_fields(step)}{remark}"
        self.changed.append(line)
        self._report(line)

    def _diagnose(self, said: DiagnosticEvent) -> None:
        text = _COLOUR.sub("", said.message).strip()
        about = resource(said.urn) if said.urn and f"::{_STACK}::" not in said.urn else ""
        if said.severity == "error":
            line = f"{about}: {text}" if about else text
            if line not in self.errors:
                self.errors.append(line)
        elif text and said.severity != "debug" and self._told.get(about) != text:
            self._told[about] = text
            if pending := _PENDING.findall(text):
                left = ", ".join(f"{how} {resource(urn)}" for urn, how in pending)
                text = f"an earlier run was interrupted while {left}; refresh finds out what became of it"
            mark = "!" if said.severity == "warning" else " "
            self._report(f"{mark} {about}: {text}" if about else f"{mark} {text}")


def resource(urn: str) -> str:
    """Kind and name of a resource, as short as people say it: `Deployment jaeger`, `provider kubernetes`."""
    parts = urn.split("::", 3)
    if len(parts) < len(("urn:pulumi:stack", "project", "type", "name")):
        return urn
    kind, name = parts[2].rpartition("$")[2], parts[3]
    if kind.startswith("pulumi:providers:"):
        return f"provider {kind.rpartition(':')[2]} {name}"
    return f"{kind.rpartition(':')[2]} {name}"


def _is_told(step: StepEventMetadata) -> bool:
    return step.type != _STACK and OpType(step.op) in _MARKS


def _fields(step: StepEventMetadata) -> str:
    """The changed fields of an update or replacement, in brackets."""
    if OpType(step.op) not in (OpType.UPDATE, OpType.REPLACE, OpType.CREATE_REPLACEMENT):
        return ""
    names = sorted(step.detailed_diff or step.diffs or ())
    if not names:
        return ""
    more = len(names) - _FIELDS_SHOWN
    return f" [{', '.join(names[:_FIELDS_SHOWN])}{f' and {more} more' if more > 0 else ''}]"
