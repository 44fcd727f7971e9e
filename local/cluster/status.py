"""What `Cluster.status` found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from local.cluster.spec import ClusterSpec


@dataclass(frozen=True, kw_only=True)
class Status:
    """One look at a cluster."""

    name: str
    server: str
    kubeconfig: Path | None = None
    """Where it runs."""
    pid: int | None = None
    """Of the node's init; None: it is down."""
    daemons: tuple[str, ...] = ()
    """Those that run."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """What is not as it should be -> why."""
    has_data: bool = True
    """Whether a start would find objects and volumes of an earlier one."""

    @classmethod
    def down(cls, spec: ClusterSpec, *, has_data: bool) -> Self:
        """Nothing runs."""
        return cls(name=spec.name, server=spec.server, has_data=has_data)

    @property
    def ready(self) -> bool:
        """Whether it can be used."""
        return self.pid is not None and not self.problems

    def lines(self) -> list[str]:
        """For people."""
        if self.pid is None:
            kept = "; its data is kept" if self.has_data else ""
            return [f"cluster {self.name} is down{kept}"]
        head = f"cluster {self.name} {'is ready' if self.ready else 'runs, but is not ready'}: {self.server}"
        daemons = f"  daemons: {', '.join(self.daemons)} (init is process {self.pid})"
        problems = [f"  {name}: {reason}" for name, reason in self.problems.items()]
        return [head, f"  kubeconfig: {self.kubeconfig} (context {self.name})", daemons, *problems]
