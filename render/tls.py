"""The `tls:` blocks of collector and Jaeger configurations (both read the collector's configtls).

TLS 1.3 only. Certificates and keys are read every minute, so that a renewal needs no restart: cert-manager
renews at least five minutes before the end (trust.leaf_renew_before), and the kubelet brings a changed
Secret into the Pod within about two minutes (its sync period, and the time that its cache lives).
"""

from typing import Any, Final

from render.places import tls_directory

_RELOAD: Final = "1m"
_VERSION: Final = "1.3"


def server(mount: str) -> dict[str, Any]:
    """A server that refuses whoever shows no certificate of the hop's own authority."""
    return {
        **unauthenticated_server(mount),
        "client_ca_file": f"{tls_directory(mount)}/ca.crt",
        "client_ca_file_reload": True,
    }


def unauthenticated_server(mount: str) -> dict[str, Any]:
    """A server that asks for no client certificate, for the health port: the kubelet has none to show."""
    return _own_certificate(mount)


def client(mount: str) -> dict[str, Any]:
    """A client that shows its certificate and trusts the hop's own authority only.

    The program loads `ca_file` once, at its start. A renewed authority keeps its key (render.trust): the
    certificate loaded before verifies until its own end.
    """
    return {**_own_certificate(mount), "ca_file": f"{tls_directory(mount)}/ca.crt"}


def _own_certificate(mount: str) -> dict[str, Any]:
    folder = tls_directory(mount)
    return {
        "cert_file": f"{folder}/tls.crt",
        "key_file": f"{folder}/tls.key",
        "reload_interval": _RELOAD,
        "min_version": _VERSION,
    }
