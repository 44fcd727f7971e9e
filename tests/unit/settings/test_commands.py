"""`python -m settings check` and `show`, as a person meets them."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from settings.__main__ import main
from settings.schema import PROJECT_DIRECTORY, load_schema

ENVIRON = dict.fromkeys(("MCP_TRACING_CONTEXT", "MCP_TRACING_KUBECONFIG", "FORCE_COLOR", "TTY_COMPATIBLE"))
SET = "config:\n  environment: dev\n  cluster.name: mcp-dev\n  traffic.spans_per_second: 100\n"


def run(*arguments: str, project: Path = PROJECT_DIRECTORY, environ: dict[str, str] | None = None) -> Result:
    return CliRunner(env={**ENVIRON, **(environ or {})}).invoke(main, [*arguments, "--project", str(project)])


def project(directory: Path, body: str) -> Path:
    (directory / "Pulumi.yaml").write_text((PROJECT_DIRECTORY / "Pulumi.yaml").read_text())
    (directory / "Pulumi.mine.yaml").write_text(body)
    return directory


def test_a_good_stack_is_summed_up_in_a_line() -> None:
    result = run("check", "--stack", "dev")

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(
        "ok: stack dev: environment dev, cluster mcp-dev, topology single, 100 spans/s"
    )
    assert len(result.stdout.splitlines()) == 1


def test_the_table_has_every_key_with_the_origin_of_its_value() -> None:
    result = run("show", "--stack", "dev", environ={"MCP_TRACING_CONTEXT": "mine"})

    rows = {
        cells[1].strip(): cells for line in result.stdout.splitlines() if (cells := line.split("│"))[0] == ""
    }
    assert result.exit_code == 0, result.output
    assert load_schema().keys.keys() <= rows.keys()
    assert [cell.strip() for cell in rows["environment"][2:4]] == ["dev", "set"]
    assert [cell.strip() for cell in rows["receivers.jaeger_udp"][2:4]] == ["false", "default"]
    assert [cell.strip() for cell in rows["cluster.context"][2:4]] == ["mine", "environment"]


def test_the_table_never_shows_a_secret(tmp_path: Path) -> None:
    plain = json.dumps("hunter2")
    for value in (plain, '{secure: "v1:hunter2"}'):
        result = run(
            "show", "--stack", "mine", project=project(tmp_path, f"{SET}  images.pull_secret: {value}\n")
        )

        assert "[secret]" in result.stdout
        assert "hunter2" not in result.output


def test_the_table_of_a_broken_stack_is_shown_with_what_is_missing_and_the_problems(tmp_path: Path) -> None:
    result = run("show", "--stack", "mine", project=project(tmp_path, "config:\n  environment: Dev\n"))

    assert result.exit_code == 1
    assert "missing" in result.stdout
    assert "environment: 'Dev': must be lower case letters" in result.stderr
