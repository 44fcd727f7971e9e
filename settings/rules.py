"""Rules that a single value keeps. They stand in the annotations of the dataclasses (settings/model.py)."""

import json
import re
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from settings.duration import Duration

DNS_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
"""RFC 1123 label, what Kubernetes takes as the name of a namespace."""


@runtime_checkable
class Rule(Protocol):
    """Something that a value of the right type must keep."""

    @property
    def says(self) -> str:
        """The valid set or the remedy, as the end of the sentence `KEY: VALUE: ...`."""

    def holds(self, value: object) -> bool:
        """Whether the value may stay; for a list, whether one element may."""


@dataclass(frozen=True)
class Between:
    """A whole number, both bounds included."""

    least: int
    most: int
    unit: str

    @property
    def says(self) -> str:
        """The bounds with their unit."""
        return f"must be from {self.least} to {self.most} {self.unit}"

    def holds(self, value: object) -> bool:
        """Whether the number is within the bounds."""
        return isinstance(value, int) and self.least <= value <= self.most


@dataclass(frozen=True)
class Lasting:
    """A duration, both bounds in seconds and included."""

    least: int
    most: int

    @property
    def says(self) -> str:
        """The bounds as durations."""
        return f"must be from {Duration(self.least)} to {Duration(self.most)}"

    def holds(self, value: object) -> bool:
        """Whether the duration is within the bounds."""
        return isinstance(value, Duration) and self.least <= value.seconds <= self.most


class _Matches:
    """A text of which the whole fits a pattern."""

    pattern: ClassVar[str]
    says: ClassVar[str]

    def holds(self, value: object) -> bool:
        """Whether the whole text fits."""
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None


class Namespace(_Matches):
    """Names of namespaces."""

    pattern = DNS_LABEL
    says = (
        "must be names of namespaces: lower case letters, digits and hyphens, at most 63, no hyphen at an end"
    )


class EnvironmentName(_Matches):
    """Value of the resource attribute deployment.environment.name; also a label's value in the cluster."""

    pattern = DNS_LABEL
    says = "must be lower case letters, digits and hyphens, at most 63, no hyphen at an end, say staging"


class ClusterName(_Matches):
    """Value of the resource attribute k8s.cluster.name; in Pulumi's state it is the cluster's identity."""

    pattern = r"[a-zA-Z0-9]([-._a-zA-Z0-9]{0,98}[a-zA-Z0-9])?"
    says = (
        "must be letters, digits, hyphens, dots and underscores, at most 100, a letter or digit at both ends"
    )


class Registry(_Matches):
    """Prefix of image names: a host, and where needed a port and a path (OCI distribution specification)."""

    pattern = r"[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:\d{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
    says = "must be HOST[:PORT][/PATH], no scheme and no slash at the end, say mirror.example.com/public"


class SecretText:
    """Marks a key that is encrypted in the stack file; its value is never shown."""


class DockerConfig:
    """Credentials of registries as Docker keeps them in config.json."""

    says = 'must be the JSON of a Docker configuration: {"auths": {"HOST": {"auth": "..."}}}'

    def holds(self, value: object) -> bool:
        """Whether the text is such JSON, with a registry in it."""
        if not isinstance(value, str):
            return False
        try:
            document = json.loads(value)
        except ValueError:
            return False
        return (
            isinstance(document, dict) and isinstance(document.get("auths"), dict) and bool(document["auths"])
        )
