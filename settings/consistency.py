"""Rules over more than one key. Each names every value that it compares."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import names
from settings.duration import Duration
from settings.errors import Problem
from settings.model import Storage, Topology


@dataclass(frozen=True)
class _Rule:
    """What the values of some keys must keep together; a message begins with the first key."""

    keys: tuple[str, ...]
    remedy: Callable[..., str | None]
    """Given the values in the order of the keys: what to do, or None when all is well."""


def contradictions(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Problems among typed values; without a rule's value (it is told already) the rule is left out."""
    for rule in _RULES:
        if all(key in values for key in rule.keys):
            remedy = rule.remedy(*(values[key] for key in rule.keys))
            if remedy is not None:
                yield Problem(key=rule.keys[0], value=_plain(values[rule.keys[0]]), remedy=remedy)


def _plain(value: object) -> object:
    """The value as it stands in a stack file."""
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, (Duration, str)) else value


def _storage(topology: Topology, storage: Storage) -> str | None:
    fitting = {Topology.SINGLE: Storage.MEMORY, Topology.TIERED: Storage.ELASTICSEARCH}
    if storage is fitting[topology]:
        return None
    return f"does not go with jaeger.storage '{storage}'; single goes with memory, tiered with elasticsearch"


def _udp_open(udp: bool, namespaces: tuple[str, ...]) -> str | None:
    if not udp or namespaces:
        return None
    return "receivers.jaeger_udp_namespaces is []; name those whose Pods may use the ports, or turn it off"


def _udp_closed(namespaces: tuple[str, ...], udp: bool) -> str | None:
    if udp or not namespaces:
        return None
    return "receivers.jaeger_udp is False; turn it on to open the ports to these namespaces, or remove them"


def _own_namespace(namespaces: tuple[str, ...]) -> str | None:
    if names.NAMESPACE not in namespaces:
        return None
    return f"Pods of {names.NAMESPACE} may always send; leave it out"


def _renewal(renew_before: Duration, leaf: Duration) -> str | None:
    if renew_before < leaf:
        return None
    return f"must be shorter than trust.leaf_duration, which is '{leaf}'; a third of it is usual"


def _leaf(leaf: Duration, authority: Duration) -> str | None:
    if leaf < authority:
        return None
    return (
        f"must be shorter than trust.ca_duration, which is '{authority}': it ends no later than its authority"
    )


_RULES: Final = (
    _Rule(("topology", "jaeger.storage"), _storage),
    _Rule(("receivers.jaeger_udp", "receivers.jaeger_udp_namespaces"), _udp_open),
    _Rule(("receivers.jaeger_udp_namespaces", "receivers.jaeger_udp"), _udp_closed),
    _Rule(("access.sender_namespaces",), _own_namespace),
    _Rule(("trust.leaf_renew_before", "trust.leaf_duration"), _renewal),
    _Rule(("trust.leaf_duration", "trust.ca_duration"), _leaf),
)
