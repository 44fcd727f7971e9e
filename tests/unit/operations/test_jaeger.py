"""Reading traces from Jaeger's query API; the recorded answer is that of Jaeger 2.13 to the demo trace."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given

from operations.jaeger import ERRORS_AMONG, Jaeger, Search
from operations.problem import OperationError
from operations.traces.jaeger_json import parse
from operations.traces.model import Span
from operations.traces.tree import arrange
from tests.unit.operations.made import TRACE_ID, jaeger_json, span, trace
from tests.unit.operations.test_tree import any_spans

RECORDED = json.loads(
    Path(__file__).with_name("golden").joinpath("jaeger-2.13-trace.json").read_text("utf-8")
)


def _jaeger(answer: Callable[[httpx.Request], httpx.Response]) -> Jaeger:
    return Jaeger(httpx.Client(base_url="https://127.0.0.1:1", transport=httpx.MockTransport(answer)))


def _always(document: Any, status: int = 200) -> Jaeger:
    return _jaeger(lambda _request: httpx.Response(status, json=document))


def test_recorded_trace_is_read_in_full() -> None:
    (found,) = parse(RECORDED)
    assert len(found.spans) == 26
    assert len(found.services) == 6
    assert found.services[0] == "frontend"
    (failed,) = found.errors
    assert (failed.service, failed.operation, failed.kind) == ("model-router", "chat large", "client")
    assert failed.status_message == "429: no capacity left for model large"
    assert failed.attributes["error.type"] == "RateLimited"
    assert failed.resource == {"service.namespace": "mcp-system", "service.version": "demo"}
    assert failed.events[0].name == "exception"
    assert failed.events[0].attributes["exception.type"] == "RateLimited"


def test_recorded_trace_has_one_root_and_no_remarks() -> None:
    tree = arrange(parse(RECORDED)[0])
    assert [node.depth for node in tree.nodes].count(0) == 1
    assert tree.notes == ()


@given(any_spans())
def test_what_was_written_as_jaegers_json_is_read_back(spans: tuple[Span, ...]) -> None:
    (found,) = parse(jaeger_json(trace(*spans)))
    for one, other in zip(found.spans, spans, strict=True):
        assert (one.span_id, one.parent_id, one.start_us, one.duration_us, one.error) == (
            other.span_id,
            other.parent_id,
            other.start_us,
            other.duration_us,
            other.error,
        )


def test_span_that_was_stored_twice_is_read_once() -> None:
    document = jaeger_json(trace(span("a"), span("b", "a")))
    document["data"][0]["spans"].append(document["data"][0]["spans"][1])
    assert len(parse(document)[0].spans) == 2


def test_reference_into_another_trace_is_no_parent() -> None:
    document = jaeger_json(trace(span("a"), span("b", "a")))
    document["data"][0]["spans"][1]["references"][0]["traceID"] = "f" * 32
    assert parse(document)[0].spans[1].parent_id is None


def test_trace_id_gets_its_leading_zeros_back() -> None:
    document = jaeger_json(trace(span("a")))
    document["data"][0]["traceID"] = "abc"
    assert parse(document)[0].trace_id == "abc".zfill(32)


@pytest.mark.parametrize(
    "document", [{}, {"data": [{}]}, {"data": [{"spans": [{}], "processes": {}}]}, {"data": "x"}]
)
def test_answer_that_is_not_jaegers_is_one_sentence(document: dict[str, Any]) -> None:
    with pytest.raises(OperationError, match="Jaeger's answer is not understood"):
        parse(document)


def test_unknown_trace_is_none() -> None:
    unknown = {"data": None, "errors": [{"code": 404, "msg": "trace not found"}]}
    assert _always(unknown, 404).get("abc") is None


def test_error_of_jaeger_is_passed_on_in_its_words() -> None:
    refused = {"data": None, "errors": [{"code": 400, "msg": "parameter 'service' is required"}]}
    with pytest.raises(OperationError, match="answered 400: parameter 'service' is required"):
        _always(refused, 400).services()


def test_answer_that_is_no_json_is_one_sentence() -> None:
    with pytest.raises(OperationError, match="answered 502 without JSON"):
        _jaeger(lambda _request: httpx.Response(502, text="<html>")).services()


def test_broken_connection_is_one_sentence() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection reset", request=request)

    with pytest.raises(OperationError, match="jaeger-query did not answer: connection reset"):
        _jaeger(broken).services()


def _answers(found: dict[str, dict[str, Any]], asked: list[httpx.Request]) -> Jaeger:
    """A Jaeger whose services have these traces."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.path == "/api/services":
            return httpx.Response(200, json={"data": list(found)})
        return httpx.Response(200, json=found[request.url.params["service"]])

    return _jaeger(answer)


def test_search_without_service_asks_for_each_and_keeps_the_newest_once() -> None:
    old, new = jaeger_json(trace(span("a"))), jaeger_json(trace(span("b", at=5000)))
    new["data"][0]["traceID"] = "f" * 32
    asked: list[httpx.Request] = []
    both = {"data": [*old["data"], *new["data"]]}
    found = _answers({"one": both, "two": old}, asked).find(Search(limit=2))
    assert [one.trace_id for one in found] == ["f" * 32, TRACE_ID]
    assert [request.url.params.get("service") for request in asked] == [None, "one", "two"]


def test_search_sends_every_condition() -> None:
    asked: list[httpx.Request] = []
    search = Search(service="one", operation="op", tags={"b": "2", "a": "1"}, min_duration_us=1500, limit=7)
    _answers({"one": {"data": []}}, asked).find(search)
    (parameters,) = [dict(request.url.params) for request in asked]
    assert int(parameters.pop("end")) - int(parameters.pop("start")) == 3600 * 1_000_000
    assert parameters == {
        "service": "one",
        "operation": "op",
        "tags": '{"a": "1", "b": "2"}',
        "minDuration": "1500us",
        "limit": "7",
    }


@pytest.mark.parametrize(
    "search", [Search(service="one", errors=True), Search(service="one", tags={"error": "true"})]
)
def test_failed_traces_are_picked_here_because_jaegers_memory_storage_cannot(search: Search) -> None:
    good, bad = jaeger_json(trace(span("a"))), jaeger_json(trace(span("b", error=True)))
    bad["data"][0]["traceID"] = "f" * 32
    asked: list[httpx.Request] = []
    found = _answers({"one": {"data": [*good["data"], *bad["data"]]}}, asked).find(search)
    assert [one.trace_id for one in found] == ["f" * 32]
    assert asked[0].url.params["limit"] == str(ERRORS_AMONG)
    assert "tags" not in asked[0].url.params


def _growing(*answers: dict[str, Any] | None) -> Jaeger:
    """A Jaeger that gives one answer after the other, and the last one for ever."""
    left = list(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        document = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(200, json=document) if document else httpx.Response(404, json={"errors": []})

    return _jaeger(answer)


def test_trace_is_waited_for_until_all_its_spans_are_stored() -> None:
    part, whole = jaeger_json(trace(span("a"))), jaeger_json(trace(span("a"), span("b", "a")))
    pauses: list[float] = []
    found = _growing(None, part, whole).wait_for(
        TRACE_ID, frozenset({"a", "b"}), seconds=60, pause=pauses.append
    )
    assert len(found.spans) == 2
    assert len(pauses) == 2


def test_spans_that_never_arrive_are_counted_and_the_collectors_log_is_named() -> None:
    part = _growing(jaeger_json(trace(span("a"))))
    with pytest.raises(OperationError, match=r"2 of its 3 spans are not in Jaeger; see kubectl .* logs"):
        part.wait_for(TRACE_ID, frozenset({"a", "b", "c"}), seconds=-1, pause=lambda _seconds: None)
