"""Finding the file of a named context, and nothing but the named context."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.kubeconfig import find_kubeconfig
from operations.problem import OperationError


def _write(path: Path, *contexts: str, users: bool = True) -> Path:
    document: dict[str, Any] = {
        "current-context": "elsewhere",
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in contexts],
        "clusters": [{"name": name, "cluster": {"server": "https://127.0.0.1:1"}} for name in contexts],
        "users": [{"name": name, "user": {}} for name in contexts] if users else [],
    }
    path.write_text(yaml.safe_dump(document))
    return path


def test_first_file_with_the_context_is_taken(tmp_path: Path) -> None:
    one, two, three = (
        _write(tmp_path / name, context) for name, context in (("1", "a"), ("2", "b"), ("3", "b"))
    )
    assert find_kubeconfig("b", {"KUBECONFIG": f"{one}:{two}:{three}"}) == two


def test_project_variable_wins_over_kubeconfig(tmp_path: Path) -> None:
    one, two = _write(tmp_path / "1", "a"), _write(tmp_path / "2", "a")
    assert find_kubeconfig("a", {"KUBECONFIG": str(one), "MCP_TRACING_KUBECONFIG": str(two)}) == two


def test_default_is_the_users_own_file(tmp_path: Path) -> None:
    (tmp_path / ".kube").mkdir()
    path = _write(tmp_path / ".kube" / "config", "a")
    assert find_kubeconfig("a", {"HOME": str(tmp_path)}) == path


def test_unknown_context_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    path = _write(tmp_path / "1", "kind-b", "kind-a")
    with pytest.raises(OperationError, match=rf"no context x in {path}; there are: kind-a, kind-b"):
        find_kubeconfig("x", {"KUBECONFIG": str(path)})


def test_current_context_is_never_a_candidate(tmp_path: Path) -> None:
    path = _write(tmp_path / "1", "a")
    with pytest.raises(OperationError, match="no context elsewhere"):
        find_kubeconfig("elsewhere", {"KUBECONFIG": str(path)})


def test_absent_files_are_passed_over(tmp_path: Path) -> None:
    path = _write(tmp_path / "1", "a")
    assert find_kubeconfig("a", {"KUBECONFIG": f"{tmp_path}/none:{path}"}) == path


def test_context_that_is_spread_over_files_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = _write(tmp_path / "1", "a", users=False)
    with pytest.raises(
        OperationError, match="kubectl config view --raw --flatten --minify --context a > FILE"
    ):
        find_kubeconfig("a", {"KUBECONFIG": str(path)})


@pytest.mark.parametrize("content", ["a: [", "- a list", "\x00"])
def test_file_that_is_no_kubeconfig_is_one_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken"
    path.write_text(content)
    with pytest.raises(OperationError, match=f"kubeconfig {path} "):
        find_kubeconfig("a", {"KUBECONFIG": str(path)})
