"""Room on disk, looked at before the long work and not after."""

import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from .errors import ToolchainError
from .golang import Go

_GIB: Final = 2**30
# Growth per second of CPU time of a cold build, from a build of all groups (docs/benchmarks.md).
_MODULE_BYTES: Final = 2_400_000
_BUILD_BYTES: Final = 3_400_000
_PROGRAM_BYTES: Final = 300_000


def room_for(cpu_seconds: Iterable[float], go: Go, cache: Path) -> dict[Path, float]:
    """Bytes by which builds of so much CPU time let each folder grow: Go's two caches and ours."""
    work = sum(cpu_seconds)
    return {
        go.module_cache: work * _MODULE_BYTES,
        go.build_cache: work * _BUILD_BYTES,
        cache: work * _PROGRAM_BYTES,
    }


def check_space(needed: Mapping[Path, float]) -> None:
    """Every file system has the room that the folders on it `needed`, in bytes.

    Raises:
        ToolchainError: one has not; the message names folders, need and room.
    """
    by_device: dict[int, list[Path]] = defaultdict(list)
    for folder in needed:
        by_device[_existing(folder).stat().st_dev].append(folder)
    for folders in by_device.values():
        wanted = sum(needed[folder] for folder in folders)
        room = shutil.disk_usage(_existing(folders[0])).free
        if room < wanted:
            raise ToolchainError(
                f"building needs {wanted / _GIB:.1f} GiB of disk; free are {room / _GIB:.1f} GiB for "
                f"{', '.join(map(str, folders))}.\n"
                "Free some space, or move the caches elsewhere: Go's by GOCACHE and GOMODCACHE, "
                "ours by XDG_CACHE_HOME."
            )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists already."""
    return next(parent for parent in (folder, *folder.parents) if parent.exists())
