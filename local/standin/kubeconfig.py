"""Reads a kubeconfig: which API server, whom to trust, who we are."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from local.standin.errors import KubeconfigError

_UNSUPPORTED: Final = ("auth-provider", "as", "as-uid", "as-groups", "as-user-extra")


@dataclass(frozen=True, kw_only=True)
class Access:
    """One context of a kubeconfig."""

    server: str
    cluster: Mapping[str, Any]
    user: Mapping[str, Any] = field(repr=False)
    namespace: str | None
    """Default namespace of the context, if it has one."""
    folder: Path
    """What relative file names in `cluster` and `user` are relative to."""


def load(kubeconfig: str | None, context: str | None, environ: Mapping[str, str]) -> Access:
    """The context `context`, or the current one where none is named.

    Args:
        kubeconfig: path, or the content itself as YAML or JSON; by default what `KUBECONFIG` in `environ`
            names (the first file that has the context), else `~/.kube/config`.
        context: name of a context that must exist.
        environ: environment of the process.

    Raises:
        KubeconfigError: it cannot be read, or does not name a server; the text lists the contexts there are.
    """
    if kubeconfig and _is_content(kubeconfig):
        return _access(_parsed(kubeconfig, "the kubeconfig given as text"), context, Path.cwd(), "it")
    files = _files(kubeconfig, environ)
    readable = [file for file in files if file.is_file()]
    if not readable:
        raise KubeconfigError(f"no kubeconfig at {', '.join(map(str, files))}")
    refused: list[str] = []
    for file in readable:
        try:
            return _access(_parsed(_text(file), str(file)), context, file.parent, str(file))
        except KubeconfigError as error:
            refused.append(str(error))
    raise KubeconfigError("; ".join(refused))


def _is_content(kubeconfig: str) -> bool:
    return "\n" in kubeconfig or kubeconfig.lstrip().startswith("{")


def _files(kubeconfig: str | None, environ: Mapping[str, str]) -> list[Path]:
    if kubeconfig:
        return [Path(kubeconfig).expanduser()]
    named = [Path(part).expanduser() for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    return named or [Path.home() / ".kube" / "config"]


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise KubeconfigError(f"kubeconfig {file} cannot be read: {error}") from error


def _parsed(text: str, origin: str) -> Mapping[str, Any]:
    try:
        parsed = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise KubeconfigError(f"{origin} is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(parsed, dict):
        raise KubeconfigError(f"{origin} is no kubeconfig: a mapping is expected")
    return parsed


def _access(document: Mapping[str, Any], context: str | None, folder: Path, origin: str) -> Access:
    contexts = _entries(document, "contexts", "context")
    name = context or document.get("current-context") or ""
    if name not in contexts:
        known = ", ".join(sorted(contexts)) or "none"
        asked = f"no context {name!r}" if name else "no current context"
        raise KubeconfigError(f"{origin} has {asked}; it has: {known}")
    chosen = contexts[name]
    clusters, users = _entries(document, "clusters", "cluster"), _entries(document, "users", "user")
    cluster = clusters.get(chosen.get("cluster", ""))
    if not cluster or not cluster.get("server"):
        raise KubeconfigError(f"context {name!r} of {origin} names no cluster with a server")
    user = users.get(chosen.get("user", ""), {})
    if unsupported := [key for key in _UNSUPPORTED if user.get(key)]:
        raise KubeconfigError(
            f"the user of context {name!r} has {', '.join(unsupported)}; "
            "use a client certificate, a token or exec"
        )
    return Access(
        server=cluster["server"].rstrip("/"),
        cluster=cluster,
        user=user,
        namespace=chosen.get("namespace"),
        folder=folder,
    )


def _entries(document: Mapping[str, Any], section: str, key: str) -> dict[str, dict[str, Any]]:
    """The named entries of a section; of two with one name the first counts, as for kubectl."""
    found: dict[str, dict[str, Any]] = {}
    for entry in document.get(section) or ():
        found.setdefault(entry.get("name", ""), entry.get(key) or {})
    return found
