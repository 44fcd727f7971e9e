"""Names and namespaces of objects that the program left unnamed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.standin.errors import CheckError
from local.standin.objects import AUTONAMED, Object, annotation
from local.standin.resource import Resource

_SUFFIX_CHARACTERS: Final = 8


@dataclass(frozen=True, kw_only=True)
class Naming:
    """The engine's wish for an automatic name (`pulumi:autonaming` in a project's configuration)."""

    seed: bytes = b""
    """Random, and the same for one resource during one operation."""
    proposed: str = ""
    forbidden: bool = False


def named(resource: Resource, inputs: Object, old: Mapping[str, Any], naming: Naming) -> Object:
    """The inputs with a name: the program's, that of `old` if it was automatic, else a new automatic one.

    Raises:
        CheckError: there is no name, and the project forbids automatic ones.
    """
    metadata = dict(inputs.get("metadata") or {})
    if metadata.get("name") is not None:
        return inputs
    prefix = metadata.pop("generateName", None) or f"{resource.name}-"
    metadata["name"] = _kept(old) or _new(prefix, naming)
    metadata["annotations"] = {**(metadata.get("annotations") or {}), AUTONAMED: "true"}
    return {**inputs, "metadata": metadata}


def is_automatic(inputs: Mapping[str, Any]) -> bool:
    """Whether the name was made here; only then can two objects stand side by side during a replacement."""
    return annotation(inputs, AUTONAMED) == "true"


def _kept(old: Mapping[str, Any]) -> str:
    return str(old["metadata"].get("name") or "") if is_automatic(old) else ""


def _new(prefix: str, naming: Naming) -> str:
    if naming.forbidden:
        raise CheckError("metadata.name", "automatic names are switched off in this project; give a name")
    return naming.proposed or f"{prefix}{hashlib.sha256(naming.seed).hexdigest()[:_SUFFIX_CHARACTERS]}"
