"""A local HTTP port that leads to Jaeger's UI: it adds the client certificate that browsers do not have."""

import asyncio
import contextlib
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from http import HTTPStatus

import names
from operations.connect import Forward, Target
from operations.http_head import RefusedRequestError, refusal, rewrite
from operations.problem import OperationError

PORT = names.JAEGER_QUERY_HTTP
_HEAD_BYTES = 64 * 1024
_HEAD_SECONDS = 30
_CHUNK_BYTES = 64 * 1024
_CERTIFICATE_SECONDS = 600
"""A client certificate is read again after this; cert-manager replaces it long before it expires."""


@dataclass(frozen=True)
class Way:
    """A TLS port on 127.0.0.1, and how to speak to it."""

    port: int
    tls: ssl.SSLContext


class Reach:
    """Jaeger's query port of a cluster: opened when first asked for, and again when its Pod was replaced."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._forward: Forward | None = None
        self._tls: ssl.SSLContext | None = None
        self._read_at = 0.0

    def way(self) -> Way:
        """A way that works now; blocks while it is being opened.

        Raises:
            OperationError: the cluster, the Secret or Jaeger is not there.
        """
        with self._lock:
            now = time.monotonic()
            if self._tls is None or now - self._read_at > _CERTIFICATE_SECONDS:
                self._tls = self._target.client_certificate(names.QUERY_CLIENT_SECRET).ssl_context()
                self._read_at = now
            if self._forward is not None and not self._forward.is_open:
                self._forward.close()
                self._forward = None
            if self._forward is None:
                self._forward = Forward.open(self._target, names.JAEGER_QUERY, names.JAEGER_QUERY_HTTP)
            return Way(self._forward.port, self._tls)

    def close(self) -> None:
        """Nothing of it runs any more."""
        with self._lock:
            if self._forward is not None:
                self._forward.close()
                self._forward = None


@contextlib.asynccontextmanager
async def bridge(way: Callable[[], Way], wanted: int) -> AsyncIterator[int]:
    """A port of 127.0.0.1 that passes requests on over `way`: `wanted`, or a free one if that is taken."""

    async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await _pass_on(way, reader, writer)
        writer.close()

    try:
        server = await asyncio.start_server(passed_on, "127.0.0.1", wanted, limit=_HEAD_BYTES)
    except OSError:
        if not wanted:
            raise
        server = await asyncio.start_server(passed_on, "127.0.0.1", 0, limit=_HEAD_BYTES)
    async with server:
        yield int(server.sockets[0].getsockname()[1])


async def _pass_on(
    way: Callable[[], Way], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_SECONDS)
        request = rewrite(head, names.host(names.JAEGER_QUERY))
        upstream = await _connect(way)
    except (asyncio.IncompleteReadError, TimeoutError):
        return
    except asyncio.LimitOverrunError:
        writer.write(
            refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"the head is over {_HEAD_BYTES} bytes")
        )
    except RefusedRequestError as refused:
        writer.write(refusal(refused.status, refused.reason))
    except (OperationError, OSError) as reason:
        writer.write(refusal(HTTPStatus.BAD_GATEWAY, f"Jaeger cannot be reached: {reason}"))
    else:
        await _relay(request, (reader, writer), upstream)
    await writer.drain()


async def _connect(way: Callable[[], Way]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    found = await asyncio.to_thread(way)
    host = names.host(names.JAEGER_QUERY)
    return await asyncio.open_connection("127.0.0.1", found.port, ssl=found.tls, server_hostname=host)


async def _relay(
    request: bytes,
    browser: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    """The request goes up, the answer comes down; the end of the answer is the end of it all."""
    upstream[1].write(request)
    upload = asyncio.create_task(_copy(browser[0], upstream[1]))
    try:
        await _copy(upstream[0], browser[1])
    finally:
        upload.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError, ssl.SSLError):
            await upload
        upstream[1].close()


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while chunk := await source.read(_CHUNK_BYTES):
        sink.write(chunk)
        await sink.drain()


def serve(target: Target, wanted: int, *, say: Callable[[str], None]) -> None:
    """Jaeger's UI has been answered for on a local port until Ctrl-C; nothing is left running.

    Raises:
        OperationError: at the start, the platform is not reached; later failures are answered to the browser.
    """
    reach = Reach(target)
    try:
        reach.way()
        asyncio.run(_serve(reach.way, wanted, say))
    except KeyboardInterrupt:
        say("ended")
    finally:
        reach.close()


async def _serve(way: Callable[[], Way], wanted: int, say: Callable[[str], None]) -> None:
    async with bridge(way, wanted) as port:
        if wanted not in {0, port}:
            say(f"port {wanted} is taken, here is another")
        say(f"Jaeger: http://127.0.0.1:{port}  (Ctrl-C ends it)")
        say(
            "The public image has the UI there; the Jaeger built for the embedded cluster has a placeholder "
            "page, and its API below /api. tracectl trace draws traces with either."
        )
        await asyncio.Event().wait()
