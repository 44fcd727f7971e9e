"""One long-running command: its messages go to a log, line by line, and it never outlives its caller."""

import os
import selectors
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

_TICK_SECONDS: Final = 1.0
_GRACE_SECONDS: Final = 10.0
"""Go ends on SIGINT as soon as the compilations that run are done; so long they get."""
_CHUNK: Final = 65536


@dataclass(frozen=True, kw_only=True)
class Listener:
    """Who hears of a command while it runs."""

    line: Callable[[str], None] = lambda _line: None
    """Called with each line of standard error."""
    tick: Callable[[], None] = lambda: None
    """Called at least once a second."""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A command that has ended by itself."""

    status: int
    output: str
    """Standard output."""


def run_logged(
    command: Sequence[str | Path],
    *,
    folder: Path,
    environment: Mapping[str, str],
    log: IO[bytes],
    listener: Listener,
) -> Finished:
    """`command` has run in `folder`, without input; the command line and its standard error are in `log`.

    When this call is left by an exception, Ctrl-C among them, the command has ended before.
    """
    log.write(f"$ {' '.join(map(str, command))}\n".encode())
    log.flush()
    with (
        tempfile.TemporaryFile() as output,
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
        ) as process,
    ):
        try:
            for line in _error_lines(process, listener.tick):
                log.write(line)
                log.flush()
                listener.line(line.decode(errors="replace").rstrip())
            status = process.wait()
        except BaseException:
            _stop(process)
            raise
        output.seek(0)
        return Finished(status=status, output=output.read().decode(errors="replace"))


def _error_lines(process: subprocess.Popen[bytes], tick: Callable[[], None]) -> Iterator[bytes]:
    """Lines of standard error until it is closed."""
    if process.stderr is None:
        raise AssertionError("the process was started without a pipe")
    unfinished = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stderr, selectors.EVENT_READ)
        while True:
            ready = selector.select(_TICK_SECONDS)
            tick()
            if not ready:
                continue
            chunk = os.read(process.stderr.fileno(), _CHUNK)
            if not chunk:
                break
            *lines, unfinished = (unfinished + chunk).split(b"\n")
            yield from (line + b"\n" for line in lines)
    if unfinished:
        yield unfinished


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
