"""Images in the node's containerd."""

import time
from collections.abc import Iterable

from local.cluster.errors import ClusterError
from local.cluster.images import Archive
from local.cluster.plan import CONTAINERD_SOCKET
from local.cluster.shell import attempt, run

_KUBERNETES_NAMESPACE = "k8s.io"
_START_SECONDS = 30


class Containerd:
    """The containerd of a running node, reached from the host."""

    def __init__(self, node_pid: int) -> None:
        socket = f"/proc/{node_pid}/root{CONTAINERD_SOCKET}"
        self._ctr = ("ctr", "--address", socket, "--namespace", _KUBERNETES_NAMESPACE)

    def wait(self) -> None:
        """Return when it answers.

        Raises:
            ClusterError: it does not within 30 s.
        """
        end = time.monotonic() + _START_SECONDS
        while (refused := attempt(*self._ctr, "version")).returncode != 0:
            if time.monotonic() > end:
                raise ClusterError(f"containerd does not answer: {refused.stderr.strip()}")
            time.sleep(0.1)

    def load(self, archives: Iterable[Archive]) -> list[str]:
        """The archives' images are in containerd under their names; gives the names that were not yet."""
        absent = missing(run(*self._ctr, "images", "ls"), archives)
        for archive in absent:
            run(*self._ctr, "images", "import", archive.path)
        return [archive.name for archive in absent]


def missing(listing: str, archives: Iterable[Archive]) -> list[Archive]:
    """Archives that `ctr images ls` does not show under their name and digest.

    The listing is a table with a head line; a line begins with the name, the media type and the digest.
    """
    rows = (line.split() for line in listing.splitlines()[1:])
    present = {(name, digest) for name, _media_type, digest, *_ in rows}
    return [archive for archive in archives if (archive.name, archive.digest) not in present]
