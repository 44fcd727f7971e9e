"""Where the project keeps what is not in the repository, by the XDG base directory specification."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import names

_PRIVATE = 0o700


@dataclass(frozen=True, kw_only=True)
class Paths:
    """Two folders of the user: both exist, and only the user can look into them."""

    cache: Path
    """What can be made again: built programs, image archives, logs of builds. Safe to delete."""
    state: Path
    """What cannot be made again: the engine's state and passphrase, the cluster's data."""

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        """Both folders, made if absent, for the user whom `environ` describes.

        `XDG_CACHE_HOME` and `XDG_STATE_HOME` win where they are absolute paths (the specification has
        relative ones ignored); else they are below `HOME`, else below the home of the process' user.

        Raises:
            OSError: a folder cannot be made; the message names it.
        """
        home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
        return cls(
            cache=_private_folder(_base(environ, "XDG_CACHE_HOME", home / ".cache")),
            state=_private_folder(_base(environ, "XDG_STATE_HOME", home / ".local" / "state")),
        )


def _base(environ: Mapping[str, str], variable: str, default: Path) -> Path:
    """Folder that `variable` names, if it names one at all."""
    named = Path(environ.get(variable, ""))
    return named if named.is_absolute() else default


def _private_folder(base: Path) -> Path:
    """The project's folder below `base`, with mode 0700 also where it existed with a wider one."""
    folder = base / names.PROJECT
    folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    folder.chmod(_PRIVATE)
    return folder
