"""Configuration files of the node's daemons, rendered for containerd 1.6 and Kubernetes 1.35."""

import json
from typing import Any, Final

from local.cluster.layout import Layout
from local.cluster.plan import CONTAINERD_SOCKET
from local.cluster.spec import ClusterSpec

CNI_PLUGINS: Final = "/usr/lib/cni"
"""Where Debian's containernetworking-plugins puts them."""


def render(spec: ClusterSpec, layout: Layout, pause: str) -> dict[str, str]:
    """File below the configuration folder -> its text. `pause` is the image of every Pod's sandbox."""
    return {
        "containerd.toml": _containerd(pause),
        "cni/10-bridge.conflist": _text(_cni(spec)),
        "kubelet.json": _text(_kubelet(spec, layout)),
        "kube-proxy.json": _text(_kube_proxy(spec, layout)),
        # No name server: a name outside the cluster fails at once instead of after a time-out.
        "resolv.conf": "options ndots:1\n",
    }


def _containerd(pause: str) -> str:
    """A containerd for the kubelet alone."""
    return f"""version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.internal.v1.opt",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]

[grpc]
  address = "{CONTAINERD_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  # Lowering a process' OOM score is refused where the caller itself may not do so (a container, a CI runner).
  restrict_oom_score_adj = true
  disable_apparmor = true
  # Pods bind ports below 1024 without a capability: CoreDNS runs with none.
  enable_unprivileged_ports = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{CNI_PLUGINS}"
    conf_dir = "/etc/cni/net.d"
"""


def _cni(spec: ClusterSpec) -> dict[str, Any]:
    """One bridge for all Pods, in the node's network namespace."""
    bridge = {
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": True,
        "ipMasq": False,
        "hairpinMode": True,
        "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": str(spec.pod_net)}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    port_map = {"type": "portmap", "capabilities": {"portMappings": True}, "snat": True}
    return {"cniVersion": "0.4.0", "name": spec.name, "plugins": [bridge, port_map]}


def _kubelet(spec: ClusterSpec, layout: Layout) -> dict[str, Any]:
    """The kubelet, in the cluster's own control groups."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": str(spec.node),
        "tlsCertFile": str(layout.pki / "kubelet-server.crt"),
        "tlsPrivateKeyFile": str(layout.pki / "kubelet-server.key"),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(layout.pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "clusterDNS": [str(spec.dns)],
        "clusterDomain": "cluster.local",
        "resolvConf": str(layout.conf / "resolv.conf"),
        "containerRuntimeEndpoint": f"unix://{CONTAINERD_SOCKET}",
        "volumePluginDir": "/var/lib/kubelet/volume-plugins",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{spec.name}",
        "enforceNodeAllocatable": ["pods"],
        # Kubernetes 1.35 refuses version 1 of control groups unless told otherwise.
        "failCgroupV1": False,
        "failSwapOn": False,
        "oomScoreAdj": 0,
        # Images come from archives and cannot be pulled again, so none is ever collected.
        "imageGCHighThresholdPercent": 100,
        "evictionHard": {
            "imagefs.available": "1%",
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "nodefs.inodesFree": "1%",
        },
    }


def _kube_proxy(spec: ClusterSpec, layout: Layout) -> dict[str, Any]:
    """kube-proxy; limits of connection tracking belong to the whole machine and stay as they are."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "bindAddress": str(spec.node),
        "clusterCIDR": str(spec.pod_net),
        "metricsBindAddress": "127.0.0.1:10249",
        "clientConnection": {"kubeconfig": str(layout.conf / "kube-proxy.kubeconfig")},
        "oomScoreAdj": 0,
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpCloseWaitTimeout": "0s", "tcpEstablishedTimeout": "0s"},
    }


def _text(document: dict[str, Any]) -> str:
    """JSON, which every reader of YAML reads."""
    return json.dumps(document, indent=2) + "\n"
