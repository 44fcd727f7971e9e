"""What the node's init wrote, and what people are told of it."""

from pathlib import Path

import pytest

from local.cluster import ClusterSpec, Status
from local.cluster.record import Record

SPEC = ClusterSpec("status", 8)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "node.json"
    file.write_text('{"pid": 7, "running": {"etcd": 3}, "ended": {"kubelet": -9}}')

    assert Record.read(file) == Record(pid=7, running={"etcd": 3}, ended={"kubelet": -9})


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", "{}", '{"pid": null}', '{"pid": 1, "running": [], "ended": {}}']
)
def test_a_file_that_no_init_wrote_is_no_record(text: str, tmp_path: Path) -> None:
    file = tmp_path / "node.json"
    file.write_text(text)

    assert Record.read(file) is None


def test_no_file_is_no_record(tmp_path: Path) -> None:
    assert Record.read(tmp_path / "absent") is None


def test_a_cluster_that_is_down_says_whether_its_data_is_kept() -> None:
    assert Status.down(SPEC, has_data=False).lines() == ["cluster status is down"]
    assert Status.down(SPEC, has_data=True).lines() == ["cluster status is down; its data is kept"]
    assert not Status.down(SPEC, has_data=True).ready


def test_a_problem_makes_a_running_cluster_not_ready_and_is_told() -> None:
    status = Status(
        name="status",
        server=SPEC.server,
        kubeconfig=Path("kubeconfig"),
        pid=7,
        daemons=("etcd",),
        problems={"coredns": "OOMKilled"},
    )

    assert not status.ready
    assert "cluster status runs, but is not ready: https://198.18.8.2:6443" in status.lines()
    assert "  coredns: OOMKilled" in status.lines()
