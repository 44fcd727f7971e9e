"""From flat keys to Settings, with every problem told at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final

import names
from settings.consistency import contradictions
from settings.errors import Problem, SettingsError
from settings.fields import FIELDS, Field, build
from settings.model import Settings
from settings.schema import Key, Schema
from settings.values import Encrypted, Mismatch, typed

ENVIRONMENT_VARIABLES: Final = {
    "cluster.context": "MCP_TRACING_CONTEXT",
    "cluster.kubeconfig": "MCP_TRACING_KUBECONFIG",
}
"""Keys that belong to a machine; the variable wins over the stack file unless it is empty."""


class Origin(StrEnum):
    """Where a value comes from."""

    DEFAULT = "default"
    STACK = "set"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """The value that counts for a key, as it was declared."""

    value: object
    origin: Origin


def resolve(values: Mapping[str, object], environ: Mapping[str, str], schema: Schema) -> dict[str, Resolved]:
    """What counts for each declared key: the environment before the stack before the default.

    Required keys that nobody sets are left out.
    """
    found = {}
    for key in schema.keys.values():
        variable = environ.get(ENVIRONMENT_VARIABLES.get(key.name, ""), "")
        if variable:
            found[key.name] = Resolved(value=variable, origin=Origin.ENVIRONMENT)
        elif key.name in values:
            found[key.name] = Resolved(value=values[key.name], origin=Origin.STACK)
        elif not key.required:
            found[key.name] = Resolved(value=key.default, origin=Origin.DEFAULT)
    return found


def parse(
    values: Mapping[str, object], environ: Mapping[str, str], schema: Schema, stack: str | None = None
) -> Settings:
    """The settings that flat keys declare, defaults of the schema applied.

    Raises SettingsError with every problem, in the order of the schema; `stack` is only for its text.
    """
    problems = [_unknown(key, schema) for key in values if key not in schema.keys]
    resolved = resolve(values, environ, schema)
    good: dict[str, Any] = {}
    for field in FIELDS.values():
        found = resolved.get(field.key)
        try:
            good[field.key] = _value(field, schema.keys.get(field.key), found)
        except Mismatch as wrong:
            value = None if found is None else found.value
            hidden = field.secret or isinstance(value, Encrypted)
            problems.append(Problem(key=field.key, value=value, remedy=str(wrong), secret=hidden))
    problems.extend(contradictions(good))
    if problems:
        raise SettingsError(problems, stack)
    return build(good)


def _unknown(key: str, schema: Schema) -> Problem:
    """The value is not shown: under a misspelled key it could be a secret."""
    namespace, _, name = key.rpartition(":")
    if namespace == names.PROJECT:
        remedy = "stands twice, with and without its namespace; leave one"
    elif namespace:
        near = get_close_matches(name, schema.keys, n=1)
        meant = f"; did you mean {names.PROJECT}:{near[0]}?" if near else ""
        remedy = f"unknown namespace, this program reads {names.PROJECT}:KEY only{meant}"
    elif inner := [name for name in schema.keys if name.startswith(f"{key}.")]:
        remedy = f"is no key but the beginning of {', '.join(inner)}; write the whole key"
    else:
        near = get_close_matches(key, schema.keys, n=1)
        valid = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(schema.keys)}"
        remedy = f"unknown key; {valid}"
    return Problem(key=key, remedy=remedy)


def _value(field: Field, key: Key | None, found: Resolved | None) -> Any:
    """What the model holds for a key; raises Mismatch with the remedy."""
    if key is None:
        raise Mismatch(
            "Pulumi.yaml does not declare this key; take the Pulumi.yaml of this version of the program"
        )
    if found is None:
        raise Mismatch(f"required and not set; pulumi config set {key.name} VALUE. {key.description}")
    if found.value is None:
        raise Mismatch("has no value; give it one, or remove the line to get the default")
    return _secret(field, found.value) if field.secret else _plain(field, found.value)


def _plain(field: Field, value: object) -> Any:
    if isinstance(value, Encrypted):
        raise Mismatch("is encrypted but no secret, so nobody can review it; write it in plain text")
    result = typed(value, field.type)
    if field.optional and result == "":
        return None
    for rule in field.rules:
        if not all(rule.holds(part) for part in (result if isinstance(result, tuple) else (result,))):
            raise Mismatch(rule.says)
    return result


def _secret(field: Field, value: object) -> Any:
    if value == "":
        return None
    if not isinstance(value, Encrypted):
        raise Mismatch(f"stands in plain text; remove it and say pulumi config set --secret {field.key}")
    for rule in field.rules:
        if value.text is not None and not rule.holds(value.text):
            raise Mismatch(rule.says)
    return value.value
