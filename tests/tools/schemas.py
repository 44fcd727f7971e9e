"""The schema of custom resources, as strict as an API server with fieldValidation=Strict."""

from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # has no types of its own
import yaml


def of_custom_resources(definitions: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Schemas by (apiVersion, kind), from a file of CustomResourceDefinitions."""
    return {
        (f"{spec['group']}/{version['name']}", spec["names"]["kind"]): _strict(
            version["schema"]["openAPIV3Schema"]
        )
        for document in yaml.safe_load_all(definitions.read_text(encoding="utf-8"))
        if document
        for spec in [document["spec"]]
        for version in spec["versions"]
    }


def problems(schema: dict[str, Any], manifest: dict[str, Any]) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema)
    return sorted(f"{error.json_path}: {error.message}" for error in validator.iter_errors(manifest))


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with unknown fields refused, where the definition does not let them pass on purpose."""
    found = {key: value for key, value in schema.items() if key not in {"properties", "items"}}
    if "properties" in schema:
        found["properties"] = {name: _strict(inner) for name, inner in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            found.setdefault("additionalProperties", False)
    if "items" in schema:
        found["items"] = _strict(schema["items"])
    return found
