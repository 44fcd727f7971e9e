"""Addresses and names of clusters."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cluster import ClusterError, ClusterSpec
from local.cluster.spec import RANGE

INDEXES = st.integers(0, 63)


@given(st.lists(INDEXES, min_size=2, max_size=6, unique=True))
def test_no_two_networks_of_any_clusters_overlap(indexes: list[int]) -> None:
    networks = [net for index in indexes for net in ClusterSpec("a", index).networks]

    assert not any(one.overlaps(other) for one, other in combinations(networks, 2))


@given(INDEXES)
def test_every_address_is_in_the_range_that_nobody_uses(index: int) -> None:
    spec = ClusterSpec("a", index)

    assert all(net.subnet_of(RANGE) for net in spec.networks)


@given(INDEXES)
def test_each_address_belongs_to_its_network_and_is_given_once(index: int) -> None:
    spec = ClusterSpec("a", index)
    addresses = sorted([spec.host, spec.node, spec.api_service, spec.dns])

    assert all(one < other for one, other in pairwise(addresses))
    assert {spec.host, spec.node} < set(spec.node_net.hosts())
    assert {spec.api_service, spec.dns} < set(spec.service_net.hosts())


def test_the_users_cluster_has_the_documented_addresses() -> None:
    spec = ClusterSpec()

    assert spec.name == "mcp-tracing"
    assert [str(net) for net in spec.networks] == ["198.18.0.0/24", "198.18.64.0/24", "198.19.0.0/24"]
    assert (str(spec.host), str(spec.node), str(spec.dns)) == ("198.18.0.1", "198.18.0.2", "198.19.0.10")
    assert spec.server == "https://198.18.0.2:6443"


@pytest.mark.parametrize("name", ["", "A", "1a", "-a", "a-", "a_b", "a.b", "a" * 16, "a b", "a\n"])
def test_a_name_that_no_network_interface_can_have_is_refused(name: str) -> None:
    with pytest.raises(ClusterError, match="1 to 15 lower-case letters"):
        ClusterSpec(name)


@pytest.mark.parametrize("index", [-1, 64])
def test_an_index_without_addresses_is_refused(index: int) -> None:
    with pytest.raises(ClusterError, match=rf"index {index}: an integer from 0 to 63"):
        ClusterSpec("a", index)
