"""`python -m sizing --stack NAME`: how large every program of a stack is, and why."""

import os
from pathlib import Path

import click
from rich.table import Table

from settings import from_files
from settings.cli import console, problems_told, project_option, stack_option
from sizing import Sizing, size


@click.command
@stack_option
@project_option
def main(stack: str, project: Path) -> None:
    """Print the size of every program of a stack with its arithmetic; 1 when it cannot be sized."""
    with problems_told():
        sizing = size(from_files(project, stack, os.environ))
    console().print(_table(stack, sizing))
    click.echo(_sources(sizing))


def _table(stack: str, sizing: Sizing) -> Table:
    table = Table(title=f"Sizing of stack {stack}", title_justify="left")
    table.add_column("what", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    table.add_column("arithmetic")
    for row in sizing.rows:
        table.add_row(row.name, str(row.value), row.unit, row.arithmetic)
    return table


def _sources(sizing: Sizing) -> str:
    facts = dict.fromkeys(fact for row in sizing.rows for fact in row.facts)
    return "\n".join(["where the constants are from:", *(f"  {fact}: {fact.source}" for fact in facts)])


if __name__ == "__main__":
    main()
