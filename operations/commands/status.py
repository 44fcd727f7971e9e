"""`tracectl status`: what runs."""

import json

import click
from rich.console import Console
from rich.text import Text

from operations import occupant, places
from operations.connect import Target
from operations.output import columns
from operations.problem import OperationError
from operations.scope import Scope
from operations.status import Section, as_document, now, of_platform


@click.command(short_help="Tell what runs, and until when certificates are valid.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@click.pass_obj
def status(scope: Scope, *, as_json: bool) -> None:
    """Tell what runs: cluster, workloads, endpoints, certificates with their expiry, the last trace.

    Nothing running is an answer too: the exit code is 0 whenever it could be told.
    """
    sections = look(scope)
    if as_json:
        print(json.dumps(as_document(sections), indent=2))
        return
    for section in sections:
        show(scope.console, section)


def look(scope: Scope) -> list[Section]:
    """What runs in the scope's cluster; an embedded cluster that is down is told as such."""
    environment = scope.environment()
    found = _embedded(scope) if scope.context is None else places.target(scope.context, scope.environ)
    if isinstance(found, Section):
        return [found]
    occupant.refuse_another(found, environment)
    return of_platform(found, now())


def _embedded(scope: Scope) -> Target | Section:
    cluster = places.embedded(scope.environ).status()
    if cluster.pid is None:
        return Section(title="cluster", remark=f"{cluster.lines()[0]}; `make up` starts it")
    try:
        return places.target(None, scope.environ)
    except OperationError as reason:
        return Section(title="cluster", remark="\n".join([*cluster.lines(), str(reason)]), healthy=False)


def show(console: Console, section: Section) -> None:
    """Print a section as a table, or its remark."""
    mark = "" if section.healthy else "  (not healthy)"
    console.print(Text.assemble((section.title, "bold"), (mark, "bold red")))
    if section.remark:
        console.print(Text(section.remark, style="" if section.healthy else "red"), soft_wrap=True)
    if section.rows:
        for line in columns(section.headings, section.rows, unicode=console.is_terminal):
            console.print(line, soft_wrap=True, highlight=False)
    console.print()
