"""Who we are to an API server: client certificates, tokens, and programs that give either (`exec`)."""

import base64
import json
import os
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from local.standin.errors import KubeconfigError
from local.standin.kubeconfig import Access

_EXEC_VERSIONS: Final = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_EXEC_SECONDS: Final = 60
_RENEWED_BEFORE: Final = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Credential:
    """What one call of a credential program gave."""

    token: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    expires: datetime | None = None

    def is_fresh(self) -> bool:
        """Whether it will be good for a while."""
        return self.expires is None or datetime.now(UTC) < self.expires - _RENEWED_BEFORE


def tls(access: Access) -> ssl.SSLContext:
    """Trusts exactly the kubeconfig's authority (the system's where it names none), shows its certificate.

    Raises:
        KubeconfigError: a certificate or key cannot be used.
    """
    try:
        authority = _material(access, access.cluster, "certificate-authority")
        context = ssl.create_default_context(cadata=authority or None)
        if access.cluster.get("insecure-skip-tls-verify"):
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        certificate = _material(access, access.user, "client-certificate")
        key = _material(access, access.user, "client-key")
        if certificate and key:
            show(context, certificate, key)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise KubeconfigError(f"certificates of the kubeconfig for {access.server}: {error}") from error
    return context


def show(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """The context authenticates by this certificate (PEM) on new connections."""
    with tempfile.NamedTemporaryFile("w") as file:  # mode 0600; ssl reads keys from files only
        file.write(f"{certificate}\n{key}\n")
        file.flush()
        context.load_cert_chain(file.name)


def authentication(access: Access, context: ssl.SSLContext) -> httpx.Auth | None:
    """How requests are authenticated beyond a client certificate, if at all."""
    user = access.user
    if user.get("exec"):
        return ExecAuthentication(access, context)
    if user.get("tokenFile"):
        return _Bearer((access.folder / user["tokenFile"]).read_text().strip())
    if user.get("token"):
        return _Bearer(user["token"])
    if user.get("username"):
        return httpx.BasicAuth(user["username"], user.get("password", ""))
    return None


class _Bearer(httpx.Auth):
    """A token that does not change."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._header
        yield request


class ExecAuthentication(httpx.Auth):
    """Asks the kubeconfig's program for a credential, and again when it expires or is refused."""

    def __init__(self, access: Access, context: ssl.SSLContext) -> None:
        self._access, self._context = access, context
        self._lock = threading.Lock()
        self._credential: Credential | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with the credential, and once more with a new one where it was refused."""
        credential = self._fresh(refused=None)
        self._sign(request, credential)
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._sign(request, self._fresh(refused=credential))
            yield request

    def _fresh(self, *, refused: Credential | None) -> Credential:
        with self._lock:
            current = self._credential
            if current is None or current is refused or not current.is_fresh():
                current = ask(self._access)
                if current.certificate:
                    show(self._context, current.certificate, current.key)
                self._credential = current
            return current

    @staticmethod
    def _sign(request: httpx.Request, credential: Credential) -> None:
        if credential.token:
            request.headers["Authorization"] = f"Bearer {credential.token}"


def ask(access: Access) -> Credential:
    """A credential from the program that the user entry's `exec` names.

    Raises:
        KubeconfigError: the program is missing, fails, or gives no credential.
    """
    plugin = access.user["exec"]
    version = plugin.get("apiVersion")
    if version not in _EXEC_VERSIONS:
        raise KubeconfigError(f"exec apiVersion {version!r} is not one of {', '.join(_EXEC_VERSIONS)}")
    command = [_program(access, str(plugin.get("command", ""))), *map(str, plugin.get("args") or ())]
    try:
        answer = subprocess.run(
            command,
            env=_environment(access, plugin),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_EXEC_SECONDS,
        ).stdout
    except FileNotFoundError as error:
        hint = f"; {plugin['installHint']}" if plugin.get("installHint") else ""
        raise KubeconfigError(f"credential program {command[0]!r} is not installed{hint}") from error
    except subprocess.CalledProcessError as error:
        said = " ".join(error.stderr.split()) or f"status {error.returncode}"
        raise KubeconfigError(f"credential program {command[0]!r} failed: {said}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KubeconfigError(f"credential program {command[0]!r} failed: {error}") from error
    return _credential(answer, command[0])


def _program(access: Access, command: str) -> str:
    """A name is looked up on PATH; a relative path is relative to the kubeconfig (as for kubectl)."""
    return str(access.folder / command) if "/" in command else command


def _environment(access: Access, plugin: Mapping[str, Any]) -> dict[str, str]:
    spec: dict[str, Any] = {"interactive": False}
    if plugin.get("provideClusterInfo"):
        spec["cluster"] = {
            "server": access.server,
            "certificate-authority-data": access.cluster.get("certificate-authority-data"),
        }
    info = {"apiVersion": plugin["apiVersion"], "kind": "ExecCredential", "spec": spec}
    own = {entry["name"]: str(entry["value"]) for entry in plugin.get("env") or ()}
    return {**os.environ, "KUBERNETES_EXEC_INFO": json.dumps(info), **own}


def _credential(answer: str, program: str) -> Credential:
    try:
        status = json.loads(answer)["status"]
        expires = status.get("expirationTimestamp")
        found = Credential(
            token=status.get("token", ""),
            certificate=status.get("clientCertificateData", ""),
            key=status.get("clientKeyData", ""),
            expires=datetime.fromisoformat(expires) if expires else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KubeconfigError(f"credential program {program!r} gave no ExecCredential") from error
    if not found.token and not (found.certificate and found.key):
        raise KubeconfigError(f"credential program {program!r} gave neither a token nor a certificate")
    return found


def _material(access: Access, entry: Mapping[str, Any], key: str) -> str:
    """PEM text that an entry holds as data or names as a file; empty where it does neither."""
    if data := entry.get(f"{key}-data"):
        return base64.b64decode(data).decode()
    if file := entry.get(key):
        return (access.folder / Path(file).expanduser()).read_text()
    return ""
