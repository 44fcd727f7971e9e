"""The same settings from the engine and from files; the files of this repository load."""

import json
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest

from settings import SECRET_PLACEHOLDER, SettingsError, Storage, Topology, from_files, from_pulumi, stacks
from settings.schema import PROJECT_DIRECTORY

PULL_SECRET = json.dumps({"auths": {"mirror.example.com": {"auth": "aHVudGVyMg=="}}})


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine's values of this test alone, whatever runs before and after."""
    for name in (
        "PULUMI_CONFIG",
        "PULUMI_CONFIG_SECRET_KEYS",
        "MCP_TRACING_CONTEXT",
        "MCP_TRACING_KUBECONFIG",
    ):
        monkeypatch.delenv(name, raising=False)
    before = pulumi.runtime.config.CONFIG.set({})
    secret_before = pulumi.runtime.config._SECRET_KEYS.set(set())
    yield
    pulumi.runtime.config.CONFIG.reset(before)
    pulumi.runtime.config._SECRET_KEYS.reset(secret_before)


def engine(values: dict[str, str], secret: list[str] | None = None) -> None:
    pulumi.runtime.set_all_config(values, secret or [])


def stack_file(project: Path, body: str) -> Path:
    (project / "Pulumi.yaml").write_text((PROJECT_DIRECTORY / "Pulumi.yaml").read_text())
    (project / "Pulumi.mine.yaml").write_text(body)
    return project


DEV = {
    "mcp-tracing:environment": "dev",
    "mcp-tracing:cluster.name": "mcp-dev",
    "mcp-tracing:traffic.spans_per_second": "100",
}


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_a_stack_of_this_repository_loads_under_its_own_name(stack: str) -> None:
    settings = from_files(PROJECT_DIRECTORY, stack, {})

    assert settings.environment == stack
    assert (
        (settings.topology is Topology.SINGLE)
        == (settings.jaeger.storage is Storage.MEMORY)
        == (stack == "dev")
    )


def test_the_stacks_are_those_with_a_file() -> None:
    assert stacks() == ["dev", "prod", "staging"]


def test_the_engine_and_the_file_give_the_same_settings() -> None:
    engine({**DEV, "pulumi:disable-default-providers": '["*"]'})

    assert from_pulumi() == from_files(PROJECT_DIRECTORY, "dev", {})


def test_the_engine_may_hand_its_values_over_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({**DEV, "mcp-tracing:images.pull_secret": PULL_SECRET}))
    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", json.dumps(["mcp-tracing:images.pull_secret"]))

    assert isinstance(from_pulumi().images.pull_secret, pulumi.Output)


def test_a_secret_of_the_engine_becomes_a_secret_output() -> None:
    engine({**DEV, "mcp-tracing:images.pull_secret": PULL_SECRET}, ["mcp-tracing:images.pull_secret"])

    carried = from_pulumi().images.pull_secret

    assert isinstance(carried, pulumi.Output)
    assert pulumi.runtime.sync_await._sync_await(carried.is_secret())
    assert pulumi.runtime.sync_await._sync_await(carried.future()) == PULL_SECRET


def test_a_secret_that_the_engine_holds_in_plain_text_is_refused_and_not_shown() -> None:
    engine({**DEV, "mcp-tracing:images.pull_secret": PULL_SECRET})

    with pytest.raises(SettingsError) as caught:
        from_pulumi()

    assert "images.pull_secret: stands in plain text" in str(caught.value)
    assert "mirror" not in str(caught.value)


def test_a_list_of_the_engine_is_its_json() -> None:
    engine({**DEV, "mcp-tracing:access.sender_namespaces": '["web", "apps"]'})

    assert from_pulumi().access.sender_namespaces == ("apps", "web")


@pytest.mark.parametrize("value", ["[1]", '{"a": 1}', "[", '"a"', "[" * 100_000])
def test_text_of_the_engine_that_is_no_list_of_texts_is_refused(value: str) -> None:
    engine({**DEV, "mcp-tracing:access.sender_namespaces": value})

    with pytest.raises(SettingsError, match=r"access\.sender_namespaces: .*: must be a list of texts"):
        from_pulumi()


def test_an_unknown_key_of_the_engine_is_refused() -> None:
    engine({**DEV, "mcp-tracing:topolgy": "single"})

    with pytest.raises(SettingsError, match=r"topolgy: unknown key; did you mean topology\?"):
        from_pulumi()


def test_an_encrypted_value_in_a_file_is_a_placeholder(tmp_path: Path) -> None:
    lines = "".join(f"  {key}: {value}\n" for key, value in DEV.items())
    project = stack_file(tmp_path, f"config:\n{lines}  mcp-tracing:images.pull_secret:\n    secure: v1:x:y\n")

    assert from_files(project, "mine", {}).images.pull_secret == SECRET_PLACEHOLDER


def test_keys_without_namespace_are_this_projects(tmp_path: Path) -> None:
    bare = "".join(f"  {key.removeprefix('mcp-tracing:')}: {value}\n" for key, value in DEV.items())

    assert from_files(stack_file(tmp_path, f"config:\n{bare}"), "mine", {}).environment == "dev"


@pytest.mark.parametrize("stack", ["pro", "", "../dev", "organization/mcp-tracing/dev", "de*"])
def test_a_stack_without_a_file_is_told_with_those_that_have_one(stack: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_files(PROJECT_DIRECTORY, stack, {})

    assert f"--stack: {stack!r}: there is no such stack file; there are: dev, prod, staging" in str(
        caught.value
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"config: \xff\xfe", "Pulumi.mine.yaml: is not UTF-8 text; save it as UTF-8"),
        (b"config: \x00", "Pulumi.mine.yaml: has characters that YAML does not allow"),
        (b"config: " + b"[" * 5_000, "Pulumi.mine.yaml: is nested too deep"),
    ],
)
def test_a_file_that_is_no_text_of_a_person_is_told(content: bytes, says: str, tmp_path: Path) -> None:
    project = stack_file(tmp_path, "")
    (project / "Pulumi.mine.yaml").write_bytes(content)

    with pytest.raises(SettingsError) as caught:
        from_files(project, "mine", {})

    assert says in str(caught.value)


def test_a_stack_is_a_name_and_no_path(tmp_path: Path) -> None:
    project = stack_file(tmp_path, "")
    (project / "Pulumi.folder").mkdir()

    with pytest.raises(SettingsError, match="there is no such stack file; there are: mine"):
        from_files(project, "folder/../Pulumi.mine", {})


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    project = stack_file(tmp_path, "")
    (project / "Pulumi.folder.yaml").mkdir()

    with pytest.raises(SettingsError, match=r"Pulumi\.folder\.yaml: cannot be read: Is a directory"):
        from_files(project, "folder", {})


def test_a_folder_without_a_project_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Pulumi\.yaml: cannot be read: No such file or directory"):
        from_files(tmp_path, "dev", {})
