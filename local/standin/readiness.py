"""When is an object ready? Each rule tells what is still missing, or nothing when it is ready.

The rules are those of the real provider (its documentation, "Resource ready conditions"), in their
current form; kinds without a rule are ready as soon as they exist.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from local.standin.discovery import Api
from local.standin.objects import SKIP_AWAIT, WAIT_FOR, Object, annotation, reference

_UNSEEN: Final = "its controller has not seen the new version"


class HopelessError(Exception):
    """Waiting longer cannot help; the text says why."""


def missing(api: Api, live: Object) -> str:
    """What the object lacks to be ready; empty when it is.

    Raises:
        HopelessError: it will not become ready.
    """
    if annotation(live, SKIP_AWAIT) == "true":
        return ""
    if wish := annotation(live, WAIT_FOR):
        rules = json.loads(wish) if wish.startswith("[") else [wish]
        return next((lack for lack in (asked(live, rule) for rule in rules) if lack), "")
    rule = _RULES.get((live["apiVersion"].rpartition("/")[0], live["kind"]))
    return rule(api, live) if rule else ""


def condition(live: Object, kind: str) -> Object:
    """The condition of a type in the object's status; empty where it has none."""
    found = live.get("status", {}).get("conditions") or []
    return next((entry for entry in found if entry.get("type") == kind), {})


def asked(live: Object, rule: str) -> str:
    """What is missing by one rule of the annotation `pulumi.com/waitFor`.

    A rule is `condition=TYPE[=STATUS]` or `jsonpath={.path}[=value]`; a condition of an older generation
    than the object's does not count.
    """
    _, _, rest = rule.partition("=")
    if rule.startswith("condition="):
        return _asked_condition(live, rest)
    path, _, wanted = rest.partition("}=")
    path = path.strip("{}")
    value = _at(live, path)
    met = _text(value) == wanted if wanted else value is not None
    return "" if met else f"{path} is {_text(value)}"


def _asked_condition(live: Object, wish: str) -> str:
    kind, _, wanted = wish.partition("=")
    found, generation = condition(live, kind), live["metadata"].get("generation", 0)
    status = found.get("status", "missing")
    if found.get("observedGeneration", generation) < generation:
        return _UNSEEN
    if status.lower() == (wanted or "True").lower():
        return ""
    return f"condition {kind} is {status}: {found.get('message', 'no message')}"


def _at(value: Any, path: str) -> Any:
    for key in re.findall(r"[\w-]+", path):
        if isinstance(value, list):
            value = value[int(key)] if key.isdigit() and int(key) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _is_unseen(live: Object) -> bool:
    return bool(live.get("status", {}).get("observedGeneration", 0) < live["metadata"].get("generation", 0))


def _deployment(_api: Api, live: Object) -> str:
    progress = condition(live, "Progressing")
    if not _is_unseen(live) and progress.get("reason") == "ProgressDeadlineExceeded":
        raise HopelessError(progress.get("message", "its progress deadline is exceeded"))
    status, wanted = live.get("status", {}), live["spec"].get("replicas", 1)
    updated, total = status.get("updatedReplicas", 0), status.get("replicas", 0)
    available = status.get("availableReplicas", 0)
    if _is_unseen(live):
        return _UNSEEN
    if updated >= wanted and available >= wanted and total <= updated:
        return ""
    old = f", {total - updated} of the old version left" if total > updated else ""
    return f"{updated} of {wanted} Pods updated, {available} available{old}"


def _stateful_set(_api: Api, live: Object) -> str:
    status, spec = live.get("status", {}), live["spec"]
    wanted, total = spec.get("replicas", 1), status.get("replicas", 0)
    rolled = status.get("currentRevision") == status.get("updateRevision")
    by_hand = spec.get("updateStrategy", {}).get("type") == "OnDelete"
    updated = total if rolled or by_hand else status.get("updatedReplicas", 0)
    ready = status.get("readyReplicas", 0)
    if _is_unseen(live):
        return _UNSEEN
    if updated >= wanted and ready >= wanted and total == wanted:
        return ""
    return f"{updated} of {wanted} Pods updated, {ready} ready"


def _daemon_set(_api: Api, live: Object) -> str:
    status = live.get("status", {})
    wanted = status.get("desiredNumberScheduled", 0)
    by_hand = live["spec"].get("updateStrategy", {}).get("type") == "OnDelete"
    updated = wanted if by_hand else status.get("updatedNumberScheduled", 0)
    available = status.get("numberAvailable", 0)
    if _is_unseen(live):
        return _UNSEEN
    if updated >= wanted and available >= wanted:
        return ""
    return f"{updated} of {wanted} Pods updated, {available} available"


def _job(_api: Api, live: Object) -> str:
    failed = condition(live, "Failed")
    if failed.get("status") == "True":
        raise HopelessError(f"it failed: {failed.get('reason')}: {failed.get('message')}")
    if live["spec"].get("suspend") or condition(live, "Complete").get("status") == "True":
        return ""
    succeeded = live.get("status", {}).get("succeeded", 0)
    return f"{succeeded} of {live['spec'].get('completions', 1)} Pods have succeeded"


def _pod(_api: Api, live: Object) -> str:
    phase = live.get("status", {}).get("phase")
    if phase == "Failed":
        raise HopelessError("the Pod failed")
    if phase == "Succeeded" or condition(live, "Ready").get("status") == "True":
        return ""
    return f"its phase is {phase}"


def _service(api: Api, live: Object) -> str:
    spec, metadata = live["spec"], live["metadata"]
    if spec.get("type") == "LoadBalancer" and not _has_address(live):
        return "it has no load balancer address"
    if spec.get("type") == "ExternalName" or spec.get("clusterIP") == "None" or not spec.get("selector"):
        return ""
    slices = api.list(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        metadata["namespace"],
        labelSelector=f"kubernetes.io/service-name={metadata['name']}",
    )
    endpoints = [endpoint for part in slices for endpoint in part.get("endpoints") or ()]
    ready = any((endpoint.get("conditions") or {}).get("ready") for endpoint in endpoints)
    return "" if ready else "it has no ready endpoint"


def _claim(api: Api, live: Object) -> str:
    phase = live.get("status", {}).get("phase")
    if phase == "Lost":
        raise HopelessError("its volume is lost")
    if phase == "Bound":
        return ""
    if name := live["spec"].get("storageClassName"):
        storage = api.get(reference("storage.k8s.io/v1", "StorageClass", name))
        if storage and storage.get("volumeBindingMode") == "WaitForFirstConsumer":
            return ""  # it binds when a Pod uses it, and that Pod waits for this resource
    return f"its phase is {phase}"


def _ingress(_api: Api, live: Object) -> str:
    return "" if _has_address(live) else "it has no load balancer address"


def _has_address(live: Object) -> bool:
    return bool(live.get("status", {}).get("loadBalancer", {}).get("ingress"))


def _definition(_api: Api, live: Object) -> str:
    return "" if condition(live, "Established").get("status") == "True" else "it is not established"


def _namespace(_api: Api, live: Object) -> str:
    return "" if live.get("status", {}).get("phase") == "Active" else "it is not active"


_RULES: Final[dict[tuple[str, str], Callable[[Api, Object], str]]] = {
    ("", "Namespace"): _namespace,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "Job"): _job,
    ("networking.k8s.io", "Ingress"): _ingress,
}
