"""Caches and state are the user's own folders."""

import stat
from pathlib import Path

import pytest

from local.paths import Paths


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folders_are_below_home_where_nothing_else_is_said(tmp_path: Path) -> None:
    paths = Paths.of({"HOME": str(tmp_path)})
    assert paths == Paths(
        cache=tmp_path / ".cache" / "mcp-tracing", state=tmp_path / ".local" / "state" / "mcp-tracing"
    )


def test_the_xdg_variables_win(tmp_path: Path) -> None:
    environ = {"HOME": "/", "XDG_CACHE_HOME": str(tmp_path / "c"), "XDG_STATE_HOME": str(tmp_path / "s")}
    assert Paths.of(environ) == Paths(
        cache=tmp_path / "c" / "mcp-tracing", state=tmp_path / "s" / "mcp-tracing"
    )


@pytest.mark.parametrize("value", ["", "relative/folder"])
def test_an_empty_or_relative_variable_is_ignored_as_the_specification_says(
    tmp_path: Path, value: str
) -> None:
    environ = {"HOME": str(tmp_path), "XDG_CACHE_HOME": value, "XDG_STATE_HOME": value}
    assert Paths.of(environ) == Paths.of({"HOME": str(tmp_path)})


def test_both_exist_and_are_private_also_where_they_were_not(tmp_path: Path) -> None:
    (tmp_path / ".cache" / "mcp-tracing").mkdir(mode=0o755, parents=True)
    paths = Paths.of({"HOME": str(tmp_path)})
    assert (mode(paths.cache), mode(paths.state)) == (0o700, 0o700)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        Paths.of({"HOME": str(tmp_path / "file")})
