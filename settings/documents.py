"""YAML files read the way the engine reads them, with what it lets pass by mistake refused."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any, Final

import yaml

from settings.errors import Problem, SettingsError

_RESOLVED: Final = {
    "tag:yaml.org,2002:null": (r"~|null|Null|NULL|", "~nN\0"),
    "tag:yaml.org,2002:bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "tag:yaml.org,2002:int": (r"[-+]?[0-9]+", "-+0123456789"),
    "tag:yaml.org,2002:float": (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
}
"""YAML 1.2's core schema, as the engine's parser has it. PyYAML's own is 1.1: `yes` would be a boolean and
`1:30` the number 90. Merge keys (`<<`) are in neither."""


class _Loader(yaml.SafeLoader):
    """Plain values only, types of YAML 1.2, no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping of a node; a key that stands twice raises, where YAML parsers keep the last one."""
        lines: dict[object, int] = {}
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if isinstance(key, Hashable) and lines.setdefault(key, line) != line:
                message = f"key {key} stands twice, in line {lines[key]} and here; leave one"
                raise yaml.MarkedYAMLError(problem=message, problem_mark=key_node.start_mark)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {}
for _tag, (_pattern, _first) in _RESOLVED.items():
    _Loader.add_implicit_resolver(
        _tag,
        re.compile(f"^(?:{_pattern})$"),
        ["" if character == "\0" else character for character in _first],
    )


def load_mapping(path: Path) -> dict[str, Any]:
    """The mapping that the file holds; an empty file is an empty mapping.

    Raises SettingsError with the file, the line and the remedy. It never quotes the file's text, because that
    could be a secret.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(path, _reason(error)) from None
    except yaml.MarkedYAMLError as error:
        where = "" if error.problem_mark is None else f"line {error.problem_mark.line + 1}: "
        raise _unreadable(path, f"{where}{error.problem}") from None
    except yaml.YAMLError:
        raise _unreadable(
            path, "has characters that YAML does not allow; write it anew as plain text"
        ) from None
    if document is None:
        return {}
    return mapping(document, path.name)


def mapping(value: object, name: str) -> dict[str, Any]:
    """The value itself when it is a mapping with text keys; raises SettingsError that names it otherwise."""
    if not isinstance(value, dict):
        raise SettingsError([Problem(key=name, remedy=f"must be `KEY: VALUE` lines, is {kind(value)}")])
    if odd := [key for key in value if not isinstance(key, str)]:
        raise SettingsError(
            [Problem(key=name, value=key, remedy="a key must be text; put it in quotes") for key in odd]
        )
    return value


def kind(value: object) -> str:
    """What a value is, in words that a reader of YAML knows."""
    names = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "a mapping",
    }
    return "nothing" if value is None else names.get(type(value), type(value).__name__)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror}"
    return (
        "is nested too deep" if isinstance(error, RecursionError) else "is not UTF-8 text; save it as UTF-8"
    )


def _unreadable(path: Path, reason: str) -> SettingsError:
    return SettingsError([Problem(key=path.name, remedy=reason)])
