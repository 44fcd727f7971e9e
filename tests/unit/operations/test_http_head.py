"""Which requests a local port answers, and how it passes them on."""

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.http_head import RefusedRequestError, rewrite

HOST = "jaeger-query.mcp-system.svc"


def _head(*lines: str) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "localhost:16686", "127.0.0.1:1", "LOCALHOST:80"])
def test_request_for_this_machine_is_passed_on_to_the_service(host: str) -> None:
    passed = rewrite(_head("GET /api/services?x=1 HTTP/1.1", f"Host: {host}", "Accept: */*"), HOST)
    assert passed == _head(
        "GET /api/services?x=1 HTTP/1.1", f"Host: {HOST}", "Connection: close", "Accept: */*"
    )


@pytest.mark.parametrize(
    "host",
    [
        "attacker.example",
        "attacker.example:16686",
        "localhost.attacker.example",
        "127.0.0.1.nip.io",
        "127.0.0.2",
        "",
    ],
)
def test_request_for_another_name_is_refused(host: str) -> None:
    with pytest.raises(RefusedRequestError) as refused:
        rewrite(_head("GET / HTTP/1.1", f"Host: {host}"), HOST)
    assert refused.value.status is HTTPStatus.MISDIRECTED_REQUEST


@pytest.mark.parametrize("hosts", [[], ["Host: localhost", "Host: attacker.example"]])
def test_request_without_exactly_one_host_is_refused(hosts: list[str]) -> None:
    with pytest.raises(RefusedRequestError):
        rewrite(_head("GET / HTTP/1.1", *hosts), HOST)


@pytest.mark.parametrize("origin", ["https://attacker.example", "null", "http://localhost.attacker.example"])
def test_request_of_another_sites_page_is_refused(origin: str) -> None:
    with pytest.raises(RefusedRequestError) as refused:
        rewrite(_head("POST /api/traces HTTP/1.1", "Host: localhost", f"Origin: {origin}"), HOST)
    assert refused.value.status is HTTPStatus.FORBIDDEN


def test_request_of_its_own_page_is_passed_on() -> None:
    head = _head("POST /api/traces HTTP/1.1", "Host: localhost:1", "Origin: http://localhost:1")
    assert b"Origin: http://localhost:1" in rewrite(head, HOST)


@pytest.mark.parametrize(
    "lines",
    [
        ("GET http://attacker.example/ HTTP/1.1", "Host: localhost"),
        ("CONNECT attacker.example:443 HTTP/1.1", "Host: localhost"),
        ("GET / HTTP/2.0", "Host: localhost"),
        ("GET / HTTP/1.1", "Host: localhost", " folded: line"),
        ("GET / HTTP/1.1", "Host: localhost", "Name : value"),
        ("",),
    ],
)
def test_what_is_no_plain_http_request_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(RefusedRequestError) as refused:
        rewrite(_head(*lines), HOST)
    assert refused.value.status is HTTPStatus.BAD_REQUEST


def test_connection_is_asked_to_end_so_that_no_second_request_follows_unchecked() -> None:
    passed = rewrite(
        _head("GET / HTTP/1.1", "Host: localhost", "Connection: keep-alive", "Keep-Alive: 9"), HOST
    )
    assert passed.lower().count(b"connection:") == 1
    assert b"Connection: close" in passed
    assert b"keep-alive" not in passed.lower()


@given(st.binary())
def test_any_bytes_are_passed_on_for_the_service_or_refused(garbage: bytes) -> None:
    try:
        passed = rewrite(garbage + b"\r\n\r\n", HOST)
    except RefusedRequestError:
        return
    assert passed.count(b"Host: " + HOST.encode()) == 1
