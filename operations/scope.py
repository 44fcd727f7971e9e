"""What a command works on: a stack, and the cluster that it is in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from operations import occupant, places
from operations.connect import Target
from operations.problem import told
from settings import SettingsError
from settings.sources import from_files

PROJECT: Final = Path(__file__).resolve().parent.parent
"""The checkout: the folder of Pulumi.yaml and __main__.py."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The stack's name and, if it is not the embedded cluster, the context; and where to print."""

    stack: str
    context: str | None
    environ: Mapping[str, str]
    console: Console

    def environment(self) -> str:
        """The stack's environment, by its settings.

        Raises:
            OperationError: there is no such stack, or its settings are wrong.
        """
        with told(SettingsError):
            return from_files(PROJECT, self.stack, self.environ).environment

    def target(self) -> Target:
        """The cluster to talk to, which holds this stack or none.

        Raises:
            OperationError: there is no such stack, cluster or context, no kubectl, or another stack is there;
                with the remedy.
        """
        environment = self.environment()
        found = places.target(self.context, self.environ)
        occupant.refuse_another(found, environment)
        return found
