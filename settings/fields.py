"""The fields of Settings as flat keys, with types and rules: what makes one field enough for a new key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_origin

from settings.duration import Duration
from settings.model import Settings
from settings.rules import Rule, SecretText


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of an area, or of Settings itself."""

    key: str
    type: Any
    """What a value becomes, without Annotated and without None; of no meaning for a secret."""
    optional: bool
    """An empty text means None."""
    secret: bool
    rules: tuple[Rule, ...]


def build(values: Mapping[str, Any]) -> Settings:
    """Settings with the value of each key of FIELDS."""
    parts: dict[str, Any] = {}
    for name, hint in _hints(Settings):
        if _is_area(hint):
            parts[name] = hint(**{below: values[f"{name}.{below}"] for below, _ in _hints(hint)})
        else:
            parts[name] = values[name]
    return Settings(**parts)


def _hints(model: Any) -> list[tuple[str, Any]]:
    """Names and annotations as they are written; `get_type_hints` cannot resolve those of `pulumi.Input`."""
    return [(field.name, field.type) for field in fields(model)]


def _is_area(hint: Any) -> bool:
    return is_dataclass(hint) and hint is not Duration


def _all() -> Iterator[Field]:
    for name, hint in _hints(Settings):
        if _is_area(hint):
            yield from (_field(f"{name}.{below}", inner) for below, inner in _hints(hint))
        else:
            yield _field(name, hint)


def _field(key: str, hint: Any) -> Field:
    bare, extras = (hint, ()) if get_origin(hint) is not Annotated else (hint.__origin__, hint.__metadata__)
    alternatives = get_args(bare) if NoneType in get_args(bare) else (bare,)
    return Field(
        key=key,
        type=alternatives[0],
        optional=NoneType in alternatives,
        secret=any(isinstance(extra, SecretText) for extra in extras),
        rules=tuple(extra for extra in extras if isinstance(extra, Rule)),
    )


FIELDS: Final = {field.key: field for field in _all()}
"""Every field of Settings by its key, in the order of declaration."""
