"""Machine-wide settings that the kubelet changes: saved before the first cluster, restored after the last.

The kubelet sets them at its start (`--protect-kernel-defaults` off: pkg/kubelet/cm, setupKernelTunables).
"""

import contextlib
import json
from pathlib import Path
from typing import Final

from local.cluster.layout import write

CHANGED: Final = (
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)


class Sysctls:
    """The machine's settings, and which clusters need them changed.

    `folder` is in /run, so that a reboot, which restores the settings itself, also forgets who claimed them.
    """

    def __init__(self, folder: Path, proc: Path = Path("/proc/sys")) -> None:
        self._saved = folder / "sysctls.json"
        self._claims = folder / "claims"
        self._proc = proc

    def claim(self, name: str) -> None:
        """The settings as they were before the first cluster are kept, for as long as one claims them."""
        if not self._claimants():
            found = {key: (self._proc / key).read_text(encoding="ascii").strip() for key in self._present()}
            write(self._saved, json.dumps(found))
        write(self._claims / name, "")

    def release(self, name: str) -> None:
        """The settings are as before, if no other cluster claims them."""
        (self._claims / name).unlink(missing_ok=True)
        if self._claimants() or not self._saved.exists():
            return
        for key, value in json.loads(self._saved.read_text(encoding="utf-8")).items():
            with contextlib.suppress(
                OSError
            ):  # gone, or read-only here: then the kubelet did not change it either
                (self._proc / key).write_text(value, encoding="ascii")
        self._saved.unlink()

    def _claimants(self) -> list[Path]:
        """Claims of clusters."""
        return list(self._claims.iterdir()) if self._claims.exists() else []

    def _present(self) -> list[str]:
        """Those settings that this kernel has."""
        return [key for key in CHANGED if (self._proc / key).exists()]
