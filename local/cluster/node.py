"""The node as one thing of the host: started in its own namespaces, found again, ended by its number."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from local.cluster import network
from local.cluster.errors import ClusterError
from local.cluster.layout import Layout, write
from local.cluster.record import Record
from local.cluster.spec import ClusterSpec

_INIT: Final = Path(__file__).parent / "init.py"
_NAMESPACES: Final = ("--mount", "--pid", "--uts", "--ipc")
_STOP_SECONDS: Final = 15
_KILL_SECONDS: Final = 10


class Node:
    """The embedded cluster's only node."""

    def __init__(self, spec: ClusterSpec, layout: Layout) -> None:
        self._spec = spec
        self._layout = layout

    @property
    def log(self) -> Path:
        """What the init itself says."""
        return self._layout.log / "node.log"

    def pid(self) -> int | None:
        """Process number of the running init, or None.

        It has to be in the cluster's network namespace: the record may be older than the last reboot, and the
        number another process' by now.
        """
        record = self.record()
        return record.pid if record is not None and self._is_ours(record.pid) else None

    def record(self) -> Record | None:
        """What the last init wrote."""
        return Record.read(self._layout.record)

    def plan_digest(self) -> str | None:
        """Digest of what the running node was told to do, as `start` was given it."""
        if not self._layout.plan.exists():
            return None
        found: str | None = json.loads(self._layout.plan.read_text(encoding="utf-8")).get("digest")
        return found

    def start(self, plan: dict[str, Any], started: Callable[[str], None]) -> None:
        """The node runs, with every daemon of the plan; `started` is told each daemon's name.

        Raises:
            ClusterError: a daemon ended or did not answer; nothing is stopped here (`stop` does it).
        """
        for stale in (self._layout.record, self._layout.images_loaded):
            stale.unlink(missing_ok=True)
        write(self._layout.plan, json.dumps(plan, indent=1))
        with self._launch() as events:
            for line in events:
                event = json.loads(line)
                if event.get("ready"):
                    return
                if "failed" in event:
                    raise ClusterError(self._failure(event["failed"]), self._log_of(event["failed"]))
                started(event["started"])
        raise ClusterError(f"the node of cluster {self._spec.name} ended while it started", self.log)

    def stop(self) -> None:
        """The init has ended, and with it every process and mount of the node.

        SIGTERM first, SIGKILL after 15 s; whatever else is in the cluster's network namespace is killed.
        """
        pid = self.pid()
        if pid is not None:
            self._end(pid, signal.SIGTERM, _STOP_SECONDS)
        for left in network.inhabitants(self._spec):
            self._end(left, signal.SIGKILL, _KILL_SECONDS)
        self._layout.record.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _launch(self) -> Iterator[IO[str]]:
        """The init is started, apart from this process; gives the pipe that its events come from.

        The writing end is open in the init and in `unshare`, its parent: the pipe ends when the node does.
        """
        reading, writing = os.pipe()
        command = ["setsid", "--fork", "nsenter", f"--net={network.netns(self._spec)}"]
        command += ["unshare", *_NAMESPACES, "--fork", "--kill-child", sys.executable, "-I", "-u", str(_INIT)]
        command += [str(self._layout.plan), str(self._layout.record), str(writing)]
        with os.fdopen(reading) as events:
            try:
                with self.log.open("ab") as log:
                    subprocess.run(
                        command,
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        cwd="/",
                        pass_fds=[writing],
                        check=True,
                    )
            finally:
                os.close(writing)
            yield events

    def _is_ours(self, pid: int) -> bool:
        """Whether the process lives in the cluster's network namespace."""
        try:
            return Path(f"/proc/{pid}/ns/net").samefile(network.netns(self._spec))
        except OSError:
            return False

    def _end(self, pid: int, first: signal.Signals, seconds: float) -> None:
        """The process has ended, by `first` or, after `seconds`, by SIGKILL.

        The descriptor keeps its number from being given to another process in between.
        """
        try:
            process = os.pidfd_open(pid)
        except ProcessLookupError:
            return
        try:
            for sent, limit in ((first, seconds), (signal.SIGKILL, _KILL_SECONDS)):
                if not self._is_ours(pid):
                    return
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(process, sent)
                if select.select([process], [], [], limit)[0]:
                    return
        finally:
            os.close(process)
        raise ClusterError(f"process {pid} of cluster {self._spec.name} does not end, not by SIGKILL either")

    def _failure(self, reason: str) -> str:
        """The init's reason, with the remedy where a reason has one."""
        told = f"cluster {self._spec.name} did not start: {reason}"
        if reason.startswith("etcd ") and (self._layout.data / "etcd" / "member").exists():
            told += (
                "\n  Its store may have been damaged when the machine stopped without a shutdown (writes are"
                f" not forced to the disk): `python -m local.cluster down --name {self._spec.name}` drops it"
            )
        return told

    def _log_of(self, reason: str) -> Path:
        """The log of the daemon that the reason begins with, else the init's own."""
        named = self._layout.log / f"{reason.split(maxsplit=1)[0]}.log"
        return named if named.exists() else self.log
