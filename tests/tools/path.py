"""The rendered configurations in real programs on loopback, with certificates as cert-manager issues them."""

import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

import names
from render.places import CONFIG_FILE, TLS_DIRECTORY
from tests.graph.recorded import named, of_kind
from tests.tools.issuing import Issued, issued

STARTS_WITHIN_SECONDS = 30
SIDES = ("ingest-server", "ingest-client", "storage-server", "storage-client", "query-server", "query-client")


@dataclass(frozen=True)
class Running:
    """Both programs, serving; each on a loopback address of its own, so that ports are the deployed ones."""

    gateway: str
    jaeger: str
    certificates: Path
    """One folder per side of a hop, as it is mounted into Pods."""

    def client(
        self, side: str | None, *, protocol: str | None = None, trust: str | None = None
    ) -> ssl.SSLContext:
        """A client that shows the certificate of this side (None: none) and trusts the hop of `trust`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(self.certificates / (trust or side or "") / "ca.crt")
        if side:
            folder = self.certificates / side
            context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
        if protocol:
            context.set_alpn_protocols([protocol])
        return context


def configuration(variant: str, component: str) -> str:
    """The text that a Pod of the component gets."""
    text: str = named(of_kind(variant, "ConfigMap"), f"{component}-config")["data"][CONFIG_FILE]
    return text


def placed(variant: str, component: str, certificates: Path) -> str:
    """The same with the certificates of a folder instead of the mounted ones."""
    return configuration(variant, component).replace(TLS_DIRECTORY, str(certificates))


def certify(variant: str, folder: Path) -> None:
    """Fill the folder as the Secrets of a stack would be mounted."""
    made = issued(of_kind(variant, "Certificate"))
    for side in SIDES:
        _write(folder / side, made[f"mcp-{side}-tls"])


def _write(folder: Path, secret: Issued) -> None:
    folder.mkdir(parents=True)
    for name, content in secret.files().items():
        (folder / name).write_bytes(content)


@contextmanager
def running(programs: dict[str, Path], folder: Path) -> Iterator[Running]:
    """Both programs of a dev stack, ready; ended by their process ids."""
    certificates = folder / "tls"
    certify("dev", certificates)
    octets = os.getpid() % 60000
    base = f"127.{1 + octets // 250}.{1 + octets % 250}"
    found = Running(gateway=f"{base}.1", jaeger=f"{base}.2", certificates=certificates)
    toward_jaeger = {
        "endpoint": f"{found.jaeger}:{names.OTLP_GRPC}",
        "tls": {"server_name_override": names.host(names.JAEGER_COLLECTOR)},
    }
    overlays = {
        names.JAEGER: ("jaeger", found.jaeger, {}),
        names.GATEWAY: ("otelcol", found.gateway, {"exporters": {"otlp_grpc/jaeger": toward_jaeger}}),
    }
    with _ended_together() as processes:
        for component, (program, address, overlay) in overlays.items():
            # Both keep their metrics on one loopback port, which is one machine's here.
            quiet = {"service": {"telemetry": {"metrics": {"level": "none", "readers": []}}}}
            files = {
                "rendered.yaml": placed("dev", component, certificates),
                "overlay.yaml": yaml.safe_dump(overlay | quiet),
            }
            own = folder / component
            own.mkdir()
            for name, text in files.items():
                (own / name).write_text(text)
            log = own / "log"
            with log.open("wb") as stream:
                processes.append(
                    subprocess.Popen(
                        [programs[program], *(f"--config={own / name}" for name in files)],
                        stdout=stream, stderr=stream, stdin=subprocess.DEVNULL,
                        env={"LISTEN_HOST": address, "PATH": os.environ["PATH"]},
                    )
                )  # fmt: skip
            _await_health(processes[-1], address, log)
        yield found


@contextmanager
def _ended_together() -> Iterator[list["subprocess.Popen[bytes]"]]:
    processes: list[subprocess.Popen[bytes]] = []
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _await_health(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((address, names.HEALTH)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"{log.parent.name} does not serve:\n{log.read_text()[-3000:]}")
