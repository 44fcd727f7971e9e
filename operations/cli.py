"""`tracectl`: the commands, and what they have in common."""

import os
import sys

import click

from operations.commands.status import status
from operations.commands.trace import trace
from operations.commands.ui import ui
from operations.exits import run
from operations.output import console
from operations.scope import Scope

COMMANDS: tuple[click.Command, ...] = (trace, status, ui)
"""Every command, in the order of `--help`."""


class _InOrder(click.Group):
    """Commands in the order in which they were added, not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--stack", default="dev", show_default=True, help="Stack that is worked on: dev, staging or prod."
)
@click.option(
    "--context",
    envvar="MCP_TRACING_CONTEXT",
    show_envvar=True,
    help="Context of a cluster of your own, in MCP_TRACING_KUBECONFIG, KUBECONFIG or ~/.kube/config; "
    "without one: the embedded cluster, whatever KUBECONFIG says.",
)
@click.version_option(package_name="mcp-tracing", prog_name="tracectl")
@click.pass_context
def tracectl(ctx: click.Context, stack: str, context: str | None) -> None:
    """Look into a tracing platform: find traces, see what runs.

    Exit codes: 0 done, 1 could not be done (one sentence says why), 2 wrong use, 130 interrupted.
    """
    ctx.obj = Scope(stack=stack, context=context or None, environ=os.environ, console=console())


for _command in COMMANDS:
    tracectl.add_command(_command)


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run("tracectl", lambda: tracectl.main(prog_name="tracectl", standalone_mode=False)))
