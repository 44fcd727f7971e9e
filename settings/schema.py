"""What Pulumi.yaml declares: every key with its type, default and description."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from settings.documents import kind, load_mapping, mapping
from settings.errors import Problem, SettingsError

PROJECT_DIRECTORY: Final = Path(__file__).resolve().parents[1]
"""Where Pulumi.yaml stands beside the program."""

_QUOTED: Final = re.compile(r'\["([^"]+)"\]')
_ATTRIBUTES: Final = {"type", "items", "default", "description", "secret"}


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key that a stack can set."""

    name: str
    default: object
    """None: the key is required."""
    description: str
    secret: bool

    @property
    def required(self) -> bool:
        """Whether every stack has to set it."""
        return self.default is None


@dataclass(frozen=True)
class Schema:
    """All keys, by name, in the order of the file."""

    project: str
    keys: Mapping[str, Key]


def load_schema(project: Path = PROJECT_DIRECTORY) -> Schema:
    """The schema of the project in a directory.

    Raises SettingsError when there is no readable Pulumi.yaml, or a key is declared in an unknown way.
    """
    path = project / "Pulumi.yaml"
    document = load_mapping(path)
    name = document.get("name")
    if not isinstance(name, str):
        raise SettingsError([Problem(key=path.name, value=name, remedy="needs `name: PROJECT`")])
    declared = mapping(document.get("config", {}), f"config of {path.name}")
    keys = (_key(_plain(key), mapping(entry, key)) for key, entry in declared.items())
    return Schema(name, {key.name: key for key in keys})


def _plain(written: str) -> str:
    """The key that the engine understands: in Pulumi.yaml alone it reads names as property paths."""
    quoted = _QUOTED.fullmatch(written)
    return quoted[1] if quoted else written


def _key(name: str, entry: Mapping[str, Any]) -> Key:
    if unknown := sorted(entry.keys() - _ATTRIBUTES):
        raise SettingsError(
            [Problem(key=name, value=unknown, remedy=f"Pulumi.yaml knows {sorted(_ATTRIBUTES)}")]
        )
    description = entry.get("description")
    if not isinstance(description, str):
        raise SettingsError(
            [Problem(key=name, remedy=f"needs a description in Pulumi.yaml, is {kind(description)}")]
        )
    return Key(
        name=name,
        default=entry.get("default"),
        description=description,
        secret=entry.get("secret") is True,
    )
