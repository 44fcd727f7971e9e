"""Which Kubernetes provider the engine gets."""

import stat
from pathlib import Path

import pytest

from local.engine.home import Home
from local.engine.plugin import provide
from local.standin.install import REQUIRED_VERSION, install, plugin_folder

PROGRAM = "pulumi-resource-kubernetes"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.below(tmp_path / "state")


def _real(user_home: Path) -> Path:
    folder = plugin_folder(user_home / ".pulumi")
    folder.mkdir(parents=True)
    (folder / PROGRAM).write_text("real")
    return folder


def test_without_the_real_plugin_the_stand_in_serves_and_says_so(home: Home, tmp_path: Path) -> None:
    assert provide(home, {"HOME": str(tmp_path)}, None).startswith(f"stand-in {REQUIRED_VERSION}+standin")
    program = plugin_folder(home.folder) / PROGRAM
    assert "Stand-in" in program.read_text()
    assert program.stat().st_mode & stat.S_IXUSR


def test_the_real_plugin_is_never_passed_over(home: Home, tmp_path: Path) -> None:
    user = {"HOME": str(tmp_path)}
    provide(home, user, None)
    real = _real(tmp_path)
    for _ in range(2):
        assert provide(home, user, None).startswith(f"plugin {REQUIRED_VERSION}")
        assert (plugin_folder(home.folder) / PROGRAM).read_text() == "real"
    (real / PROGRAM).unlink()
    assert provide(home, user, None).startswith("stand-in")
    assert (plugin_folder(home.folder) / PROGRAM).read_text() != "real"
    assert not (real / PROGRAM).exists()


def test_a_plugin_home_of_the_user_is_looked_into(home: Home, tmp_path: Path) -> None:
    real = _real(tmp_path / "elsewhere")
    user = {"HOME": str(tmp_path), "PULUMI_HOME": str(real.parents[1])}
    assert provide(home, user, None).startswith("plugin")


def _cli(folder: Path, script: str) -> Path:
    program = folder / "pulumi"
    program.write_text(f'#!/bin/sh\necho "$@" >> {folder}/calls\n{script}\n')
    program.chmod(0o755)
    return program


def test_the_users_own_cli_is_asked_once_for_the_plugin(home: Home, tmp_path: Path) -> None:
    cli = _cli(tmp_path, "exit 1")
    for _ in range(2):
        assert provide(home, {"HOME": str(tmp_path)}, cli).startswith("stand-in")
    assert (tmp_path / "calls").read_text() == f"plugin install resource kubernetes {REQUIRED_VERSION}\n"


def test_a_plugin_that_the_users_cli_fetches_is_used(home: Home, tmp_path: Path) -> None:
    folder = plugin_folder(tmp_path / ".pulumi")
    cli = _cli(tmp_path, f"mkdir -p {folder} && echo real > {folder}/{PROGRAM}")
    assert provide(home, {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}, cli).startswith("plugin")


def test_installing_twice_changes_nothing(tmp_path: Path) -> None:
    first = install(tmp_path).stat()
    assert install(tmp_path).stat() == first
