"""The Go compiler of the machine, and the environment in which it builds the same wherever it runs."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from .errors import ToolchainError

USUAL_FOLDERS: Final = tuple(
    Path(folder) for folder in ("/usr/local/go/bin", "/usr/lib/go/bin", "/snap/bin", "/opt/go/bin")
)
"""Where Go is looked for after PATH: the places of its own installer and of Linux distributions."""

_PASSED: Final = (
    *("HOME", "PATH", "LANG", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "NETRC"),
    *("GOPATH", "GOCACHE", "GOMODCACHE", "GOENV", "GOAUTH", "GOPROXY", "GONOPROXY", "GOPRIVATE"),
)
"""What reaches Go of the user's environment: where things are and how to get modules, nothing that changes a
build. GOSUMDB, GONOSUMDB and GOINSECURE are left out: modules are always held to the committed go.sum."""

_FIXED: Final = {
    "CGO_ENABLED": "0",
    "GO111MODULE": "on",
    "GOTOOLCHAIN": "local",
    "GOWORK": "off",
    # An empty GOFLAGS would let one set by `go env -w` through. This is Go's default: go.sum is not changed.
    "GOFLAGS": "-mod=readonly",
}
_QUESTIONS: Final = ("GOVERSION", "GOHOSTOS", "GOHOSTARCH", "GOCACHE", "GOMODCACHE")
_ANSWER_SECONDS: Final = 30

Version = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Go:
    """A Go that answered."""

    program: Path
    version: str
    """As Go says it, without the leading "go"."""
    platform: str
    environment: Mapping[str, str]
    """The whole environment of every call."""
    build_cache: Path
    module_cache: Path

    @classmethod
    def asked(cls, program: Path, environ: Mapping[str, str]) -> Self | None:
        """The Go at `program`, or None where it does not answer like one."""
        environment = {name: environ[name] for name in _PASSED if environ.get(name)} | _FIXED
        try:
            answer = subprocess.run(
                [program, "env", "-json", *_QUESTIONS],
                env=environment,
                capture_output=True,
                check=True,
                timeout=_ANSWER_SECONDS,
            )
            said = json.loads(answer.stdout)
            return cls(
                program=program,
                version=said["GOVERSION"].removeprefix("go"),
                platform=f"{said['GOHOSTOS']}/{said['GOHOSTARCH']}",
                environment={**environment, "GOOS": said["GOHOSTOS"], "GOARCH": said["GOHOSTARCH"]},
                build_cache=Path(said["GOCACHE"]),
                module_cache=Path(said["GOMODCACHE"]),
            )
        except (OSError, subprocess.SubprocessError, ValueError, KeyError):
            return None


def find_go(environ: Mapping[str, str], needed: str, folders: Iterable[Path] = USUAL_FOLDERS) -> Go:
    """The first Go of version `needed` or newer, on PATH or in `folders`.

    Raises:
        ToolchainError: there is none; the message says what is needed, where was looked and what was found.
    """
    places = [*map(Path, environ.get("PATH", "").split(os.pathsep)), *folders]
    found: list[Go] = []
    for place in dict.fromkeys(place / "go" for place in places if place.is_absolute()):
        program = shutil.which(place)
        go = Go.asked(Path(program), environ) if program else None
        if go and numbers(go.version) >= numbers(needed):
            return go
        if go:
            found.append(go)
    seen = "; ".join(f"{go.program} is Go {go.version}" for go in found) or "none was found"
    raise ToolchainError(
        f"Go {needed} or newer is needed to build programs: {seen}.\n"
        f"Looked on PATH and in {', '.join(map(str, folders))}.\n"
        "Install it from https://go.dev/dl (unpack it to /usr/local/go) and run the same command again."
    )


def numbers(version: str) -> Version:
    """The leading numbers of a version, to compare by: 1.26.8 and 1.27rc1 become (1, 26, 8) and (1, 27)."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def needed_version(go_mod: Path) -> str:
    """The `go` line of a go.mod: the oldest Go that may build the module."""
    for line in go_mod.read_text(encoding="utf-8").splitlines():
        if line.startswith("go "):
            return line.removeprefix("go ").strip()
    raise ToolchainError(f"{go_mod} has no line `go VERSION`: the checkout is damaged")
