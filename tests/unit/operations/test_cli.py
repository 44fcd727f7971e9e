"""The command line: help that reads well, wrong use and failures in a sentence, documented exit codes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click
import httpx
import pytest

from operations import cli
from operations.commands import trace as trace_command
from operations.connect import Target
from operations.environment import __main__ as environment
from operations.exits import run
from operations.jaeger import Jaeger
from operations.problem import InterruptedOperationError, OperationError
from operations.scope import Scope
from tests.unit.operations.made import TRACE_ID, jaeger_json, span, trace


def _tracectl(*arguments: str) -> int:
    return run("tracectl", lambda: cli.tracectl.main(list(arguments), "tracectl", standalone_mode=False))


@pytest.fixture
def jaeger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find a Jaeger that has one trace."""
    stored = trace(
        span("a", lasts=2_000_000, operation="plan"), span("b", "a", at=10, error=True, message="429")
    )

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/services":
            return httpx.Response(200, json={"data": ["model-router"]})
        if request.url.path.startswith("/api/traces/") and not request.url.path.endswith(TRACE_ID):
            return httpx.Response(404, json={"errors": [{"msg": "trace not found"}]})
        found = request.url.params.get("operation", "plan") == "plan"
        return httpx.Response(200, json=jaeger_json(stored) if found else {"data": []})

    @contextmanager
    def connected(_target: Target) -> Iterator[Jaeger]:
        with httpx.Client(base_url="https://x", transport=httpx.MockTransport(answer)) as client:
            yield Jaeger(client)

    monkeypatch.setattr(trace_command, "connected", connected)
    monkeypatch.setattr(Scope, "target", lambda _scope: None)


@pytest.mark.parametrize("arguments", [[], ["trace"], ["status"], ["ui"]])
def test_help_is_given(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert _tracectl(*arguments, "--help") == 0
    assert "Usage: tracectl" in capsys.readouterr().out


def test_help_lists_every_command_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    _tracectl("--help")
    listed = capsys.readouterr().out.split("Commands:")[1]
    assert [line.split()[0] for line in listed.splitlines() if line.strip()] == ["trace", "status", "ui"]
    assert "..." not in listed, "a line that is cut off says nothing"


@pytest.mark.usefixtures("jaeger")
def test_newest_trace_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert _tracectl("trace") == 0
    out = capsys.readouterr().out
    assert f"trace {TRACE_ID}" in out
    assert "critical path" in out


@pytest.mark.usefixtures("jaeger")
def test_trace_is_found_by_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert _tracectl("trace", TRACE_ID.upper()) == 0
    assert "2 spans" in capsys.readouterr().out


@pytest.mark.usefixtures("jaeger")
def test_traces_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert _tracectl("trace", "--list") == 0
    out = capsys.readouterr().out
    assert TRACE_ID in out
    assert "model-router plan" in out
    assert "2.00 s" in out


@pytest.mark.usefixtures("jaeger")
def test_json_has_the_whole_trace(capsys: pytest.CaptureFixture[str]) -> None:
    assert _tracectl("trace", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["trace_id"] == TRACE_ID
    assert [one["span_id"] for one in document["spans"]] == ["a", "b"]
    assert document["spans"][1]["status_message"] == "429"


@pytest.mark.usefixtures("jaeger")
def test_json_of_a_list_is_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert _tracectl("trace", "--list", "--json") == 0
    assert [one["trace_id"] for one in json.loads(capsys.readouterr().out)] == [TRACE_ID]


@pytest.mark.usefixtures("jaeger")
def test_unknown_id_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert _tracectl("trace", "abc") == 1
    assert capsys.readouterr().err.startswith("tracectl: no trace abc: never arrived")


@pytest.mark.usefixtures("jaeger")
def test_search_that_finds_nothing_names_the_known_services(capsys: pytest.CaptureFixture[str]) -> None:
    assert _tracectl("trace", "--operation", "none", "--lookback", "2h") == 1
    said = capsys.readouterr().err
    assert "no trace fits in the last 2 h 00 min; services that have sent spans: model-router" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trace", "xyz"], "'xyz' is no trace id"),
        (["trace", "--lookback", "5"], "'5' is no duration: a number and one of us, ms, s, m, h, d"),
        (["trace", "--min-duration", "-1s"], "'-1s' is no duration"),
        (["trace", "--tag", "error"], "'error' is no tag: key=value"),
        (["trace", "--limit", "0"], "0 is not in the range"),
        (["ui", "--port", "70000"], "70000 is not in the range"),
        (["nothing"], "No such command 'nothing'"),
        (["trace", "--nothing"], "No such option"),
    ],
)
def test_wrong_use_ends_with_two_and_one_message(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _tracectl(*arguments) == 2
    assert said in capsys.readouterr().err


def test_unknown_context_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert _tracectl("--context", "nowhere", "trace") == 1
    said = capsys.readouterr().err
    assert "/.kube/config does not exist: MCP_TRACING_KUBECONFIG or KUBECONFIG names a file" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("command", [["trace"], ["status"], ["ui"]])
def test_unknown_stack_is_refused_with_those_that_there_are(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _tracectl("--stack", "nope", *command) == 1
    said = capsys.readouterr().err
    assert "'nope': there is no such stack file; there are: dev, prod, staging" in said


def test_embedded_cluster_that_is_down_is_one_sentence_with_the_remedy(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _tracectl("trace") == 1
    assert "the embedded cluster is not up: `make up` starts it" in capsys.readouterr().err


def test_status_of_nothing_is_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert _tracectl("status") == 0
    assert "is down" in capsys.readouterr().out


def _raise(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationError("x"), 1),
        (click.UsageError("x"), 2),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (InterruptedOperationError("x"), 130),
        (click.exceptions.Exit(0), 0),
    ],
)
def test_exit_codes_are_the_documented_ones(error: BaseException, code: int) -> None:
    assert run("x", lambda: _raise(error)) == code


def test_interruption_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    run("make", lambda: _raise(KeyboardInterrupt()), again="make up")
    assert capsys.readouterr().err == "make: interrupted; to go on: make up\n"


@pytest.mark.parametrize("command", ["up", "preview"])
def test_unknown_stack_is_refused_before_anything_is_built(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(
        "make", lambda: environment.environment.main([command, "--stack", "nope"], standalone_mode=False)
    )
    assert code == 1
    said = capsys.readouterr()
    assert "there is no such stack file" in said.err
    assert "programs" not in said.out


def test_context_variable_is_not_obeyed_silently(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_TRACING_CONTEXT", "kind-x")
    run("make", lambda: environment.environment.main(["up", "--stack", "nope"], standalone_mode=False))
    assert (
        "MCP_TRACING_CONTEXT=kind-x is not used here; make ... CONTEXT=kind-x is how"
        in capsys.readouterr().out
    )
