"""Calls to one Kubernetes API server."""

import os
import threading
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx

from local.standin.credentials import authentication, tls
from local.standin.errors import ApiError, UnreachableError
from local.standin.kubeconfig import Access, load

_TIMEOUTS: Final = httpx.Timeout(60, connect=5)
_CONNECTIONS: Final = httpx.Limits(max_connections=64)
_FIRST_PATIENCE: Final = 1.0
"""Seconds of refused connections until a server that never answered counts as unreachable."""
_LATER_PATIENCE: Final = 30.0
"""The same for a server that has answered before: it may be restarting."""
_BUSY_PATIENCE: Final = 30.0
"""Seconds of "too many requests" (429) or "not available" (503) that are sat out."""
_PAUSE: Final = 0.3
_MESSAGE_CHARACTERS: Final = 500


class Client:
    """One context of a kubeconfig, with connections that are kept."""

    def __init__(self, access: Access) -> None:
        self.server = access.server
        self.namespace = access.namespace
        self._extensions: dict[str, Any] = {}
        if name := access.cluster.get("tls-server-name"):
            self._extensions["sni_hostname"] = name
        context = tls(access)
        self._http = httpx.Client(
            base_url=access.server,
            verify=context,
            auth=authentication(access, context),
            proxy=access.cluster.get("proxy-url"),
            timeout=_TIMEOUTS,
            limits=_CONNECTIONS,
            trust_env=False,
        )
        self._answered = False
        self._lost: UnreachableError | None = None
        self.stopping = threading.Event()
        """Set when nobody waits for answers any more."""

    @classmethod
    def of(cls, kubeconfig: str | None, context: str | None) -> "Client":
        """The client of a context; nothing is contacted yet.

        Raises:
            KubeconfigError: the kubeconfig does not lead to a server.
        """
        return cls(load(kubeconfig, context, os.environ))

    def close(self) -> None:
        """No connection is open any more."""
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
    ) -> dict[str, Any]:
        """The answer's JSON object.

        Raises:
            ApiError: the server refused.
            UnreachableError: nothing answers, for as long as is worth waiting.
        """
        start, pause = time.monotonic(), _PAUSE
        while True:
            response = self._attempt(method, path, start, params=params, body=body, content_type=content_type)
            busy = response is None or response.status_code in (
                httpx.codes.TOO_MANY_REQUESTS,
                httpx.codes.SERVICE_UNAVAILABLE,
            )
            waited = time.monotonic() - start
            if response is not None and not (busy and waited < _BUSY_PATIENCE and not self.stopping.is_set()):
                return _answer(response)
            self.stopping.wait(pause)
            pause = min(pause * 2, 5.0)

    def _attempt(
        self,
        method: str,
        path: str,
        start: float,
        *,
        params: Mapping[str, str] | None,
        body: Any,
        content_type: str,
    ) -> httpx.Response | None:
        """One request's response; `None` when the connection failed and another try is due."""
        if self._lost:
            raise self._lost
        try:
            response = self._http.request(
                method,
                path,
                params=dict(params or {}),
                json=body,
                headers={"Content-Type": content_type},
                extensions=self._extensions,
            )
        except httpx.TransportError as error:
            self._judge(error, start, repeatable=method in ("GET", "PATCH"))
            return None
        self._answered = True
        return response

    def _judge(self, error: httpx.TransportError, start: float, *, repeatable: bool) -> None:
        """Raise unless another try can help and can do no harm (apply and read are the same twice)."""
        said = str(error) or type(error).__name__
        connecting = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        patience = _LATER_PATIENCE if self._answered else _FIRST_PATIENCE
        hopeless = "certificate" in said.lower() or "name or service not known" in said.lower()
        late = time.monotonic() - start > patience or self.stopping.is_set()
        if hopeless or late or not (connecting or repeatable):
            lost = UnreachableError(f"the cluster at {self.server} is unreachable: {said}")
            if connecting:
                self._lost = lost  # the other resources of this run need not each find it out
            raise lost from error


def _answer(response: httpx.Response) -> dict[str, Any]:
    is_json = "json" in response.headers.get("content-type", "")
    body = response.json() if is_json else {"message": response.text[:_MESSAGE_CHARACTERS].strip()}
    if response.is_error:
        raise ApiError(response.status_code, body)
    return body if isinstance(body, dict) else {}
