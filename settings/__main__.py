"""`python -m settings check|show --stack NAME`: a stack's settings, without engine and cluster."""

import os
from collections.abc import Mapping
from pathlib import Path

import click
from rich.table import Table

from settings import Settings, from_files
from settings.cli import console, problems_told, project_option, stack_option
from settings.parse import Resolved, resolve
from settings.schema import Schema
from settings.sources import SECRET_PLACEHOLDER, declared
from settings.values import Encrypted


@click.group
def main() -> None:
    """Look at what a stack declares."""


@main.command
@stack_option
@project_option
def check(stack: str, project: Path) -> None:
    """Say ok, or every problem with what would be right; 1 when there is one."""
    with problems_told():
        settings = from_files(project, stack, os.environ)
    click.echo(f"ok: stack {stack}: {_summary(settings)}")


@main.command
@stack_option
@project_option
def show(stack: str, project: Path) -> None:
    """Print every key with its value, where that comes from, and what it does; then problems, if any."""
    with problems_told():
        declaration = declared(project, stack)
        resolved = resolve(declaration.values, os.environ, declaration.schema)
        console().print(_table(stack, declaration.schema, resolved))
        from_files(project, stack, os.environ)


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
    table.add_column("value", overflow="fold", max_width=32)
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
        return SECRET_PLACEHOLDER
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    main()
