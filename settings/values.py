"""From the values of a stack file or of the engine, which knows text only, to the types of the model."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import pulumi

from settings.documents import kind
from settings.duration import Duration

_LONGEST_NUMBER: Final = 18
"""Digits that fit a signed 64-bit integer, the engine's."""


class Mismatch(Exception):  # noqa: N818 - no error of the program: what a message is made of
    """A value is not of its key's type; the text is the remedy."""


@dataclass(frozen=True, kw_only=True)
class Encrypted:
    """A value that is encrypted where the stack is declared."""

    value: pulumi.Input[str]
    """What the settings carry: an Output that Pulumi knows to be secret, or a placeholder."""
    text: str | None = field(repr=False)
    """The plain text, to be checked and never shown; None where nothing can decrypt it."""


def typed(value: object, wanted: Any) -> Any:
    """The value as `wanted`: bool, int, str, Duration, tuple[str, ...] or a StrEnum.

    Raises Mismatch with the remedy when it cannot be one.
    """
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return _choice(value, wanted)
    return _READERS[wanted](value)


def _choice(value: object, wanted: type[StrEnum]) -> StrEnum:
    try:
        return wanted(_text(value))
    except (ValueError, Mismatch):
        raise Mismatch(f"must be {' or '.join(wanted)}") from None


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Mismatch("must be true or false, without quotes")


def _number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(rf"[-+]?[0-9]{{1,{_LONGEST_NUMBER}}}", value):
        return int(value)
    raise Mismatch("must be a whole number, without a unit")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise Mismatch(f"must be text, is {kind(value)}; put it in quotes")


def _duration(value: object) -> Duration:
    try:
        return Duration.parse(_text(value))
    except (ValueError, Mismatch):
        raise Mismatch("must be a duration in hours, minutes and seconds, say 72h, 5m or 1h30m") from None


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(element, str) for element in value):
        raise Mismatch('must be a list of texts, say ["first", "second"]')
    if twice := sorted({element for element in value if value.count(element) > 1}):
        raise Mismatch(f"has {', '.join(twice)} more than once; leave one")
    # Sorted, so that the order in the file changes nothing in the cluster.
    return tuple(sorted(value))


_READERS: Final[Mapping[Any, Callable[[object], Any]]] = MappingProxyType(
    {
        bool: _boolean,
        int: _number,
        str: _text,
        Duration: _duration,
        tuple[str, ...]: _texts,
    }
)
