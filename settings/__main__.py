"""`python -m settings check|show --stack NAME`: a stack's settings, without engine and cluster."""

import os
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from settings import Settings, SettingsError, from_files
from settings.parse import Resolved, resolve
from settings.schema import PROJECT_DIRECTORY, Schema
from settings.sources import declared
from settings.values import Encrypted

_stack = click.option("--stack", required=True, help="Name of the stack, say dev.")
_project = click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=PROJECT_DIRECTORY,
    help="Directory of Pulumi.yaml.  [default: this program's]",
)


@click.group
def main() -> None:
    """Look at what a stack declares."""


@main.command
@_stack
@_project
def check(stack: str, project: Path) -> None:
    """Say ok, or every problem with what would be right; 1 when there is one."""
    click.echo(f"ok: stack {stack}: {_summary(_checked(project, stack))}")


@main.command
@_stack
@_project
def show(stack: str, project: Path) -> None:
    """Print every key with its value, where that comes from, and what it does."""
    try:
        declaration = declared(project, stack)
    except SettingsError as error:
        raise _ended(error) from None
    resolved = resolve(declaration.values, os.environ, declaration.schema)
    Console(markup=False, emoji=False, highlight=False).print(_table(stack, declaration.schema, resolved))
    _checked(project, stack)


def _checked(project: Path, stack: str) -> Settings:
    try:
        return from_files(project, stack, os.environ)
    except SettingsError as error:
        raise _ended(error) from None


def _ended(error: SettingsError) -> SystemExit:
    click.echo(str(error), err=True)
    return SystemExit(1)


def _summary(settings: Settings) -> str:
    traffic = settings.traffic
    return (
        f"environment {settings.environment}, cluster {settings.cluster.name}, topology {settings.topology}, "
        f"{traffic.spans_per_second} spans/s (peak x{traffic.peak_factor}), "
        f"Jaeger on {settings.jaeger.storage}, certificates for {settings.trust.leaf_duration}"
    )


def _table(stack: str, schema: Schema, resolved: Mapping[str, Resolved]) -> Table:
    table = Table(title=f"Settings of stack {stack}", title_justify="left", show_lines=True)
    table.add_column("key", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("from", no_wrap=True)
    table.add_column("what it does")
    for key in schema.keys.values():
        found = resolved.get(key.name)
        value, origin = ("", "missing") if found is None else (_shown(found.value, key.secret), found.origin)
        table.add_row(key.name, value, origin, key.description)
    return table


def _shown(value: object, secret: bool) -> str:
    """The value as a stack file has it; never that of a secret, encrypted or not."""
    if isinstance(value, Encrypted) or (secret and value != ""):
        return "[secret]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


if __name__ == "__main__":
    main()
