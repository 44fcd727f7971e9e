"""Calls of the `pulumi` program, with small scripts in its place."""

import os
import signal
import threading
from pathlib import Path

import pytest
from pulumi.automation import CommandError

from local.engine.command import Command
from local.engine.errors import EngineError


def _command(folder: Path, script: str, version: str = "v3.259.0") -> Command:
    program = folder / "any-name"
    program.write_text(f'#!/bin/sh\nif [ "$1" = version ]; then echo {version}; exit; fi\n{script}\n')
    program.chmod(0o755)
    return Command(program, {"PATH": os.environ["PATH"], "GIVEN": "1"})


def test_the_program_is_called_in_the_given_environment_alone(tmp_path: Path) -> None:
    command = _command(tmp_path, 'echo "$GIVEN$MORE$HOME $*"; echo problem >&2')
    lines: list[str] = []
    result = command.run(["up"], str(tmp_path), {"MORE": "2"}, on_output=lines.append)
    assert (result.stdout, result.stderr) == ("12 --non-interactive up", "problem")
    assert lines == ["12 --non-interactive up"]
    assert str(command.version) == "3.259.0"


def test_a_failed_call_keeps_the_complaint(tmp_path: Path) -> None:
    command = _command(tmp_path, "echo error: no >&2; exit 3")
    with pytest.raises(CommandError):
        command.run(["up"], str(tmp_path), {})
    assert command.complaint == "error: no"


def test_a_killed_program_is_told_by_its_signal(tmp_path: Path) -> None:
    command = _command(tmp_path, "kill -9 $$")
    with pytest.raises(CommandError):
        command.run(["up"], str(tmp_path), {})
    assert command.complaint == "pulumi ended with signal 9 (SIGKILL)"


def test_an_interrupt_goes_to_the_program_which_ends_by_itself(tmp_path: Path) -> None:
    script = "trap 'echo finished; exit 1' INT; touch started; while :; do sleep 0.05; done"
    command = _command(tmp_path, script)
    before = signal.getsignal(signal.SIGINT)
    ready = threading.Thread(target=_interrupt_when, args=(tmp_path / "started",))
    ready.start()
    with pytest.raises(CommandError, match="finished"):
        command.run(["up"], str(tmp_path), {})
    ready.join()
    assert command.interrupted
    assert signal.getsignal(signal.SIGINT) is before


def _interrupt_when(started: Path) -> None:
    pause = threading.Event()
    while not started.exists():
        pause.wait(0.01)
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("version", ["nonsense", ""])
def test_a_program_that_is_no_pulumi_is_told(tmp_path: Path, version: str) -> None:
    with pytest.raises(EngineError, match="does not work as pulumi"):
        _command(tmp_path, "", version)


def test_a_missing_program_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="does not work as pulumi"):
        Command(tmp_path / "absent", {})
