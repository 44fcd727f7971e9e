"""Edges become policies: sorted, each end once, other namespaces never selected."""

from itertools import permutations

import names
from render import network
from render.network import Component, Edge, Namespaces, Neighbours, Policy
from settings import Settings
from tests.unit.render.made import settings, udp

TIERED = settings(topology="tiered", jaeger__storage="elasticsearch")


def by_name(found: Settings) -> dict[tuple[str, str], Policy]:
    return {(policy.owner, policy.name): policy for policy in network.policies(found)}


def test_no_two_policies_of_a_component_have_one_name() -> None:
    for found in (settings(), udp("legacy", names.NAMESPACE)):
        assert len(by_name(found)) == len(network.policies(found))


def test_the_order_of_namespaces_changes_nothing() -> None:
    rendered = [Namespaces(title="senders", members=order).peer() for order in permutations(("a", "b", "c"))]
    assert rendered.count(rendered[0]) == len(rendered)


def test_plaintext_from_the_platform_s_own_namespace_is_an_edge_of_neighbours() -> None:
    own = [edge for edge in network.edges(udp(names.NAMESPACE)) if edge.ports[0].protocol == "UDP"]
    assert [type(edge.source) for edge in own if edge.target == Component(name=names.GATEWAY)] == [Neighbours]


def test_a_tiered_stack_has_no_edges_yet() -> None:
    assert network.edges(TIERED) == ()


def test_every_policy_has_an_owner_that_renders_it() -> None:
    found = network.policies(udp("legacy"))
    owned = [network.owned(component, found) for component in (names.GATEWAY, names.JAEGER)]
    assert sum(len(policies) for policies in owned) == len(found)


def test_a_policy_admits_named_ports_only() -> None:
    for policy in network.policies(udp("legacy")):
        for rule in (*policy.spec.get("ingress", ()), *policy.spec.get("egress", ())):
            assert all(set(port) == {"protocol", "port"} for port in rule["ports"])
            assert rule["ports"]
            assert rule.get("to") or rule.get("from"), "an empty peer list means everybody"


def test_no_other_namespace_s_pods_are_selected() -> None:
    edge = Edge(
        source=Namespaces(title="senders", members=("elsewhere",)),
        target=Component(name=names.GATEWAY),
        ports=(),
    )
    (policy,) = network._ends(edge)
    assert policy.spec["policyTypes"] == ["Ingress"]
