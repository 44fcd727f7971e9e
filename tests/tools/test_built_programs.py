"""Programs that are really built say their version, have their components, and do their work."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

import versions
from local.toolchain import ToolchainError, ensure

pytestmark = pytest.mark.tools

_PATIENCE_SECONDS = 60


def built(name: str) -> Path:
    """The program; without a Go the test is skipped with the reason, in CI it fails."""
    try:
        return ensure([name])[name]
    except ToolchainError as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO {name}: {reason}")


def output(*command: str | Path, **environment: str) -> str:
    """Standard output of a command that succeeds, in an environment of its own."""
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def volume_helper(action: str, folder: str) -> subprocess.CompletedProcess[str]:
    """The helper, called as local-path-provisioner calls it."""
    return subprocess.run(
        [built("volume-helper"), f"/script/{action}"],
        env={"VOL_DIR": folder},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_collector_says_its_release() -> None:
    assert output(built("otelcol"), "--version") == f"otelcol version {versions.OTELCOL}\n"


def test_jaeger_says_its_release() -> None:
    said = output(built("jaeger"), "version")
    assert json.loads(said)["gitVersion"] == f"v{versions.JAEGER}"


def test_a_volume_is_a_folder_that_every_user_may_write_to(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "pvc-1_mcp-system_data"
    assert volume_helper("setup", str(folder)).returncode == 0
    assert folder.stat().st_mode & 0o777 == 0o777


def test_a_volume_that_is_there_already_keeps_its_data(tmp_path: Path) -> None:
    folder = tmp_path / "pvc-1_mcp-system_data"
    folder.mkdir()
    (folder / "data").write_text("kept")
    assert volume_helper("setup", str(folder)).returncode == 0
    assert (folder / "data").read_text() == "kept"


def test_a_removed_volume_leaves_its_neighbours(tmp_path: Path) -> None:
    folder = tmp_path / "pvc-1_mcp-system_data"
    neighbour = tmp_path / "pvc-2_mcp-system_data"
    for each in (folder, neighbour):
        each.mkdir()
        (each / "data").write_text("data")
    assert volume_helper("teardown", str(folder)).returncode == 0
    assert sorted(tmp_path.iterdir()) == [neighbour]
    assert volume_helper("teardown", str(folder)).returncode == 0


@pytest.mark.parametrize("name", ["", "data", "pvc-1/..", "pvc-1/", "../pvc-1"])
def test_a_folder_that_the_provisioner_did_not_name_is_never_removed(tmp_path: Path, name: str) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "data").mkdir()
    (tmp_path / "inner" / "pvc-1").mkdir()
    refused = volume_helper("teardown", f"{tmp_path}/inner/{name}" if name else "")
    assert refused.returncode == 1
    assert "VOL_DIR is" in refused.stderr
    assert sorted(path.name for path in (tmp_path / "inner").iterdir()) == ["data", "pvc-1"]


@pytest.mark.parametrize("folder", ["/pvc-1", "relative/pvc-1"])
def test_a_folder_at_the_root_or_a_relative_one_is_refused(folder: str) -> None:
    refused = volume_helper("teardown", folder)
    assert refused.returncode == 1
    assert f'VOL_DIR is "{folder}"' in refused.stderr


def test_an_action_that_is_neither_setup_nor_teardown_is_refused(tmp_path: Path) -> None:
    refused = volume_helper("clean", str(tmp_path / "pvc-1"))
    assert refused.returncode == 1
    assert 'unknown action "clean"; known are setup and teardown' in refused.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_pause_waits_until_it_is_told_to_end(number: signal.Signals) -> None:
    with subprocess.Popen([built("pause")]) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.2)
        process.send_signal(number)
        # On a machine so busy that its handler was not in place yet, the signal itself ends it.
        assert process.wait(_PATIENCE_SECONDS) in {0, -number}
