"""What the machine must have before a cluster is started, checked as a whole and told in one message."""

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from local.cluster.configs import CNI_PLUGINS
from local.cluster.errors import ClusterError
from local.cluster.shell import attempt, search_path

_COMMANDS: Final = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "nft": "nftables",
    "iptables": "iptables",
    "ip": "iproute2",
    "sysctl": "procps",
    "mount": "mount",
    "nsenter": "util-linux",
    "setsid": "util-linux",
    "unshare": "util-linux",
}
"""Program -> the Debian package that has it. iptables is what the CNI plugin `portmap` calls."""
_PLUGINS: Final = ("bridge", "host-local", "loopback", "portmap")
_PLUGINS_PACKAGE: Final = "containernetworking-plugins"
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
    """Nothing, if everything a cluster needs of this machine is there.

    Raises:
        ClusterError: not root, a program is not installed, or the kernel refuses namespaces.
    """
    check_root()
    packages = missing_packages()
    if packages:
        raise ClusterError(
            f"the embedded cluster needs Debian packages that are not installed: {', '.join(packages)}.\n"
            f"  apt-get install --no-install-recommends {' '.join(packages)}"
        )
    refused = attempt("unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "true")
    if refused.returncode != 0:
        raise ClusterError(
            f"the kernel refuses new namespaces ({refused.stderr.strip()}), as in a container without"
            f" privileges: the embedded cluster cannot run here. {_OWN}"
        )


def missing_packages(plugins: Path = Path(CNI_PLUGINS)) -> list[str]:
    """Debian packages, of those a cluster needs, whose programs are not found."""
    path = search_path()
    found = {package for program, package in _COMMANDS.items() if shutil.which(program, path=path) is None}
    if not all((plugins / name).exists() for name in _PLUGINS):
        found.add(_PLUGINS_PACKAGE)
    return sorted(found)
