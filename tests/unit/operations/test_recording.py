"""The program without engine: what it refuses, and that the machine it runs on does not matter."""

import os
from pathlib import Path

import pulumi
import pytest

from operations import manifests as command
from operations.manifests import manifests, text, write
from operations.recording import record
from settings.schema import PROJECT_DIRECTORY


def test_bad_settings_end_the_program_with_their_text_before_any_resource() -> None:
    with pytest.raises(pulumi.RunError, match=r"receivers.max_request_mib: '0'.*must be from 1 to 128 MiB"):
        record(PROJECT_DIRECTORY, "dev", {"receivers.max_request_mib": "0"})


def test_a_cluster_that_is_not_named_ends_the_program_before_any_resource() -> None:
    with pytest.raises(pulumi.RunError, match="MCP_TRACING_CONTEXT=NAME"):
        record(PROJECT_DIRECTORY, "dev", {"cluster.context": ""})


def test_the_environment_of_the_machine_changes_nothing_and_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = record(PROJECT_DIRECTORY, "dev")
    foreign = {
        "KUBECONFIG": "/somewhere",
        "MCP_TRACING_CONTEXT": "another",
        "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE": "true",
        "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS": "true",
    }
    for name, value in foreign.items():
        monkeypatch.setenv(name, value)
    after = record(PROJECT_DIRECTORY, "dev")
    assert {made.urn: made.inputs for made in after.registrations} == {
        made.urn: made.inputs for made in before.registrations
    }
    assert foreign.items() <= os.environ.items()


def test_manifests_of_an_earlier_run_do_not_stay(tmp_path: Path) -> None:
    (tmp_path / "service-gone.yaml").write_text("kind: Service\n")
    (tmp_path / "notes.txt").write_text("kept")
    write(tmp_path, {"service-new.yaml": {"kind": "Service"}})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "service-new.yaml"]


def test_no_secret_is_in_a_manifest() -> None:
    value = '{"auths": {"mirror.example.com": {"auth": "c2VjcmV0"}}}'
    found = manifests(record(PROJECT_DIRECTORY, "dev", {"images.pull_secret": value}))
    assert any(manifest["kind"] == "Secret" for manifest in found.values())
    assert "c2VjcmV0" not in "".join(text(manifest) for manifest in found.values())


def test_the_command_writes_every_stack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"dev", "staging", "prod"}
    assert "manifests" in capsys.readouterr().out


def test_the_command_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 2
    assert "DIRECTORY" in capsys.readouterr().err


def test_the_command_says_what_it_cannot_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert command.main([str(tmp_path / "file")]) == 1
    assert "file" in capsys.readouterr().err
