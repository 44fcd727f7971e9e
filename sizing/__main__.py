"""`python -m sizing --stack NAME`: how large every program of a stack is, and why."""

import os
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from settings import SettingsError, from_files
from settings.schema import PROJECT_DIRECTORY
from sizing import Sizing, size


@click.command
@click.option("--stack", required=True, help="Name of the stack, say dev.")
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=PROJECT_DIRECTORY,
    help="Directory of Pulumi.yaml.  [default: this program's]",
)
def main(stack: str, project: Path) -> None:
    """Print the size of every program of a stack with its arithmetic; 1 when it cannot be sized."""
    try:
        sizing = size(from_files(project, stack, os.environ))
    except SettingsError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
    Console().print(_table(stack, sizing))


def _table(stack: str, sizing: Sizing) -> Table:
    table = Table(title=f"Sizing of stack {stack}", title_justify="left")
    table.add_column("what", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    table.add_column("arithmetic")
    for row in sizing.rows:
        table.add_row(row.name, str(row.value), row.unit, row.arithmetic)
    for source in sorted({source for row in sizing.rows for source in row.source.split("; ") if source}):
        table.caption = f"{table.caption}\n- {source}" if table.caption else f"Sources\n- {source}"
    table.caption_justify = "left"
    return table


if __name__ == "__main__":
    main()
