"""How a program of the platform runs: one restricted container, probed over TLS, documents mounted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

import names
from render.places import CONFIG_DIRECTORY, CONFIG_FILE, Listener, tls_directory
from render.trust import authority_of
from sizing.model import ProgramSize

USER: Final = 10001
"""User and group in the images of the collector and of Jaeger."""
_GROUP_READS: Final = 0o440
_WITHDRAWAL_SECONDS: Final = 5
"""A Pod that ends serves on for this time: so long may a node take to learn that its address is gone."""
_HEALTH: Final = Listener(name="health", port=names.HEALTH)


@dataclass(frozen=True, kw_only=True)
class Program:
    """A container of the platform and everything that is mounted into it."""

    component: str
    image: str
    version: str
    certificates: Mapping[str, pulumi.Output[str]]
    """Names of Secrets, by the folder that they are mounted into (render.places.tls_directory)."""
    listeners: Sequence[Listener]
    health_path: str
    size: ProgramSize
    drain_seconds: int
    """Time to finish what is under way, between the withdrawal of the Pod's address and its end."""


@dataclass(frozen=True, kw_only=True)
class References:
    """Names of objects that a Pod refers to."""

    configuration: pulumi.Output[str]
    account: pulumi.Output[str]
    pull_secrets: Sequence[pulumi.Output[str]]


def template(program: Program, references: References) -> k8s.core.v1.PodTemplateSpecArgs:
    """Pod template that the restricted Pod Security Standard admits."""
    pull_secrets = [k8s.core.v1.LocalObjectReferenceArgs(name=secret) for secret in references.pull_secrets]
    return k8s.core.v1.PodTemplateSpecArgs(
        metadata=k8s.meta.v1.ObjectMetaArgs(labels=names.labels(program.component, program.version)),
        spec=k8s.core.v1.PodSpecArgs(
            service_account_name=references.account,
            automount_service_account_token=False,
            enable_service_links=False,
            image_pull_secrets=pull_secrets or None,
            termination_grace_period_seconds=_WITHDRAWAL_SECONDS + program.drain_seconds,
            security_context=_restricted_pod(),
            containers=[_container(program)],
            volumes=_volumes(program, references.configuration),
        ),
    )


def _restricted_pod() -> k8s.core.v1.PodSecurityContextArgs:
    return k8s.core.v1.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=USER,
        run_as_group=USER,
        fs_group=USER,
        seccomp_profile=k8s.core.v1.SeccompProfileArgs(type="RuntimeDefault"),
    )


def _container(program: Program) -> k8s.core.v1.ContainerArgs:
    return k8s.core.v1.ContainerArgs(
        name=program.component,
        image=program.image,
        # Tags are versions that are never moved; a registry that is away must not keep a Pod from starting.
        image_pull_policy="IfNotPresent",
        args=[f"--config={CONFIG_DIRECTORY}/{CONFIG_FILE}"],
        env=[k8s.core.v1.EnvVarArgs(name="GOMEMLIMIT", value=program.size.go_memory_limit)],
        ports=[_port(listener) for listener in (*program.listeners, _HEALTH)],
        resources=_resources(program.size),
        security_context=k8s.core.v1.SecurityContextArgs(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=k8s.core.v1.CapabilitiesArgs(drop=["ALL"]),
        ),
        startup_probe=_probe(program.health_path, period_seconds=2, failure_threshold=30),
        readiness_probe=_probe(program.health_path, period_seconds=5, failure_threshold=2),
        liveness_probe=_probe(program.health_path, period_seconds=10, failure_threshold=6),
        lifecycle=k8s.core.v1.LifecycleArgs(
            pre_stop=k8s.core.v1.LifecycleHandlerArgs(
                sleep=k8s.core.v1.SleepActionArgs(seconds=_WITHDRAWAL_SECONDS)
            )
        ),
        volume_mounts=_mounts(program),
    )


def _port(listener: Listener) -> k8s.core.v1.ContainerPortArgs:
    return k8s.core.v1.ContainerPortArgs(
        name=listener.name, container_port=listener.port, protocol=listener.protocol
    )


def _resources(size: ProgramSize) -> k8s.core.v1.ResourceRequirementsArgs:
    return k8s.core.v1.ResourceRequirementsArgs(
        requests={"cpu": size.cpu_request, "memory": size.memory_request},
        limits={"cpu": size.cpu_limit, "memory": size.memory_limit},
    )


def _probe(path: str, *, period_seconds: int, failure_threshold: int) -> k8s.core.v1.ProbeArgs:
    """Encrypted, but with no proof of who asks: the kubelet verifies no certificate and shows none."""
    return k8s.core.v1.ProbeArgs(
        http_get=k8s.core.v1.HTTPGetActionArgs(path=path, port=_HEALTH.name, scheme="HTTPS"),
        period_seconds=period_seconds,
        timeout_seconds=2,
        failure_threshold=failure_threshold,
    )


def _mounts(program: Program) -> list[k8s.core.v1.VolumeMountArgs]:
    certificates = {mount: tls_directory(mount) for mount in sorted(program.certificates)}
    return [
        k8s.core.v1.VolumeMountArgs(name=volume, mount_path=folder, read_only=True)
        for volume, folder in {"config": CONFIG_DIRECTORY, **certificates}.items()
    ]


def _volumes(program: Program, configuration: pulumi.Output[str]) -> list[k8s.core.v1.VolumeArgs]:
    """Readable by the program's group only (fsGroup), written by nobody."""
    document = k8s.core.v1.ConfigMapVolumeSourceArgs(name=configuration, default_mode=_GROUP_READS)
    return [
        k8s.core.v1.VolumeArgs(name="config", config_map=document),
        *(_certificate(mount, secret) for mount, secret in sorted(program.certificates.items())),
    ]


def _certificate(mount: str, secret: pulumi.Output[str]) -> k8s.core.v1.VolumeArgs:
    """Certificate and key of one side of a hop, and as `ca.crt` the hop's own authority.

    Not the leaf's own `ca.crt`: that is the root, which vouches for every hop. Of the authority's Secret the
    Pod sees the certificate only, never the key.
    """
    hop = mount.rpartition("-")[0]
    files: list[tuple[pulumi.Input[str], dict[str, str]]] = [
        (secret, {"tls.crt": "tls.crt", "tls.key": "tls.key"}),
        (authority_of(hop), {"tls.crt": "ca.crt"}),
    ]
    sources = [
        k8s.core.v1.VolumeProjectionArgs(
            secret=k8s.core.v1.SecretProjectionArgs(
                name=name, items=[k8s.core.v1.KeyToPathArgs(key=key, path=path) for key, path in keys.items()]
            )
        )
        for name, keys in files
    ]
    projected = k8s.core.v1.ProjectedVolumeSourceArgs(default_mode=_GROUP_READS, sources=sources)
    return k8s.core.v1.VolumeArgs(name=mount, projected=projected)
