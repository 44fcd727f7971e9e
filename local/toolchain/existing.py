"""What the user has already: programs on PATH whose version fits."""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import versions

from .golang import Version, numbers

_ANSWER_SECONDS: Final = 30


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When a program on PATH may be used."""

    question: tuple[str, ...]
    """Arguments that make it tell its version."""
    version: Callable[[str], str]
    """The version in its answer."""
    fits: Callable[[Version], bool]
    wanted: str
    """What fits, in words."""


@dataclass(frozen=True, kw_only=True)
class Existing:
    """A program on PATH."""

    path: Path
    version: str
    """Empty where it does not tell one."""
    fits: bool
    wanted: str


def _kubectl_version(answer: str) -> str:
    return str(json.loads(answer)["clientVersion"]["gitVersion"])


def _pulumi_fits(version: Version) -> bool:
    lock = numbers(versions.PULUMI)
    return version[:1] == lock[:1] and version >= lock[:2]


def _kubectl_fits(version: Version) -> bool:
    major, minor, *_ = numbers(versions.KUBERNETES)
    return version[:1] == (major,) and abs(version[1] - minor) <= 1


RULES: Final[Mapping[str, Rule]] = {
    "pulumi": Rule(
        question=("version",),
        version=str.strip,
        fits=_pulumi_fits,
        wanted=f"{'.'.join(versions.PULUMI.split('.')[:2])} or a later 3.x",
    ),
    # Kubernetes' version skew policy: kubectl works one minor version around the API server.
    "kubectl": Rule(
        question=("version", "--client", "--output=json"),
        version=_kubectl_version,
        fits=_kubectl_fits,
        wanted=f"within one minor version of {versions.KUBERNETES}",
    ),
}
"""Programs that need not be the pinned ones. All others are always built."""


def find_existing(name: str, environ: Mapping[str, str]) -> Existing | None:
    """The program `name` on the user's PATH, fitting or not; None where there is none or it has no rule."""
    rule = RULES.get(name)
    path = shutil.which(name, path=environ.get("PATH", "")) if rule else None
    if rule is None or path is None:
        return None
    version = _ask(path, rule, environ)
    known = numbers(version)
    fits = len(known) > 1 and rule.fits(known)
    return Existing(path=Path(path), version=version, fits=fits, wanted=rule.wanted)


def _ask(path: str, rule: Rule, environ: Mapping[str, str]) -> str:
    """The version that the program at `path` tells, without a leading v; empty if it tells none."""
    # Pulumi would look for a newer release first, over the network.
    environment = {**environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            [path, *rule.question],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            text=True,
            timeout=_ANSWER_SECONDS,
        )
        return rule.version(answer.stdout).removeprefix("v")
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return ""
