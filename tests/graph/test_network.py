"""Exactly the documented hops pass, computed over the manifests of every stack.

The embedded cluster accepts policies and enforces none, so that this is the proof.
"""

import pytest

import names
from tests.graph.reach import Pod, platform_pods, reachable
from tests.graph.recorded import EVERYTHING, VARIANTS, of_kind

OTHERS = [
    Pod("neighbour", names.NAMESPACE, {"app": "model-router"}),
    Pod("sender", "mcp-services", {"app": "plan-management"}),
    Pod("legacy", "legacy", {"app": "old"}),
    Pod("stranger", "elsewhere", {"app.kubernetes.io/part-of": names.PROJECT}),
    Pod("dns", "kube-system", {"k8s-app": "kube-dns"}),
    Pod("system", "kube-system", {"k8s-app": "other"}),
]
PORTS = [
    *[("TCP", port) for port in (53, 443, 4317, 4318, 14268, 16685, 16686, 13133, 8888)],
    *[("UDP", port) for port in (53, 6831, 6832)],
]
GATEWAY, JAEGER = names.GATEWAY, names.JAEGER


def hops(variant: str) -> dict[tuple[str, str], set[tuple[str, int]]]:
    """What passes from or to the platform's namespace, ports by both ends."""
    own = platform_pods(of_kind(variant, "Deployment"))
    inside = {pod.title for pod in own} | {"neighbour"}
    found: dict[tuple[str, str], set[tuple[str, int]]] = {}
    for source, target, protocol, port in reachable(of_kind(variant, "NetworkPolicy"), own + OTHERS, PORTS):
        if {source, target} & inside:
            found.setdefault((source, target), set()).add((protocol, port))
    return found


SPANS = {("TCP", 4317), ("TCP", 4318), ("TCP", 14268)}
PLAINTEXT = {("UDP", 6831), ("UDP", 6832)}
NAMES = {("UDP", 53), ("TCP", 53)}


def test_dev_has_exactly_the_documented_hops() -> None:
    assert hops("dev") == {
        ("neighbour", GATEWAY): SPANS,
        (GATEWAY, JAEGER): {("TCP", 4317)},
        (GATEWAY, "dns"): NAMES,
        ("neighbour", "dns"): NAMES,
    }


def test_named_namespaces_may_send_and_plaintext_only_those_named_for_it() -> None:
    assert hops(EVERYTHING) == {
        ("neighbour", GATEWAY): SPANS | PLAINTEXT,
        ("sender", GATEWAY): SPANS,
        ("legacy", GATEWAY): PLAINTEXT,
        (GATEWAY, JAEGER): {("TCP", 4317)},
        (GATEWAY, "dns"): NAMES,
        ("neighbour", "dns"): NAMES,
    }


@pytest.mark.parametrize("variant", ["staging", "prod"])
def test_a_stack_without_workloads_is_closed(variant: str) -> None:
    assert hops(variant) == {}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_pod_of_the_namespace_is_denied_both_ways_by_default(variant: str) -> None:
    everyone = [
        policy["spec"]["policyTypes"]
        for policy in of_kind(variant, "NetworkPolicy")
        if policy["spec"]["podSelector"] == {} and policy["spec"].keys() == {"podSelector", "policyTypes"}
    ]
    assert everyone == [["Ingress", "Egress"]]


def test_every_port_that_passes_is_served() -> None:
    for variant in ("dev", EVERYTHING):
        served = {
            (found["metadata"]["name"], port["protocol"], port["containerPort"])
            for found in of_kind(variant, "Deployment")
            for port in found["spec"]["template"]["spec"]["containers"][0]["ports"]
        }
        for (_, target), ports in hops(variant).items():
            if target != "dns":
                assert {(target, *port) for port in ports} <= served


def test_an_open_namespace_would_be_seen() -> None:
    own = platform_pods(of_kind("dev", "Deployment"))
    open_hops = reachable([], own + OTHERS, [("TCP", 443)])
    assert ("stranger", JAEGER, "TCP", 443) in open_hops
