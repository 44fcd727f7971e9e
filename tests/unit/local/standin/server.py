"""An API server in miniature: answers from a table, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass
class Server:
    """A running server; `answers` maps "METHOD path" to (code, object), or to a list of such, in turn."""

    url: str
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    closing: ExitStack = field(default_factory=ExitStack)
    """What is closed before the server ends: its clients."""

    @property
    def kubeconfig(self) -> str:
        """Text of a kubeconfig that leads here."""
        return yaml.safe_dump(
            {
                "current-context": "c",
                "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
                "clusters": [{"name": "c", "cluster": {"server": self.url}}],
                "users": [{"name": "u", "user": {"token": "t0k3n"}}],
            }
        )

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """The next answer for a request; 404 for what the table does not have."""
        self.asked.append(asked)
        found = self.answers.get(f"{asked.method} {asked.path}", (404, {"message": f"no {asked.path}"}))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        code, body = found
        return code, asked.body if body is ... else body


@contextmanager
def serving() -> Iterator[Server]:
    """A server on a free port of the loopback interface."""
    server = Server("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            url = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(raw) if raw else None
            query, headers = dict(parse_qsl(url.query)), dict(self.headers.items())
            code, answer = server.answer(Asked(self.command, url.path, query, body, headers))
            text = json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_PATCH = do_DELETE = do_POST = _handle  # noqa: N815 - names of the standard library's protocol

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        server.url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.close()
            http.shutdown()
            thread.join()
