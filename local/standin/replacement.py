"""When a change needs a new object instead of an update."""

from collections.abc import Mapping
from typing import Any, Final

import httpx

from local.standin.changes import Change, changes, is_under
from local.standin.errors import ApiError
from local.standin.naming import is_automatic
from local.standin.resource import Difference

_IDENTITY: Final = ("apiVersion", "kind", "metadata.name", "metadata.namespace")
_IMMUTABLE: Final = {
    "ConfigMap": ("data", "binaryData"),
    "Secret": ("data", "stringData", "type"),
    "Deployment": ("spec.selector",),
    "DaemonSet": ("spec.selector",),
    "StatefulSet": (
        "spec.selector",
        "spec.serviceName",
        "spec.podManagementPolicy",
        "spec.volumeClaimTemplates",
    ),
    "Job": ("spec.selector", "spec.template", "spec.completions"),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "StorageClass": ("provisioner", "parameters"),
    "Service": ("spec.clusterIP",),
}
"""Fields whose change needs a new object, as in the real provider (ConfigMaps and Secrets by its choice, so
that what refers to them rolls). Whatever is not here is found by asking the API server (`is_immutable`)."""
_MUTABLE_BY: Final = {"ConfigMap": "enableConfigMapMutable", "Secret": "enableSecretMutable"}
"""Provider arguments that make the contents of a kind updatable in place."""
_IMMUTABLE_WORDS: Final = ("immutable", "Forbidden: updates to", "may not be changed", "may not change")


def compare(
    old_inputs: Mapping[str, Any], inputs: Mapping[str, Any], arguments: Mapping[str, Any]
) -> Difference:
    """What differs, and what of it needs a new object by the table."""
    changed = dict(changes(old_inputs, inputs))
    return replacing(changed, inputs, (*_IDENTITY, *_immutable(str(inputs.get("kind", "")), arguments)))


def by_refusal(difference: Difference, inputs: Mapping[str, Any]) -> Difference:
    """The same difference as a replacement, because the API server forbids the update.

    It does not say which path is at fault in a form that can be relied on: all changes below `spec` are
    named, or all changes where there is none.
    """
    below_spec = {path: change for path, change in difference.changed.items() if is_under(path, ("spec",))}
    return replacing(difference.changed, inputs, tuple(below_spec or difference.changed))


def is_immutable(error: ApiError) -> bool:
    """Whether the API server refused because a field of an existing object cannot change."""
    return error.code == httpx.codes.UNPROCESSABLE_ENTITY and any(
        word in str(error) for word in _IMMUTABLE_WORDS
    )


def replacing(changed: Mapping[str, Change], inputs: Mapping[str, Any], roots: tuple[str, ...]) -> Difference:
    """The difference, where a change below one of `roots` needs a new object."""
    replaced_by = frozenset(path for path in changed if is_under(path, roots))
    moved = any(is_under(path, ("kind", "metadata.name", "metadata.namespace")) for path in changed)
    return Difference(
        changed=changed,
        replaced_by=replaced_by,
        delete_first=bool(replaced_by) and not moved and not is_automatic(inputs),
    )


def _immutable(kind: str, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    return () if arguments.get(_MUTABLE_BY.get(kind, "")) is True else _IMMUTABLE.get(kind, ())
