"""A cluster is contacted only when both the kubeconfig and the context were named."""

from pathlib import Path

import pytest

from settings import SettingsError
from settings.model import ClusterSettings


def cluster(context: str | None, kubeconfig: str | None) -> ClusterSettings:
    return ClusterSettings(name="mcp-dev", context=context, kubeconfig=kubeconfig)


def refused(settings: ClusterSettings) -> str:
    with pytest.raises(SettingsError) as caught:
        settings.required()
    return str(caught.value)


def test_what_is_missing_is_told_in_one_message() -> None:
    text = refused(cluster(None, None))

    assert "cluster.context: not set; export MCP_TRACING_CONTEXT=NAME" in text
    assert "cluster.kubeconfig: not set; export MCP_TRACING_KUBECONFIG=PATH" in text


def test_a_context_without_kubeconfig_is_not_enough_and_neither_is_the_reverse(tmp_path: Path) -> None:
    assert "cluster.kubeconfig: not set" in refused(cluster("mine", None))
    assert "cluster.context: not set" in refused(cluster(None, str(tmp_path)))


def test_a_kubeconfig_that_is_not_there_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "config"

    assert f"cluster.kubeconfig: '{missing}': there is no such file" in refused(cluster("mine", str(missing)))
    assert "there is no such file" in refused(cluster("mine", str(tmp_path)))


def test_a_path_below_the_home_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "config").write_text("")

    access = cluster("mine", "~/config").required()

    assert (access.context, access.kubeconfig) == ("mine", str(tmp_path / "config"))
