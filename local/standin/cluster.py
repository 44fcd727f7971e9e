"""The provider's arguments, and the cluster that they lead to."""

import json
from collections.abc import Mapping
from threading import Event
from typing import Any, Final

from local.standin.client import Client
from local.standin.discovery import Api
from local.standin.errors import ApiError, KubeconfigError, NoSuchKindError, ProviderError, UnreachableError
from local.standin.kubeconfig import load
from local.standin.values import UNKNOWN, reveal

_OBEYED: Final = frozenset(
    {
        "cluster",
        "clusterIdentifier",
        "context",
        "enableConfigMapMutable",
        "enablePatchForce",
        "enableSecretMutable",
        "enableServerSideApply",
        "kubeconfig",
        "namespace",
    }
)


class Cluster:
    """What a `kubernetes.Provider` of the program was configured with."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.arguments = {name: _plain(value) for name, value in arguments.items()}
        self.stopping = Event()
        self._api: Api | None = None

    @property
    def api(self) -> Api:
        """The API server.

        Raises:
            ProviderError: the kubeconfig is not known in this preview.
        """
        if self._api is None:
            raise ProviderError("the provider's kubeconfig is not known before the run itself")
        return self._api

    @property
    def is_known(self) -> bool:
        """Whether there is a cluster to ask; in a preview the kubeconfig may be still to come."""
        return self._api is not None

    @property
    def ignored(self) -> list[str]:
        """Arguments that the real provider would obey and the stand-in does not."""
        return sorted(name for name in self.arguments.keys() - _OBEYED if name != "version")

    def default_namespace(self, api_version: str, kind: str) -> str | None:
        """Namespace of objects of a kind that declare none; `None` where the kind has no namespaces."""
        try:
            if not self.api.kind(api_version, kind).namespaced:
                return None
        except (NoSuchKindError, UnreachableError):
            return None
        return str(self.arguments.get("namespace") or self.api.client.namespace or "default")

    def connect(self) -> None:
        """The kubeconfig is read, if it is known; the server is not contacted yet.

        Raises:
            KubeconfigError: it does not lead to a server.
        """
        kubeconfig, context = self.arguments.get("kubeconfig"), self.arguments.get("context")
        if UNKNOWN in (kubeconfig, context):
            return
        client = Client.of(kubeconfig, context)
        client.stopping = self.stopping
        self._api = Api(client)

    def greet(self) -> None:
        """The server answers, if it is known: a run that changes nothing would not find out otherwise.

        Raises:
            UnreachableError: it does not answer.
            KubeconfigError: the credentials cannot be had.
        """
        if self._api is None:
            return
        try:
            self._api.client.call("GET", "/version")
        except ApiError:
            return  # it answers; what we may do there shows with each object


def is_other_cluster(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the provider would move to another cluster, so that everything made with it is to be replaced.

    With a `clusterIdentifier` that alone decides; else the servers that both kubeconfigs lead to, and where
    one of them leads nowhere any more the cluster counts as the same.
    """
    before, after = (reveal(dict(arguments)) for arguments in (old, new))
    if before.get("clusterIdentifier") or after.get("clusterIdentifier"):
        return bool(before.get("clusterIdentifier") != after.get("clusterIdentifier"))
    try:
        servers = {
            load(_text(part, "kubeconfig"), _text(part, "context"), {}).server for part in (before, after)
        }
    except KubeconfigError:
        return False
    return len(servers) > 1


def _text(arguments: Mapping[str, Any], name: str) -> str | None:
    value = arguments.get(name)
    return value if isinstance(value, str) else None


def _plain(value: Any) -> Any:
    """Arguments that are no strings travel as JSON text."""
    value = reveal(value)
    if value in ("true", "false"):
        return json.loads(value)
    return value
