"""What the engine asks about: one resource, and the answer to what differs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from local.standin.changes import Change


@dataclass(frozen=True, kw_only=True)
class Resource:
    """The resource that a request is about."""

    urn: str
    type: str
    """Type token: `kubernetes:apps/v1:Deployment`."""
    name: str
    """Name in the program."""
    id: str = ""
    timeout_seconds: float = 0
    """`custom_timeouts` of the program; 0 if there are none."""
    preview: bool = False

    @classmethod
    def of(cls, urn: str, *, identity: str = "", timeout_seconds: float = 0, preview: bool = False) -> Self:
        """The resource of a URN (`urn:pulumi:stack::project::parent$type::name`)."""
        _, _, types, name = urn.split("::", 3)
        token = types.rpartition("$")[2]
        return cls(
            urn=urn, type=token, name=name, id=identity, timeout_seconds=timeout_seconds, preview=preview
        )

    @property
    def api_version(self) -> str:
        """`v1`, `apps/v1`: the type token's middle, where the core group is spelled out."""
        return self.type.split(":")[1].removeprefix("core/")

    @property
    def kind(self) -> str:
        """`Deployment`."""
        return self.type.split(":")[2]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What an update would do."""

    changed: Mapping[str, Change] = field(default_factory=dict)
    replaced_by: frozenset[str] = frozenset()
    """Changed paths that need a new object."""
    delete_first: bool = False
    """Whether the old object stands where the new one has to."""
