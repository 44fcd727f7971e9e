"""What of this machine no package can bring, checked before a cluster is touched."""

import os
import sys
from typing import Final

from local.cluster.errors import ClusterError
from local.cluster.shell import attempt

_OWN: Final = "Or use a cluster of your own with CONTEXT=name."


def check_root() -> None:
    """Nothing, if this process may make and remove clusters.

    Raises:
        ClusterError: it is not root on Linux.
    """
    if sys.platform != "linux":
        raise ClusterError(f"the embedded cluster needs Linux; this is {sys.platform}. {_OWN}")
    if os.geteuid() != 0:
        raise ClusterError(
            f"the embedded cluster needs root, for namespaces and mounts; you are user {os.geteuid()}."
            f" Run the same command with sudo. {_OWN}"
        )


def check_machine() -> None:
    """Nothing, if a cluster can run here.

    Raises:
        ClusterError: not root, or the kernel refuses namespaces.
    """
    check_root()
    refused = attempt("unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "true")
    if refused.returncode != 0:
        raise ClusterError(
            f"the kernel refuses new namespaces ({refused.stderr.strip()}), as in a container without"
            f" privileges: the embedded cluster cannot run here. {_OWN}"
        )
