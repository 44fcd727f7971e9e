"""The one error that a command shows to a person."""

from collections.abc import Iterator
from contextlib import contextmanager


class OperationError(Exception):
    """What went wrong and what to do about it, in words for a person: no traceback follows."""


class InterruptedOperationError(OperationError):
    """The person ended it; what was done until then stands, and the command can be given again."""


class NotRunningError(OperationError):
    """The embedded cluster is down; the text says how it is started."""


@contextmanager
def told(*kinds: type[Exception]) -> Iterator[None]:
    """Errors of these kinds leave the block as OperationError; their text is meant for people already."""
    try:
        yield
    except kinds as reason:
        raise OperationError(str(reason)) from reason
