"""A toolchain in a folder of its own, with a Go that is a small script and does as the test says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from rich.console import Console

from local.paths import Paths
from local.toolchain.group import Group, ModuleFile, Program
from local.toolchain.toolchain import Toolchain

TOY = Group(
    name="toy",
    folder="toy",
    module="example.org/toy",
    version="1.2",
    module_version="1.2.0",
    programs=(Program(name="toy-server", package="example.org/toy/cmd/server"),),
    files=(ModuleFile(name="toy.yaml", pattern="crds/*.yaml"),),
    tags=("small", "quick"),
    variables=(("main.version", "1.2"),),
    cpu_seconds=240,
)
PAIR = Group(
    name="pair",
    folder="pair",
    module="",
    version="",
    module_version="",
    programs=(Program(name="left", package="./left"), Program(name="right", package="./right")),
    cpu_seconds=60,
)

_GO = """#!/bin/sh
# Answers as Go would, from files beside it; writes down how it was called.
here=${0%/*}
PATH=/usr/bin:/bin
echo "$PWD $*" >>"$here/calls"
case "$1 $2" in
"env "*) exec cat "$here/env.json" ;;
"list -m") echo "$here/module" ; exit 0 ;;
"list "*)
  if [ "$GOPROXY" = off ] && [ -e "$here/cold" ]; then exit 1; fi
  echo "go: warning: something else" >&2
  echo "go: downloading example.org/dependency v1.0.0" >&2
  exec cat "$here/listed" ;;
esac
env >"$here/environment"
cat "$here/compiled" >&2
if [ -e "$here/fails" ]; then cat "$here/fails" >&2; exit 1; fi
while [ "$1" != -o ]; do shift; done
case "$2" in
*/) shift; target=$1; shift; for package; do echo program >"$target/${package##*/}"; done ;;
*) echo program >"$2" ;;
esac
"""


@dataclass(frozen=True)
class Workshop:
    """The folder, and what a test wants to know of it."""

    root: Path

    @classmethod
    def made(cls, root: Path) -> "Workshop":
        """Two modules, a Go 1.26.8, empty caches."""
        shop = cls(root)
        for group in (TOY, PAIR):
            folder = shop.sources / group.folder
            folder.mkdir(parents=True)
            (folder / "go.mod").write_text(f"module mcp-tracing/local/tools/{group.name}\n\ngo 1.26.0\n")
        (shop.sources / "toy" / "go.sum").write_text("example.org/toy v1.2.0 h1:abc=\n")
        shop.add_go(shop.go, "go1.26.8")
        crds = shop.go / "module" / "crds"
        crds.mkdir(parents=True)
        (crds / "b.yaml").write_text("---\nkind: B\n")
        (crds / "a.yaml").write_text("kind: A\n")
        return shop

    @property
    def go(self) -> Path:
        return self.root / "go"

    @property
    def sources(self) -> Path:
        return self.root / "sources"

    @property
    def paths(self) -> Paths:
        return Paths.of(self.environ)

    @property
    def environ(self) -> Mapping[str, str]:
        """PATH has the script and nothing else, HOME is inside the folder."""
        return {"PATH": str(self.go), "HOME": str(self.root / "home")}

    def add_go(self, folder: Path, version: str) -> None:
        """A Go of `version` in `folder`; it compiles two packages of three, because one is in its cache."""
        folder.mkdir()
        (folder / "go").write_text(_GO)
        (folder / "go").chmod(0o755)
        told = {
            "GOVERSION": version,
            "GOHOSTOS": "linux",
            "GOHOSTARCH": "amd64",
            "GOCACHE": str(self.root / "gocache"),
            "GOMODCACHE": str(self.root / "gomodcache"),
        }
        (folder / "env.json").write_text(json.dumps(told))
        (folder / "listed").write_text(
            "false \ntrue stale dependency\ntrue not installed but available in build cache\ntrue stale\n"
        )
        (folder / "compiled").write_text("example.org/dependency\nexample.org/toy/cmd/server\n")

    def toolchain(self, said: StringIO | None = None, **changed: str) -> Toolchain:
        """The toolchain; what it tells the person is in `said`, as plain lines."""
        return Toolchain(
            paths=self.paths,
            environ={**self.environ, **changed},
            console=Console(file=said or StringIO(), force_terminal=False, width=200),
            groups=(TOY, PAIR),
            sources=self.sources,
            go_folders=(),
        )

    def calls(self, word: str) -> list[str]:
        """Calls of Go whose first argument is `word`, each with the folder in which it was made."""
        log = self.go / "calls"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if line.split(" ")[1] == word]

    def placed(self) -> list[str]:
        """Names in the folder of finished builds, without those of locks."""
        folder = self.paths.cache / "tools"
        names = [path.name for path in folder.iterdir()] if folder.exists() else []
        return sorted(name for name in names if not name.endswith(".lock"))
