"""Where the engine keeps its state, plugins and passphrase, and the environment that it runs in."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

_PRIVATE_FOLDER: Final = 0o700
_PRIVATE_FILE: Final = 0o600
_PASSPHRASE_BYTES: Final = 32

_OF_THE_USER: Final = (
    "PULUMI_BACKEND_URL",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
)
"""Variables that win over the project's own state. Every other PULUMI_* of the user's shell is kept away:
the SDK copies some (PULUMI_K8S_*) into a provider's inputs, where unsetting one later shows as a change."""

_QUIET: Final = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
    "PULUMI_CREDENTIAL_STORE": "plaintext",
    "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
    "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
}
"""No request to the vendor's site, no plugin but those of this home: the same run on every machine."""


@dataclass(frozen=True, kw_only=True)
class Home:
    """Folders of the engine, below the project's state folder; all of them private to the user."""

    folder: Path
    """`PULUMI_HOME`: plugins and credentials."""
    backend: Path
    """State of the stacks, unless the user's `PULUMI_BACKEND_URL` names another place."""
    work: Path
    """One folder per project with its `Pulumi.yaml` and stack files as the engine sees them."""
    passphrase: Path
    """File with the random passphrase that encrypts secrets in the state, mode 0600."""

    @classmethod
    def below(cls, state: Path) -> Self:
        """The folders and the passphrase file below `state`, made where they do not exist.

        Raises:
            OSError: a folder or the file cannot be made.
        """
        root = state / "engine"
        home = cls(
            folder=root / "home", backend=root / "backend", work=root / "work", passphrase=root / "passphrase"
        )
        for folder in (root, home.folder, home.backend, home.work):
            folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        _passphrase(home.passphrase)
        return home

    def environ(self, user: Mapping[str, str]) -> dict[str, str]:
        """Environment of an operation: the user's, less its PULUMI_* variables, plus the project's own."""
        kept = {name: value for name, value in user.items() if not name.startswith("PULUMI_")}
        wins = {name: user[name] for name in _OF_THE_USER if name in user}
        own = {**_QUIET, "PULUMI_HOME": str(self.folder), "PULUMI_BACKEND_URL": f"file://{self.backend}"}
        if not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & wins.keys():
            own["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(self.passphrase)
        return {**kept, **own, **wins}

    def is_own_backend(self, environ: Mapping[str, str]) -> bool:
        """Whether the state lies in this home, where nobody but this machine's user comes."""
        return environ.get("PULUMI_BACKEND_URL") == f"file://{self.backend}"


def _passphrase(path: Path) -> None:
    """A random passphrase at `path`, made once: of two processes that meet here, one file wins."""
    if path.exists():
        path.chmod(_PRIVATE_FILE)
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(_PASSPHRASE_BYTES))
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # the other process was first, and its passphrase is in use
    finally:
        draft.unlink()
