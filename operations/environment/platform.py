"""The stack itself: deployed, previewed and removed by the real engine."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.engine import Engine, EngineError, Result, StoppedError
from local.paths import Paths
from operations import occupant
from operations.connect import Target
from operations.environment.sites import Say, Site
from operations.problem import InterruptedOperationError, told


class Platform:
    """One stack of the project, in one place. Every method raises OperationError with the engine's reason."""

    def __init__(self, *, project: Path, stack: str, site: Site, environment: Callable[[], str]) -> None:
        self._project, self._stack, self._site = project, stack, site
        self._environment = environment

    def up(self, target: Target, pulumi: Path, say: Say) -> Result:
        """The cluster has what the stack declares, and the state belongs to this very cluster."""
        cluster = self._meet(target, say)
        with _engine_errors():
            result = self._engine(target, pulumi, say).up(refresh=cluster.is_new)
        cluster.remember()
        return result

    def preview(self, target: Target, pulumi: Path, say: Say, *, expect_no_changes: bool = False) -> Result:
        """What `up` would change has been said; nothing was changed. It is an error if none was expected.

        The cluster is asked first: a preview without changes would not notice that it cannot be reached.
        """
        cluster = self._meet(target, say)
        with _engine_errors():
            return self._engine(target, pulumi, say).preview(
                expect_no_changes=expect_no_changes, refresh=cluster.is_new
            )

    def destroy(self, target: Target, pulumi: Path, say: Say) -> Result:
        """Nothing of the stack is left in the cluster."""
        with _engine_errors():
            return self._engine(target, pulumi, say).destroy()

    def _meet(self, target: Target, say: Say) -> "_Cluster":
        """The cluster that answers at the target now, and holds no other stack."""
        occupant.refuse_another(target, self._environment())
        # Kubernetes has no identity of a cluster; the id of a namespace that each one has serves as one.
        uid = str(target.read("get", "namespace", "kube-system")["metadata"]["uid"])
        state = Paths.of(self.environ(target)).state
        cluster = _Cluster(uid=uid, memory=state / f"cluster-of-{self._stack}")
        if cluster.is_new:
            say("the cluster is a new one: first, what the state remembers is compared with it")
        return cluster

    def _engine(self, target: Target, pulumi: Path, say: Say) -> Engine:
        return Engine(
            pulumi=pulumi,
            project=self._project,
            stack=self._stack,
            environ=self.environ(target),
            report=say,
        )

    def environ(self, target: Target) -> dict[str, str]:
        """Environment of the engine.

        The two keys of the machine (docs/adr/0001) name this cluster, whatever the stack file says.
        """
        named = {"MCP_TRACING_CONTEXT": target.context, "MCP_TRACING_KUBECONFIG": str(target.kubeconfig)}
        return {**target.environment(self._site.state_environ()), **named}


@dataclass(frozen=True)
class _Cluster:
    """A cluster that may have taken the place of the one that the stack's state knows."""

    uid: str
    memory: Path

    @property
    def is_new(self) -> bool:
        return self.memory.exists() and self.memory.read_text("utf-8") != self.uid

    def remember(self) -> None:
        self.memory.write_text(self.uid, "utf-8")


@contextmanager
def _engine_errors() -> Iterator[None]:
    try:
        with told(EngineError):
            yield
    except Exception as reason:
        if isinstance(reason.__cause__, StoppedError):
            raise InterruptedOperationError(str(reason)) from reason
        raise
