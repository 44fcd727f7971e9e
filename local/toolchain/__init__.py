"""Paths of programs, found on PATH or built from pinned Go modules (docs/adr/0003)."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console

from local.paths import Paths

from .errors import ToolchainError
from .packages import SystemPackages
from .toolchain import Toolchain

__all__ = ["SystemPackages", "Toolchain", "ToolchainError", "ensure", "ensure_packages", "missing_packages"]


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
    console = console or Console(stderr=True)
    return Toolchain(paths=Paths.of(environ), environ=environ, console=console).ensure(names)


def ensure_packages(*, environ: Mapping[str, str] | None = None, console: Console | None = None) -> None:
    """All Debian packages that the embedded cluster needs are installed, by apt-get if this is root.

    Raises:
        ToolchainError: they are not and cannot be; the message has the command that installs them.
    """
    _packages(environ, console).ensure()


def missing_packages(*, environ: Mapping[str, str] | None = None) -> list[str]:
    """Debian packages that the embedded cluster needs and that are not installed, sorted by name."""
    return _packages(environ, None).missing()


def _packages(environ: Mapping[str, str] | None, console: Console | None) -> SystemPackages:
    environ = os.environ if environ is None else environ
    return SystemPackages(
        environ=environ,
        console=console or Console(stderr=True),
        log=Paths.of(environ).cache / "logs" / "packages.log",
        user_id=os.geteuid(),
    )
