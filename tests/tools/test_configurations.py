"""Every rendered configuration is accepted by the program that reads it."""

import subprocess
from pathlib import Path

import pytest

import names
from tests.graph.recorded import SINGLE
from tests.tools.path import certify, placed

pytestmark = pytest.mark.tools
PROGRAMS = {names.GATEWAY: "otelcol", names.JAEGER: "jaeger"}


def validate(program: Path, text: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    file = folder / "config.yaml"
    file.write_text(text)
    return subprocess.run(
        [program, "validate", f"--config={file}"], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("component", PROGRAMS)
@pytest.mark.parametrize("variant", SINGLE)
def test_the_program_validates_it(
    variant: str, component: str, programs: dict[str, Path], tmp_path: Path
) -> None:
    certify(variant, tmp_path / "tls")
    ended = validate(programs[PROGRAMS[component]], placed(variant, component, tmp_path / "tls"), tmp_path)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("component", PROGRAMS)
def test_a_key_that_the_program_does_not_know_is_refused(
    component: str, programs: dict[str, Path], tmp_path: Path
) -> None:
    certify("dev", tmp_path / "tls")
    text = placed("dev", component, tmp_path / "tls").replace("min_version", "least_version")
    ended = validate(programs[PROGRAMS[component]], text, tmp_path)
    assert ended.returncode != 0
    assert "least_version" in ended.stderr
