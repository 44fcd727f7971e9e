"""`python -m sizing`, as a person meets it."""

from pathlib import Path

from click.testing import CliRunner, Result

from settings.schema import PROJECT_DIRECTORY
from sizing.__main__ import main

ENVIRON = dict.fromkeys(("MCP_TRACING_CONTEXT", "MCP_TRACING_KUBECONFIG", "FORCE_COLOR", "TTY_COMPATIBLE"))


def run(stack: str, project: Path = PROJECT_DIRECTORY) -> Result:
    return CliRunner(env=ENVIRON).invoke(main, ["--stack", stack, "--project", str(project)])


def test_the_table_has_values_arithmetic_and_sources() -> None:
    result = run("dev")

    assert result.exit_code == 0, result.output
    assert "collector.cpu_limit" in result.stdout
    assert "300 spans/s / 10000 spans/s per core, at least 1000 m" in result.stdout
    assert "where the constants are from:" in result.stdout


def test_a_stack_that_is_too_large_is_refused_without_a_table(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text((PROJECT_DIRECTORY / "Pulumi.yaml").read_text())
    (tmp_path / "Pulumi.big.yaml").write_text(
        "config:\n  environment: big\n  cluster.name: big\n  traffic.spans_per_second: 1000000\n"
    )

    result = run("big", tmp_path)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "traffic.spans_per_second: 1000000: one collector would need 300000 m of CPU" in result.stderr


def test_an_unknown_stack_is_refused() -> None:
    result = run("nowhere")

    assert result.exit_code == 1
    assert "--stack: 'nowhere': there is no such stack file" in result.stderr
