"""What differs between two property values, by path, as the engine writes paths."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

from local.standin.values import UNKNOWN, Secret

_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


class Change(StrEnum):
    """What happened to a property; the values are names of the engine's kinds of difference."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


def changes(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Change]]:
    """Path and kind of every difference, down to single values; secrets are compared by their values.

    A value that is not known yet counts as changed, and `None` as absent.
    """
    old, new = _plain(old), _plain(new)
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _one(old.get(key), new.get(key), join(path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for place in range(max(len(old), len(new))):
            yield from _item(old, new, place, join(path, place))
    elif old != new or new is UNKNOWN:
        yield path, Change.UPDATE


def join(path: str, key: str | int) -> str:
    """The path of a property below `path`: `spec.ports[0]`, `metadata.labels["a.b/c"]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if not _PLAIN_KEY.fullmatch(key):
        escaped = key.replace("\\", "\\\\").replace('"', '\\"')
        return f'{path}["{escaped}"]'
    return f"{path}.{key}" if path else key


def is_under(path: str, roots: tuple[str, ...]) -> bool:
    """Whether the path is one of the roots, or lies below one."""
    return any(path == root or path.startswith((f"{root}.", f"{root}[")) for root in roots)


def top(path: str) -> str:
    """Name of the top-level property that the path lies in."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _one(old: Any, new: Any, path: str) -> Iterator[tuple[str, Change]]:
    if old is None and new is not None:
        yield path, Change.ADD
    elif new is None and old is not None:
        yield path, Change.DELETE
    else:
        yield from changes(old, new, path)


def _item(old: list[Any], new: list[Any], place: int, path: str) -> Iterator[tuple[str, Change]]:
    if place >= len(new):
        yield path, Change.DELETE
    elif place >= len(old):
        yield path, Change.ADD
    else:
        yield from changes(old[place], new[place], path)


def _plain(value: Any) -> Any:
    while isinstance(value, Secret):
        value = value.value
    return value
