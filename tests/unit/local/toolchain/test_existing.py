"""What the user has on PATH is used where its version fits, and only there."""

import json
from io import StringIO
from pathlib import Path

import pytest

import versions
from local.toolchain.existing import Rule, find_existing

from .workshop import Workshop


def put(folder: Path, name: str, body: str) -> Path:
    """A program that does `body`."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return program


def rule(*, fits: bool) -> Rule:
    """A rule for a program that tells its version when it is called with `-v`."""
    return Rule(question=("-v",), version=str.strip, fits=lambda _version: fits, wanted="8 or later")


def kubectl_says(version: str) -> str:
    return f"echo '{json.dumps({'clientVersion': {'gitVersion': version}})}'"


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ("v3.259.0", True),
        ("v3.300.1", True),
        ("3.259.1-dev.4", True),
        ("v3.258.9", False),
        ("v2.300.0", False),
        ("v4.0.0", False),
    ],
)
def test_a_pulumi_of_the_sdks_release_or_a_later_one_of_its_major_is_used(
    tmp_path: Path, version: str, *, fits: bool
) -> None:
    assert versions.PULUMI == "3.259.0"
    program = put(tmp_path, "pulumi", f"echo {version}")
    found = find_existing("pulumi", {"PATH": str(tmp_path)})
    assert found
    assert (found.path, found.version, found.fits) == (program, version.removeprefix("v"), fits)
    assert found.wanted == "3.259 or a later 3.x"


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ("v1.34.0", True),
        ("v1.35.8", True),
        ("v1.36.2-gke.100", True),
        ("v1.33.9", False),
        ("v1.37.0", False),
        ("v2.35.0", False),
    ],
)
def test_a_kubectl_within_one_minor_version_of_the_cluster_is_used(
    tmp_path: Path, version: str, *, fits: bool
) -> None:
    assert versions.KUBERNETES.startswith("1.35.")
    put(tmp_path, "kubectl", kubectl_says(version))
    found = find_existing("kubectl", {"PATH": str(tmp_path)})
    assert found
    assert found.fits is fits


@pytest.mark.parametrize("body", ["exit 1", "echo", "echo what", "echo v3", "kill $$"])
def test_a_program_that_tells_no_version_is_not_used(tmp_path: Path, body: str) -> None:
    put(tmp_path, "pulumi", body)
    found = find_existing("pulumi", {"PATH": str(tmp_path)})
    assert found
    assert not found.fits


@pytest.mark.parametrize(
    "answer",
    [
        "{}",
        "[]",
        '{"clientVersion": null}',
        '{"clientVersion": {"gitVersion": "v1"}}',
        "Client Version: v1.35.0",
    ],
)
def test_a_kubectl_with_an_answer_of_another_form_is_not_used(tmp_path: Path, answer: str) -> None:
    put(tmp_path, "kubectl", f"echo '{answer}'")
    found = find_existing("kubectl", {"PATH": str(tmp_path)})
    assert found
    assert not found.fits


def test_other_programs_are_never_taken_from_path(tmp_path: Path) -> None:
    put(tmp_path, "etcd", "echo etcd Version: 3.6.16")
    assert find_existing("etcd", {"PATH": str(tmp_path)}) is None


def test_a_program_that_is_not_on_path_is_not_found(tmp_path: Path) -> None:
    assert find_existing("pulumi", {"PATH": str(tmp_path)}) is None
    assert find_existing("pulumi", {}) is None


def test_pulumi_is_asked_without_looking_for_a_newer_release(tmp_path: Path) -> None:
    put(tmp_path, "pulumi", 'echo "v3.259.0-$PULUMI_SKIP_UPDATE_CHECK"')
    found = find_existing("pulumi", {"PATH": str(tmp_path)})
    assert found
    assert found.version == "3.259.0-true"


def test_a_fitting_program_on_path_is_given_and_no_go_is_needed(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = put(tmp_path / "users", "left", "echo 7.1")
    toolchain = shop.toolchain(PATH=str(tmp_path / "users"))
    monkeypatch.setattr("local.toolchain.existing.RULES", {"left": rule(fits=True)})
    assert toolchain.ensure(["left"]) == {"left": program}
    assert toolchain.where("left") == program
    assert shop.calls("env") == []


def test_an_unfit_program_on_path_is_told_and_built_instead(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "users", "left", "echo 7.1")
    said = StringIO()
    toolchain = shop.toolchain(said, PATH=f"{tmp_path / 'users'}:{shop.go}")
    monkeypatch.setattr("local.toolchain.existing.RULES", {"left": rule(fits=False)})
    found = toolchain.ensure(["left"])
    assert found["left"].is_relative_to(shop.paths.cache)
    assert f"{tmp_path}/users/left is version 7.1, not 8 or later" in said.getvalue()
