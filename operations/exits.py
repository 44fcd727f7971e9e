"""How commands end: exit codes, and one line instead of a traceback."""

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import click

from operations.problem import InterruptedOperationError, OperationError

FAILED = 1
INTERRUPTED = 130
TERMINATED = 143


def run(program: str, body: Callable[[], object], *, again: str = "") -> int:
    """Exit code of the body; what went wrong stands on standard error, without a traceback.

    0 done, 1 could not be done, 2 wrong use, 130 interrupted by Ctrl-C; termination (143) unwinds like any
    exit, so that forwards end and temporary files go. `again` is told after an interruption.
    """
    signal.signal(signal.SIGTERM, _end)
    try:
        body()
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except InterruptedOperationError as reason:
        print(f"{program}: {reason}", file=sys.stderr)
        return INTERRUPTED
    except OperationError as reason:
        print(f"{program}: {reason}", file=sys.stderr)
        return FAILED
    except (KeyboardInterrupt, click.Abort):
        print(f"{program}: interrupted{f'; to go on: {again}' if again else ''}", file=sys.stderr)
        return INTERRUPTED
    return 0


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(TERMINATED)
