"""The stand-in's answers to the engine's questions."""

import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx

from local.standin import rehearsal, replacement, waiting
from local.standin.cluster import Cluster
from local.standin.errors import (
    ApiError,
    CheckError,
    NoSuchKindError,
    NotReadyError,
    ProviderError,
)
from local.standin.naming import Naming, named
from local.standin.objects import (
    DEFAULT_MANAGER,
    DELETION_PROPAGATION,
    FIELD_MANAGER,
    PATCH_FORCE,
    Object,
    annotation,
    as_declared,
    drifted,
    from_api,
    identity,
    outputs,
    reference,
    to_api,
    without_server_fields,
)
from local.standin.resource import Difference, Resource
from local.standin.values import has_unknown, reveal

Say = Callable[[str, str], None]
_YOUNG_SECONDS: Final = 20.0
"""How long a kind, namespace or web hook that was made a moment ago may need until it serves."""
_PROPAGATIONS: Final = ("Foreground", "Background", "Orphan")


class Provider:
    """One configured provider; every method may be called by many threads at once.

    Args:
        cluster: where the objects live.
        say: tells the person a line about a resource (URN, text).
    """

    def __init__(self, cluster: Cluster, say: Say) -> None:
        self._cluster = cluster
        self._say = say

    def check(self, resource: Resource, old: Mapping[str, Any], inputs: Object, naming: Naming) -> Object:
        """The inputs, complete with name and namespace.

        Raises:
            CheckError: the stand-in cannot do this resource.
        """
        _refuse_unsupported(resource)
        if not isinstance(inputs.get("metadata") or {}, dict):
            return inputs  # computed as a whole: nothing can be said before the run
        complete = named(resource, inputs, old, naming)
        if complete["metadata"].get("namespace") is None and self._cluster.is_known:
            namespace = self._cluster.default_namespace(resource.api_version, resource.kind)
            if namespace:
                complete = {**complete, "metadata": {**complete["metadata"], "namespace": namespace}}
        return complete

    def diff(self, old_inputs: Mapping[str, Any], state: Mapping[str, Any], inputs: Object) -> Difference:
        """What an update would change; where the API server forbids that update, a replacement."""
        found = replacement.compare(old_inputs, inputs, self._cluster.arguments)
        if not found.changed or found.replaced_by or has_unknown(inputs) or not self._cluster.is_known:
            return found
        try:
            self._apply(inputs, manager=_manager(state), force=True, dry_run=True)
        except ApiError as error:
            if replacement.is_immutable(error):
                return replacement.by_refusal(found, inputs)
        except NoSuchKindError:
            pass  # the update itself will say so
        return found

    def create(self, resource: Resource, inputs: Object) -> tuple[str, Object]:
        """Id and outputs of the object, which exists and is ready.

        Raises:
            NotReadyError: it exists and is not ready.
            ProviderError: it could not be made, or there is one of that name that this resource did not make.
        """
        manager = f"{DEFAULT_MANAGER}-{hashlib.sha256(resource.urn.encode()).hexdigest()[:8]}"
        if resource.preview:
            dry_run = self._dry_run(inputs, manager)
            return "", rehearsal.of_creation(inputs, dry_run)
        self._refuse_foreign(inputs, manager)
        live = self._apply_patiently(inputs, manager)
        return identity(live), self._ready(resource, inputs, live, manager)

    def update(self, resource: Resource, state: Mapping[str, Any], inputs: Object) -> Object:
        """Outputs of the object, which is as declared and ready.

        Raises:
            NotReadyError: it is as declared and not ready.
            ProviderError: nothing was changed.
        """
        manager = _manager(state)
        if resource.preview:
            return rehearsal.of_update(inputs, state, self._dry_run(inputs, manager))
        return self._ready(resource, inputs, self._apply_patiently(inputs, manager), manager)

    def read(
        self, resource: Resource, inputs: Object, state: Mapping[str, Any]
    ) -> tuple[Object, Object] | None:
        """Inputs and outputs of the live object; `None` when there is none (any more)."""
        known = state or inputs
        sought = reference(
            known.get("apiVersion") or resource.api_version, known.get("kind") or resource.kind, resource.id
        )
        try:
            live = self._cluster.api.get(sought)
        except NoSuchKindError:
            return None
        if live is None or live["metadata"].get("deletionTimestamp"):
            return None
        manager = _manager(state)
        if not inputs:  # an import or a `get`: whatever was declared by anybody is input
            return from_api(without_server_fields(live)), outputs(live, {}, manager)
        return self._drifted(live, inputs, manager), outputs(live, inputs, manager)

    def delete(self, resource: Resource, state: Mapping[str, Any]) -> None:
        """The object and what belongs to it are gone; another object under its name is left alone.

        Raises:
            ProviderError: it still exists; the text says what holds it.
        """
        api, plain = self._cluster.api, reveal(dict(state))
        removed = reference(
            plain.get("apiVersion") or resource.api_version, plain.get("kind") or resource.kind, resource.id
        )
        if uid := plain.get("metadata", {}).get("uid"):
            removed["metadata"]["uid"] = uid
        try:
            api.delete(removed, propagation=_propagation(plain))
        except NoSuchKindError:
            return
        except ApiError as error:
            if error.code in (httpx.codes.NOT_FOUND, httpx.codes.CONFLICT):
                return  # gone, or (by the uid) another object that has taken the name
            raise ProviderError(f"deletion of {resource.kind} {resource.id}: {error}") from error
        waiting.until_gone(
            api,
            removed,
            seconds=waiting.limit_seconds(plain, resource.timeout_seconds),
            say=lambda text: self._say(resource.urn, text),
            stopping=self._cluster.stopping,
        )

    def _ready(self, resource: Resource, inputs: Object, live: Object, manager: str) -> Object:
        try:
            ready = waiting.until_ready(
                self._cluster.api,
                live,
                seconds=waiting.limit_seconds(live, resource.timeout_seconds),
                say=lambda text: self._say(resource.urn, text),
                stopping=self._cluster.stopping,
            )
        except waiting.NeverReadyError as error:
            raise NotReadyError(identity(live), outputs(error.live, inputs, manager), error.why) from error
        except ProviderError as error:  # the object exists all the same, and belongs into the state
            raise NotReadyError(identity(live), outputs(live, inputs, manager), [str(error)]) from error
        return outputs(ready, inputs, manager)

    def _dry_run(self, inputs: Object, manager: str) -> Callable[[], Object] | None:
        """What a preview can ask the server; `None` where the inputs or the cluster are not known yet."""
        if has_unknown(inputs) or not self._cluster.is_known:
            return None
        return lambda: outputs(self._apply(inputs, manager=manager, dry_run=True), inputs, manager)

    def _apply(self, inputs: Object, *, manager: str, force: bool = False, dry_run: bool = False) -> Object:
        """The object after one server-side apply; refusals name the object and the remedy."""
        forced = force or annotation(inputs, PATCH_FORCE) == "true"
        forced = forced or self._cluster.arguments.get("enablePatchForce") is True
        try:
            return self._cluster.api.apply(to_api(inputs), manager=manager, force=forced, dry_run=dry_run)
        except ApiError as error:
            text = f"{inputs['kind']} {identity(inputs)}: {error}"
            if error.code == httpx.codes.CONFLICT:
                text += f"; annotate it with {PATCH_FORCE}=true to take these fields over"
            raise ApiError(error.code, {"message": text, "reason": error.reason}) from error

    def _apply_patiently(self, inputs: Object, manager: str) -> Object:
        """The object after an apply, tried again while what it needs is too young to serve."""
        start = time.monotonic()
        while True:
            try:
                return self._apply(inputs, manager=manager)
            except (NoSuchKindError, ApiError) as error:
                late = time.monotonic() - start > _YOUNG_SECONDS or self._cluster.stopping.is_set()
                if late or not _may_be_young(error):
                    raise
            self._cluster.stopping.wait(1)

    def _refuse_foreign(self, inputs: Object, manager: str) -> None:
        """Only what this very resource has applied before (in an interrupted run) is taken over.

        Raises:
            ProviderError: another object of that name exists; a later destroy would delete it.
        """
        try:
            live = self._cluster.api.get(to_api(inputs))
        except NoSuchKindError:
            return
        if live is None or live["metadata"].get("deletionTimestamp"):
            return
        managers = {entry.get("manager") for entry in live["metadata"].get("managedFields") or ()}
        if manager not in managers:
            raise ProviderError(
                f"{live['kind']} {identity(live)} exists already and was not made by this resource; "
                f"delete it, choose another name, or import it (id {identity(live)})"
            )

    def _drifted(self, live: Object, inputs: Object, manager: str) -> Object:
        """The inputs as the live object has them: unchanged when applying them would change nothing.

        Asking the server, instead of comparing texts, makes `1024Ki` and `1Mi` the same.
        """
        try:
            would = self._apply(inputs, manager=manager, force=True, dry_run=True)
        except ApiError:
            return as_declared(live, inputs)  # not allowed to ask, or no longer valid: compare the texts
        return drifted(inputs, without_server_fields(would), live)


def _refuse_unsupported(resource: Resource) -> None:
    group = resource.type.split(":")[1]
    if group.startswith(("yaml", "helm.sh", "kustomize")) or resource.kind.endswith(("Patch", "List")):
        raise CheckError("kind", f"{resource.type} is not supported by the stand-in, only by the real plugin")


def _manager(state: Mapping[str, Any]) -> str:
    return str(state.get(FIELD_MANAGER) or DEFAULT_MANAGER)


def _propagation(state: Mapping[str, Any]) -> str:
    asked = annotation(state, DELETION_PROPAGATION).capitalize()
    return asked if asked in _PROPAGATIONS else "Foreground"


def _may_be_young(error: ProviderError) -> bool:
    """Whether a refusal can pass by itself: a definition, its web hook or a namespace made a moment ago.

    Server-side apply answers errors of the schema with 500 too ("typed patch object"); these stay.
    """
    if not isinstance(error, ApiError):
        return True
    if error.code == httpx.codes.FORBIDDEN:
        return "being terminated" not in str(error)
    return error.code >= httpx.codes.INTERNAL_SERVER_ERROR and "typed patch object" not in str(error)
