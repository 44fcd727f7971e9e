"""Where commands print to."""

import os
import sys
from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from operations.traces.words import printable

_PIPE_COLUMNS = 80


def console() -> Console:
    """Standard output: as wide as its terminal; for files and pipes `COLUMNS`, else 80."""
    if sys.stdout.isatty():
        return Console()
    columns = os.environ.get("COLUMNS", "")
    return Console(width=int(columns) if columns.isdecimal() and int(columns) else _PIPE_COLUMNS)


def columns(headings: Sequence[str], rows: Sequence[Sequence[str]], *, unicode: bool) -> Iterator[Text]:
    """Lines of a table, each column as wide as its widest cell: nothing is cut, so that it can be copied."""
    cells = [[printable(cell, unicode=unicode) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(headings, *cells, strict=True)]
    for number, row in enumerate([list(headings), *cells]):
        padded = (set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True))
        yield Text("  ".join(padded).rstrip(), style="" if number else "dim")
