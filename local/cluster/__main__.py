"""`python -m local.cluster up|down|status`: the embedded cluster by itself, for people and scripts."""

import argparse
import os
import sys
from pathlib import Path

from local import toolchain
from local.cluster import PROGRAMS, Cluster, ClusterError, ClusterSpec
from local.paths import Paths


def main(arguments: list[str]) -> int:
    """Do what the command line says: 0 done, 1 failed (with the reason on standard error), 3 not ready."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except (ClusterError, toolchain.ToolchainError) as error:
        print(f"local.cluster: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("local.cluster: interrupted; nothing half-started is left running", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    """One command."""
    spec, paths = ClusterSpec(options.name, options.index), Paths.of(os.environ)
    if options.command == "up":
        toolchain.ensure_packages()
        cluster = Cluster(spec, paths, toolchain.ensure(PROGRAMS))
        cluster.up(report=_tell)
        print(f"kubeconfig: {cluster.kubeconfig} (context {spec.name})")
        return 0
    cluster = Cluster(spec, paths, dict[str, Path]())
    if options.command == "down":
        cluster.down(_tell, keep_data=options.keep_data)
        return 0
    status = cluster.status()
    print("\n".join(status.lines()))
    return 0 if status.ready else 3


def _tell(text: str) -> None:
    """One line of progress, seen at once also through a pipe."""
    print(text, flush=True)


def _parser() -> argparse.ArgumentParser:
    """The command line."""
    default = ClusterSpec()
    parser = argparse.ArgumentParser(prog="python -m local.cluster", description=__doc__)
    parser.add_argument("command", choices=("up", "down", "status"))
    parser.add_argument("--name", default=default.name, help=f"the cluster's name (default: {default.name})")
    parser.add_argument(
        "--index", type=int, default=default.index, help="which addresses, 0 to 63 (default: 0)"
    )
    parser.add_argument(
        "--keep-data", action="store_true", help="down: keep objects and volumes for the next up"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
