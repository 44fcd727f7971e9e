"""The local port for browsers, over real sockets: behind it a TLS server that demands a certificate."""

import asyncio
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import names
from operations.problem import OperationError
from operations.ui import Way, bridge
from tests.unit.operations.pki import Hop

HOST = names.host(names.JAEGER_QUERY)
BODY = b"0123456789" * 30_000


def _server_context(hop: Hop) -> ssl.SSLContext:
    issued = hop.server(HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=hop.authority.pem.decode())
    with tempfile.NamedTemporaryFile() as chain:
        Path(chain.name).write_bytes(issued.pem + issued.key_pem)
        context.load_cert_chain(chain.name)
    return context


@asynccontextmanager
async def _jaeger(hop: Hop, heads: list[bytes]) -> AsyncIterator[int]:
    """Answers every request with BODY, as HTTP/1.1 servers do that were asked to close."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"Content-Length: 5" in head:
            head += await reader.readexactly(5)
        heads.append(head)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY) + BODY)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answered, "127.0.0.1", 0, ssl=_server_context(hop))
    async with server:
        yield int(server.sockets[0].getsockname()[1])


async def _ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def _with_bridge(check: Callable[[int, list[bytes]], Awaitable[None]], *, hop: Hop, client: Hop) -> None:
    async def run() -> None:
        heads: list[bytes] = []
        async with _jaeger(hop, heads) as upstream:
            way = Way(upstream, client.client().ssl_context())
            async with bridge(lambda: way, 0) as port:
                await check(port, heads)

    asyncio.run(run())


def test_request_without_certificate_reaches_a_server_that_demands_one() -> None:
    async def check(port: int, heads: list[bytes]) -> None:
        answer = await _ask(port, b"GET /search HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert answer.endswith(BODY)
        assert heads == [f"GET /search HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()]

    hop = Hop("query")
    _with_bridge(check, hop=hop, client=hop)


def test_body_of_a_request_is_passed_on() -> None:
    async def check(port: int, heads: list[bytes]) -> None:
        await _ask(port, b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nspans")
        assert heads[0].endswith(b"\r\n\r\nspans")

    hop = Hop("query")
    _with_bridge(check, hop=hop, client=hop)


def test_twenty_requests_at_once_are_all_answered() -> None:
    async def check(port: int, heads: list[bytes]) -> None:
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        answers = await asyncio.gather(*(_ask(port, request) for _ in range(20)))
        assert all(answer.endswith(BODY) for answer in answers)
        assert len(heads) == 20

    hop = Hop("query")
    _with_bridge(check, hop=hop, client=hop)


def test_request_for_another_host_is_refused_and_never_reaches_the_server() -> None:
    async def check(port: int, heads: list[bytes]) -> None:
        answer = await _ask(port, b"GET / HTTP/1.1\r\nHost: attacker.example\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 421 ")
        assert heads == []

    hop = Hop("query")
    _with_bridge(check, hop=hop, client=hop)


def test_head_without_end_is_refused() -> None:
    async def check(port: int, heads: list[bytes]) -> None:
        answer = await _ask(port, b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000)
        assert answer.startswith(b"HTTP/1.1 431 ")
        assert heads == []

    hop = Hop("query")
    _with_bridge(check, hop=hop, client=hop)


def test_server_of_another_authority_is_not_trusted_and_the_browser_is_told() -> None:
    async def check(port: int, heads: list[bytes]) -> None:
        answer = await _ask(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 502 ")
        assert b"CERTIFICATE_VERIFY_FAILED" in answer
        assert heads == []

    _with_bridge(check, hop=Hop("query"), client=Hop("other"))


def test_lost_way_is_told_to_the_browser_in_a_sentence() -> None:
    def lost() -> Way:
        raise OperationError("no way to jaeger-query port 16686: pods not found")

    async def run() -> None:
        async with bridge(lost, 0) as port:
            answer = await _ask(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 502 ")
        assert answer.endswith(b"no way to jaeger-query port 16686: pods not found\n")

    asyncio.run(run())


def test_port_that_is_taken_is_replaced_by_a_free_one() -> None:
    def unused() -> Way:
        raise AssertionError

    async def run() -> None:
        async with bridge(unused, 0) as taken, bridge(unused, taken) as other:
            assert other not in {0, taken}

    asyncio.run(run())


def test_only_loopback_is_listened_on() -> None:
    def unused() -> Way:
        raise AssertionError

    async def run() -> int:
        async with bridge(unused, 0) as port:
            listening.append(Path("/proc/self/net/tcp").read_text())  # noqa: ASYNC240  # it never blocks
            return port

    listening: list[str] = []
    port = asyncio.run(run())
    local = [line.split()[1] for line in listening[0].splitlines()[1:]]
    assert [address for address in local if address.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
