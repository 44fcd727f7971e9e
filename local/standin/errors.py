"""Failures of the stand-in. Each text is one sentence for the person who runs the program."""

from collections.abc import Mapping, Sequence
from typing import Any


class ProviderError(Exception):
    """The operation failed and changed nothing."""


class KubeconfigError(ProviderError):
    """The kubeconfig does not lead to a cluster and a user."""


class UnreachableError(ProviderError):
    """No API server answers where the kubeconfig points to."""


class NoSuchKindError(ProviderError):
    """The cluster does not serve this kind of object (not yet, perhaps: its definition may be new)."""


class ApiError(ProviderError):
    """The API server answered no."""

    def __init__(self, code: int, status: Mapping[str, Any]) -> None:
        super().__init__(status.get("message") or f"HTTP {code}")
        self.code = code
        self.reason = str(status.get("reason", ""))


class CheckError(Exception):
    """The inputs are wrong; `field` names the first wrong one."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class NotReadyError(Exception):
    """The object exists but did not become ready; the engine keeps it in the state."""

    def __init__(self, identity: str, outputs: Mapping[str, Any], reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.identity = identity
        self.outputs = outputs
        self.reasons = list(reasons)
