"""The two kinds of cluster that a stack is brought up in: the embedded one, and one of the user's own."""

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from rich.console import Console

from local import toolchain
from local.cluster import PROGRAMS, ClusterError
from local.paths import Paths
from local.toolchain import ToolchainError
from operations import places
from operations.connect import Target
from operations.environment import images, prerequisites
from operations.kubeconfig import find_kubeconfig
from operations.problem import told
from settings import Settings

Say = Callable[[str], None]


class Site(Protocol):
    """A place for a stack. Every method raises OperationError, with the remedy."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def context(self) -> str | None:
        """The user's context; None for the embedded cluster."""

    @property
    def goes_with_the_stack(self) -> bool:
        """Whether `make down` removes the cluster too."""

    def programs(self, say: Say) -> dict[str, Path]:
        """The programs that are needed here, found or built."""

    def ready(self, settings: Settings, programs: Mapping[str, Path], say: Say) -> Target:
        """The cluster, with everything in it that the stack needs."""

    def found(self) -> Target:
        """The cluster as it is; nothing is started or built."""

    def tools(self) -> dict[str, Path]:
        """The programs that drive a stack (pulumi), as they are there now."""

    def remove(self, say: Say) -> None:
        """What this project made for the cluster is gone; a cluster of the user's own stays as it is."""

    def state_environ(self) -> dict[str, str]:
        """Environment with a state folder of this place: a stack of one name may be in several."""


class Embedded:
    """The cluster that this project runs itself, on this machine."""

    title = "embedded cluster"
    context = None
    goes_with_the_stack = True

    def __init__(self, environ: Mapping[str, str], console: Console) -> None:
        self._environ, self._console = environ, console

    def programs(self, say: Say) -> dict[str, Path]:
        """All programs of the cluster and of the platform, and the Debian packages below them."""
        with told(ToolchainError):
            toolchain.ensure_packages()
            wanted = (*PROGRAMS, *images.PROGRAMS, "pulumi")
            found = toolchain.ensure(wanted, environ=self._environ, console=self._console)
        say(f"{len(found)} programs; pulumi is {found['pulumi']}")
        return found

    def ready(self, settings: Settings, programs: Mapping[str, Path], say: Say) -> Target:
        """The cluster runs, with the platform's images in it."""
        cluster = places.embedded(self._environ, programs)
        with told(ClusterError):
            cluster.up(images.platform_images(programs, settings.images.registry), say)
        return Target(kubectl=programs["kubectl"], kubeconfig=cluster.kubeconfig, context=cluster.spec.name)

    def found(self) -> Target:
        """The cluster, if it runs."""
        return places.target(None, self._environ)

    def tools(self) -> dict[str, Path]:
        """The pulumi that `make up` found or built; nothing is built here."""
        return {"pulumi": places.program("pulumi", self._environ)}

    def remove(self, say: Say) -> None:
        """Nothing of the cluster is left: no process, mount, namespace, interface or data."""
        with told(ClusterError):
            places.embedded(self._environ).down(say)

    def state_environ(self) -> dict[str, str]:
        """The user's state folder itself."""
        return dict(self._environ)


class OwnCluster:
    """A cluster of the user's: this context of the kubeconfig, and no other."""

    goes_with_the_stack = False

    def __init__(self, context: str, environ: Mapping[str, str], console: Console) -> None:
        self.title = f"context {context}"
        self.context: str | None = context
        self._context, self._environ, self._console = context, environ, console

    def programs(self, say: Say) -> dict[str, Path]:
        """Pulumi and kubectl; the context is looked up first, so that nothing is built for a typo."""
        find_kubeconfig(self._context, self._environ)
        with told(ToolchainError):
            found = toolchain.ensure(("pulumi", "kubectl"), environ=self._environ, console=self._console)
        say(", ".join(f"{name} is {path}" for name, path in found.items()))
        return found

    def ready(self, settings: Settings, programs: Mapping[str, Path], say: Say) -> Target:
        """The cluster has what the stack needs; nothing in it was changed."""
        kubeconfig = find_kubeconfig(self._context, self._environ)
        target = Target(kubectl=programs["kubectl"], kubeconfig=kubeconfig, context=self._context)
        for remark in prerequisites.check(target, settings):
            say(remark)
        say(f"kubeconfig {kubeconfig}, context {self.context}")
        return target

    def found(self) -> Target:
        """The context, reachable or not."""
        return places.target(self._context, self._environ)

    def tools(self) -> dict[str, Path]:
        """The pulumi that is on PATH or was built; nothing is built here."""
        return {"pulumi": places.program("pulumi", self._environ)}

    def remove(self, say: Say) -> None:
        """Nothing is to be done: the cluster is the user's."""
        say(f"{self.title} stays as it is")

    def state_environ(self) -> dict[str, str]:
        """A state folder of its own below the user's, by the context's name."""
        readable = re.sub(r"[^A-Za-z0-9]+", "-", self._context).strip("-")[:40]
        digest = hashlib.sha256(self._context.encode()).hexdigest()[:8]
        folder = Paths.of(self._environ).state / "contexts" / f"{readable}-{digest}"
        return {**self._environ, "XDG_STATE_HOME": str(folder)}
