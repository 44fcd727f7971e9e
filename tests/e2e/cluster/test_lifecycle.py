"""Up, again, broken, repaired, and down: what a cluster of its own does to the machine."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.cluster import Cluster, ClusterError, ClusterSpec, cgroups
from local.cluster.sysctls import CHANGED
from local.paths import Paths
from tests.e2e.waiting import until

pytestmark = pytest.mark.cluster

SPEC = ClusterSpec("mcp-e2e-own", 62)


@pytest.fixture(scope="module")
def own_cluster(
    programs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Cluster, dict[str, Any]]]:
    """A cluster with a state folder of its own, and what the machine showed of it before it was there."""
    folder = tmp_path_factory.mktemp("own")
    cluster = Cluster(SPEC, Paths(cache=Paths.of(os.environ).cache, state=folder), programs)
    cluster.down()
    yield cluster, traces()
    cluster.down()


@pytest.fixture
def own(own_cluster: tuple[Cluster, dict[str, Any]]) -> Cluster:
    """That cluster, up, whatever the test before did to it."""
    own_cluster[0].up()
    return own_cluster[0]


@pytest.fixture
def traces_before(own_cluster: tuple[Cluster, dict[str, Any]]) -> dict[str, Any]:
    """What the machine showed of the cluster before it was there."""
    return own_cluster[1]


def traces() -> dict[str, Any]:
    """Everything by which a cluster could be left behind on this machine."""
    netns = Path("/run/netns")
    return {
        "links": [link["ifname"] for link in ask("ip", "-json", "link") if SPEC.name in link["ifname"]],
        "routes": [route["dst"] for route in ask("ip", "-json", "route") if belongs(route["dst"])],
        "namespaces": [path.name for path in netns.iterdir() if path.name == SPEC.name]
        if netns.exists()
        else [],
        "cgroups": [str(folder) for folder in cgroups.folders(SPEC.name) if folder.exists()],
        "mounts": [line for line in Path("/proc/mounts").read_text().splitlines() if SPEC.name in line],
        "processes": processes(),
    }


def ask(*command: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(subprocess.check_output(command))
    return found


def belongs(destination: str) -> bool:
    return destination in {str(net) for net in SPEC.networks}


def processes() -> list[str]:
    """Command lines that name the cluster, which every daemon's does, and Pods' shims in its namespaces."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"clusters/{SPEC.name}" in command or f"netns/{SPEC.name}" in command:
            found.append(command)
    return found


def sysctls() -> dict[str, str]:
    return {key: (Path("/proc/sys") / key).read_text().strip() for key in CHANGED}


def file_times(folder: Path) -> dict[str, int]:
    """When each file of the cluster's own configuration was written."""
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_a_second_up_changes_nothing(own: Cluster) -> None:
    root = own.kubeconfig.parent
    before = (
        own.status().pid,
        file_times(root / "pki"),
        file_times(root / "conf"),
        own.kubeconfig.read_bytes(),
    )

    own.up()

    after = own.status().pid, file_times(root / "pki"), file_times(root / "conf"), own.kubeconfig.read_bytes()
    assert after == before


def test_status_of_a_ready_cluster_names_no_problem(own: Cluster) -> None:
    status = own.status()

    assert status.ready
    assert dict(status.problems) == {}
    assert {"etcd", "kube-apiserver", "kubelet", "containerd"} < set(status.daemons)


def test_the_kubeconfig_is_for_its_owner_and_names_the_cluster(own: Cluster) -> None:
    document = json.loads(own.kubeconfig.read_text())

    assert own.kubeconfig.stat().st_mode & 0o777 == 0o600
    assert document["current-context"] == SPEC.name
    assert document["clusters"][0]["cluster"]["server"] == SPEC.server


def test_another_cluster_with_the_same_addresses_is_refused(
    own: Cluster, programs: dict[str, Path], tmp_path: Path
) -> None:
    del own
    paths = Paths(cache=Paths.of(os.environ).cache, state=tmp_path)

    with pytest.raises(ClusterError, match=f"is in use by the interface {SPEC.name}: choose another index"):
        Cluster(ClusterSpec("mcp-e2e-twin", SPEC.index), paths, programs).up()


def test_a_cluster_of_another_state_folder_is_not_taken_over(
    own: Cluster, programs: dict[str, Path], tmp_path: Path
) -> None:
    paths = Paths(cache=Paths.of(os.environ).cache, state=tmp_path)

    with pytest.raises(ClusterError, match="were started with another state folder"):
        Cluster(SPEC, paths, programs).up()

    assert own.status().ready


def test_a_dead_daemon_is_told_and_up_starts_the_node_anew_with_its_data(
    own: Cluster, programs: dict[str, Path]
) -> None:
    kubectl = (str(programs["kubectl"]), f"--kubeconfig={own.kubeconfig}")
    subprocess.check_call([*kubectl, "create", "configmap", "kept"])
    before = own.status().pid
    kill_daemon(own, "kube-scheduler")

    assert own.status().problems["kube-scheduler"] == f"ended with status -{signal.SIGKILL}"
    said: list[str] = []
    own.up(report=said.append)

    assert "the node has to be started anew: kube-scheduler ended with status -9" in said
    assert own.status().ready
    assert own.status().pid != before
    subprocess.check_call([*kubectl, "get", "configmap", "kept"])


def kill_daemon(cluster: Cluster, name: str) -> None:
    """Kill one daemon of the node, and wait until its init has noticed."""
    [pid] = [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if is_daemon(folder, name)]
    os.kill(pid, signal.SIGKILL)
    until(lambda: cluster.status().problems, lambda problems: name in problems, seconds=10)


def is_daemon(folder: Path, name: str) -> bool:
    """Whether it is that program, in this cluster's network namespace."""
    try:
        program = (folder / "cmdline").read_bytes().split(b"\0")[0].decode()
        return program.endswith(f"/{name}") and (folder / "ns/net").samefile(f"/run/netns/{SPEC.name}")
    except OSError:
        return False


def test_an_interrupted_start_leaves_nothing_running_and_the_next_one_succeeds(
    own: Cluster, traces_before: dict[str, Any]
) -> None:
    def interrupt(said: str) -> None:
        if said == "kube-apiserver started":
            raise KeyboardInterrupt

    own.down()
    with pytest.raises(KeyboardInterrupt):
        own.up(report=interrupt)

    assert traces() == traces_before
    own.up()
    assert own.status().ready


def test_a_daemon_that_does_not_start_is_named_with_its_log_and_nothing_is_left_running(
    own: Cluster, traces_before: dict[str, Any], programs: dict[str, Path], tmp_path: Path
) -> None:
    broken = tmp_path / "etcd"
    broken.write_text("#!/bin/sh\necho disk is made of cheese\nexit 3\n")
    broken.chmod(0o755)
    own.down()
    cluster = Cluster(
        SPEC, Paths(cache=Paths.of(os.environ).cache, state=tmp_path), programs | {"etcd": broken}
    )

    with pytest.raises(
        ClusterError, match=r"did not start: etcd ended with status 3\n  log: .*/etcd\.log"
    ) as told:
        cluster.up()

    assert told.value.log is not None
    assert told.value.log.read_text() == "disk is made of cheese\n"
    assert traces() == traces_before
    cluster.down()


def test_down_leaves_nothing_and_the_guard_answers_for_the_addresses(
    own: Cluster, traces_before: dict[str, Any]
) -> None:
    during = traces()

    own.down()

    assert all(during[kind] for kind in ("links", "routes", "namespaces", "cgroups", "processes"))
    assert traces() == traces_before == {kind: [] for kind in traces_before}
    assert not own.kubeconfig.exists()
    refused = subprocess.run(
        ["ip", "route", "get", str(SPEC.node)], capture_output=True, text=True, check=False
    )
    assert "No route to host" in refused.stderr
    with pytest.raises(ClusterError, match=r"mcp-e2e-own is not up: its address [0-9.]+ is unreachable"):
        own.check_route()
    own.down()
