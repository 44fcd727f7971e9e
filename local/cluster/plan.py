"""What the node's init does, as a document: mounts, then daemons, each after what it needs."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.cluster.layout import Layout
from local.cluster.spec import ClusterSpec

CONTAINERD_SOCKET: Final = "/run/containerd/containerd.sock"
"""Inside the node; the host sees it below /proc/PID/root."""
VOLUMES: Final = "/opt/local-path-provisioner"
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ETCD: Final = "https://127.0.0.1:2379"
_ETCD_PEER: Final = "https://127.0.0.1:2380"


@dataclass(frozen=True)
class Planner:
    """Renders the plan of one cluster; equal inputs give equal documents."""

    spec: ClusterSpec
    layout: Layout
    programs: Mapping[str, Path]

    def plan(self) -> dict[str, Any]:
        """The whole document.

        The order: containerd and the store, the API server on it, the images, then what talks to the API
        server. `local.cluster.init` stops them in the reverse order and waits for the first two.
        """
        return {
            "hostname": self.spec.name,
            "environment": {"PATH": _PATH, "LANG": "C.UTF-8"},
            "mounts": self._mounts(),
            "steps": [
                self._daemon("containerd", "containerd", f"--config={self.layout.conf / 'containerd.toml'}"),
                self._etcd(),
                self._until(f"{_ETCD}/health", "etcd-ca", "apiserver-etcd"),
                self._apiserver(),
                {"file": CONTAINERD_SOCKET},
                self._until("https://127.0.0.1:6443/readyz", "ca", "admin"),
                {"file": str(self.layout.images_loaded)},
                self._controller_manager(),
                self._scheduler(),
                self._kubelet(),
                self._kube_proxy(),
            ],
        }

    def _mounts(self) -> list[list[str]]:
        """Folders of the cluster at the standard places, so that manifests with host paths work."""
        data = self.layout.data
        places = {
            "/var/lib/kubelet": data / "kubelet",
            "/var/lib/containerd": data / "containerd",
            "/var/lib/cni": data / "cni",
            "/var/log/pods": data / "pod-logs",
            "/var/log/containers": data / "container-logs",
            "/etc/cni/net.d": self.layout.conf / "cni",
            VOLUMES: data / "volumes",
        }
        return [[str(source), target] for target, source in places.items()]

    def _etcd(self) -> dict[str, Any]:
        """The store, on loopback and only for who has a certificate of its own authority.

        Writes are not forced to the disk: the store survives every stop of the processes, not a crash of the
        machine; `Cluster.up` says so where it finds it damaged.
        """
        certificate, key, ca = self._crt("etcd"), self._key("etcd"), self._crt("etcd-ca")
        return self._daemon(
            "etcd",
            self._program("etcd"),
            f"--name={self.spec.name}",
            f"--data-dir={self.layout.data / 'etcd'}",
            "--unsafe-no-fsync",
            "--log-level=warn",
            f"--listen-client-urls={_ETCD}",
            f"--advertise-client-urls={_ETCD}",
            f"--listen-peer-urls={_ETCD_PEER}",
            f"--initial-advertise-peer-urls={_ETCD_PEER}",
            f"--initial-cluster={self.spec.name}={_ETCD_PEER}",
            "--client-cert-auth",
            f"--cert-file={certificate}",
            f"--key-file={key}",
            f"--trusted-ca-file={ca}",
            "--peer-client-cert-auth",
            f"--peer-cert-file={certificate}",
            f"--peer-key-file={key}",
            f"--peer-trusted-ca-file={ca}",
        )

    def _apiserver(self) -> dict[str, Any]:
        """The API server, for the node, the Pods and the host."""
        return self._daemon(
            "kube-apiserver",
            self._program("kube-apiserver"),
            f"--etcd-servers={_ETCD}",
            f"--etcd-cafile={self._crt('etcd-ca')}",
            f"--etcd-certfile={self._crt('apiserver-etcd')}",
            f"--etcd-keyfile={self._key('apiserver-etcd')}",
            "--bind-address=0.0.0.0",
            "--secure-port=6443",
            f"--advertise-address={self.spec.node}",
            f"--service-cluster-ip-range={self.spec.service_net}",
            "--authorization-mode=Node,RBAC",
            "--anonymous-auth=false",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged=true",
            f"--client-ca-file={self._crt('ca')}",
            f"--tls-cert-file={self._crt('apiserver')}",
            f"--tls-private-key-file={self._key('apiserver')}",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={self.layout.pki / 'service-account.pub'}",
            f"--service-account-signing-key-file={self._key('service-account')}",
            f"--kubelet-certificate-authority={self._crt('ca')}",
            f"--kubelet-client-certificate={self._crt('apiserver-kubelet')}",
            f"--kubelet-client-key={self._key('apiserver-kubelet')}",
            "--kubelet-preferred-address-types=InternalIP",
            f"--requestheader-client-ca-file={self._crt('front-proxy-ca')}",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            f"--proxy-client-cert-file={self._crt('front-proxy')}",
            f"--proxy-client-key-file={self._key('front-proxy')}",
            "--enable-aggregator-routing=true",
            "--profiling=false",
        )

    def _controller_manager(self) -> dict[str, Any]:
        """Controllers; alone, so without leader election."""
        return self._daemon(
            "kube-controller-manager",
            self._program("kube-controller-manager"),
            *self._client("kube-controller-manager"),
            f"--service-account-private-key-file={self._key('service-account')}",
            f"--root-ca-file={self._crt('ca')}",
            f"--cluster-signing-cert-file={self._crt('ca')}",
            f"--cluster-signing-key-file={self._key('ca')}",
            f"--requestheader-client-ca-file={self._crt('front-proxy-ca')}",
            f"--client-ca-file={self._crt('ca')}",
            "--use-service-account-credentials",
        )

    def _scheduler(self) -> dict[str, Any]:
        """The scheduler; alone, so without leader election."""
        return self._daemon(
            "kube-scheduler", self._program("kube-scheduler"), *self._client("kube-scheduler")
        )

    def _kubelet(self) -> dict[str, Any]:
        """The kubelet; the labels are what spread constraints over zones need to find."""
        return self._daemon(
            "kubelet",
            self._program("kubelet"),
            f"--config={self.layout.conf / 'kubelet.json'}",
            f"--kubeconfig={self.layout.conf / 'kubelet.kubeconfig'}",
            f"--hostname-override={self.spec.name}",
            f"--node-ip={self.spec.node}",
            "--root-dir=/var/lib/kubelet",
            "--node-labels=topology.kubernetes.io/region=local,topology.kubernetes.io/zone=local-a",
        )

    def _kube_proxy(self) -> dict[str, Any]:
        """ClusterIPs and NodePorts, by nftables."""
        return self._daemon(
            "kube-proxy",
            self._program("kube-proxy"),
            f"--config={self.layout.conf / 'kube-proxy.json'}",
            f"--hostname-override={self.spec.name}",
        )

    def _client(self, name: str) -> list[str]:
        """Flags that the controller manager and the scheduler share."""
        kubeconfig = self.layout.conf / f"{name}.kubeconfig"
        return [
            f"--kubeconfig={kubeconfig}",
            f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}",
            "--bind-address=127.0.0.1",
            "--leader-elect=false",
            "--profiling=false",
        ]

    def _daemon(self, name: str, program: str, *flags: str) -> dict[str, Any]:
        """A step that starts a daemon."""
        return {"start": name, "command": [program, *flags], "log": str(self.layout.log / f"{name}.log")}

    def _until(self, url: str, authority: str, user: str) -> dict[str, Any]:
        """A step that waits until the URL answers 200 to `user`."""
        return {
            "url": url,
            "ca": self._crt(authority),
            "certificate": self._crt(user),
            "key": self._key(user),
        }

    def _program(self, name: str) -> str:
        """Path of a built program."""
        return str(self.programs[name])

    def _crt(self, name: str) -> str:
        """Path of a certificate."""
        return str(self.layout.pki / f"{name}.crt")

    def _key(self, name: str) -> str:
        """Path of a key."""
        return str(self.layout.pki / f"{name}.key")


def digest(plan: Mapping[str, Any], configs: Mapping[str, str]) -> str:
    """Equal for equal plans and configurations: a running node with another digest has to be started anew."""
    return hashlib.sha256(json.dumps([plan, dict(configs)], sort_keys=True).encode()).hexdigest()
