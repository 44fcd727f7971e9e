"""Puts the stand-in where the engine looks for the Kubernetes provider."""

import importlib.metadata
import os
import shlex
import sys
from pathlib import Path
from typing import Final

REQUIRED_VERSION: Final = importlib.metadata.version("pulumi-kubernetes")
"""Plugin version that the installed SDK asks the engine for; the engine accepts no other."""
_ROOT: Final = Path(__file__).resolve().parents[2]
_EXECUTABLE: Final = 0o755


def plugin_folder(pulumi_home: Path) -> Path:
    """Folder below a `PULUMI_HOME` in which the engine looks for the Kubernetes provider."""
    return pulumi_home / "plugins" / f"resource-kubernetes-v{REQUIRED_VERSION}"


def install(pulumi_home: Path) -> Path:
    """The plugin program of the stand-in, in place below `pulumi_home`; a second call changes nothing.

    The program is a launcher of this very interpreter and code, so that what runs is what is tested. A link
    at its place (to a real plugin that has gone) is replaced.

    Raises:
        OSError: the folder cannot be written.
    """
    folder = plugin_folder(pulumi_home)
    if folder.is_symlink():
        folder.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    program, text = folder / "pulumi-resource-kubernetes", _launcher()
    if program.exists() and program.read_text() == text:
        return program
    draft = program.with_name(f"{program.name}.{os.getpid()}")
    draft.write_text(text)
    draft.chmod(_EXECUTABLE)
    draft.replace(program)
    return program


def _launcher() -> str:
    """A shell script; `-P` keeps a `local` package of the program's directory from taking ours' place."""
    return (
        "#!/bin/sh\n"
        "# Stand-in for Pulumi's Kubernetes provider, used only where the real plugin is absent.\n"
        f"PYTHONPATH={shlex.quote(str(_ROOT))} exec {shlex.quote(sys.executable)} -P -m local.standin"
        ' "$@"\n'
    )
