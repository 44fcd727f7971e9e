"""Why an object does not become ready: what its Pods and the latest warnings say."""

from typing import Any, Final

from local.standin.discovery import Api
from local.standin.errors import ProviderError
from local.standin.objects import Object
from local.standin.readiness import condition

_WARNINGS: Final = 3
_REASONS: Final = 6


def reasons(api: Api, live: Object) -> list[str]:
    """At most a handful of sentences, the Pods' first; none for objects without a namespace.

    What may not be looked at is left out: no permission for events must not hide that an object failed.
    """
    metadata = live["metadata"]
    namespace = metadata.get("namespace")
    if not namespace:
        return []
    found = [reason for pod in _pods(api, live, namespace) for reason in of_pod(pod)]
    found += _warnings(api, namespace, metadata["name"])
    return list(dict.fromkeys(found))[:_REASONS]


def of_pod(pod: Object) -> list[str]:
    """Why a Pod is not scheduled, or its containers do not run."""
    name, status = pod["metadata"]["name"], pod.get("status", {})
    found = []
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        found.append(f"Pod {name}: {scheduled.get('reason')}: {scheduled.get('message')}")
    for key in ("initContainerStatuses", "containerStatuses"):
        found += [
            f"Pod {name}, container {reason}"
            for reason in map(_of_container, status.get(key) or ())
            if reason
        ]
    return found


def _of_container(status: Object) -> str:
    state = status.get("state", {})
    stopped = state.get("waiting") or state.get("terminated")
    if not stopped and status.get("ready") is False and "running" in state:
        return f"{status['name']}: it runs, and is not ready"
    if not stopped or stopped.get("reason") in ("Completed", "ContainerCreating", "PodInitializing"):
        return ""
    before = status.get("lastState", {}).get("terminated") or {}
    details: list[Any] = [stopped.get("message"), _exit(stopped), _exit(before), before.get("message")]
    return ": ".join([status["name"], stopped.get("reason", ""), *(str(part) for part in details if part)])


def _exit(ended: Object) -> str:
    return f"it ended with exit code {ended['exitCode']}" if "exitCode" in ended else ""


def _pods(api: Api, live: Object, namespace: str) -> list[Object]:
    if live["kind"] == "Pod":
        return [live]
    selector = live.get("spec", {}).get("selector") or {}
    labels = selector if live["kind"] == "Service" else selector.get("matchLabels", {})
    if not labels:
        return []
    wanted = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    return _listed(api, "Pod", namespace, labelSelector=wanted)


def _warnings(api: Api, namespace: str, name: str) -> list[str]:
    """The last warnings about the object, or what was made for it (its name begins with the object's)."""
    events = [
        event
        for event in _listed(api, "Event", namespace, fieldSelector="type=Warning")
        if _is_about(event["involvedObject"].get("name", ""), name)
    ]
    events.sort(key=lambda event: event.get("lastTimestamp") or event.get("eventTime") or "")
    return [
        f"{event['involvedObject']['kind']} {event['involvedObject']['name']}: "
        f"{event['reason']}: {event['message']}"
        for event in events[-_WARNINGS:]
    ]


def _listed(api: Api, kind: str, namespace: str, **selectors: str) -> list[Object]:
    try:
        return api.list("v1", kind, namespace, **selectors)
    except ProviderError:
        return []


def _is_about(subject: str, name: str) -> bool:
    return subject == name or subject.startswith(f"{name}-")
