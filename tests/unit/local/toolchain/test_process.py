"""A long command is heard line by line, and ends with its caller."""

import os
from io import BytesIO
from pathlib import Path

import pytest

from local.toolchain.process import Finished, Listener, run_logged


def run(script: str, folder: Path, listener: Listener, log: BytesIO | None = None) -> Finished:
    return run_logged(
        ["/bin/sh", "-c", script],
        folder=folder,
        environment={"PATH": "/usr/bin:/bin"},
        log=log or BytesIO(),
        listener=listener,
    )


def test_output_and_status_come_back_and_messages_go_to_the_log(tmp_path: Path) -> None:
    log = BytesIO()
    heard: list[str] = []
    finished = run(
        "echo out; echo one >&2; printf two >&2; exit 3", tmp_path, Listener(line=heard.append), log
    )
    assert finished == Finished(status=3, output="out\n")
    assert heard == ["one", "two"]
    command, *messages = log.getvalue().decode().splitlines()
    assert command.startswith("$ /bin/sh -c echo out")
    assert messages == ["one", "two"]


def test_lines_are_heard_while_the_command_runs(tmp_path: Path) -> None:
    # The command waits for what the listener does: it would never end if lines came late.
    os.mkfifo(tmp_path / "answer")

    def answer(line: str) -> None:
        if line == "ask":
            (tmp_path / "answer").write_text("yes\n")

    finished = run("echo ask >&2; cat answer", tmp_path, Listener(line=answer))
    assert finished.output == "yes\n"


def test_a_silent_command_ticks(tmp_path: Path) -> None:
    ticks: list[bool] = []

    def tick() -> None:
        ticks.append(True)
        (tmp_path / "ticked").touch()

    run("until [ -e ticked ]; do sleep 0.02; done", tmp_path, Listener(tick=tick))
    assert ticks


def test_bytes_that_are_no_text_do_not_end_it(tmp_path: Path) -> None:
    heard: list[str] = []
    run("printf '\\377\\n' >&2", tmp_path, Listener(line=heard.append))
    assert heard == ["\ufffd"]


def test_the_command_has_ended_when_its_caller_is_interrupted(tmp_path: Path) -> None:
    pids: list[int] = []

    def interrupt(line: str) -> None:
        pids.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run("echo $$ >&2; exec sleep 600", tmp_path, Listener(line=interrupt))
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_a_command_that_does_not_heed_the_interruption_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.toolchain.process._GRACE_SECONDS", 0.05)
    pids: list[int] = []

    def interrupt(line: str) -> None:
        pids.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run("trap '' INT; echo $$ >&2; exec sleep 600", tmp_path, Listener(line=interrupt))
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)
