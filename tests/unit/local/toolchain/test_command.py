"""`python -m local.toolchain` answers people and scripts."""

import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from local.toolchain import __main__ as command
from local.toolchain.report import Report

from .workshop import Workshop

Answer = Callable[..., tuple[int, str, str]]


@pytest.fixture
def answer(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Answer]:
    """The command with some arguments: exit status, standard output, standard error."""
    monkeypatch.setattr(command, "_toolchain", shop.toolchain)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["local.toolchain", *arguments])
        try:
            command.run()
        except SystemExit as end:
            status = int(end.code or 0)
        else:
            status = 0
        said = capsys.readouterr()
        return status, said.out, said.err

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    # A shell starts its background jobs with Ctrl-C ignored: not so here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield run
    for number, handler in before.items():
        signal.signal(number, handler)


def test_ensure_prints_a_name_and_a_path_per_line_and_progress_apart_from_them(answer: Answer) -> None:
    status, out, _err = answer("ensure", "left")
    name, path = out.strip().split("\t")
    assert (status, name) == (0, "left")
    assert path.endswith("/bin/left")


def test_ensure_without_names_takes_all(answer: Answer) -> None:
    _status, out, _err = answer("ensure")
    assert [line.split("\t")[0] for line in out.splitlines()] == ["toy-server", "toy.yaml", "left", "right"]


def test_where_prints_the_path_alone(answer: Answer) -> None:
    answer("ensure", "left")
    status, out, err = answer("where", "left")
    assert (status, err) == (0, "")
    assert out.endswith("/bin/left\n")


def test_where_fails_with_the_command_that_builds(answer: Answer) -> None:
    status, out, err = answer("where", "left")
    assert (status, out) == (1, "")
    assert err == "left is not built yet; python -m local.toolchain ensure left builds it\n"


def test_list_shows_each_group_with_version_state_size_and_source(answer: Answer) -> None:
    answer("ensure", "left")
    status, out, _err = answer("list")
    heading, toy, pair = out.splitlines()[:3]
    assert status == 0
    assert heading.split() == ["GROUP", "VERSION", "MIB", "STATE", "SOURCE", "PROGRAMS"]
    assert toy.split() == [
        "toy",
        "1.2",
        "-",
        "not",
        "built",
        "example.org/toy@v1.2.0",
        "toy-server",
        "toy.yaml",
    ]
    assert pair.split() == ["pair", "own", "0", "built", "local/tools/pair", "left", "right"]


def test_a_failure_is_one_message_and_no_traceback(answer: Answer, shop: Workshop) -> None:
    (shop.go / "fails").write_text("wrong\n")
    status, out, err = answer("ensure", "left")
    assert (status, out) == (1, "")
    assert err.startswith("pair cannot be built: compiling it failed")
    assert "Traceback" not in err


def test_an_unknown_command_is_refused_with_the_usage(answer: Answer) -> None:
    status, _out, err = answer("buld")
    assert status == 2
    assert "No such command 'buld'" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_told_to_end_does_so_with_130_and_how_to_resume(
    answer: Answer, shop: Workshop, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def interrupt(_report: Report) -> None:
        signal.raise_signal(number)

    monkeypatch.setattr(Report, "compiled", interrupt)
    status, _out, err = answer("ensure", "left")
    assert status == 130
    assert err.strip() == "interrupted; the same command resumes: what is compiled is kept"
    assert shop.placed() == []
