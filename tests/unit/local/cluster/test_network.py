"""Routes and namespaces, on what `ip` says."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.cluster import ClusterError, ClusterSpec, network

SPEC = ClusterSpec("mine", 3)
DEFAULT = {"dst": "default", "dev": "eth0", "gateway": "192.0.2.1", "type": "unicast"}
GUARD = {"dst": "198.18.0.0/15", "type": "unreachable"}


class Machine:
    """Answers for `ip`, and what was called."""

    def __init__(self, routes: list[dict[str, Any]]) -> None:
        self.routes = routes
        self.way: dict[str, Any] | None = None
        self.called: list[str] = []

    def attempt(self, *command: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        del stdin
        text = " ".join(map(str, command))
        self.called.append(text)
        if "route show" in text:
            return subprocess.CompletedProcess(text, 0, json.dumps(self.routes), "")
        if "route get" in text:
            return subprocess.CompletedProcess(text, 2 if self.way is None else 0, json.dumps([self.way]), "")
        return subprocess.CompletedProcess(text, 0, "", "")

    def run(self, *command: str | Path) -> str:
        return str(self.attempt(*command).stdout)

    def changes(self) -> list[str]:
        return [text for text in self.called if "show" not in text and "get" not in text]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    made = Machine([DEFAULT])
    monkeypatch.setattr(network, "run", made.run)
    monkeypatch.setattr(network, "attempt", made.attempt)
    monkeypatch.setattr(network, "_NETNS", tmp_path)
    return made


def test_the_guard_is_put_once(machine: Machine) -> None:
    network.guard()
    machine.routes.append(GUARD)
    network.guard()

    assert machine.changes() == ["ip route add unreachable 198.18.0.0/15"]


def test_a_machine_that_uses_the_whole_range_is_left_alone(machine: Machine) -> None:
    machine.routes.append({"dst": "198.18.0.0/15", "dev": "lab0", "type": "unicast"})

    with pytest.raises(ClusterError, match=r"routes 198\.18\.0\.0/15 to lab0.*CONTEXT=name"):
        network.guard()
    assert machine.changes() == []


@pytest.mark.parametrize("taken", ["198.18.3.0/24", "198.18.67.0/25", "198.19.3.7", "198.19.0.0/16"])
def test_a_network_that_is_in_use_is_named_before_anything_is_made(taken: str, machine: Machine) -> None:
    machine.routes.append({"dst": taken, "dev": "other", "type": "unicast"})

    with pytest.raises(ClusterError, match="in use by the interface other: choose another index"):
        network.create(SPEC)
    assert machine.changes() == []


def test_another_clusters_networks_are_no_obstacle(machine: Machine) -> None:
    others = ClusterSpec("other", 4).networks
    machine.routes += [GUARD, *({"dst": str(net), "dev": "other", "type": "unicast"} for net in others)]

    network.create(SPEC)

    assert "ip netns add mine" in machine.changes()


def test_everything_beyond_the_cluster_is_unreachable_from_inside(machine: Machine) -> None:
    network.create(SPEC)

    assert "ip -n mine route add unreachable default" in machine.changes()
    assert not [text for text in machine.changes() if "route add default" in text]


def test_the_route_is_right_when_it_leads_into_the_cluster(machine: Machine) -> None:
    machine.way = {"dst": "198.18.3.2", "dev": "mine"}

    network.check_route(SPEC)


@pytest.mark.parametrize(
    ("way", "reason"),
    [(None, r"198\.18\.3\.2 is unreachable"), ({"dev": "eth0"}, r"198\.18\.3\.2 goes to eth0")],
)
def test_no_client_is_sent_out_while_the_cluster_is_down(
    way: dict[str, Any] | None, reason: str, machine: Machine
) -> None:
    machine.way = way

    with pytest.raises(ClusterError, match=f"cluster mine is not up: its address {reason}"):
        network.check_route(SPEC)


def test_a_cluster_without_namespace_has_no_processes(machine: Machine) -> None:
    assert network.inhabitants(SPEC) == []
    assert machine.called == []
