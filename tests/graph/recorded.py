"""Recordings of every stack, and of a stack with everything switched on; each is made once per test run."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from operations.manifests import manifests
from operations.recording import Recording, Registration, record
from settings.schema import PROJECT_DIRECTORY
from settings.sources import stacks

PULL_SECRET = json.dumps({"auths": {"mirror.example.com": {"auth": "dG9wLXNlY3JldA=="}}})
EVERYTHING = "everything"
"""A variant of dev with each optional part switched on: not a stack file, but a stack that may exist."""

_OVERRIDES = {
    EVERYTHING: {
        "images.registry": "mirror.example.com:5000/public",
        "images.pull_secret": PULL_SECRET,
        "receivers.jaeger_udp": "true",
        "receivers.jaeger_udp_namespaces": '["legacy", "mcp-system", "batch"]',
        "access.sender_namespaces": '["mcp-services", "mcp-frontend"]',
    }
}
VARIANTS = (*stacks(), EVERYTHING)
SINGLE = ("dev", EVERYTHING)
"""Variants that take and store spans."""

Manifest = dict[str, Any]


@cache
def recording(variant: str) -> Recording:
    """What the program declares; treat it as read-only."""
    overrides = _OVERRIDES.get(variant)
    return record(PROJECT_DIRECTORY, "dev" if overrides else variant, overrides)


@cache
def objects(variant: str) -> tuple[Manifest, ...]:
    return tuple(manifests(recording(variant)).values())


def of_kind(variant: str, kind: str) -> list[Manifest]:
    return [manifest for manifest in objects(variant) if manifest["kind"] == kind]


def named(found: Iterable[Manifest], name: str) -> Manifest:
    """The one object of this name."""
    (manifest,) = [manifest for manifest in found if manifest["metadata"]["name"] == name]
    return manifest


def children(variant: str, component: Registration) -> list[Registration]:
    return [made for made in recording(variant).registrations if made.parent == component.urn]


def kubernetes(variant: str) -> list[Registration]:
    return [made for made in recording(variant).registrations if made.type.startswith("kubernetes:")]
