"""State, plugins and passphrase of the engine."""

import stat
from pathlib import Path

from local.engine.home import Home


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_is_private_to_the_user(tmp_path: Path) -> None:
    home = Home.below(tmp_path)
    assert {_mode(folder) for folder in (home.folder, home.backend, home.work)} == {0o700}
    assert _mode(home.passphrase) == 0o600


def test_the_passphrase_is_random_and_made_once(tmp_path: Path) -> None:
    first = Home.below(tmp_path / "a").passphrase.read_text()
    assert Home.below(tmp_path / "a").passphrase.read_text() == first
    assert Home.below(tmp_path / "b").passphrase.read_text() != first
    assert len(first) > 40
    assert [file.name for file in (tmp_path / "a" / "engine").iterdir() if file.is_file()] == ["passphrase"]


def test_a_passphrase_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    path = Home.below(tmp_path).passphrase
    path.chmod(0o644)
    assert _mode(Home.below(tmp_path).passphrase) == 0o600


def test_by_default_state_and_passphrase_are_the_projects_own(tmp_path: Path) -> None:
    home = Home.below(tmp_path)
    environ = home.environ({"PATH": "/bin"})
    assert environ["PULUMI_BACKEND_URL"] == f"file://{home.backend}"
    assert environ["PULUMI_CONFIG_PASSPHRASE_FILE"] == str(home.passphrase)
    assert environ["PATH"] == "/bin"
    assert home.is_own_backend(environ)


def test_the_users_backend_and_passphrase_win(tmp_path: Path) -> None:
    user = {"PULUMI_BACKEND_URL": "s3://theirs", "PULUMI_CONFIG_PASSPHRASE": ""}
    environ = Home.below(tmp_path).environ(user)
    assert environ["PULUMI_BACKEND_URL"] == "s3://theirs"
    assert environ["PULUMI_CONFIG_PASSPHRASE"] == ""
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in environ
    assert not Home.below(tmp_path).is_own_backend(environ)


def test_other_variables_of_the_users_pulumi_are_kept_away(tmp_path: Path) -> None:
    home = Home.below(tmp_path)
    environ = home.environ({"PULUMI_K8S_DELETE_UNREACHABLE": "true", "PULUMI_HOME": "/theirs"})
    assert "PULUMI_K8S_DELETE_UNREACHABLE" not in environ
    assert environ["PULUMI_HOME"] == str(home.folder)
