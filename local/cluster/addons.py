"""What runs in every embedded cluster beside the user's workloads: which programs, images and manifests."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from local.cluster.errors import ClusterError
from local.cluster.images import Image, content_tag
from local.cluster.layout import Layout
from local.cluster.plan import VOLUMES
from local.cluster.spec import ClusterSpec

CORE_PROGRAMS: Final = (
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
    "kubectl",
    "pause",
)
"""Programs without which there is no cluster."""

_MANIFESTS: Final = Path(__file__).parent / "addons"


@dataclass(frozen=True)
class Workload:
    """A Deployment that has to be available before the cluster counts as up."""

    namespace: str
    name: str


@dataclass(frozen=True)
class Addon:
    """One manifest file of the folder `addons`, and what it needs."""

    name: str
    programs: tuple[str, ...] = ()
    """Each becomes an image; the manifest refers to it as $PROGRAM, with '_' for '-'."""
    workload: Workload | None = None
    custom_resources: str | None = None
    """Glob of a file with CustomResourceDefinitions, beside the first program."""


ADDONS: Final = (
    Addon("access"),
    Addon("coredns", ("coredns",), Workload("kube-system", "coredns")),
    Addon(
        "local-path-provisioner",
        ("local-path-provisioner", "volume-helper"),
        Workload("kube-system", "local-path-provisioner"),
    ),
    Addon(
        "cert-manager",
        ("cert-manager-controller",),
        Workload("cert-manager", "cert-manager"),
        "cert-manager-crds.yaml",
    ),
    Addon("metrics-server", ("metrics-server",), Workload("kube-system", "metrics-server")),
)

PROGRAMS: Final = (*CORE_PROGRAMS, *(program for addon in ADDONS for program in addon.programs))
"""Every program that a cluster is made of, by the names that `Cluster` is given them under."""

_PLACES: Final = {"volume-helper": "/bin/sh"}
"""Programs that are not at /NAME in their image: local-path's helper Pods call /bin/sh."""
_USERS: Final = {"pause": "65535:65535", "volume-helper": "0:0"}


def system_image(program: str, path: Path) -> Image:
    """The image of one program of the cluster; a new program gives a new tag, which rolls its Pods."""
    place = _PLACES.get(program, f"/{program}")
    return Image(
        name=f"localhost/{program}:{content_tag(path)}",
        files={place: path},
        entrypoint=(place,),
        user=_USERS.get(program, "65532:65532"),
    )


def system_images(programs: Mapping[str, Path]) -> dict[str, Image]:
    """Program -> its image, for Pods' sandboxes and every add-on."""
    names = ("pause", *(program for addon in ADDONS for program in addon.programs))
    return {name: system_image(name, programs[name]) for name in names}


def check_programs(programs: Mapping[str, Path]) -> None:
    """Nothing, if every program of the cluster is there.

    Raises:
        ClusterError: some are not; the message names them all.
    """
    missing = [name for name in PROGRAMS if name not in programs or not programs[name].is_file()]
    if missing:
        raise ClusterError(
            f"the embedded cluster lacks the programs {', '.join(missing)}: `make up` builds them"
            " (or `python -m local.toolchain ensure NAME...`)"
        )


def workloads() -> list[Workload]:
    """Deployments of all add-ons."""
    return [addon.workload for addon in ADDONS if addon.workload is not None]


def render(spec: ClusterSpec, layout: Layout, images: Mapping[str, Image]) -> dict[str, str]:
    """Manifest file -> its text. It holds a private key (metrics-server's), so it is for the owner only."""
    values = {
        **{name.replace("-", "_"): image.name for name, image in images.items()},
        "dns": str(spec.dns),
        "volumes": VOLUMES,
        "ca": _base64(layout.pki / "ca.crt"),
        "metrics_certificate": _base64(layout.pki / "metrics-server.crt"),
        "metrics_key": _base64(layout.pki / "metrics-server.key"),
    }
    files = {addon.name: (_MANIFESTS / f"{addon.name}.yaml").read_text(encoding="utf-8") for addon in ADDONS}
    return {f"{name}.yaml": Template(text).substitute(values) for name, text in files.items()}


def custom_resource_files(programs: Mapping[str, Path]) -> list[Path]:
    """Files of CustomResourceDefinitions, which stand beside the program that serves them."""
    found = []
    for addon in ADDONS:
        if addon.custom_resources is not None:
            path = programs[addon.programs[0]].parent / addon.custom_resources
            if not path.is_file():
                raise ClusterError(
                    f"{path} is missing: it is made with {addon.programs[0]}; build that again"
                )
            found.append(path)
    return found


def digest(manifests: Mapping[str, str], files: list[Path]) -> str:
    """Equal for equal manifests: those that were applied are not applied again."""
    told = hashlib.sha256()
    for name, text in sorted(manifests.items()):
        told.update(f"{name}\0{text}\0".encode())
    for path in files:
        told.update(path.read_bytes())
    return told.hexdigest()


def _base64(path: Path) -> str:
    """A file as Secrets and caBundle fields hold it."""
    return base64.b64encode(path.read_bytes()).decode()
