"""Resources of the toy program: every kind that the stand-in awaits, with names given and automatic."""

from typing import Any

import pulumi
import pulumi_kubernetes as k8s

PORT = 8080
IMAGE = "registry.example/team/probe:1.0"
POD_SECURITY = {
    "run_as_non_root": True,
    "run_as_user": 10001,
    "seccomp_profile": {"type": "RuntimeDefault"},
}
CONTAINER_SECURITY = {
    "allow_privilege_escalation": False,
    "capabilities": {"drop": ["ALL"]},
}


def plain(document: Any) -> Any:
    """The document, untyped: a type checker spends minutes on nested literals and the SDK's overloads."""
    return document


def provider(settings: pulumi.Config) -> k8s.Provider:
    """The cluster of the given kubeconfig and context."""
    return k8s.Provider(
        "cluster",
        kubeconfig=settings.require("kubeconfig"),
        context=settings.require("context"),
        cluster_identifier="toy",
    )


def namespace(settings: pulumi.Config, cluster: k8s.Provider) -> pulumi.Output[str]:
    """A namespace with a given name."""
    made = k8s.core.v1.Namespace(
        "space",
        metadata=plain({"name": settings.require("namespace")}),
        opts=pulumi.ResourceOptions(provider=cluster),
    )
    return made.metadata["name"]


def web(settings: pulumi.Config, cluster: k8s.Provider, space: pulumi.Output[str]) -> None:
    """A Deployment with its ConfigMap, Secret and Service, all with automatic names."""
    options = _options(settings, cluster)
    colors = k8s.core.v1.ConfigMap(
        "colors",
        metadata=plain({"namespace": space}),
        data=plain({"color": settings.require("color")}),
        opts=options,
    )
    secret = k8s.core.v1.Secret(
        "secret",
        metadata=plain({"namespace": space}),
        string_data=plain({"token": settings.require_secret("token")}),
        opts=options,
    )
    annotations = {"pulumi.com/patchForce": "true"} if settings.require_bool("force") else {}
    labels = {"app": "web"}
    deployment = k8s.apps.v1.Deployment(
        "web",
        metadata=plain({"namespace": space, "annotations": annotations}),
        spec=plain(
            {
                "replicas": settings.require_int("replicas"),
                "selector": {"match_labels": labels},
                "template": _pod(settings.require("image"), labels, {"COLORS": colors.metadata["name"]}),
            }
        ),
        opts=options,
    )
    service = k8s.core.v1.Service(
        "web",
        metadata=plain({"namespace": space}),
        spec=plain({"selector": labels, "ports": [{"port": 80, "target_port": PORT}]}),
        opts=options,
    )
    pulumi.export("address", service.spec["cluster_ip"])
    pulumi.export("deployment", deployment.metadata["name"])
    pulumi.export("token", secret.string_data["token"])


def others(settings: pulumi.Config, cluster: k8s.Provider, space: pulumi.Output[str]) -> None:
    """One of each other kind that is awaited, and one that is not."""
    options = _options(settings, cluster)
    labels = {"app": "member"}
    k8s.apps.v1.StatefulSet(
        "member",
        metadata=plain({"namespace": space, "name": "member"}),
        spec=plain(
            {
                "replicas": 1,
                "service_name": settings.require("service_name"),
                "selector": {"match_labels": labels},
                "template": _pod(IMAGE, labels, {}),
            }
        ),
        opts=options,
    )
    labels = {"app": "each"}
    k8s.apps.v1.DaemonSet(
        "each",
        metadata=plain({"namespace": space}),
        spec=plain({"selector": {"match_labels": labels}, "template": _pod(IMAGE, labels, {})}),
        opts=options,
    )
    k8s.core.v1.PersistentVolumeClaim(
        "data",
        metadata=plain({"namespace": space}),
        spec=plain({"access_modes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1024Ki"}}}),
        opts=options,
    )
    k8s.policy.v1.PodDisruptionBudget(
        "web",
        metadata=plain({"namespace": space}),
        spec=plain({"max_unavailable": 1, "selector": {"match_labels": {"app": "web"}}}),
        opts=options,
    )
    _job(settings, space, options)
    _custom(settings, space, options)


def _job(settings: pulumi.Config, space: pulumi.Output[str], options: pulumi.ResourceOptions) -> None:
    arguments = (
        ["lookup", "localhost"] if settings.require("job") == "good" else ["lookup", "no.such.invalid"]
    )
    template = _pod(IMAGE, {"app": "job"}, {})
    container = {
        key: value for key, value in template["spec"]["containers"][0].items() if key != "readiness_probe"
    }
    spec = {**template["spec"], "restart_policy": "Never", "containers": [{**container, "args": arguments}]}
    k8s.batch.v1.Job(
        "once",
        metadata=plain({"namespace": space}),
        spec=plain({"backoff_limit": 0, "template": {**template, "spec": spec}}),
        opts=options,
    )


def _custom(settings: pulumi.Config, space: pulumi.Output[str], options: pulumi.ResourceOptions) -> None:
    """A definition, and an object of it in the same run."""
    group = f"{settings.require('namespace')}.example"
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "x_kubernetes_preserve_unknown_fields": True}},
    }
    definition = k8s.apiextensions.v1.CustomResourceDefinition(
        "things",
        metadata=plain({"name": f"things.{group}"}),
        spec=plain(
            {
                "group": group,
                "scope": "Namespaced",
                "names": {"plural": "things", "singular": "thing", "kind": "Thing"},
                "versions": [
                    {"name": "v1", "served": True, "storage": True, "schema": {"open_apiv3_schema": schema}}
                ],
            }
        ),
        opts=options,
    )
    k8s.apiextensions.CustomResource(
        "thing",
        api_version=f"{group}/v1",
        kind="Thing",
        metadata=plain(
            {"namespace": space, "annotations": {"pulumi.com/waitFor": "jsonpath={.spec.size}=3"}}
        ),
        spec=plain({"size": 3}),
        opts=pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=[definition])),
    )


def _options(settings: pulumi.Config, cluster: k8s.Provider) -> pulumi.ResourceOptions:
    limit = f"{settings.require_int('seconds')}s"
    return pulumi.ResourceOptions(
        provider=cluster, custom_timeouts=pulumi.CustomTimeouts(create=limit, update=limit, delete=limit)
    )


def _pod(image: str, labels: dict[str, str], environment: dict[str, pulumi.Input[str]]) -> dict[str, Any]:
    container = {
        "name": "probe",
        "image": image,
        "image_pull_policy": "IfNotPresent",
        "args": ["serve", f":{PORT}"],
        "env": [{"name": name, "value": value} for name, value in environment.items()],
        "readiness_probe": {"http_get": {"path": "/healthz", "port": PORT}, "period_seconds": 1},
        "resources": {"requests": {"cpu": "0.01", "memory": "8192Ki"}},
        "security_context": CONTAINER_SECURITY,
    }
    spec = {
        "containers": [container],
        "security_context": POD_SECURITY,
        "termination_grace_period_seconds": 1,
    }
    return {"metadata": {"labels": labels}, "spec": spec}
