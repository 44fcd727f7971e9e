"""What a stack declares: read once, checked as a whole, typed (docs/adr/0001)."""

from settings.duration import Duration
from settings.errors import Problem, SettingsError
from settings.model import ClusterAccess, Issuer, LogLevel, Settings, Storage, Topology

__all__ = [
    "ClusterAccess",
    "Duration",
    "Issuer",
    "LogLevel",
    "Problem",
    "Settings",
    "SettingsError",
    "Storage",
    "Topology",
]
