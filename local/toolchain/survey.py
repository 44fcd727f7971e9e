"""How much of a group is left to compile, as Go itself says."""

from dataclasses import dataclass
from typing import Final

LISTED: Final = ("-deps", "-f={{.Stale}} {{.StaleReason}}")
"""Arguments of `go list` for an answer that `Survey.read` understands."""

_CACHED_PROGRAM: Final = "available in build cache"
"""In Go's reason for a program that is linked and in the build cache, only not installed anywhere."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """Packages of a group, with all that they import."""

    total: int
    stale: int
    """How many of them are not in Go's build cache yet."""

    @property
    def share(self) -> float:
        """Part of the group's work that is still to do, from 0 to 1."""
        return self.stale / self.total if self.total else 0.0

    @classmethod
    def read(cls, listed: str) -> "Survey":
        """What `go list` with the arguments `LISTED` answered."""
        lines = listed.splitlines()
        stale = [line for line in lines if line.startswith("true") and _CACHED_PROGRAM not in line]
        return cls(total=len(lines), stale=len(stale))
