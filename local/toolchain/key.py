"""By what a built program is known: everything that decides its bytes."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .golang import Go
from .group import Group

_DIGITS: Final = 12
"""48 bits: a few dozen builds in a cache never meet by chance."""


def build_key(group: Group, sources: Path, go: Go) -> str:
    """Name of a build's folder: the group, and a hash of its module, its recipe and the Go that builds it."""
    digest = hashlib.sha256()
    for part in _parts(group, sources / group.folder, go):
        # With its length before it, no part can run into the next.
        digest.update(f"{len(part)}:".encode())
        digest.update(part)
    return f"{group.name}-{digest.hexdigest()[:_DIGITS]}"


def _parts(group: Group, folder: Path, go: Go) -> Iterator[bytes]:
    yield f"{go.version} {go.platform}".encode()
    yield repr((group.arguments, group.programs, group.files)).encode()
    files = {path for pattern in ("go.mod", "go.sum", "**/*.go") for path in folder.glob(pattern)}
    # Sorted: a file system lists in any order.
    for path in sorted(files):
        yield path.relative_to(folder).as_posix().encode()
        yield path.read_bytes()
