"""What people are told when something of the machine is not as it should be."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from local.cluster import Cluster, ClusterError, ClusterSpec, preflight, shell
from local.cluster.__main__ import main
from local.cluster.layout import Layout
from local.cluster.node import Node
from local.paths import Paths


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    return Cluster(ClusterSpec("errors", 10), Paths(cache=tmp_path / "cache", state=tmp_path / "state"), {})


@pytest.mark.parametrize("call", [Cluster.up, Cluster.down])
def test_who_is_not_root_is_told_so_and_nothing_is_made(
    call: Callable[[Cluster], None], cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(ClusterError, match=r"needs root.*you are user 1000.*CONTEXT=name"):
        call(cluster)
    assert list(tmp_path.iterdir()) == []


def test_a_kernel_that_refuses_namespaces_is_told_so(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    refused = shell.attempt("sh", "-c", "echo 'unshare failed: Operation not permitted' >&2; exit 1")
    monkeypatch.setattr(preflight, "attempt", lambda *_: refused)

    with pytest.raises(
        ClusterError, match=r"refuses new namespaces \(unshare failed: Operation not permitted\)"
    ):
        cluster.up()
    assert list(tmp_path.iterdir()) == []


def test_images_cannot_be_loaded_into_a_cluster_that_is_down(cluster: Cluster) -> None:
    with pytest.raises(ClusterError, match="cluster errors is not up: images cannot be loaded"):
        cluster.load([])


def test_status_of_a_cluster_that_never_was_is_down(cluster: Cluster) -> None:
    assert cluster.status().lines() == ["cluster errors is down"]


def test_a_command_that_fails_is_told_with_its_own_words() -> None:
    with pytest.raises(ClusterError, match=r"`sh -c echo no >&2; exit 1` failed: no$"):
        shell.run("sh", "-c", "echo no >&2; exit 1")


def test_a_command_that_is_not_installed_is_told_with_the_remedy() -> None:
    with pytest.raises(ClusterError, match="`no-such-program` is not installed: `make up` installs"):
        shell.run("no-such-program")


def test_system_folders_are_searched_also_when_path_leaves_them_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/sbin")

    assert shell.search_path() == "/usr/bin:/sbin:/usr/local/sbin:/usr/sbin"


def test_a_store_that_does_not_start_on_kept_data_is_told_with_the_way_out(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    node = Node(ClusterSpec("errors", 10), layout)
    assert "damaged" not in node._failure("etcd ended with status 2")

    (layout.data / "etcd" / "member").mkdir(parents=True)

    assert "`python -m local.cluster down --name errors` drops it" in node._failure(
        "etcd ended with status 2"
    )


def test_an_error_names_the_log_of_the_daemon_that_it_is_about(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.prepare()
    (layout.log / "kubelet.log").touch()
    node = Node(ClusterSpec("errors", 10), layout)

    assert node._log_of("kubelet ended with status 1") == layout.log / "kubelet.log"
    assert node._log_of("something else") == layout.log / "node.log"
    assert str(ClusterError("why", Path("a.log"))) == "why\n  log: a.log"


def test_the_command_line_tells_bad_names_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--name", "Bad"]) == 1

    assert capsys.readouterr().err.startswith("local.cluster: cluster name 'Bad': 1 to 15 lower-case letters")


def test_status_of_a_cluster_that_is_down_ends_with_its_own_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    assert main(["status", "--name", "errors", "--index", "10"]) == 3
    assert capsys.readouterr().out == "cluster errors is down\n"
