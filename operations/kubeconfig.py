"""Which kubeconfig file has the context that a person named."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from operations.problem import OperationError

VARIABLE = "MCP_TRACING_KUBECONFIG"
"""Wins over KUBECONFIG, as it does for the Pulumi program."""


def find_kubeconfig(context: str, environ: Mapping[str, str]) -> Path:
    """The first file that defines the context together with its cluster and user.

    One file, because the engine gets one: nothing is copied or merged, so no credential is written anywhere.

    Raises:
        OperationError: no file has the context (the known ones are named), or it is spread over several.
    """
    known: dict[str, Path] = {}
    for path in _candidates(environ):
        document = _load(path)
        contexts = {name: entry.get("context") or {} for name, entry in _named(document, "contexts")}
        known.update({name: path for name in contexts if name not in known})
        if context not in contexts:
            continue
        wanted = contexts[context]
        clusters, users = (dict(_named(document, kind)) for kind in ("clusters", "users"))
        if wanted.get("cluster") in clusters and wanted.get("user") in users:
            return path
        raise OperationError(
            f"context {context} in {path} refers to a cluster or user of another file; make one file of it: "
            f"kubectl config view --raw --flatten --minify --context {context} > FILE, then {VARIABLE}=FILE"
        )
    if not any(path.exists() for path in _candidates(environ)):
        raise OperationError(
            f"{_where(environ)} does not exist: {VARIABLE} or KUBECONFIG names a file with context {context}"
        )
    names = ", ".join(sorted(known)) or "none"
    raise OperationError(f"no context {context} in {_where(environ)}; there are: {names}")


def _candidates(environ: Mapping[str, str]) -> list[Path]:
    listed = environ.get(VARIABLE) or environ.get("KUBECONFIG")
    if listed:
        return [Path(entry).expanduser().resolve() for entry in listed.split(":") if entry]
    home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    return [home / ".kube" / "config"]


def _where(environ: Mapping[str, str]) -> str:
    return ", ".join(str(path) for path in _candidates(environ))


def _load(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as reason:
        raise OperationError(f"kubeconfig {path} cannot be read: {' '.join(str(reason).split())}") from None
    if not isinstance(document, dict):
        raise OperationError(f"kubeconfig {path} is no YAML mapping")
    return document


def _named(document: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for entry in document.get(kind) or ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            yield entry["name"], entry
