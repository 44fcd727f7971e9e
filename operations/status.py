"""What runs: cluster, stack, workloads, endpoints, certificates, the last trace."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import names
from operations.connect import Target
from operations.jaeger import Search, connected
from operations.problem import OperationError
from operations.traces.words import duration

_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Section:
    """A titled table; without rows, `remark` says why."""

    title: str
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    remark: str = ""
    healthy: bool = True


def of_platform(target: Target, now: datetime) -> list[Section]:
    """One look at the platform in this cluster; a part that cannot be read says so, the others are told."""
    parts: tuple[tuple[str, Callable[[], Section]], ...] = (
        ("cluster", lambda: _cluster(target)),
        ("workloads", lambda: _workloads(target)),
        ("endpoints", lambda: _endpoints(target)),
        ("certificates", lambda: _certificates(target, now)),
        ("last trace", lambda: _last_trace(target, now)),
    )
    return [_guarded(title, look) for title, look in parts]


def _guarded(title: str, look: Callable[[], Section]) -> Section:
    try:
        return look()
    except OperationError as reason:
        return Section(title=title, remark=str(reason), healthy=False)


def _items(target: Target, kinds: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = target.read("--namespace", names.NAMESPACE, "get", kinds)["items"]
    return sorted(found, key=lambda item: str(item["metadata"]["name"]))


def _cluster(target: Target) -> Section:
    version = target.read("version")["serverVersion"]["gitVersion"]
    return Section(title="cluster", remark=f"context {target.context}, Kubernetes {version}")


def _workloads(target: Target) -> Section:
    rows, healthy = [], True
    for item in _items(target, "deployments,statefulsets"):
        wanted, ready = item["spec"].get("replicas", 1), item["status"].get("readyReplicas", 0)
        images = [container["image"] for container in item["spec"]["template"]["spec"]["containers"]]
        rows.append((item["metadata"]["name"], f"{ready}/{wanted}", ", ".join(images)))
        healthy = healthy and ready == wanted
    remark = "" if rows else f"none in namespace {names.NAMESPACE}: nothing is deployed"
    return Section(
        title="workloads",
        headings=("NAME", "READY", "IMAGE"),
        rows=tuple(rows),
        remark=remark,
        healthy=healthy,
    )


def _endpoints(target: Target) -> Section:
    rows = [
        (f"{names.host(item['metadata']['name'])}:{port['port']}", port.get("name", ""), port["protocol"])
        for item in _items(target, "services")
        for port in item["spec"].get("ports", ())
    ]
    return Section(title="endpoints", headings=("ADDRESS", "NAME", "PROTOCOL"), rows=tuple(rows))


def _certificates(target: Target, now: datetime) -> Section:
    rows, healthy = [], True
    for item in _items(target, "certificates.cert-manager.io"):
        status = item.get("status", {})
        is_ready = any(
            condition["type"] == "Ready" and condition["status"] == "True"
            for condition in status.get("conditions", ())
        )
        expires = _moment(status.get("notAfter"))
        healthy = healthy and is_ready and expires is not None and expires > now
        rows.append(
            (
                item["spec"]["secretName"],
                "ready" if is_ready else "NOT READY",
                _until(expires, now),
                _until(_moment(status.get("renewalTime")), now),
            )
        )
    headings = ("SECRET", "STATE", "EXPIRES IN", "RENEWED IN")
    return Section(title="certificates", headings=headings, rows=tuple(rows), healthy=healthy)


def _last_trace(target: Target, now: datetime) -> Section:
    with connected(target) as jaeger:
        found = jaeger.find(Search(limit=1, lookback_seconds=_DAY_SECONDS))
    if not found:
        return Section(title="last trace", remark="none in the last day")
    trace = found[0]
    first = min(trace.spans, key=lambda span: span.start_us)
    age = duration(int(now.timestamp() * 1_000_000) - trace.end_us, unicode=False)
    row = (trace.trace_id, f"{first.service} {first.operation}", str(len(trace.spans)), age)
    return Section(title="last trace", headings=("TRACE", "ROOT", "SPANS", "AGE"), rows=(row,))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _until(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "-"
    seconds = (moment - now).total_seconds()
    if seconds <= 0:
        return "PAST"
    days = int(seconds // _DAY_SECONDS)
    return f"{days} days" if days > 1 else duration(int(seconds * 1_000_000), unicode=False)


def as_document(sections: list[Section]) -> dict[str, Any]:
    """The sections as JSON for other programs."""
    return {
        section.title.replace(" ", "_"): {
            "healthy": section.healthy,
            "remark": section.remark,
            "rows": [_named(section.headings, row) for row in section.rows],
        }
        for section in sections
    }


def _named(headings: tuple[str, ...], row: tuple[str, ...]) -> Mapping[str, str]:
    return {heading.lower().replace(" ", "_"): value for heading, value in zip(headings, row, strict=True)}


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)
