"""Which Kubernetes provider the engine gets: the real plugin where it can be had, else the stand-in."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from local.engine.home import Home
from local.standin.install import REQUIRED_VERSION, install, plugin_folder
from local.standin.version import VERSION as STANDIN_VERSION

_FETCH_SECONDS: Final = 60
_PROGRAM: Final = "pulumi-resource-kubernetes"


def provide(home: Home, user: Mapping[str, str], users_pulumi: Path | None) -> str:
    """The home has a Kubernetes provider; the text names which.

    The real plugin is taken from the user's own plugin folder. Where it is absent and the user has a CLI
    (`users_pulumi`), that CLI is asked once to fetch it; an answer of no is remembered in the home, and a
    plugin that the user installs later is found all the same.

    Raises:
        OSError: the home cannot be written.
    """
    real = plugin_folder(_users_home(user))
    if not (real / _PROGRAM).is_file() and users_pulumi is not None:
        _fetch_once(home, user, users_pulumi)
    if not (real / _PROGRAM).is_file():
        install(home.folder)
        return f"stand-in {STANDIN_VERSION} (the real plugin {REQUIRED_VERSION} is not installed here)"
    _link(plugin_folder(home.folder), real)
    return f"plugin {REQUIRED_VERSION} of {real.parent}"


def _users_home(user: Mapping[str, str]) -> Path:
    """Where the user's own CLI keeps its plugins."""
    if named := user.get("PULUMI_HOME"):
        return Path(named)
    return (Path(user["HOME"]) if user.get("HOME") else Path.home()) / ".pulumi"


def _fetch_once(home: Home, user: Mapping[str, str], pulumi: Path) -> None:
    asked = home.folder / f"kubernetes-{REQUIRED_VERSION}.asked"
    if asked.exists():
        return
    asked.touch()
    command: list[str | Path] = [pulumi, "plugin", "install", "resource", "kubernetes", REQUIRED_VERSION]
    try:
        subprocess.run(command, env=dict(user), capture_output=True, check=False, timeout=_FETCH_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return  # no network, or a slow one: the stand-in serves


def _link(place: Path, real: Path) -> None:
    """`place` leads to `real`, whatever stood there."""
    if place.is_symlink() and place.readlink() == real:
        return
    if place.is_dir() and not place.is_symlink():
        (place / _PROGRAM).unlink(missing_ok=True)
        place.rmdir()
    place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(real, target_is_directory=True)
