"""`tracectl ui`: Jaeger's UI for a browser that has no certificate."""

import click

from operations import ui as bridge
from operations.scope import Scope


@click.command(short_help="Open Jaeger's UI for a browser without a certificate.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=bridge.PORT,
    show_default=True,
    help="Local port; if it is taken, a free one is used. 0: any free one.",
)
@click.pass_obj
def ui(scope: Scope, *, port: int) -> None:
    """Open Jaeger's UI at http://127.0.0.1:16686 for a browser, until Ctrl-C.

    The local port adds the client certificate that the platform asks for. It answers on this machine only,
    and only to requests addressed to localhost or 127.0.0.1.
    """
    bridge.serve(
        scope.target(), port, say=lambda text: scope.console.print(text, highlight=False, soft_wrap=True)
    )
