"""`python -m local.toolchain`: look at the programs, and have them built."""

import os
import signal
import sys
from collections.abc import Sequence

import click
from rich.console import Console

from local.paths import Paths

from . import ensure_packages
from .errors import ToolchainError
from .existing import find_existing
from .group import Group
from .toolchain import Toolchain

_MIB = 2**20


@click.group()
def main() -> None:
    """Programs of the tracing platform: found on PATH, else built once from pinned Go modules."""


@main.command()
@click.argument("names", nargs=-1)
@click.option("--packages", is_flag=True, help="Also install the Debian packages of the embedded cluster.")
def ensure(names: Sequence[str], packages: bool) -> None:
    """Have the programs NAMES built where they are missing (all, if none is named); print their paths."""
    toolchain = _toolchain()
    if packages:
        ensure_packages()
    wanted = names or [name for group in toolchain.groups for name in group.outputs]
    for name, path in toolchain.ensure(wanted).items():
        click.echo(f"{name}\t{path}")


@main.command("list")
def list_programs() -> None:
    """Show each group: version, whether it is built, its size, where its source comes from."""
    toolchain = _toolchain()
    rows = [("GROUP", "VERSION", "MIB", "STATE", "SOURCE", "PROGRAMS")]
    for group, build in toolchain.builds(toolchain.groups).items():
        size = f"{build.size / _MIB:.0f}" if build.is_built else "-"
        source = f"{group.module}@v{group.module_version}" if group.module else f"local/tools/{group.folder}"
        state = _on_path(toolchain, group) or ("built" if build.is_built else "not built")
        rows.append((group.name, group.version or "own", size, state, source, " ".join(group.outputs)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())
    click.echo(f"\nBuilds are in {toolchain.paths.cache / 'tools'}.")


@main.command()
@click.argument("name")
def where(name: str) -> None:
    """Print the path of the program NAME; fail if it would have to be built first."""
    found = _toolchain().where(name)
    if found is None:
        raise ToolchainError(f"{name} is not built yet; python -m local.toolchain ensure {name} builds it")
    click.echo(found)


def _toolchain() -> Toolchain:
    return Toolchain(paths=Paths.of(os.environ), environ=os.environ, console=Console(stderr=True))


def _on_path(toolchain: Toolchain, group: Group) -> str:
    """What the user has of a group's only program; empty if nothing that fits."""
    existing = find_existing(group.outputs[0], toolchain.environ)
    return f"on PATH ({existing.version})" if existing and existing.fits else ""


def run() -> None:
    """The command, with failures as one message on standard error and exit status 1; 130 if interrupted."""
    # A run that is told to end, by Ctrl-C or by a service manager, ends its compiler first.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main(prog_name="python -m local.toolchain", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (ToolchainError, OSError) as error:
        click.echo(error, err=True)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; the same command resumes: what is compiled is kept", err=True)
        sys.exit(130)


if __name__ == "__main__":
    run()
