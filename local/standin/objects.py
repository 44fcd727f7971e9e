"""Kubernetes objects as the engine holds them, and as the API server has them."""

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from local.standin.values import Secret, keep_secret, reveal

Object = dict[str, Any]

AUTONAMED: Final = "pulumi.com/autonamed"
TIMEOUT_SECONDS: Final = "pulumi.com/timeoutSeconds"
PATCH_FORCE: Final = "pulumi.com/patchForce"
SKIP_AWAIT: Final = "pulumi.com/skipAwait"
WAIT_FOR: Final = "pulumi.com/waitFor"
DELETION_PROPAGATION: Final = "pulumi.com/deletionPropagationPolicy"
"""Annotations of the real provider; the same ones are obeyed here."""

FIELD_MANAGER: Final = "__fieldManager"
"""Output that remembers under which name the fields were applied (the real provider's key)."""
DEFAULT_MANAGER: Final = "pulumi-kubernetes"

_SERVER_FIELDS: Final = ("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation")
TOLD_BY_CREATION: Final = ("uid", "resourceVersion", "creationTimestamp")
"""Metadata that a preview of a creation cannot know."""
_SDK_PREFIX: Final = "x_kubernetes_"
_API_PREFIX: Final = "x-kubernetes-"


def to_api(value: Any) -> Any:
    """Inputs as the API server wants them: no secrets wrapped, `x_kubernetes_*` keys with dashes.

    The SDK cannot spell these keys of a CustomResourceDefinition's schema otherwise.
    """
    return _renamed(reveal(value), _SDK_PREFIX, lambda key: key.replace("_", "-"))


def from_api(live: Mapping[str, Any]) -> Object:
    """The live object for the state: without the list of who manages which field."""
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    found: Object = _renamed({**live, "metadata": metadata}, _API_PREFIX, lambda key: key.replace("-", "_"))
    return found


def outputs(live: Mapping[str, Any], inputs: Mapping[str, Any], manager: str) -> Object:
    """Outputs of a resource: the live object, secret where the inputs are, and every value of a Secret."""
    found: Object = keep_secret(from_api(live), inputs)
    if live.get("kind") == "Secret" and live.get("apiVersion") == "v1":
        if "stringData" in inputs:
            found["stringData"] = inputs["stringData"]  # the server turns it into data; programs read it
        for key in found.keys() & {"data", "stringData"}:
            found[key] = Secret(reveal(found[key]))
    return {**found, FIELD_MANAGER: manager}


def identity(named: Mapping[str, Any]) -> str:
    """The engine's id of an object: `namespace/name`, or the name alone."""
    metadata = named["metadata"]
    return (
        f"{metadata['namespace']}/{metadata['name']}" if metadata.get("namespace") else str(metadata["name"])
    )


def reference(api_version: str, kind: str, identity_text: str) -> Object:
    """What is needed to look an object up by its id."""
    namespace, _, name = identity_text.rpartition("/")
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def annotation(declared: Mapping[str, Any], name: str) -> str:
    """An annotation's text; empty where it is absent or not known yet."""
    metadata = declared.get("metadata")
    notes = metadata.get("annotations") if isinstance(metadata, dict) else None
    value = reveal(notes.get(name)) if isinstance(notes, dict) else None
    return value if isinstance(value, str) else ""


def without_server_fields(live: Mapping[str, Any]) -> Object:
    """What is declared about an object, by whomever: no status, nothing that the server counts or stamps."""
    metadata = {key: value for key, value in live["metadata"].items() if key not in _SERVER_FIELDS}
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}


def as_declared(live: Mapping[str, Any], inputs: Object) -> Object:
    """`live` cut to the places that `inputs` name: what has become of each declared value."""
    found: Object = keep_secret(_cut(_readable(live, inputs), inputs), inputs)
    return found


def drifted(inputs: Object, applied: Mapping[str, Any], live: Mapping[str, Any]) -> Object:
    """The inputs, where each value that applying them would change is as the live object has it.

    `applied` is the object that applying would give: comparing that with `live`, and not the inputs' own
    text, makes `1024Ki` and `1Mi` the same.
    """
    found: Object = keep_secret(_drifted(inputs, _readable(applied, inputs), _readable(live, inputs)), inputs)
    return found


def _drifted(declared: Any, applied: Any, live: Any) -> Any:
    if applied == live:
        return declared
    plain = declared.value if isinstance(declared, Secret) else declared
    if isinstance(plain, dict) and isinstance(applied, dict) and isinstance(live, dict):
        return {
            key: _drifted(value, applied.get(key), live.get(key))
            for key, value in plain.items()
            if applied.get(key) == live.get(key) or live.get(key) is not None
        }
    lists = isinstance(plain, list) and isinstance(applied, list) and isinstance(live, list)
    if lists and len(plain) == len(applied) == len(live):
        return [_drifted(*parts) for parts in zip(plain, applied, live, strict=True)]
    return _cut(live, plain)


def _readable(live: Mapping[str, Any], inputs: Object) -> Object:
    """The live object in the inputs' terms: a Secret's data as text where the inputs have text."""
    seen = from_api(live)
    if live.get("kind") == "Secret" and "stringData" in inputs:
        data: Mapping[str, str] = live.get("data") or {}
        seen["stringData"] = {key: _decoded(value) for key, value in data.items()}
    return seen


def _decoded(value: str) -> str:
    return base64.b64decode(value).decode(errors="replace")


def _cut(live: Any, declared: Any) -> Any:
    declared = declared.value if isinstance(declared, Secret) else declared
    if isinstance(declared, dict) and isinstance(live, dict):
        return {key: _cut(live[key], value) for key, value in declared.items() if live.get(key) is not None}
    if isinstance(declared, list) and isinstance(live, list):
        beside = [*declared, *[None] * len(live)]
        return [
            _cut(item, beside[place]) if place < len(declared) else item for place, item in enumerate(live)
        ]
    return live


def _renamed(value: Any, prefix: str, rename: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {
            rename(key) if key.startswith(prefix) else key: _renamed(item, prefix, rename)
            for key, item in value.items()
        }
    return [_renamed(item, prefix, rename) for item in value] if isinstance(value, list) else value
