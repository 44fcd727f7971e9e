"""The plan of the node's init, and the daemons' configuration."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from local.cluster import PROGRAMS, ClusterSpec, configs, pki, plan
from local.cluster.layout import Layout

SPEC = ClusterSpec("plan", 5)
PLACES = {name: Path("/programs") / name for name in PROGRAMS}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


@pytest.fixture
def rendered(layout: Layout) -> dict[str, Any]:
    return plan.Planner(SPEC, layout, PLACES).plan()


def position(rendered: dict[str, Any], **wanted: str) -> int:
    """Index of the one step that has these values."""
    [found] = [i for i, step in enumerate(rendered["steps"]) if wanted.items() <= step.items()]
    return found


def test_each_daemon_is_started_after_what_it_needs(rendered: dict[str, Any], layout: Layout) -> None:
    order = [
        position(rendered, start="etcd"),
        position(rendered, url="https://127.0.0.1:2379/health"),
        position(rendered, start="kube-apiserver"),
        position(rendered, url="https://127.0.0.1:6443/readyz"),
        position(rendered, file=str(layout.images_loaded)),
        position(rendered, start="kubelet"),
    ]

    assert order == sorted(order)


def test_the_daemons_that_are_waited_for_at_the_end_are_started_first(rendered: dict[str, Any]) -> None:
    started = [step["start"] for step in rendered["steps"] if "start" in step]

    assert started[:2] == ["containerd", "etcd"]


def test_every_certificate_that_a_daemon_is_told_of_is_made(rendered: dict[str, Any], layout: Layout) -> None:
    pki.make(layout.pki, SPEC)
    told = json.dumps([rendered, configs.render(SPEC, layout, "pause")])

    named = set(re.findall(rf"{re.escape(str(layout.pki))}/([\w.-]+)", told))

    assert len(named) == 20
    assert named - {path.name for path in layout.pki.iterdir()} == set()


def test_every_configuration_that_a_daemon_is_told_of_is_written(
    rendered: dict[str, Any], layout: Layout
) -> None:
    told = json.dumps([rendered, configs.render(SPEC, layout, "pause")])
    written = {*configs.render(SPEC, layout, "pause")}
    kubeconfigs = {"kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"}

    named = set(re.findall(rf"{re.escape(str(layout.conf))}/([\w./-]+)", told))

    assert named - {"cni"} - {f"{name}.kubeconfig" for name in kubeconfigs} <= written
    assert any(name.startswith("cni/") for name in written)


def test_nothing_listens_without_tls_but_where_only_the_node_itself_reaches(rendered: dict[str, Any]) -> None:
    urls = re.findall(r"(http://[^\s\"/]+)", json.dumps(rendered))

    assert urls == []


def test_the_api_server_knows_no_anonymous_user(rendered: dict[str, Any]) -> None:
    command = rendered["steps"][position(rendered, start="kube-apiserver")]["command"]

    assert "--anonymous-auth=false" in command
    assert "--authorization-mode=Node,RBAC" in command


def test_addresses_of_one_cluster_are_in_no_file_of_another(layout: Layout) -> None:
    other = ClusterSpec("other", 6)
    told = json.dumps([plan.Planner(SPEC, layout, PLACES).plan(), configs.render(SPEC, layout, "pause")])

    assert str(SPEC.node) in told
    assert not [
        str(net.network_address)[:-1] for net in other.networks if str(net.network_address)[:-1] in told
    ]


def test_the_kubelet_keeps_to_the_clusters_own_control_groups_and_socket(layout: Layout) -> None:
    kubelet = json.loads(configs.render(SPEC, layout, "pause")["kubelet.json"])

    assert kubelet["cgroupRoot"] == "/plan"
    assert kubelet["containerRuntimeEndpoint"] == "unix:///run/containerd/containerd.sock"
    assert kubelet["authentication"]["anonymous"] == {"enabled": False}


def test_the_sandbox_image_is_the_one_that_was_loaded(layout: Layout) -> None:
    assert (
        'sandbox_image = "localhost/pause:0af"'
        in configs.render(SPEC, layout, "localhost/pause:0af")["containerd.toml"]
    )


def test_the_digest_tells_one_configuration_from_another(rendered: dict[str, Any], layout: Layout) -> None:
    one = configs.render(SPEC, layout, "pause:1")
    other = configs.render(SPEC, layout, "pause:2")
    newer = plan.Planner(SPEC, layout, PLACES | {"kubelet": Path("/newer/kubelet")}).plan()

    assert plan.digest(rendered, one) == plan.digest(plan.Planner(SPEC, layout, PLACES).plan(), one)
    assert len({plan.digest(rendered, one), plan.digest(rendered, other), plan.digest(newer, one)}) == 3
