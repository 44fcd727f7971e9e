"""Why an object does not become ready."""

from typing import Any, cast

from local.standin.discovery import Api
from local.standin.errors import ApiError
from local.standin.reasons import of_pod, reasons


def _pod(**status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "web-1"}, "status": status}


def test_a_container_that_cannot_pull_its_image_says_so() -> None:
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}
    assert of_pod(_pod(containerStatuses=[{"name": "c", "state": waiting}])) == [
        "Pod web-1, container c: ImagePullBackOff: no such image"
    ]


def test_a_container_that_crashes_tells_its_exit_code() -> None:
    state = {
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 3, "message": "bad flag"}},
    }
    assert of_pod(_pod(initContainerStatuses=[{"name": "init", **state}])) == [
        "Pod web-1, container init: CrashLoopBackOff: it ended with exit code 3: bad flag"
    ]


def test_a_container_that_runs_without_getting_ready_is_told() -> None:
    running = {"name": "c", "ready": False, "state": {"running": {}}}
    assert of_pod(_pod(containerStatuses=[running])) == ["Pod web-1, container c: it runs, and is not ready"]


def test_a_pod_that_fits_nowhere_tells_the_schedulers_reason() -> None:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no memory"}
    assert of_pod(_pod(conditions=[condition])) == ["Pod web-1: Unschedulable: no memory"]


def test_what_is_on_its_way_or_done_is_no_reason() -> None:
    states = [{"waiting": {"reason": "ContainerCreating"}}, {"terminated": {"reason": "Completed"}}]
    assert of_pod(_pod(containerStatuses=[{"name": "c", "state": state} for state in states])) == []


class _Events:
    """A namespace with Pods and events."""

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def list(self, _version: str, kind: str, _namespace: str, **_selectors: str) -> list[Any]:
        if kind == "Pod":
            return []
        return [
            {
                "involvedObject": {"kind": "Pod", "name": name},
                "reason": "Failed",
                "message": f"m{place}",
                "lastTimestamp": f"2026-01-0{place + 1}T00:00:00Z",
            }
            for place, name in enumerate(self._names)
        ]


def test_the_last_warnings_about_the_object_are_told_and_no_others() -> None:
    live = {"kind": "Deployment", "metadata": {"name": "web", "namespace": "n"}, "spec": {}}
    api = cast("Api", _Events(["web-1", "website-1", "web-2", "web", "web-3"]))
    assert reasons(api, live) == ["Pod web-2: Failed: m2", "Pod web: Failed: m3", "Pod web-3: Failed: m4"]


class _Forbidden:
    """A namespace in which nothing may be looked at."""

    def list(self, *_place: str, **_selectors: str) -> list[Any]:
        raise ApiError(403, {"message": "not you"})


def test_what_may_not_be_looked_at_is_left_out() -> None:
    live = {
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "n"},
        "spec": {"selector": {"a": "b"}},
    }
    assert reasons(cast("Api", _Forbidden()), live) == []


def test_an_object_without_a_namespace_has_no_reasons_to_look_for() -> None:
    assert reasons(cast("Api", None), {"kind": "Namespace", "metadata": {"name": "x"}}) == []
