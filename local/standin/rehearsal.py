"""Outputs of a preview: the server's dry run where it can answer, else unknown."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from local.standin.errors import ApiError, NoSuchKindError
from local.standin.objects import TOLD_BY_CREATION, Object
from local.standin.replacement import is_immutable
from local.standin.values import UNKNOWN


def of_creation(inputs: Object, dry_run: Callable[[], Object] | None) -> Object:
    """Outputs of an object that is still to be made; `dry_run` is `None` when nothing can be asked yet."""
    found = _tried(dry_run) if dry_run else None
    outputs = {**(inputs if found is None else found), "status": UNKNOWN}
    outputs["metadata"] = {**(outputs.get("metadata") or {}), **dict.fromkeys(TOLD_BY_CREATION, UNKNOWN)}
    return _address_unknown(outputs, inputs)


def of_update(inputs: Object, state: Mapping[str, Any], dry_run: Callable[[], Object] | None) -> Object:
    """Outputs of an object that exists (`state`) and is still to be changed."""
    if dry_run is not None and (found := _tried(dry_run)) is not None:
        return found
    metadata = {**(state.get("metadata") or {}), **(inputs.get("metadata") or {})}
    return {**state, **inputs, "metadata": metadata, "status": UNKNOWN}


def _tried(dry_run: Callable[[], Object]) -> Object | None:
    """The dry run's object; `None` where its answer says nothing about the real run.

    That is so when the kind's definition or the namespace are made in the same run, when the object that is
    to be replaced still stands in its place, and when a web hook refuses every dry run.
    """
    try:
        return dry_run()
    except NoSuchKindError:
        return None
    except ApiError as error:
        no_dry_runs = error.code == httpx.codes.BAD_REQUEST and "does not support dry run" in str(error)
        if error.code == httpx.codes.NOT_FOUND or is_immutable(error) or no_dry_runs:
            return None
        raise


def _address_unknown(outputs: Object, inputs: Object) -> Object:
    """A new Service gets its address from the server; a dry run's is given to nobody."""
    spec = outputs.get("spec")
    if outputs.get("kind") != "Service" or not isinstance(spec, dict):
        return outputs
    declared = inputs.get("spec") or {}
    unknown = {key: UNKNOWN for key in ("clusterIP", "clusterIPs") if key not in declared}
    return {**outputs, "spec": {**spec, **unknown}}
