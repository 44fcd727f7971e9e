"""How a tool reaches the platform: through the Kubernetes API of one named context, and no other way."""

import json
import os
import re
import selectors
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import names
from operations.certificates import ClientCertificate
from operations.problem import OperationError

_CALL_SECONDS = 30
_FORWARD_SECONDS = 20
_LISTENING = re.compile(rb"Forwarding from 127\.0\.0\.1:(\d+) -> \d+")
# Addresses of clusters on this machine (the embedded one is in 198.18.0.0/15), which no proxy can reach.
_NO_PROXY = "127.0.0.1,localhost,198.18.0.0/15"


@dataclass(frozen=True, kw_only=True)
class Target:
    """The cluster that commands work on: always both a kubeconfig file and the context in it."""

    kubectl: Path
    kubeconfig: Path
    context: str

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """What a program needs to reach this cluster, and to find no other one."""
        proxies = {
            key: ",".join(filter(None, (environ.get(key), _NO_PROXY))) for key in ("NO_PROXY", "no_proxy")
        }
        return {**environ, **proxies, "KUBECONFIG": str(self.kubeconfig)}

    def command(self, *arguments: str) -> list[str]:
        """A call of kubectl that can reach this context only."""
        return [str(self.kubectl), f"--kubeconfig={self.kubeconfig}", f"--context={self.context}", *arguments]

    def read(self, *arguments: str) -> Any:
        """The JSON that `kubectl ARGUMENTS --output=json` gives.

        Raises:
            OperationError: kubectl failed (its own words) or gave no answer within thirty seconds.
        """
        return json.loads(self.run(*arguments, "--output=json"))

    def run(self, *arguments: str, accepted: str | None = None) -> str:
        """The output of `kubectl ARGUMENTS`; same errors as `read`.

        With `accepted`, a call that failed with just this output counts as an answer.
        """
        try:
            ended = subprocess.run(
                self.command(f"--request-timeout={_CALL_SECONDS}s", *arguments),
                env=self.environment(os.environ),
                capture_output=True,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
                timeout=_CALL_SECONDS + 5,
            )
        except subprocess.TimeoutExpired:
            raise OperationError(
                f"context {self.context} gave no answer to kubectl {arguments[0]} within {_CALL_SECONDS} s"
            ) from None
        except OSError as reason:
            raise OperationError(f"{self.kubectl} cannot be run: {reason.strerror}") from None
        if ended.returncode != 0 and (accepted is None or ended.stdout.strip() != accepted):
            raise OperationError(f"{self.kubeconfig} (context {self.context}): {_last_line(ended.stderr)}")
        return ended.stdout

    def allowed(self, verb: str, resource: str, *scope: str) -> bool:
        """Whether the context's user may do this, as the API server says; same errors as `read`."""
        # kubectl ends with 1 for "no" as it does for a failure; only the words tell them apart.
        return self.run("auth", "can-i", verb, resource, *scope, accepted="no").strip().startswith("yes")

    def client_certificate(self, secret: str) -> ClientCertificate:
        """The client certificate that stands in this Secret of the platform's namespace.

        Raises:
            OperationError: the cluster cannot be reached, there is no such Secret, or it is not filled.
        """
        found = self.read("--namespace", names.NAMESPACE, "get", "secret", secret)
        return ClientCertificate.of_secret(secret, found.get("data") or {})


def _last_line(text: str) -> str:
    """The line for people: about an unreachable server, kubectl repeats its client's log before it."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].removeprefix("error: ") if lines else "kubectl failed without a word"


class Forward:
    """A port of 127.0.0.1 that leads to one port of a Service, as long as its kubectl runs."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.port = port
        self._process = process
        # kubectl writes a line per connection, and would stop at a full pipe that nobody reads.
        self._reader = threading.Thread(target=_drain, args=(process,), daemon=True)
        self._reader.start()

    @classmethod
    def open(cls, target: Target, service: str, port: int) -> Self:
        """Listens on a free port; connections work from the moment this returns.

        Raises:
            OperationError: no such Service, none of its Pods is ready, or nothing within twenty seconds.
        """
        process = subprocess.Popen(
            target.command(
                "--namespace",
                names.NAMESPACE,
                "port-forward",
                "--address=127.0.0.1",
                f"service/{service}",
                f":{port}",
            ),
            env=target.environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A process group of its own: Ctrl-C reaches this program, which then ends the forward in order.
            start_new_session=True,
        )
        said = _first_words(process)
        listening = _LISTENING.search(said)
        if listening is None:
            _end(process)
            _close_output(process)
            reason = (
                _last_line(said.decode(errors="replace")) if said else f"no answer in {_FORWARD_SECONDS} s"
            )
            raise OperationError(f"no way to {service} port {port} in context {target.context}: {reason}")
        return cls(process, int(listening[1]))

    @property
    def is_open(self) -> bool:
        """Whether kubectl still runs; it ends when the Pod behind it goes."""
        return self._process.poll() is None

    def close(self) -> None:
        """The port is free again and the process is gone."""
        _end(self._process)
        self._reader.join()
        _close_output(self._process)


def _first_words(process: "subprocess.Popen[bytes]") -> bytes:
    """Output until the port is told, the process ends, or the time is up."""
    if process.stdout is None:
        return b""
    deadline, said = time.monotonic() + _FORWARD_SECONDS, b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while _LISTENING.search(said) is None and selector.select(max(0.0, deadline - time.monotonic())):
            chunk = os.read(process.stdout.fileno(), 4096)
            if not chunk:
                break
            said += chunk
    return said


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _drain(process: "subprocess.Popen[bytes]") -> None:
    while process.stdout is not None and process.stdout.read(4096):
        pass


def _close_output(process: "subprocess.Popen[bytes]") -> None:
    if process.stdout is not None:
        process.stdout.close()


@contextmanager
def forward(target: Target, service: str, port: int) -> Iterator[int]:
    """The number of a local port that leads to the Service's port while the block runs."""
    opened = Forward.open(target, service, port)
    try:
        yield opened.port
    finally:
        opened.close()
