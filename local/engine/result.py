"""What an operation did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Output:
    """One output of a stack."""

    value: Any
    secret: bool = False

    def __repr__(self) -> str:
        """Value, masked where it is a secret: results end up in logs and in failing tests."""
        return "Output([secret])" if self.secret else f"Output({self.value!r})"


@dataclass(frozen=True, kw_only=True)
class Result:
    """A finished operation."""

    changes: Mapping[str, int] = field(default_factory=dict)
    """Number of resources per operation of the engine: create, update, replace, delete, same ..."""
    outputs: Mapping[str, Output] = field(default_factory=dict)
    """The stack's outputs; empty for a preview and after a destroy."""
    seconds: float = 0.0
    """Wall time of the operation."""

    @property
    def changed(self) -> int:
        """Number of resources that are (or, in a preview, would be) other than before."""
        return sum(
            count for operation, count in self.changes.items() if operation not in ("same", "read", "refresh")
        )
