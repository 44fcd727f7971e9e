"""What the commands over a project's files have in common."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from settings.errors import SettingsError
from settings.schema import PROJECT_DIRECTORY

_FILE_WIDTH: Final = 140
"""Columns of a table that no terminal bounds."""

stack_option = click.option("--stack", required=True, help="Name of the stack, say dev.")
project_option = click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=PROJECT_DIRECTORY,
    help="Directory of Pulumi.yaml.  [default: this program's]",
)


def console() -> Console:
    """Where tables are printed: text as it is, without markup."""
    width = None if sys.stdout.isatty() else _FILE_WIDTH
    return Console(markup=False, emoji=False, highlight=False, width=width)


@contextmanager
def problems_told() -> Iterator[None]:
    """Problems of settings are printed to stderr and end the command with 1."""
    try:
        yield
    except SettingsError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
