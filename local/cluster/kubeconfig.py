"""Kubeconfig files, with the certificates inside."""

import base64
import json
from pathlib import Path

from local.cluster.layout import write
from local.cluster.spec import ClusterSpec


def write_kubeconfig(path: Path, spec: ClusterSpec, pki: Path, user: str) -> None:
    """`path` (mode 0600) lets `user` reach the cluster; its only context has the cluster's name.

    JSON, which is YAML too: no YAML writer is needed, and the bytes are the same for the same certificates.
    """
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": spec.name,
        "clusters": [
            {
                "name": spec.name,
                "cluster": {"server": spec.server, "certificate-authority-data": _data(pki / "ca.crt")},
            }
        ],
        "users": [
            {
                "name": f"{spec.name}-{user}",
                "user": {
                    "client-certificate-data": _data(pki / f"{user}.crt"),
                    "client-key-data": _data(pki / f"{user}.key"),
                },
            }
        ],
        "contexts": [{"name": spec.name, "context": {"cluster": spec.name, "user": f"{spec.name}-{user}"}}],
    }
    write(path, json.dumps(document, indent=2) + "\n", 0o600)


def _data(path: Path) -> str:
    """A file as kubeconfigs embed it."""
    return base64.b64encode(path.read_bytes()).decode()
