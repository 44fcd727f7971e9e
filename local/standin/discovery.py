"""Objects of an API server by kind: where they live, and the operations on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from local.standin.client import Client
from local.standin.errors import ApiError, NoSuchKindError

Object = dict[str, Any]
_APPLY: Final = "application/apply-patch+yaml"


@dataclass(frozen=True)
class Kind:
    """A kind of object that the server serves."""

    plural: str
    namespaced: bool


class Api:
    """Typed by nothing but `apiVersion` and `kind`: what the server serves can be used."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._kinds: dict[tuple[str, str], Kind] = {}

    def kind(self, api_version: str, kind: str) -> Kind:
        """How the server serves a kind; asked once per group and version, and again while it is unknown.

        Raises:
            NoSuchKindError: it does not.
        """
        if (api_version, kind) not in self._kinds:
            self._discover(api_version)
        try:
            return self._kinds[api_version, kind]
        except KeyError:
            raise NoSuchKindError(f"the cluster does not know {api_version} {kind}") from None

    def apply(self, declared: Object, *, manager: str, force: bool = False, dry_run: bool = False) -> Object:
        """The object as it is after `declared` was applied by the server, unknown fields refused.

        Raises:
            ApiError: 409 when another manager owns a field and `force` is not set, 422 when a value is wrong.
        """
        params = {"fieldManager": manager, "force": str(force).lower(), "fieldValidation": "Strict"}
        if dry_run:
            params["dryRun"] = "All"
        path = self._path(declared, declared["metadata"]["name"])
        return self.client.call("PATCH", path, params=params, body=declared, content_type=_APPLY)

    def get(self, reference: Object) -> Object | None:
        """The live object that `reference` names by kind, namespace and name; `None` if there is none."""
        try:
            return self.client.call("GET", self._path(reference, reference["metadata"]["name"]))
        except ApiError as error:
            if error.code == httpx.codes.NOT_FOUND:
                return None
            raise

    def list(self, api_version: str, kind: str, namespace: str, **selectors: str) -> list[Object]:
        """Objects of a kind in a namespace, selected by `labelSelector` or `fieldSelector`."""
        reference = {"apiVersion": api_version, "kind": kind, "metadata": {"namespace": namespace}}
        items = self.client.call("GET", self._path(reference), params=selectors).get("items")
        return items if isinstance(items, list) else []

    def delete(self, reference: Object, *, propagation: str) -> None:
        """The object is being deleted; one with another uid than the reference's is left alone (409)."""
        body: Object = {"propagationPolicy": propagation}
        if uid := reference["metadata"].get("uid"):
            body["preconditions"] = {"uid": uid}
        self.client.call("DELETE", self._path(reference, reference["metadata"]["name"]), body=body)

    def _discover(self, api_version: str) -> None:
        try:
            found = self.client.call("GET", _root(api_version)).get("resources") or []
        except ApiError as error:
            if error.code != httpx.codes.NOT_FOUND:
                raise
            return
        for served in found:
            if "/" not in served["name"]:  # "pods/log" and the like are parts of objects
                self._kinds[api_version, served["kind"]] = Kind(served["name"], served["namespaced"])

    def _path(self, reference: Mapping[str, Any], name: str | None = None) -> str:
        kind = self.kind(reference["apiVersion"], reference["kind"])
        namespace = reference["metadata"].get("namespace")
        place = f"/namespaces/{namespace}" if kind.namespaced and namespace else ""
        return f"{_root(reference['apiVersion'])}{place}/{kind.plural}" + (f"/{name}" if name else "")


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
