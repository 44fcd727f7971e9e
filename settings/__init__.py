"""What a stack declares: read once, checked as a whole, typed (docs/adr/0001)."""

from settings.duration import Duration
from settings.errors import Problem, SettingsError
from settings.model import ClusterAccess, Issuer, LogLevel, Settings, Storage, Topology
from settings.parse import parse
from settings.schema import load_schema
from settings.sources import SECRET_PLACEHOLDER, from_files, from_pulumi, stacks

__all__ = [
    "SECRET_PLACEHOLDER",
    "ClusterAccess",
    "Duration",
    "Issuer",
    "LogLevel",
    "Problem",
    "Settings",
    "SettingsError",
    "Storage",
    "Topology",
    "from_files",
    "from_pulumi",
    "load_schema",
    "parse",
    "stacks",
]
