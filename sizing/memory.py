"""The memory limit of a Go program, from the data that it has in use at its worst."""

from collections.abc import Sequence
from dataclasses import dataclass

from settings import Problem, SettingsError
from sizing import facts
from sizing.arithmetic import ceil_div, round_up
from sizing.model import Row


@dataclass(frozen=True, kw_only=True)
class Part:
    """Data that a program has in use at its worst."""

    row: Row
    """In MiB."""
    key: str
    """The setting that it grows with, in proportion."""
    setting: int
    """That setting's value."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Limits of one program, in MiB."""

    limit_mib: int
    go_limit_mib: int
    rows: Sequence[Row]


def memory(program: str, parts: Sequence[Part]) -> Memory:
    """The container's limit and Go's own.

    Raises SettingsError with the largest part's key when no node has room for it.
    """
    live = facts.IDLE.value + sum(part.row.value for part in parts)
    limit = round_up(ceil_div(live * 100, facts.LIVE_PERCENT.value), facts.MEMORY_STEP.value)
    if limit > facts.LARGEST_POD_MIB.value:
        raise SettingsError([_too_large(program, parts, limit)])
    go_limit = limit * facts.GO_PERCENT.value // 100
    summands = " + ".join(str(value) for value in (facts.IDLE.value, *(part.row.value for part in parts)))
    rows = (
        Row(
            name=f"{program}.memory_limit",
            value=limit,
            unit="MiB",
            arithmetic=f"({summands}) / {facts.LIVE_PERCENT.value} %, in steps of {facts.MEMORY_STEP}",
            facts=(facts.IDLE, facts.LIVE_PERCENT, facts.MEMORY_STEP),
        ),
        Row(
            name=f"{program}.memory_request, GOMEMLIMIT",
            value=go_limit,
            unit="MiB",
            arithmetic=f"{limit} MiB x {facts.GO_PERCENT.value} %",
            facts=(facts.GO_PERCENT,),
        ),
    )
    return Memory(limit_mib=limit, go_limit_mib=go_limit, rows=(*(part.row for part in parts), *rows))


def _too_large(program: str, parts: Sequence[Part], limit: int) -> Problem:
    largest = max(parts, key=lambda part: part.row.value)
    most = facts.LARGEST_POD_MIB
    others = facts.IDLE.value + sum(part.row.value for part in parts) - largest.row.value
    room = most.value * facts.LIVE_PERCENT.value // 100 - others
    fitting = max(largest.setting * room // largest.row.value, 0)
    return Problem(
        key=largest.key,
        value=largest.setting,
        remedy=f"{program} would need {limit} MiB of memory, of which {largest.row.arithmetic} are in use; "
        f"{most} is the most ({most.source}). {fitting} would fit",
    )
