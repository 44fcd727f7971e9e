"""The real engine reads Pulumi.yaml as settings/ does: flat keys, the same defaults, the same settings."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local import toolchain
from settings import from_files, load_schema, stacks
from settings.parse import parse
from settings.schema import PROJECT_DIRECTORY
from tests.tools.conftest import cannot_run

pytestmark = pytest.mark.tools


@pytest.fixture(scope="module")
def pulumi() -> Path:
    try:
        return toolchain.ensure(["pulumi"])["pulumi"]
    except toolchain.ToolchainError as error:
        cannot_run(str(error))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the declarations, with the state of the engine beside them."""
    (tmp_path / "state").mkdir()
    for file in PROJECT_DIRECTORY.glob("Pulumi*.yaml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def engine(pulumi: Path, project: Path, *arguments: str) -> str:
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(project),
        "PULUMI_HOME": str(project / "home"),
        "PULUMI_BACKEND_URL": f"file://{project / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "of this test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    ran = subprocess.run(
        [str(pulumi), *arguments, "--non-interactive"],
        cwd=project, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("stack", stacks())
def test_the_engine_gives_every_key_flat_and_the_same_settings(
    stack: str, pulumi: Path, project: Path
) -> None:
    engine(pulumi, project, "stack", "init", stack)

    told = json.loads(engine(pulumi, project, "config", "--stack", stack, "--json"))

    flat = {
        key.removeprefix("mcp-tracing:"): entry.get("objectValue", entry.get("value"))
        for key, entry in told.items()
    }
    assert flat.keys() == load_schema().keys.keys()
    assert parse(flat, {}, load_schema()) == from_files(PROJECT_DIRECTORY, stack, {})


def test_what_the_engine_writes_is_read_and_a_secret_stays_sealed(pulumi: Path, project: Path) -> None:
    credentials = json.dumps({"auths": {"mirror.example.com": {"auth": "aHVudGVyMg=="}}})
    engine(pulumi, project, "stack", "init", "dev")
    engine(pulumi, project, "config", "set", "--stack", "dev", "traffic.peak_factor", "5")
    engine(pulumi, project, "config", "set", "--stack", "dev", "--secret", "images.pull_secret", credentials)

    settings = from_files(project, "dev", {})

    assert settings.traffic.peak_factor == 5
    assert settings.images.pull_secret == "[secret]"
    assert "aHVudGVyMg" not in (project / "Pulumi.dev.yaml").read_text()
