"""Questions to the cluster's API server, as its administrator."""

import ssl
from typing import Any, Self

import httpx

from local.cluster.layout import Layout
from local.cluster.spec import ClusterSpec

_TIMEOUT_SECONDS = 5.0


class Api:
    """A client that trusts the cluster's own authority only and ignores the environment's proxies."""

    def __init__(self, spec: ClusterSpec, layout: Layout) -> None:
        context = ssl.create_default_context(cafile=layout.pki / "ca.crt")
        context.load_cert_chain(layout.pki / "admin.crt", layout.pki / "admin.key")
        self._client = httpx.Client(
            base_url=spec.server, verify=context, trust_env=False, timeout=_TIMEOUT_SECONDS
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str) -> dict[str, Any]:
        """The object or list at `path`.

        Raises:
            httpx.HTTPError: no answer, or an answer that is no success.
        """
        answer = self._client.get(path)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def ready(self) -> bool:
        """Whether the API server says of itself that it is ready."""
        try:
            return self._client.get("/readyz").is_success
        except httpx.HTTPError:
            return False
