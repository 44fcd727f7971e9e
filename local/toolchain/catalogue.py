"""Which programs there are, and how each is built: one table. A new program is an entry here and a go.mod."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import versions

from .errors import ToolchainError
from .group import Group, ModuleFile, Program

SOURCES: Final = Path(__file__).parent.parent / "tools"
"""Folder of the Go modules, one per group."""


def _kubernetes_variables() -> tuple[tuple[str, str], ...]:
    """What `--version` and the API's /version say; commit and date are unknown to a module and stay fixed."""
    values = {
        "gitVersion": f"v{versions.KUBERNETES}",
        "gitMajor": versions.KUBERNETES.split(".")[0],
        "gitMinor": versions.KUBERNETES.split(".")[1],
        "gitTreeState": "clean",
        "gitCommit": "0" * 40,
        "buildDate": "1970-01-01T00:00:00Z",
    }
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return tuple((f"{package}.{name}", value) for package in packages for name, value in values.items())


# grpcnotrace lets the linker drop unreachable methods: grpc's tracing looks methods up by name otherwise.
_SMALL: Final = ("grpcnotrace",)
# As in Kubernetes' own release builds.
_KUBERNETES_TAGS: Final = ("selinux", "notest", *_SMALL)
_KUBERNETES: Final = "k8s.io/kubernetes"

GROUPS: Final = (
    Group(
        name="pulumi",
        folder="pulumi",
        module="github.com/pulumi/pulumi/pkg/v3",
        version=versions.PULUMI,
        module_version=versions.PULUMI,
        programs=(Program(name="pulumi", package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"),),
        variables=(("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", f"v{versions.PULUMI}"),),
        cpu_seconds=366,
    ),
    Group(
        name="kubernetes",
        folder="kubernetes",
        module=_KUBERNETES,
        version=versions.KUBERNETES,
        module_version=versions.KUBERNETES,
        programs=tuple(
            Program(name=name, package=f"{_KUBERNETES}/cmd/{name}")
            for name in (
                "kube-apiserver",
                "kube-controller-manager",
                "kube-proxy",
                "kube-scheduler",
                "kubelet",
            )
        ),
        tags=_KUBERNETES_TAGS,
        variables=_kubernetes_variables(),
        cpu_seconds=560,
    ),
    # Apart from its siblings, because a cluster of the user's own needs it alone.
    Group(
        name="kubectl",
        folder="kubernetes",
        module=_KUBERNETES,
        version=versions.KUBERNETES,
        module_version=versions.KUBERNETES,
        programs=(Program(name="kubectl", package=f"{_KUBERNETES}/cmd/kubectl"),),
        tags=_KUBERNETES_TAGS,
        variables=_kubernetes_variables(),
        cpu_seconds=120,
    ),
    Group(
        name="etcd",
        folder="etcd",
        module="go.etcd.io/etcd/server/v3",
        version=versions.ETCD,
        module_version=versions.ETCD,
        programs=(Program(name="etcd", package="go.etcd.io/etcd/server/v3"),),
        variables=(("go.etcd.io/etcd/api/v3/version.GitSHA", "release"),),
        cpu_seconds=86,
    ),
    Group(
        name="coredns",
        folder="coredns",
        module="github.com/coredns/coredns",
        version=versions.COREDNS,
        module_version=versions.COREDNS,
        programs=(Program(name="coredns", package="github.com/coredns/coredns"),),
        tags=_SMALL,
        variables=(("github.com/coredns/coredns/coremain.GitCommit", f"v{versions.COREDNS}"),),
        cpu_seconds=187,
    ),
    Group(
        name="cert-manager",
        folder="cert-manager",
        module="github.com/cert-manager/cert-manager",
        version=versions.CERT_MANAGER,
        module_version=versions.CERT_MANAGER,
        programs=(Program(name="cert-manager-controller", package="."),),
        files=(ModuleFile(name="cert-manager-crds.yaml", pattern="deploy/crds/*.yaml"),),
        tags=_SMALL,
        variables=(
            ("github.com/cert-manager/cert-manager/pkg/util.AppVersion", f"v{versions.CERT_MANAGER}"),
        ),
        cpu_seconds=202,
    ),
    Group(
        name="metrics-server",
        folder="metrics-server",
        module="sigs.k8s.io/metrics-server",
        version=versions.METRICS_SERVER,
        module_version=versions.METRICS_SERVER,
        programs=(Program(name="metrics-server", package="sigs.k8s.io/metrics-server/cmd/metrics-server"),),
        tags=_SMALL,
        variables=(("k8s.io/client-go/pkg/version.gitVersion", f"v{versions.METRICS_SERVER}"),),
        cpu_seconds=205,
    ),
    Group(
        name="local-path-provisioner",
        folder="local-path-provisioner",
        module="github.com/rancher/local-path-provisioner",
        version=versions.LOCAL_PATH_PROVISIONER,
        module_version=versions.LOCAL_PATH_PROVISIONER,
        programs=(
            Program(name="local-path-provisioner", package="github.com/rancher/local-path-provisioner"),
        ),
        variables=(("main.VERSION", f"v{versions.LOCAL_PATH_PROVISIONER}"),),
        cpu_seconds=117,
    ),
    Group(
        name="node",
        folder="node",
        module="",
        version="",
        module_version="",
        programs=(
            Program(name="pause", package="./pause"),
            Program(name="volume-helper", package="./volume-helper"),
            Program(name="probe", package="./probe"),
        ),
        cpu_seconds=8,
    ),
    Group(
        name="otelcol",
        folder="otelcol",
        module="go.opentelemetry.io/collector/otelcol",
        version=versions.OTELCOL,
        module_version=versions.OTELCOL,
        programs=(Program(name="otelcol", package="."),),
        tags=_SMALL,
        variables=(("main.version", versions.OTELCOL),),
        cpu_seconds=650,
    ),
    Group(
        name="jaeger",
        folder="jaeger",
        module="github.com/jaegertracing/jaeger",
        version=versions.JAEGER,
        module_version=versions.JAEGER_MODULE,
        programs=(Program(name="jaeger", package="github.com/jaegertracing/jaeger/cmd/jaeger"),),
        variables=(
            ("github.com/jaegertracing/jaeger/internal/version.latestVersion", f"v{versions.JAEGER}"),
        ),
        cpu_seconds=384,
    ),
)


def group_of(name: str, groups: Iterable[Group] = GROUPS) -> Group:
    """The group that builds the program or file `name`.

    Raises:
        ToolchainError: no group does; the message lists what can be had.
    """
    by_output = {output: group for group in groups for output in group.outputs}
    if name not in by_output:
        raise ToolchainError(f"there is no program {name!r}; known are {', '.join(sorted(by_output))}")
    return by_output[name]
