"""Each file in broken/ has one defect; its head says what a person has to be told."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from settings.__main__ import main
from settings.schema import PROJECT_DIRECTORY

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
SAYS = re.compile(r"^# says: (.+)$", re.MULTILINE)
PROBLEM = re.compile(r"^  \S", re.MULTILINE)
SENSITIVE = "hunter2"
"""Stands in values that no message may repeat."""


def check(project: Path, stack_file: Path) -> Result:
    (project / "Pulumi.yaml").write_text((PROJECT_DIRECTORY / "Pulumi.yaml").read_text())
    (project / "Pulumi.broken.yaml").write_bytes(stack_file.read_bytes())
    return CliRunner(env={"MCP_TRACING_CONTEXT": "", "MCP_TRACING_KUBECONFIG": ""}).invoke(
        main, ["check", "--stack", "broken", "--project", str(project)]
    )


@pytest.mark.parametrize("stack_file", BROKEN, ids=lambda path: path.stem)
def test_a_broken_stack_file_is_refused_with_key_value_and_remedy(stack_file: Path, tmp_path: Path) -> None:
    expected = SAYS.findall(stack_file.read_text())

    result = check(tmp_path, stack_file)

    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert expected
    assert [part for part in expected if part not in result.stderr] == [], result.stderr


@pytest.mark.parametrize("stack_file", BROKEN, ids=lambda path: path.stem)
def test_one_defect_gives_one_line_and_never_a_sensitive_value(stack_file: Path, tmp_path: Path) -> None:
    counted = re.search(r"have (\d+) problems", " ".join(SAYS.findall(stack_file.read_text())))

    text = check(tmp_path, stack_file).stderr

    assert len(PROBLEM.findall(text)) == (int(counted[1]) if counted else 1), text
    assert SENSITIVE not in text
    assert "Traceback" not in text


def test_there_are_enough_broken_files_and_some_have_a_sensitive_value() -> None:
    assert len(BROKEN) >= 40
    assert sum(SENSITIVE in path.read_text() for path in BROKEN) >= 4
