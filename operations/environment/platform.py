"""The stack itself: deployed, previewed and removed by the real engine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local.engine import Engine, EngineError, Result, StoppedError
from local.paths import Paths
from operations.connect import Target
from operations.environment.sites import Say, Site
from operations.problem import InterruptedOperationError, told


class Platform:
    """One stack of the project, in one place. Every method raises OperationError with the engine's reason."""

    def __init__(self, *, project: Path, stack: str, site: Site) -> None:
        self._project, self._stack, self._site = project, stack, site

    def up(self, target: Target, pulumi: Path, say: Say) -> Result:
        """The cluster has what the stack declares, and the state belongs to this very cluster."""
        memory = _memory(self.environ(target), self._stack)
        identity = _identity(target)
        is_new = memory.exists() and memory.read_text("utf-8") != identity
        if is_new:
            say("the cluster is a new one: first, what the state remembers is compared with it")
        with _engine_errors():
            result = self._engine(target, pulumi, say).up(refresh=is_new)
        memory.write_text(identity, "utf-8")
        return result

    def preview(self, target: Target, pulumi: Path, say: Say, *, expect_no_changes: bool = False) -> Result:
        """What `up` would change has been said; nothing was changed. It is an error if none was expected."""
        with _engine_errors():
            return self._engine(target, pulumi, say).preview(expect_no_changes=expect_no_changes)

    def destroy(self, target: Target, pulumi: Path, say: Say) -> Result:
        """Nothing of the stack is left in the cluster."""
        with _engine_errors():
            return self._engine(target, pulumi, say).destroy()

    def _engine(self, target: Target, pulumi: Path, say: Say) -> Engine:
        return Engine(
            pulumi=pulumi,
            project=self._project,
            stack=self._stack,
            environ=self.environ(target),
            report=say,
        )

    def environ(self, target: Target) -> dict[str, str]:
        """The two keys of the machine (docs/adr/0001) name this cluster, whatever the stack file says."""
        named = {"MCP_TRACING_CONTEXT": target.context, "MCP_TRACING_KUBECONFIG": str(target.kubeconfig)}
        return {**target.environment(self._site.state_environ()), **named}


@contextmanager
def _engine_errors() -> Iterator[None]:
    try:
        with told(EngineError):
            yield
    except Exception as reason:
        if isinstance(reason.__cause__, StoppedError):
            raise InterruptedOperationError(str(reason)) from reason
        raise


def _identity(target: Target) -> str:
    """What tells a cluster from another that has taken its place: the id of a namespace that each one has."""
    return str(target.read("get", "namespace", "kube-system")["metadata"]["uid"])


def _memory(environ: Mapping[str, str], stack: str) -> Path:
    return Paths.of(environ).state / f"cluster-of-{stack}"
