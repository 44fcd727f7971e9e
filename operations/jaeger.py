"""Jaeger's query API, reached with the client certificate of the query hop."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

import names
from operations.connect import Target, forward
from operations.problem import OperationError
from operations.traces.jaeger_json import TRACE_ID_DIGITS, parse
from operations.traces.model import Trace

_REQUEST_SECONDS = 30
_POLL_SECONDS = 0.5
_ERROR = "error"
ERRORS_AMONG = 500
"""Traces of each service that are looked through for failed ones, the newest first."""
_HOST = names.host(names.JAEGER_QUERY)


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which traces: every given condition holds for one span of the trace."""

    service: str | None = None
    operation: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    min_duration_us: int = 0
    errors: bool = False
    lookback_seconds: float = 3600
    limit: int = 20


class Jaeger:
    """Reads traces. Every method raises OperationError when there is no usable answer."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def services(self) -> list[str]:
        """Names of all services that have sent spans, sorted."""
        found = self._get("/api/services").get("data") or []
        return sorted(str(name) for name in found)

    def find(self, search: Search) -> list[Trace]:
        """At most `limit` traces, the newest first; without a service, of any (one search for each)."""
        services = [search.service] if search.service else self.services()
        failed_only = search.errors or search.tags.get(_ERROR) == "true"
        found: dict[str, Trace] = {}
        for service in services:
            for trace in parse(self._get("/api/traces", _parameters(search, service, time.time()))):
                if trace.errors or not failed_only:
                    found[trace.trace_id] = trace
        newest = sorted(found.values(), key=lambda trace: (-trace.start_us, trace.trace_id))
        return newest[: search.limit]

    def get(self, trace_id: str) -> Trace | None:
        """The trace as far as it is stored; None if nothing of it is."""
        answer = self._request(f"/api/traces/{trace_id.zfill(TRACE_ID_DIGITS)}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        traces = parse(_document(answer))
        return traces[0] if traces else None

    def wait_for(
        self,
        trace_id: str,
        span_ids: frozenset[str],
        *,
        seconds: float,
        pause: Callable[[float], None] = time.sleep,
    ) -> Trace:
        """The trace, once all these spans of it are stored.

        Raises:
            OperationError: spans are still missing after `seconds`; how many.
        """
        deadline = time.monotonic() + seconds
        while True:
            trace = self.get(trace_id)
            missing = span_ids - {span.span_id for span in trace.spans} if trace else span_ids
            if trace and not missing:
                return trace
            if time.monotonic() > deadline:
                logs = f"kubectl -n {names.NAMESPACE} logs deploy/{names.GATEWAY}"
                raise OperationError(
                    f"{names.GATEWAY} accepted trace {trace_id}, but after {seconds:.0f} s {len(missing)} of "
                    f"its {len(span_ids)} spans are not in Jaeger; see {logs}"
                )
            pause(_POLL_SECONDS)

    def _get(self, path: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        return _document(self._request(path, parameters))

    def _request(self, path: str, parameters: Mapping[str, str] | None = None) -> httpx.Response:
        try:
            # The certificate is the Service's, wherever the forwarded port is.
            return self._client.get(path, params=parameters, extensions={"sni_hostname": _HOST})
        except httpx.HTTPError as reason:
            raise OperationError(
                f"{names.JAEGER_QUERY} did not answer: {str(reason) or type(reason).__name__}"
            ) from None


@contextmanager
def connected(target: Target) -> Iterator[Jaeger]:
    """Jaeger of this cluster, over a forwarded port with mutual TLS, while the block runs."""
    certificate = target.client_certificate(names.QUERY_CLIENT_SECRET)
    with (
        forward(target, names.JAEGER_QUERY, names.JAEGER_QUERY_HTTP) as port,
        httpx.Client(
            base_url=f"https://127.0.0.1:{port}",
            headers={"Host": _HOST},
            verify=certificate.ssl_context(),
            timeout=_REQUEST_SECONDS,
            trust_env=False,
        ) as client,
    ):
        yield Jaeger(client)


def _parameters(search: Search, service: str, now: float) -> dict[str, str]:
    # Jaeger 2.13's memory storage takes the text "true" for false and finds nothing by this tag: errors are
    # picked from the answer, for which more traces are asked.
    tags = {key: value for key, value in search.tags.items() if (key, value) != (_ERROR, "true")}
    failed_only = search.errors or len(tags) < len(search.tags)
    wanted = {
        "service": service,
        "operation": search.operation or "",
        "tags": json.dumps(tags, sort_keys=True) if tags else "",
        "minDuration": f"{search.min_duration_us}us" if search.min_duration_us else "",
        "start": str(int((now - search.lookback_seconds) * 1_000_000)),
        "end": str(int(now * 1_000_000)),
        "limit": str(max(search.limit, ERRORS_AMONG) if failed_only else search.limit),
    }
    return {key: value for key, value in wanted.items() if value}


def _document(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise OperationError(
            f"{names.JAEGER_QUERY} answered {answer.status_code} without JSON: is it Jaeger 2?"
        )
    if answer.is_error:
        said = (
            "; ".join(str(error.get("msg")) for error in document.get("errors") or ()) or "without a reason"
        )
        raise OperationError(f"{names.JAEGER_QUERY} answered {answer.status_code}: {said}")
    return document
