"""What is lent from the machine and given back: settings, control groups, files, folders."""

import stat
from pathlib import Path

import pytest

from local.cluster import ClusterError, cgroups
from local.cluster.layout import Layout, write
from local.cluster.sysctls import Sysctls

PANIC = "kernel/panic"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    folder = tmp_path / "proc"
    (folder / "kernel").mkdir(parents=True)
    (folder / PANIC).write_text("0\n")
    return folder


def test_settings_are_restored_after_the_last_cluster_to_what_was_before_the_first(
    proc: Path, tmp_path: Path
) -> None:
    sysctls = Sysctls(tmp_path / "run", proc)
    sysctls.claim("one")
    (proc / PANIC).write_text("10\n")
    sysctls.claim("two")

    sysctls.release("one")
    assert (proc / PANIC).read_text() == "10\n"
    sysctls.release("two")
    assert (proc / PANIC).read_text() == "0"


def test_a_second_claim_of_the_same_cluster_saves_nothing_new(proc: Path, tmp_path: Path) -> None:
    sysctls = Sysctls(tmp_path / "run", proc)
    sysctls.claim("one")
    (proc / PANIC).write_text("10\n")
    sysctls.claim("one")
    sysctls.release("one")

    assert (proc / PANIC).read_text() == "0"


def test_releasing_what_was_not_claimed_changes_nothing(proc: Path, tmp_path: Path) -> None:
    Sysctls(tmp_path / "run", proc).release("one")

    assert (proc / PANIC).read_text() == "0\n"


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    root = tmp_path / "cgroup"
    for controller in ("cpuset", "memory"):
        (root / controller).mkdir(parents=True)
        (root / controller / "cgroup.procs").write_text("")
    for file in ("cpuset.cpus", "cpuset.mems"):
        (root / "cpuset" / file).write_text("0-1")
    (root / "not-a-hierarchy").mkdir()
    return root


def test_version_1_has_a_folder_in_every_hierarchy_and_processors_in_its_cpuset(version_1: Path) -> None:
    cgroups.create("mine", version_1)

    assert cgroups.folders("mine", version_1) == [version_1 / "cpuset/mine", version_1 / "memory/mine"]
    assert (version_1 / "cpuset/mine/cpuset.cpus").read_text() == "0-1"


@pytest.fixture
def version_2(tmp_path: Path) -> Path:
    root = tmp_path / "cgroup"
    for folder in (root, root / "mine"):
        folder.mkdir()
        (folder / "cgroup.controllers").write_text("cpu cpuset io memory pids\n")
    return root


def test_version_2_hands_the_controllers_down_to_the_clusters_children(version_2: Path) -> None:
    cgroups.create("mine", version_2)

    for folder in (version_2, version_2 / "mine"):
        assert (folder / "cgroup.subtree_control").read_text() == "+cpu +cpuset +io +memory +pids"


def test_version_2_without_a_needed_controller_is_refused(version_2: Path) -> None:
    (version_2 / "cgroup.controllers").write_text("cpu io\n")

    with pytest.raises(ClusterError, match="lacks the cgroup controllers cpuset, memory, pids"):
        cgroups.create("mine", version_2)


def test_a_machine_without_control_groups_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="no control groups below"):
        cgroups.create("mine", tmp_path)


def test_a_control_group_with_a_process_in_it_is_not_given_up_silently(
    version_1: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.cluster.cgroups._REMOVAL_SECONDS", 0)
    cgroups.create("mine", version_1)
    (version_1 / "memory/mine/cgroup.procs").write_text("4711\n")

    with pytest.raises(ClusterError, match=r"processes \[4711\] are in it"):
        cgroups.remove("mine", version_1)


def test_a_written_file_has_its_mode_and_replaces_the_old_one_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "key"
    write(file, "old, and longer", 0o644)
    write(file, "new", 0o600)

    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["key"]


@pytest.mark.parametrize("root", ["/run/user/0/state", "/proc/x", "/dev/x"])
def test_a_state_folder_that_the_node_cannot_see_is_refused(root: str) -> None:
    with pytest.raises(ClusterError, match="set XDG_STATE_HOME to another folder"):
        Layout(Path(root))
