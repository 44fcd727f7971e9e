"""Properties of the collector's and Jaeger's configuration that a golden file shows but does not explain."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import names
from render import collector, jaeger
from settings import Settings
from tests.unit.render.made import settings, sized, udp

Document = dict[str, Any]
PROGRAMS = [collector, jaeger]
every_program = pytest.mark.parametrize("program", PROGRAMS, ids=["collector", "jaeger"])


def rendered(program: Any, found: Settings) -> Document:
    document: Document = program.configuration(found, sized(found))
    return document


def blocks(value: Any, path: str = "") -> Iterator[tuple[str, Document]]:
    """Every mapping of a document with the path to it."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from blocks(inner, f"{path}/{key}")
    if isinstance(value, list):
        for inner in value:
            yield from blocks(inner, path)


def listening(document: Document) -> dict[str, Document]:
    return {path: block for path, block in blocks(document) if "LISTEN_HOST" in str(block.get("endpoint"))}


@every_program
def test_the_memory_limiter_is_first_in_every_pipeline(program: Any) -> None:
    for pipeline in rendered(program, settings())["service"]["pipelines"].values():
        assert pipeline["processors"][0] == "memory_limiter"


@every_program
def test_what_a_pipeline_names_is_declared_and_nothing_else_is(program: Any) -> None:
    document = rendered(program, settings())
    pipelines = document["service"]["pipelines"].values()
    for kind in ("receivers", "processors", "exporters"):
        used = {name for pipeline in pipelines for name in pipeline[kind]}
        assert used == document[kind].keys()
    assert set(document["service"]["extensions"]) == document["extensions"].keys()


@every_program
def test_verification_is_never_off(program: Any) -> None:
    keys = {key for _, block in blocks(rendered(program, settings())) for key in block}
    assert keys & {"insecure", "insecure_skip_verify"} == set()


@every_program
def test_everything_that_listens_demands_a_certificate_but_health(program: Any) -> None:
    document = rendered(program, settings())
    ports = listening(document)
    assert len(ports) >= 4
    for path, block in ports.items():
        assert block["tls"]["min_version"] == "1.3", path
        assert ("client_ca_file" in block["tls"]) is ("health" not in path), path


@every_program
def test_certificates_are_read_again_before_they_can_end(program: Any) -> None:
    """The settings demand five minutes at least between a renewal and the end."""
    certificates = [block for _, block in blocks(rendered(program, settings())) if "cert_file" in block]
    assert certificates
    assert {block["reload_interval"] for block in certificates} == {"1m"}


@every_program
def test_own_metrics_stay_on_the_pod_s_loopback(program: Any) -> None:
    (reader,) = rendered(program, settings())["service"]["telemetry"]["metrics"]["readers"]
    assert reader["pull"]["exporter"]["prometheus"]["host"] == "127.0.0.1"


@every_program
@pytest.mark.parametrize("level", ["debug", "error"])
def test_the_log_level_is_that_of_the_settings(program: Any, level: str) -> None:
    telemetry = rendered(program, settings(collector__log_level=level))["service"]["telemetry"]
    assert telemetry["logs"] == {"level": level, "encoding": "json"}


def test_a_sender_s_word_on_where_it_runs_is_replaced() -> None:
    document = rendered(collector, settings(environment="staging"))
    assert document["processors"]["resource"]["attributes"] == [
        {"key": "deployment.environment.name", "value": "staging", "action": "upsert"},
        {"key": "k8s.cluster.name", "value": "test-cluster", "action": "upsert"},
        {"key": "service.namespace", "value": names.NAMESPACE, "action": "upsert"},
    ]
    assert "resource" in document["service"]["pipelines"]["traces"]["processors"]


def test_plaintext_ports_are_open_only_where_the_settings_admit_them() -> None:
    def protocols(found: Settings) -> set[str]:
        return set(rendered(collector, found)["receivers"]["jaeger"]["protocols"])

    assert protocols(settings()) == {"thrift_http"}
    assert protocols(udp("legacy")) == {"thrift_http", "thrift_compact", "thrift_binary"}


def test_what_listens_is_what_the_service_offers() -> None:
    for found in (settings(), udp("legacy")):
        ports = {
            int(block["endpoint"].rpartition(":")[2])
            for block in listening(rendered(collector, found)).values()
        }
        assert ports - {names.HEALTH} == {listener.port for listener in collector.listeners(found)}


def test_jaeger_stores_no_spans_of_its_own() -> None:
    assert rendered(jaeger, settings())["extensions"]["jaeger_query"]["enable_tracing"] is False


def test_jaeger_keeps_as_many_traces_as_the_settings_say() -> None:
    backends = rendered(jaeger, settings(jaeger__memory_traces=1234))["extensions"]["jaeger_storage"][
        "backends"
    ]
    assert backends == {"memory": {"memory": {"max_traces": 1234}}}


@given(mebibytes=st.integers(1, 128))
def test_whatever_a_sender_may_send_fits_every_later_hop(mebibytes: int) -> None:
    """One span can be as large as the whole request that brought it."""
    found = settings(receivers__max_request_mib=mebibytes)
    received = rendered(collector, found)["receivers"]["otlp"]["protocols"]
    assert received["http"]["max_request_body_size"] == mebibytes * 1024 * 1024
    assert received["grpc"]["max_recv_msg_size_mib"] == mebibytes
    stored = rendered(jaeger, found)["receivers"]["otlp"]["protocols"]["grpc"]
    assert stored["max_recv_msg_size_mib"] >= mebibytes
    queue = rendered(collector, found)["exporters"]["otlp_grpc/jaeger"]["sending_queue"]
    assert queue["queue_size"] >= mebibytes * 1024 * 1024
    assert queue["batch"]["min_size"] <= queue["batch"]["max_size"] <= queue["queue_size"]
