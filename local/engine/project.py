"""A project directory, and the copy of its files that the engine may write to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import yaml

from local.engine.errors import EngineError

_KEPT: Final = ("secretsprovider", "encryptedkey", "encryptionsalt")
"""What the engine itself writes into a stack file, and must find again on the next run."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """A directory with `Pulumi.yaml` and `__main__.py`."""

    folder: Path
    name: str

    @classmethod
    def at(cls, folder: Path) -> Self:
        """The project in `folder`.

        Raises:
            EngineError: it has no `Pulumi.yaml` with a name, or no `__main__.py`.
        """
        folder = folder.resolve()
        file = folder / "Pulumi.yaml"
        name = _text_of(_mapping(file, _read(file)), "name")
        if not name:
            raise EngineError(f"{file}: `name` is missing; a Pulumi project needs one")
        if not (folder / "__main__.py").is_file():
            raise EngineError(f"{folder} has no __main__.py; a Python project of Pulumi needs one")
        return cls(folder=folder, name=name)

    def stage(self, work: Path, stack: str, config: Mapping[str, Any]) -> Path:
        """A directory below `work` with `Pulumi.yaml` and the file of `stack`, for the engine alone.

        The stack file is the project's, with `config` on top and with the salt that the engine saved there
        on an earlier run; a salt or secrets provider in the project's own file wins. Scalars keep their
        spelling, so that the engine reads `yes` or `0755` exactly as it would in the project's file.

        Raises:
            EngineError: a file is no YAML mapping.
        """
        staged = work / self.name
        staged.mkdir(mode=0o700, exist_ok=True)
        (staged / "Pulumi.yaml").write_text(_read(self.folder / "Pulumi.yaml"))
        file = f"Pulumi.{stack}.yaml"
        document = self._stack_document(self.folder / file)
        if not any(_find(document, key) for key in _KEPT):
            saved = self._stack_document(staged / file)
            document.value.extend(pair for pair in saved.value if pair[0].value in _KEPT)
        if config:
            self._override(document, config)
        (staged / file).write_text(yaml.serialize(document))
        return staged

    @staticmethod
    def _stack_document(file: Path) -> yaml.MappingNode:
        """The stack file's mapping; an absent or empty file is an empty one."""
        return _mapping(file, _read(file) if file.exists() else "")

    def _override(self, document: yaml.MappingNode, config: Mapping[str, Any]) -> None:
        """Give the keys of `config` these values; a key without namespace is the project's."""
        overrides = {key if ":" in key else f"{self.name}:{key}": value for key, value in config.items()}
        section = _find(document, "config")
        pairs = section.value if isinstance(section, yaml.MappingNode) else []
        merged = yaml.compose(yaml.safe_dump(overrides))
        if not isinstance(merged, yaml.MappingNode):
            raise EngineError("configuration overrides are no mapping")
        merged.value[:0] = [pair for pair in pairs if pair[0].value not in overrides]
        document.value[:] = [pair for pair in document.value if pair[0].value != "config"]
        document.value.append((yaml.ScalarNode("tag:yaml.org,2002:str", "config"), merged))


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError(f"{file} cannot be read: {error}") from error


def _mapping(file: Path, text: str) -> yaml.MappingNode:
    """The YAML mapping in `text`, as nodes: these keep the spelling of every scalar."""
    try:
        node = yaml.compose(text)
    except yaml.YAMLError as error:
        raise EngineError(f"{file} is not valid YAML: {' '.join(str(error).split())}") from error
    if node is None:
        return yaml.MappingNode("tag:yaml.org,2002:map", [])
    if not isinstance(node, yaml.MappingNode):
        raise EngineError(f"{file} must be a mapping of keys to values")
    return node


def _find(node: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for name, value in node.value if name.value == key), None)


def _text_of(node: yaml.MappingNode, key: str) -> str:
    found = _find(node, key)
    return found.value if isinstance(found, yaml.ScalarNode) else ""
