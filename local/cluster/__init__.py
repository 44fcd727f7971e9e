"""An embedded single-node Kubernetes, for a machine that has none (docs/adr/0001: `local.cluster`)."""

from local.cluster.addons import PROGRAMS
from local.cluster.cluster import Cluster, Report
from local.cluster.errors import ClusterError
from local.cluster.images import Image
from local.cluster.spec import ClusterSpec
from local.cluster.status import Status

__all__ = ["PROGRAMS", "Cluster", "ClusterError", "ClusterSpec", "Image", "Report", "Status"]
