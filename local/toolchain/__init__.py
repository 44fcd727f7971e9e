"""Paths of programs, found on PATH or built from pinned Go modules (docs/adr/0003)."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console

from local.paths import Paths

from .errors import ToolchainError
from .toolchain import Toolchain

__all__ = ["Toolchain", "ToolchainError", "ensure"]


def ensure(
    names: Iterable[str], *, environ: Mapping[str, str] | None = None, console: Console | None = None
) -> dict[str, Path]:
    """Each of `names` with the path of a program that is there now, for the user whom `environ` describes.

    A fitting `pulumi` or `kubectl` on PATH is taken; everything else is built once, into the user's cache.
    Progress goes to `console`, by default standard error.

    Raises:
        ToolchainError: a name is unknown, or a program cannot be had; the message says why and what to do.
    """
    environ = os.environ if environ is None else environ
    toolchain = Toolchain(paths=Paths.of(environ), environ=environ, console=console or Console(stderr=True))
    return toolchain.ensure(names)
