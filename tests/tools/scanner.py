"""checkov in a virtual environment of its own: it pins versions that the project cannot live with."""

import fcntl
import hashlib
import json
import os
import platform
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.paths import Paths
from settings.schema import PROJECT_DIRECTORY

REQUIREMENTS = PROJECT_DIRECTORY / "requirements" / "scan.txt"
INSTALLS_WITHIN_SECONDS = 900
SCANS_WITHIN_SECONDS = 300


class ScannerError(Exception):
    """The scanner cannot be had; the text says why."""


@dataclass(frozen=True, order=True)
class Finding:
    """A check that an object fails."""

    check: str
    kind: str
    name: str


def installed() -> Path:
    """The interpreter of an environment with exactly the locked scanner, made once for each lock file."""
    content = REQUIREMENTS.read_bytes() + platform.python_version().encode()
    folder = Paths.of(os.environ).cache / f"scan-{hashlib.sha256(content).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    ready = folder / ".ready"
    with _exclusive(folder.with_suffix(".lock")):
        if not ready.exists():
            print(f"installing the locked scanner into {folder} (a minute or two)", file=sys.stderr)
            venv.create(folder, with_pip=True, clear=True)
            _install(python)
            ready.touch()
    return python


def findings(python: Path, manifests: Path) -> tuple[int, list[Finding]]:
    """How many checks passed on the manifests of a folder, and those that did not."""
    ended = subprocess.run(
        [python, "-m", "checkov.main", "--directory", manifests, "--framework", "kubernetes",
         "--output", "json", "--compact", "--quiet", "--soft-fail", "--skip-download"],
        capture_output=True, text=True, check=False, timeout=SCANS_WITHIN_SECONDS, cwd=manifests,
        # A home of its own: no settings of the user's, nothing written outside of the folder.
        env={"PATH": os.environ["PATH"], "HOME": str(manifests)},
    )  # fmt: skip
    try:
        report = json.loads(ended.stdout)
    except ValueError:
        raise AssertionError(
            f"the scanner gave no report: {ended.stdout[-500:]}{ended.stderr[-2000:]}"
        ) from None
    failed = [_finding(check) for check in report["results"]["failed_checks"]]
    assert report["results"].get("parsing_errors", []) == []
    return report["summary"]["passed"], sorted(failed)


def _finding(check: dict[str, str]) -> Finding:
    kind, _, name = check["resource"].partition(".")
    return Finding(check["check_id"], kind, name)


def _install(python: Path) -> None:
    try:
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
             "--requirement", REQUIREMENTS],
            check=True, capture_output=True, text=True, timeout=INSTALLS_WITHIN_SECONDS,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise ScannerError(f"pip cannot install {REQUIREMENTS.name}: {error.stderr[-500:]}") from None


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """Two test runs do not install into one folder at the same time."""
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
