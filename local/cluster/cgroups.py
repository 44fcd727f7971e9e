"""The cluster's folder in the control group hierarchies, which the kubelet fills with Pods.

Version 1 (a hierarchy per controller) is what the tests run on. Version 2 (one hierarchy) is written after
the kernel's documentation (admin-guide/cgroup-v2) and has not been run.
"""

import contextlib
import os
import time
from pathlib import Path
from typing import Final

from local.cluster.errors import ClusterError

ROOT: Final = Path("/sys/fs/cgroup")
_NEEDED_V2: Final = ("cpu", "cpuset", "io", "memory", "pids")
_CPUSET: Final = ("cpuset.cpus", "cpuset.mems")
_REMOVAL_SECONDS: Final = 5


def folders(name: str, root: Path = ROOT) -> list[Path]:
    """The cluster's folder in each hierarchy, whether it exists or not."""
    if (root / "cgroup.controllers").exists():
        return [root / name]
    return [entry / name for entry in sorted(root.iterdir()) if (entry / "cgroup.procs").exists()]


def create(name: str, root: Path = ROOT) -> None:
    """The folders exist, with what containers in them need from their parents.

    Raises:
        ClusterError: a controller that the kubelet needs is not there.
    """
    found = folders(name, root)
    if not found:
        raise ClusterError(f"no control groups below {root}: the kubelet needs them (mount cgroup2 there)")
    for folder in found:
        folder.mkdir(exist_ok=True)
        if (root / "cgroup.controllers").exists():
            _delegate(folder)
        elif folder.parent.name == "cpuset":
            _inherit_cpus(folder)


def remove(name: str, root: Path = ROOT) -> None:
    """The folders and all below them are gone.

    Raises:
        ClusterError: a process is still in one of them after 5 s; the message has its number.
    """
    end = time.monotonic() + _REMOVAL_SECONDS
    left = [folder for folder in folders(name, root) if folder.exists()]
    while left and time.monotonic() < end:
        for folder in left:
            _remove_tree(folder)
        left = [folder for folder in left if folder.exists()]
        if left:
            time.sleep(0.05)
    if left:
        pids = sorted({pid for folder in left for pid in _processes(folder)})
        raise ClusterError(f"the control group {left[0]} cannot be removed: processes {pids} are in it")


def _delegate(folder: Path) -> None:
    """Version 2: children of the folder may use the controllers that its parents may."""
    for parent in (folder.parent, folder):
        offered = (parent / "cgroup.controllers").read_text(encoding="ascii").split()
        missing = [controller for controller in _NEEDED_V2 if controller not in offered]
        if missing:
            raise ClusterError(f"{parent} lacks the cgroup controllers {', '.join(missing)}")
        enabled = " ".join(f"+{controller}" for controller in _NEEDED_V2)
        (parent / "cgroup.subtree_control").write_text(enabled, encoding="ascii")


def _inherit_cpus(folder: Path) -> None:
    """Version 1: a new cpuset has no processors until it is given some."""
    for file in _CPUSET:
        (folder / file).write_text((folder.parent / file).read_text(encoding="ascii"), encoding="ascii")


def _remove_tree(top: Path) -> None:
    """Remove folders from the leaves up; one that still holds a process stays for the next try."""
    for folder, _, _ in os.walk(top, topdown=False):
        with contextlib.suppress(OSError):
            Path(folder).rmdir()


def _processes(top: Path) -> list[int]:
    """Processes in the folder or below it."""
    found: list[int] = []
    for folder, _, _ in os.walk(top):
        with contextlib.suppress(OSError):
            found += map(int, (Path(folder) / "cgroup.procs").read_text(encoding="ascii").split())
    return found
