"""What tests of operations share."""

from pathlib import Path

import pytest

from tests.unit.operations.fake_kubectl import FakeKubectl


@pytest.fixture(autouse=True)
def _users_environment_is_far_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test depends on, or reaches, a cluster, proxy, state or cache of whoever runs it."""
    for name in (
        "KUBECONFIG",
        "MCP_TRACING_CONTEXT",
        "MCP_TRACING_KUBECONFIG",
        "HTTPS_PROXY",
        "https_proxy",
        "COLUMNS",
        "FORCE_COLOR",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def kubectl(tmp_path: Path) -> FakeKubectl:
    folder = tmp_path / "kubectl"
    folder.mkdir()
    return FakeKubectl(folder)
