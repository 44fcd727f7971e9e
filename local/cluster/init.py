"""First process of the node: mounts the node's folders, starts its daemons, and reaps.

Run as a file of its own by `local.cluster.node`, as PID 1 of new network, mount, PID, UTS and IPC namespaces:

    init.py PLAN RECORD DESCRIPTOR

PLAN is the JSON of `local.cluster.plan`. Events go to the pipe DESCRIPTOR, one JSON object a line, and what
runs is kept in RECORD. It imports the standard library only: it lives as long as the cluster, beside it.

When it ends, the kernel ends everything in its namespaces (Pods too) and drops their mounts.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, NoReturn

_STEP_SECONDS = 120
_STOP_SECONDS = 5


class Init:
    """The node while it starts and while it runs."""

    def __init__(self, plan: dict[str, Any], record: Path, events: int) -> None:
        self._plan = plan
        self._record = record
        self._events = os.fdopen(events, "w", buffering=1)
        self._daemons: dict[str, subprocess.Popen[bytes]] = {}
        self._ended: dict[str, int] = {}
        # /proc is still the host's here, so this is the process number that the host knows.
        self._host_pid = int(Path("/proc/self").readlink().name)

    def run(self) -> NoReturn:
        """Start everything in the plan's order, then reap until SIGTERM."""
        signal.signal(signal.SIGTERM, self._stop)
        try:
            self._save()
            self._mount()
            for step in self._plan["steps"]:
                self._do(step)
        except Exception as error:  # noqa: BLE001 - who waits at the pipe must hear whatever it is
            self._tell(failed=str(error))
            self._stop()
        self._tell(ready=True)
        self._events.close()
        self._reap()

    def _tell(self, **event: Any) -> None:
        """One event; who started the node may have gone, and then nobody needs it."""
        with contextlib.suppress(BrokenPipeError):
            self._events.write(json.dumps(event) + "\n")

    def _save(self) -> None:
        """Write the record anew, as a whole."""
        part = self._record.with_name(f".{self._record.name}.part")
        running = {name: daemon.pid for name, daemon in self._daemons.items() if name not in self._ended}
        found = {"pid": self._host_pid, "running": running, "ended": self._ended}
        part.write_text(json.dumps(found), encoding="utf-8")
        part.replace(self._record)

    def _mount(self) -> None:
        """The node's own /proc and /run, and its folders at the places that manifests expect."""
        _run("mount", "--make-rprivate", "/")
        _run("mount", "-t", "proc", "proc", "/proc")
        _run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
        for source, target in self._plan["mounts"]:
            Path(source).mkdir(mode=0o755, parents=True, exist_ok=True)
            Path(target).mkdir(mode=0o755, parents=True, exist_ok=True)
            _run("mount", "--bind", source, target)
        # Volumes that the kubelet mounts have to be seen by containers that share the folder.
        _run("mount", "--make-rshared", "/")
        socket.sethostname(self._plan["hostname"])

    def _do(self, step: dict[str, Any]) -> None:
        """One step of the plan: start a daemon, or wait for an URL or a file."""
        if "start" in step:
            self._start(step["start"], step["command"], step["log"])
        elif "url" in step:
            self._wait(f"no answer from {step['url']}", lambda: _answers(step))
        else:
            self._wait(f"{step['file']} did not appear", lambda: Path(step["file"]).exists())

    def _start(self, name: str, command: list[str], log: str) -> None:
        """The daemon runs in a session of its own and writes to its log."""
        if shutil.which(command[0], path=self._plan["environment"]["PATH"]) is None:
            raise RuntimeError(f"{command[0]} is not installed: `make up` installs what the cluster needs")
        with Path(log).open("ab") as output:
            self._daemons[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd="/",
                env=self._plan["environment"],
            )
        self._save()
        self._tell(started=name)

    def _wait(self, otherwise: str, probe: Any) -> None:
        """Until the probe holds; an ended daemon or 120 s is a failure."""
        end = time.monotonic() + _STEP_SECONDS
        while not probe():
            for name, daemon in self._daemons.items():
                if daemon.poll() is not None:
                    raise RuntimeError(f"{name} ended with status {daemon.returncode}")
            if time.monotonic() > end:
                raise RuntimeError(f"{otherwise} within {_STEP_SECONDS} s")
            time.sleep(0.05)

    def _reap(self) -> NoReturn:
        """Collect every child that ends: daemons into the record, orphans of containers into nothing."""
        while True:
            try:
                pid, status = os.waitpid(-1, 0)
            except ChildProcessError:
                signal.pause()
                continue
            for name, daemon in self._daemons.items():
                if daemon.pid == pid:
                    self._ended[name] = os.waitstatus_to_exitcode(status)
                    self._save()

    def _stop(self, *_: object) -> NoReturn:
        """End the node: containerd and the store, the first two, get the time to end well.

        The others keep nothing that outlives them, and the store would wait for the API server's connections.
        """
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        alive = [daemon for name, daemon in self._daemons.items() if name not in self._ended]
        for daemon in alive[2:]:
            daemon.kill()
        for daemon in alive[:2]:
            daemon.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            for daemon in alive[:2]:
                daemon.wait(_STOP_SECONDS)
        os._exit(0)


def _run(*command: str) -> None:
    """A command that has to succeed; its complaint is the error's text."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"`{' '.join(command)}` failed: {done.stderr.strip()}")


def _answers(step: dict[str, Any]) -> bool:
    """Whether the URL answers 200 to the certificate, and proves itself to be of the given authority."""
    try:
        context = ssl.create_default_context(cafile=step["ca"])
        context.load_cert_chain(step["certificate"], step["key"])
        handlers = urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        with urllib.request.build_opener(*handlers).open(step["url"], timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own number
    except (OSError, urllib.error.URLError):
        return False


if __name__ == "__main__":
    Init(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2]), int(sys.argv[3])).run()
