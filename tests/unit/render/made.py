"""Settings of a stack with single values replaced, for documents that are rendered without any stack file."""

from settings import Settings
from settings.parse import parse
from settings.schema import load_schema
from sizing import Sizing, size

LEAST = {
    "environment": "test",
    "cluster.name": "test-cluster",
    "traffic.spans_per_second": 10,
}


def settings(**values: object) -> Settings:
    """Settings with the schema's defaults; keys are written with `__` for the dot."""
    changed = {key.replace("__", "."): value for key, value in values.items()}
    return parse({**LEAST, **changed}, {}, load_schema())


def sized(found: Settings) -> Sizing:
    return size(found)


def udp(*namespaces: str) -> Settings:
    return settings(receivers__jaeger_udp=True, receivers__jaeger_udp_namespaces=list(namespaces))
