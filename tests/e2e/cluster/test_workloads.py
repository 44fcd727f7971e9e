"""What a workload finds in the embedded cluster."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.cluster import Cluster
from tests.e2e.cluster.conftest import Kubectl, Probe, deployment
from tests.e2e.waiting import until

pytestmark = pytest.mark.cluster


def test_a_restricted_pod_of_a_loaded_image_has_no_privileges(inside: Probe) -> None:
    found = json.loads(inside("get", "http://127.0.0.1:8080/"))

    assert found["Uid"] == "10001 10001 10001 10001"
    assert found["CapEff"] == found["CapBnd"] == "0000000000000000"
    assert (found["NoNewPrivs"], found["Seccomp"], found["RootWritable"]) == ("1", "2", "false")


def test_a_pod_that_asks_for_more_is_refused_by_the_namespace(kubectl: Kubectl) -> None:
    pod = {"containers": [{"name": "c", "image": "localhost/x"}]}
    document = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "refused"}, "spec": pod}

    refused = kubectl.attempt("apply", "--filename=-", stdin=json.dumps(document))

    assert 'violates PodSecurity "restricted:latest"' in refused.stderr


def test_a_service_reaches_every_pod_by_its_name(inside: Probe, server: str) -> None:
    def hosts() -> set[str]:
        return {json.loads(inside("get", f"http://{server}/"))["host"] for _ in range(10)}

    assert len(until(hosts, lambda found: len(found) == 2)) == 2


def test_dns_gives_the_service_address_for_short_and_full_names(
    inside: Probe, kubectl: Kubectl, server: str
) -> None:
    address = kubectl.get("service", server)["spec"]["clusterIP"]

    for name in (
        server,
        f"{server}.{kubectl.namespace}.svc",
        f"{server}.{kubectl.namespace}.svc.cluster.local",
    ):
        assert inside("lookup", name).split() == [address]


def test_nothing_outside_the_cluster_can_be_reached(kubectl: Kubectl, server: str) -> None:
    command = ("exec", f"deployment/{server}", "--", "/probe")

    # TEST-NET-3 (RFC 5737) is nobody's: were there a way out, this would wait for an answer instead.
    for way in (("get", "http://203.0.113.1/"), ("lookup", "example.com")):
        refused = kubectl.attempt(*command, *way)
        assert refused.returncode != 0
        assert "no route to host" in refused.stderr or "no such host" in refused.stderr, refused.stderr


def test_a_default_storage_class_gives_volumes_that_outlive_their_pods(kubectl: Kubectl) -> None:
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    kept = deployment("keeper", volumes=[volume], volumeMounts=[{"name": "data", "mountPath": "/data"}])
    kubectl.apply(claim("data"), kept)
    kubectl("rollout", "status", "deployment/keeper", "--timeout=90s")

    kubectl("exec", "deployment/keeper", "--", "/probe", "write", "/data/file", "kept")
    kubectl("rollout", "restart", "deployment/keeper")
    kubectl("rollout", "status", "deployment/keeper", "--timeout=90s")

    assert kubectl("exec", "deployment/keeper", "--", "/probe", "read", "/data/file") == "kept"


def claim(name: str) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Mi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def test_a_deleted_claim_takes_its_volume_with_it(kubectl: Kubectl, cluster: Cluster) -> None:
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "gone"}}
    kubectl.apply(claim("gone"), deployment("user", volumes=[volume]))
    kubectl("rollout", "status", "deployment/user", "--timeout=90s")
    name = kubectl.get("persistentvolumeclaim", "gone")["spec"]["volumeName"]
    inside = kubectl.get("persistentvolume", name)["spec"]["local"]["path"]
    folder = Path(f"/proc/{cluster.status().pid}/root{inside}")
    assert folder.is_dir()

    kubectl("delete", "deployment/user", "persistentvolumeclaim/gone")

    until(folder.exists, lambda found: not found)
    until(lambda: kubectl.attempt("get", "persistentvolume", name).stderr, lambda said: "NotFound" in said)


def test_an_autoscaler_reads_real_usage(kubectl: Kubectl, server: str) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": server}
    usage = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 90}},
    }
    kubectl.apply(
        {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": server},
            "spec": {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 3, "metrics": [usage]},
        }
    )

    def current() -> Any:
        found = kubectl.get("horizontalpodautoscaler", server)["status"].get("currentMetrics") or [{}]
        return found[0].get("resource", {}).get("current", {}).get("averageUtilization")

    assert until(current, lambda percent: percent is not None, seconds=120) >= 0
