"""Reading kubeconfigs."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from local.standin.errors import KubeconfigError
from local.standin.kubeconfig import load


def _config(**changed: Any) -> str:
    document = {
        "current-context": "one",
        "clusters": [
            {"name": "c1", "cluster": {"server": "https://192.0.2.1:6443/"}},
            {"name": "c2", "cluster": {"server": "https://192.0.2.2:6443"}},
        ],
        "users": [{"name": "u", "user": {"token": "t0k3n"}}],
        "contexts": [
            {"name": "one", "context": {"cluster": "c1", "user": "u", "namespace": "n"}},
            {"name": "two", "context": {"cluster": "c2", "user": "u"}},
        ],
    }
    return yaml.safe_dump({**document, **changed})


def test_a_context_is_found_in_a_file_and_in_text(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(_config())
    for kubeconfig in (str(file), _config()):
        assert load(kubeconfig, "two", {}).server == "https://192.0.2.2:6443"


def test_without_a_context_the_current_one_counts() -> None:
    access = load(_config(), None, {})
    assert (access.server, access.namespace) == ("https://192.0.2.1:6443", "n")


def test_a_context_that_is_named_must_exist() -> None:
    with pytest.raises(KubeconfigError, match="no context 'three'; it has: one, two"):
        load(_config(), "three", {})


def test_the_environment_is_used_only_where_nothing_is_given(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text(_config(contexts=[], **{"current-context": ""}))
    second.write_text(_config())
    environ = {"KUBECONFIG": f"{first}:{second}"}
    assert load(None, "two", environ).server == "https://192.0.2.2:6443"
    with pytest.raises(KubeconfigError, match="no kubeconfig at"):
        load(str(tmp_path / "absent"), "two", environ)


def test_a_token_does_not_show_in_the_representation() -> None:
    assert "t0k3n" not in repr(load(_config(), None, {}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [\n", "not valid YAML"),
        ("- a\n- b\n", "a mapping is expected"),
        (_config(clusters=[]), "names no cluster with a server"),
        (_config(users=[{"name": "u", "user": {"auth-provider": {"name": "x"}}}]), "auth-provider"),
        (_config(**{"current-context": ""}), "no current context"),
    ],
)
def test_a_kubeconfig_that_leads_nowhere_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(KubeconfigError, match=words):
        load(text, None, {})
