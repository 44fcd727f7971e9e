"""Where the flat keys come from: the engine that runs the program, or the files of a project."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi

import names
from settings.documents import load_mapping, mapping
from settings.errors import Problem, SettingsError
from settings.fields import FIELDS
from settings.model import Settings
from settings.parse import parse
from settings.schema import PROJECT_DIRECTORY, Schema, load_schema
from settings.values import Encrypted

SECRET_PLACEHOLDER: Final = "[secret]"  # noqa: S105 - stands in the place of a secret, is none
"""What a tool without engine has for a value that it cannot decrypt."""

_STACK_FILE_KEYS: Final = {"config", "secretsprovider", "encryptedkey", "encryptionsalt"}
"""What the engine keeps in a stack file; `environment` is missing because it needs the vendor's service."""
_ENGINE_NAMESPACE: Final = "pulumi"
"""Keys of the engine itself, such as pulumi:disable-default-providers; they are not ours to check."""


def from_pulumi() -> Settings:
    """The settings of the stack whose program the engine runs; secrets are Outputs that are marked secret.

    Raises SettingsError.
    """
    config = {**pulumi.runtime.get_config_env(), **pulumi.runtime.config.CONFIG.get()}
    secret = set(pulumi.runtime.get_config_secret_keys_env())
    values = {
        key: Encrypted(value=pulumi.Output.secret(value), text=value)
        if key in secret or pulumi.runtime.is_config_secret(key)
        else value
        for key, value in config.items()
    }
    stack = pulumi.get_stack()
    own = {key: _decoded(key, value) for key, value in _own(values).items()}
    return parse(own, os.environ, load_schema(), stack)


def from_files(project: Path, stack: str, environ: Mapping[str, str]) -> Settings:
    """The settings that a project's files declare for a stack; secrets are SECRET_PLACEHOLDER.

    Raises SettingsError.
    """
    declaration = declared(project, stack)
    return parse(declaration.values, environ, declaration.schema, stack)


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What the files of a project say about one stack, not yet checked."""

    schema: Schema
    values: Mapping[str, object]
    """By key, only what the stack file sets."""


def declared(project: Path, stack: str) -> Declaration:
    """What Pulumi.yaml and Pulumi.STACK.yaml say; raises SettingsError when one of them cannot be read."""
    schema = load_schema(project)
    path = _stack_file(project, stack)
    document = load_mapping(path)
    if foreign := sorted(document.keys() - _STACK_FILE_KEYS):
        raise SettingsError([_misplaced(key, schema) for key in foreign], stack)
    config = mapping(document.get("config") or {}, f"config of {path.name}")
    return Declaration(schema=schema, values=_own({key: _sealed(value) for key, value in config.items()}))


def stacks(project: Path = PROJECT_DIRECTORY) -> list[str]:
    """Names of the stacks that have a file, sorted."""
    return sorted(
        path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in project.glob("Pulumi.*.yaml")
    )


def _decoded(key: str, value: object) -> object:
    """The engine hands every value over as text: numbers as they are written, lists as JSON."""
    field = FIELDS.get(key)
    if field is None or field.type != tuple[str, ...] or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _stack_file(project: Path, stack: str) -> Path:
    found = stacks(project)
    if stack in found:
        return project / f"Pulumi.{stack}.yaml"
    known = ", ".join(found) or "none"
    raise SettingsError(
        [Problem(key="--stack", value=stack, remedy=f"there is no such stack file; there are: {known}")]
    )


def _misplaced(key: str, schema: Schema) -> Problem:
    own = key.removeprefix(f"{names.PROJECT}:")
    if own in schema.keys:
        return Problem(key=key, remedy=f"belongs below `config:`, as {names.PROJECT}:{own}")
    return Problem(
        key=key, remedy=f"unknown in a stack file; there are {', '.join(sorted(_STACK_FILE_KEYS))}"
    )


def _sealed(value: object) -> object:
    """The engine writes an encrypted value as `secure: CIPHERTEXT`."""
    if isinstance(value, dict) and value.keys() == {"secure"}:
        return Encrypted(value=SECRET_PLACEHOLDER, text=None)
    return value


def _own(config: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of this project without their namespace, the engine's left out.

    Keys of another namespace, and one that stands with and without namespace, stay as they are written:
    `parse` refuses them together with everything else.
    """
    values: dict[str, Any] = {}
    for written, value in config.items():
        namespace, _, key = written.rpartition(":")
        if namespace != _ENGINE_NAMESPACE:
            ours = namespace in ("", names.PROJECT) and key not in values
            values[key if ours else f"{namespace or names.PROJECT}:{key}"] = value
    return values
