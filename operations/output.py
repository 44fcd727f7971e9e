"""Where commands print to."""

import os
import sys

from rich.console import Console

_PIPE_COLUMNS = 80


def console() -> Console:
    """Standard output: as wide as its terminal; for files and pipes `COLUMNS`, else 80."""
    if sys.stdout.isatty():
        return Console()
    columns = os.environ.get("COLUMNS", "")
    return Console(width=int(columns) if columns.isdecimal() and int(columns) else _PIPE_COLUMNS)
