"""Runs a project's `__main__.py` in this process, as `pulumi up` would run it in one of its own."""

import asyncio
import logging
import os
import runpy
import sys
import sysconfig
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Final

import pulumi

_INSTALLED: Final = sysconfig.get_path("purelib") + os.sep
_FINISH_SECONDS: Final = 5.0
_FINISH_PAUSE: Final = 0.01


class Program:
    """The program of a project, run once per operation.

    The SDK runs it in a thread and an event loop of its own, and leaves both behind when the engine ends
    first, as it does after a failure. `surroundings` waits for the one and closes the other.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loops: list[asyncio.AbstractEventLoop] = []

    def __call__(self) -> None:
        """Every resource that the program declares is registered with the engine.

        Raises:
            pulumi.RunError: the program failed; the text names the failing line, with no traceback.
        """
        self._loops.append(asyncio.get_running_loop())
        try:
            runpy.run_path(str(self._folder / "__main__.py"), run_name="__main__")
        except pulumi.RunError:
            raise
        except SystemExit as end:
            if end.code not in (None, 0):
                raise pulumi.RunError(f"the program ended with status {end.code}") from end
        except Exception as error:
            raise pulumi.RunError(explain(error, self._folder)) from error

    @contextmanager
    def surroundings(self, environ: Mapping[str, str]) -> Iterator[None]:
        """The process is as the program expects it: directory, environment, modules imported afresh.

        Afterwards all is as before, and nothing of the program runs any more.
        """
        with _quiet_server(), _surroundings(self._folder, environ):
            try:
                yield
            finally:
                while self._loops:
                    _finish(self._loops.pop())


def _finish(loop: asyncio.AbstractEventLoop) -> None:
    """The loop has ended, its open tasks are cancelled, and it is closed."""
    end = time.monotonic() + _FINISH_SECONDS
    while loop.is_running() and time.monotonic() < end:
        time.sleep(_FINISH_PAUSE)
    if loop.is_running() or loop.is_closed():
        return
    open_tasks = asyncio.all_tasks(loop)
    for task in open_tasks:
        task.cancel()
    if open_tasks:
        loop.run_until_complete(asyncio.wait(open_tasks, timeout=_FINISH_SECONDS))
    loop.close()


@contextmanager
def _quiet_server() -> Iterator[None]:
    """No traceback in the log for a program whose engine ended first: the engine has told its reason."""
    logger = logging.getLogger("grpc._server")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def explain(error: BaseException, folder: Path) -> str:
    """One line: where in the program (its innermost line below `folder`), kind of error, text."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_relative(Path(error.filename), folder)}, line {error.lineno}: {kind}: {error.msg}"
    places = [
        f"{_relative(Path(frame.filename), folder)}, line {frame.lineno}: "
        for frame in traceback.extract_tb(error.__traceback__)
        if _belongs(frame.filename, folder)
    ]
    return f"{places[-1] if places else ''}{kind}: {error}"


@contextmanager
def _surroundings(folder: Path, environ: Mapping[str, str]) -> Iterator[None]:
    """The process has `folder` as working directory and first place of modules, and `environ` as environment.

    Modules that lie below `folder` are imported afresh inside, so that a program that changed is seen
    changed; the caller's own modules are back afterwards, even where they lie there too.
    """
    directory, path, variables = Path.cwd(), list(sys.path), dict(os.environ)
    modules = _program_modules(folder)
    for name in modules:
        del sys.modules[name]
    try:
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        _replace_environ(environ)
        yield
    finally:
        for name in _program_modules(folder):
            del sys.modules[name]
        sys.modules.update(modules)
        sys.path[:] = path
        os.chdir(directory)
        _replace_environ(variables)


def _replace_environ(environ: Mapping[str, str]) -> None:
    """Make the process' environment equal `environ`, touching only what differs."""
    for name in os.environ.keys() - environ.keys():
        del os.environ[name]
    os.environ.update(environ)


def _program_modules(folder: Path) -> dict[str, ModuleType]:
    """Imported modules whose file or package folder lies below `folder`; installed packages do not count."""
    found = {}
    for name, module in list(sys.modules.items()):
        places = [getattr(module, "__file__", None), *(getattr(module, "__path__", None) or ())]
        if name != "__main__" and any(_belongs(str(place), folder) for place in places if place):
            found[name] = module
    return found


def _belongs(file: str, folder: Path) -> bool:
    """Whether a file lies below `folder`; compared as text, because there are thousands of modules to ask."""
    return f"{file}{os.sep}".startswith(f"{folder}{os.sep}") and not file.startswith(_INSTALLED)


def _relative(file: Path, folder: Path) -> Path:
    return file.relative_to(folder) if file.is_relative_to(folder) else file
