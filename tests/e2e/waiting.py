"""Bounded waiting for what a cluster does in its own time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(ask: Callable[[], T], holds: Callable[[T], bool], seconds: float = 60) -> T:
    """The first answer that holds; a failed assertion with the last answer if none does in time."""
    end = time.monotonic() + seconds
    while not holds(answer := ask()):
        assert time.monotonic() < end, f"not within {seconds:.0f} s; the last answer: {answer}"
        time.sleep(0.3)
    return answer
