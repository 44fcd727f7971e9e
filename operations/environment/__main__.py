"""`python -m operations.environment up|down|status|preview`: what the targets of the Makefile call."""

import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import click
from rich.console import Console

from operations.commands.status import look, show
from operations.environment.order import Environment
from operations.environment.platform import Platform
from operations.environment.proof import send_and_read_back
from operations.environment.sites import Embedded, OwnCluster, Site
from operations.exits import run
from operations.output import console
from operations.problem import told
from operations.scope import PROJECT, Scope
from settings import Settings, SettingsError
from settings.sources import from_files

_CONTEXT = "MCP_TRACING_CONTEXT"
_DEFAULT_STACK = "dev"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def environment() -> None:
    """Bring a stack up with all that it needs, look at it, and remove it again.

    Exit codes: 0 done, 1 could not be done (the reason is said), 2 wrong use, 130 interrupted.
    """


_stack = click.option("--stack", default=_DEFAULT_STACK, show_default=True, help="dev, staging or prod.")
_context = click.option("--context", help="Context of a cluster of your own; without it: the embedded one.")


@environment.command()
@_stack
@_context
def up(stack: str, context: str | None) -> None:
    """Bring the stack up, send a trace through it and show it; what is there already stays as it is."""
    prepared(stack, context, os.environ, console()).up()


@environment.command()
@_stack
@_context
def down(stack: str, context: str | None) -> None:
    """Remove the stack and the embedded cluster (never a cluster of your own)."""
    prepared(stack, context, os.environ, console()).down()


@environment.command()
@_stack
@_context
@click.option("--expect-no-changes", is_flag=True, help="Exit with 1 if anything would change.")
def preview(stack: str, context: str | None, *, expect_no_changes: bool) -> None:
    """Show what `up` would change in the stack, and change nothing."""
    prepared(stack, context, os.environ, console()).preview(expect_no_changes=expect_no_changes)


@environment.command()
@_stack
@_context
def status(stack: str, context: str | None) -> None:
    """Tell what runs."""
    scope = Scope(stack=stack, context=context or None, environ=os.environ, console=console())
    for section in look(scope):
        show(scope.console, section)


def prepared(stack: str, context: str | None, environ: Mapping[str, str], output: Console) -> Environment:
    """The environment of this stack, in the cluster of `context`, or if that is empty in the embedded one."""
    site: Site = OwnCluster(context, environ, output) if context else Embedded(environ, output)
    if not context and environ.get(_CONTEXT):
        output.print(
            f"{_CONTEXT}={environ[_CONTEXT]} is not used here; make ... CONTEXT={environ[_CONTEXT]} is how",
            markup=False,
            highlight=False,
        )
    settings = cache(lambda: _settings(PROJECT, stack, environ))
    return Environment(
        stack=stack,
        site=site,
        platform=Platform(
            project=PROJECT, stack=stack, site=site, environment=lambda: settings().environment
        ),
        settings=settings,
        demo=send_and_read_back,
        console=output,
        hint=_hint(stack, context),
    )


def _hint(stack: str, context: str | None) -> str:
    """Arguments of `make` for this stack and place; the Makefile's own defaults are left out."""
    given = {"STACK": stack if stack != _DEFAULT_STACK else "", "CONTEXT": context or ""}
    return " ".join(f"{name}={value}" for name, value in given.items() if value)


def _settings(project: Path, stack: str, environ: Mapping[str, str]) -> Settings:
    with told(SettingsError):
        return from_files(project, stack, environ)


def main() -> None:
    """Entry point."""
    sys.exit(run("make", lambda: environment.main(standalone_mode=False), again="the same command again"))


if __name__ == "__main__":
    main()
