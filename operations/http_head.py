"""The head of an HTTP/1.1 request that came to a local port: is it for us, and how it is passed on.

A page from anywhere can make a browser send requests to 127.0.0.1, and by rebinding a name of its own
to that address it could also read the answers. Such requests carry the foreign name in `Host`; no page can
change that.
"""

import re
from http import HTTPStatus

_LOCAL = re.compile(r"(localhost|127\.0\.0\.1)(:\d{1,5})?", re.IGNORECASE)
_LOCAL_ORIGIN = re.compile(r"http://" + _LOCAL.pattern, re.IGNORECASE)
_REQUEST = re.compile(r"[A-Z]{1,16} /[^\s\x00-\x1f\x7f]* HTTP/1\.[01]")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
# They speak of one connection only, and ours ends after one request.
_OF_THE_CONNECTION = frozenset({"host", "connection", "keep-alive", "proxy-connection", "upgrade", "te"})


class RefusedRequestError(Exception):
    """The answer that a request gets instead of being passed on."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def rewrite(head: bytes, host: str) -> bytes:
    """The head to pass on: the same request, addressed to `host`, on a connection that ends after it.

    Raises:
        RefusedRequestError: it is addressed to another name than localhost or 127.0.0.1, comes from a page
            of another origin, or is not HTTP/1.
    """
    lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    headers = [_HEADER.fullmatch(line) for line in lines[1:]]
    if not _REQUEST.fullmatch(lines[0]) or not all(headers):
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST, "not an HTTP/1 request for a path")
    pairs = [(found[1], found[2].rstrip()) for found in headers if found]
    _check_host([value for name, value in pairs if name.lower() == "host"])
    _check_origin([value for name, value in pairs if name.lower() == "origin"])
    kept = [f"{name}: {value}" for name, value in pairs if name.lower() not in _OF_THE_CONNECTION]
    return "\r\n".join([lines[0], f"Host: {host}", "Connection: close", *kept, "", ""]).encode("latin-1")


def _check_host(hosts: list[str]) -> None:
    if len(hosts) != 1 or not _LOCAL.fullmatch(hosts[0]):
        raise RefusedRequestError(
            HTTPStatus.MISDIRECTED_REQUEST, "only http://localhost and http://127.0.0.1 are answered here"
        )


def _check_origin(origins: list[str]) -> None:
    if any(not _LOCAL_ORIGIN.fullmatch(origin) for origin in origins):
        raise RefusedRequestError(
            HTTPStatus.FORBIDDEN, "requests of other sites' pages are not answered here"
        )


def refusal(status: HTTPStatus, reason: str) -> bytes:
    """A whole answer with the reason as text."""
    body = f"{reason}\n".encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
