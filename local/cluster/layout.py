"""Where one cluster keeps its files."""

import os
from dataclasses import dataclass
from pathlib import Path

from local.cluster.errors import ClusterError

_HIDDEN_IN_NODE = ("/run", "/var/run", "/proc", "/sys", "/dev")


@dataclass(frozen=True)
class Layout:
    """Folders of one cluster below its own root; the root is private to the user."""

    root: Path

    def __post_init__(self) -> None:
        resolved = os.path.realpath(self.root)
        if any(resolved.startswith(f"{hidden}/") for hidden in _HIDDEN_IN_NODE):
            raise ClusterError(
                f"the state folder {self.root} cannot be seen inside the node, which has its own"
                f" {', '.join(_HIDDEN_IN_NODE)}: set XDG_STATE_HOME to another folder"
            )

    @property
    def pki(self) -> Path:
        """Certificates and keys."""
        return self.root / "pki"

    @property
    def conf(self) -> Path:
        """Rendered configuration of the daemons and add-ons."""
        return self.root / "conf"

    @property
    def data(self) -> Path:
        """What survives a stop: etcd, containerd's store, volumes, logs of Pods."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """One file per daemon."""
        return self.root / "log"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.root / "kubeconfig"

    @property
    def record(self) -> Path:
        """What runs: written by the node's init (`local.cluster.record`)."""
        return self.root / "node.json"

    @property
    def plan(self) -> Path:
        """What the node's init was told to do when it was started."""
        return self.root / "plan.json"

    @property
    def images_loaded(self) -> Path:
        """Exists when the images are in containerd; the kubelet is not started before."""
        return self.root / "images-loaded"

    @property
    def applied(self) -> Path:
        """Digest of the add-ons' manifests that were applied last."""
        return self.root / "addons-applied"

    def prepare(self) -> None:
        """Make every folder, private to the user."""
        for folder in (self.root, self.pki, self.conf, self.data, self.log):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace the file as a whole, never half of it; it has `mode` from its first moment."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
