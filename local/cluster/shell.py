"""Calls of the machine's own programs (ip, ctr, kubectl), with their complaint in the error."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from local.cluster.errors import ClusterError

_WORDS_SHOWN = 8
_SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def search_path() -> str:
    """PATH with the folders of system programs, which some ways to become root leave out (Debian's `su`)."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join([*folders, *(folder for folder in _SYSTEM_FOLDERS if folder not in folders)])


def run(*command: str | Path, stdin: str | None = None) -> str:
    """Standard output of a command that succeeded.

    Raises:
        ClusterError: it is not installed, or it ended non-zero; the message has what it wrote last.
    """
    done = attempt(*command, stdin=stdin)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip() or f"ended with status {done.returncode}"
        raise ClusterError(f"`{_shown(command)}` failed: {said}")
    return done.stdout


def attempt(*command: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """The command's result, whatever its exit status.

    Raises:
        ClusterError: the command is not installed.
    """
    try:
        return subprocess.run(
            [str(part) for part in command],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PATH": search_path()},
        )
    except FileNotFoundError as error:
        raise ClusterError(
            f"`{command[0]}` is not installed: `make up` installs what the embedded cluster needs"
        ) from error


def _shown(command: Sequence[str | Path]) -> str:
    """The beginning of the command: enough to know it, without a screen of file names."""
    words = [str(part) for part in command]
    shown = " ".join(words[:_WORDS_SHOWN])
    return shown if len(words) <= _WORDS_SHOWN else f"{shown} ..."
