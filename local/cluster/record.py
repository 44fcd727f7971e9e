"""What the node's init wrote down about itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Record:
    """One start of the node."""

    pid: int
    """Of the node's init, as the host counts."""
    running: Mapping[str, int]
    """Daemon -> its process number inside the node."""
    ended: Mapping[str, int]
    """Daemon that should run and does not -> exit status (negative: the signal)."""

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The record, or None where there is none or a file that no init wrote."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                pid=int(found["pid"]),
                running={str(name): int(pid) for name, pid in found["running"].items()},
                ended={str(name): int(status) for name, status in found["ended"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
