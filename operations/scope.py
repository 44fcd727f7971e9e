"""What a command works on: a stack, and the cluster that it is in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from operations import places
from operations.connect import Target

PROJECT: Final = Path(__file__).resolve().parent.parent
"""The checkout: the folder of Pulumi.yaml and __main__.py."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The stack's name and, if it is not the embedded cluster, the context; and where to print."""

    stack: str
    context: str | None
    environ: Mapping[str, str]
    console: Console

    def target(self) -> Target:
        """The cluster to talk to.

        Raises:
            OperationError: there is no such cluster or context, or no kubectl; with the remedy.
        """
        return places.target(self.context, self.environ)
