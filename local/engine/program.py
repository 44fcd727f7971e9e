"""Runs a project's `__main__.py` in this process, as `pulumi up` would run it in one of its own."""

import os
import runpy
import sys
import sysconfig
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pulumi


def run(folder: Path) -> None:
    """Every resource that the program in `folder` declares is registered with the engine.

    Raises:
        pulumi.RunError: the program failed; the text names the failing line, with no traceback.
    """
    try:
        runpy.run_path(str(folder / "__main__.py"), run_name="__main__")
    except pulumi.RunError:
        raise
    except SystemExit as end:
        if end.code not in (None, 0):
            raise pulumi.RunError(f"the program ended with status {end.code}") from end
    except Exception as error:
        raise pulumi.RunError(explain(error, folder)) from error


def explain(error: BaseException, folder: Path) -> str:
    """One line: where in the program (its innermost line below `folder`), kind of error, text."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_relative(Path(error.filename), folder)}, line {error.lineno}: {kind}: {error.msg}"
    places = [
        f"{_relative(Path(frame.filename), folder)}, line {frame.lineno}: "
        for frame in traceback.extract_tb(error.__traceback__)
        if _belongs(Path(frame.filename), folder)
    ]
    return f"{places[-1] if places else ''}{kind}: {error}"


@contextmanager
def surroundings(folder: Path, environ: Mapping[str, str]) -> Iterator[None]:
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
        if name != "__main__" and any(_belongs(Path(place), folder) for place in places if place):
            found[name] = module
    return found


def _belongs(file: Path, folder: Path) -> bool:
    installed = Path(sysconfig.get_path("purelib"))
    return file.is_relative_to(folder) and not file.is_relative_to(installed)


def _relative(file: Path, folder: Path) -> Path:
    return file.relative_to(folder) if file.is_relative_to(folder) else file
