"""The node's init, without namespaces: its steps, events and record."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.cluster.init import Init
from local.cluster.record import Record


class Started:
    """An init whose events can be read, and whose daemons end with the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reading, writing = os.pipe()
        plan: dict[str, Any] = {"environment": dict(os.environ), "mounts": [], "steps": []}
        self.init = Init(plan, folder / "node.json", writing)

    def daemon(self, name: str, *code: str) -> None:
        command = [sys.executable, "-c", ";".join(code)]
        self.init._do({"start": name, "command": command, "log": str(self.folder / f"{name}.log")})

    def close(self) -> list[dict[str, Any]]:
        """End every daemon; gives the events."""
        self.init._events.close()
        for daemon in self.init._daemons.values():
            daemon.kill()
            daemon.wait()
        with os.fdopen(self._reading) as events:
            return [json.loads(line) for line in events]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    made = Started(tmp_path)
    yield made
    if not made.init._events.closed:
        made.close()


def test_a_started_daemon_is_told_recorded_and_writes_to_its_log(started: Started, tmp_path: Path) -> None:
    started.daemon("talker", "print('hello', flush=True)", "input()")
    started.init._do({"file": str(tmp_path / "talker.log")})
    record = Record.read(tmp_path / "node.json")

    assert record is not None
    assert set(record.running) == {"talker"}
    assert record.pid == os.getpid()
    assert started.close() == [{"started": "talker"}]


def test_a_daemon_that_ends_while_something_is_waited_for_is_the_reason(
    started: Started, tmp_path: Path
) -> None:
    started.daemon("short", "raise SystemExit(3)")

    with pytest.raises(RuntimeError, match="short ended with status 3"):
        started.init._do({"file": str(tmp_path / "never")})


def test_what_does_not_come_in_time_is_named(
    started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.cluster.init._STEP_SECONDS", 0)

    with pytest.raises(RuntimeError, match=r"never did not appear within 0 s"):
        started.init._do({"file": str(tmp_path / "never")})


def test_a_program_that_is_not_installed_is_named_with_the_remedy(started: Started) -> None:
    step = {"start": "absent", "command": ["no-such-program"], "log": "unused"}

    with pytest.raises(RuntimeError, match="no-such-program is not installed: `make up` installs"):
        started.init._do(step)
