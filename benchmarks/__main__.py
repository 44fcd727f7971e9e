"""`make bench`: what users wait for, measured here and now, as Markdown tables for docs/benchmarks.md.

It takes the embedded dev cluster down and brings it up again several times.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from benchmarks.measure import CommandError, Figure, figures, machine
from benchmarks.memory import proportional_mib
from operations import places

_STACKS: Final = ("dev", "staging", "prod")
_PROGRAM_ALONE: Final = """
import sys
from operations.recording import record
from settings.schema import PROJECT_DIRECTORY
record(PROJECT_DIRECTORY, sys.argv[1])
"""
"""What a preview takes without engine and provider: imports, settings, sizing, rendering, components."""


def main() -> int:
    """Print the figures as they come; 1 if a measured command failed, with the name of its log."""
    options = _arguments()
    log = Path(tempfile.mkdtemp(prefix="mcp-tracing-bench-")) / "output.log"
    print(f"Machine: {machine()}. Output of the commands: {log}\n", file=sys.stderr)
    print("| what | median | least to most | runs |\n|---|---|---|---|")
    try:
        for figure in _all(options, log):
            print(figure.row(), flush=True)
    except CommandError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each command (default 3)")
    parser.add_argument("--cold", action="store_true", help="also a first `make up` with empty caches (once)")
    return parser.parse_args()


def _all(options: argparse.Namespace, log: Path) -> Iterator[Figure]:
    if options.cold:
        yield from _cold(log)
    yield from _warm(options.runs, log)
    yield from _previews(options.runs, log)
    yield Figure(what="memory of the cluster with dev deployed (PSS)", unit="MiB", values=(_memory(),))
    yield from figures("make unit", ["make", "unit"], log, options.runs)
    yield from figures("make test", ["make", "test"], log, options.runs)


def _cold(log: Path) -> Iterator[Figure]:
    """A first `make up` as on a machine that has Go and nothing else, once: it takes too long for more."""
    figures("down", ["make", "down"], log, 1)
    with tempfile.TemporaryDirectory(prefix="mcp-tracing-cold-") as folder:
        empty = _empty_caches(Path(folder))
        yield from figures("first make up, empty caches", ["make", "up"], log, 1, empty)
        figures("down", ["make", "down"], log, 1, empty)
        # Go writes its module cache read-only, which would keep the folder from being removed.
        figures("clean", ["go", "clean", "-modcache"], log, 1, empty)


def _empty_caches(folder: Path) -> Mapping[str, str]:
    caches = {name: str(folder / name.lower()) for name in ("XDG_CACHE_HOME", "GOCACHE", "GOMODCACHE")}
    return {**os.environ, **caches, "XDG_STATE_HOME": str(folder / "state")}


def _warm(runs: int, log: Path) -> Iterator[Figure]:
    started: list[Figure] = []
    for _ in range(runs):
        figures("down", ["make", "down"], log, 1)
        started += figures("make up", ["make", "up"], log, 1)[:1]
    values = tuple(figure.values[0] for figure in started)
    yield Figure(what="make up, programs built, no cluster", unit="s", values=values)
    yield from figures("make up again, nothing to change", ["make", "up"], log, runs)


def _previews(runs: int, log: Path) -> Iterator[Figure]:
    for stack in _STACKS:
        yield from figures(f"preview {stack}", ["make", "preview", f"STACK={stack}"], log, runs)
        alone = [sys.executable, "-c", _PROGRAM_ALONE, stack]
        yield from figures(f"the program of {stack} alone, on mocks", alone, log, runs)


def _memory() -> float:
    init = places.embedded(os.environ, {}).status().pid
    if init is None:
        raise CommandError("the embedded cluster does not run after `make up`")
    return proportional_mib(init)


if __name__ == "__main__":
    sys.exit(main())
