"""The order of things in `make up`, `down` and `preview`, with parts that only write down what was asked."""

import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from rich.console import Console

from local.engine import Output, Result
from operations.connect import Target
from operations.environment.order import Environment
from operations.environment.sites import OwnCluster, Say
from operations.environment.steps import Steps
from operations.problem import InterruptedOperationError, NotRunningError, OperationError
from operations.traces.model import Trace
from settings import Settings
from settings.sources import from_files
from tests.unit.operations.made import TRACE_ID, span, trace

PROJECT = Path(__file__).resolve().parents[3]
TARGET = Target(kubectl=Path("/k"), kubeconfig=Path("/c"), context="mcp-tracing")
PULUMI = Path("/p")


class Parts:
    """A site, a deployment, settings and a demo in one: `did` is what was asked for, `fails` raises."""

    title = "embedded cluster"
    context: str | None = None
    goes_with_the_stack = True

    def __init__(self, *fails: str, error: type[OperationError] = OperationError) -> None:
        self.did: list[str] = []
        self._fails, self._error = fails, error

    def _do(self, what: str) -> None:
        self.did.append(what)
        if what in self._fails:
            raise self._error(f"{what} is broken")

    def settings(self) -> Settings:
        self._do("settings")
        return from_files(PROJECT, "dev", {})

    def programs(self, say: Say) -> dict[str, Path]:
        self._do("programs")
        say("16 programs")
        return {"pulumi": PULUMI}

    def tools(self) -> dict[str, Path]:
        self._do("tools")
        return {"pulumi": PULUMI}

    def ready(self, settings: Settings, programs: Mapping[str, Path], say: Say) -> Target:
        del say
        assert settings.environment == "dev"
        assert programs["pulumi"] == PULUMI
        self._do("ready")
        return TARGET

    def found(self) -> Target:
        self._do("found")
        return TARGET

    def remove(self, say: Say) -> None:
        del say
        self._do("remove")

    def state_environ(self) -> dict[str, str]:
        return {}

    def up(self, target: Target, pulumi: Path, say: Say) -> Result:
        del say
        assert (target, pulumi) == (TARGET, PULUMI)
        self._do("up")
        return Result(
            outputs={"endpoints": Output({"otlp-grpc": "otel-collector-gateway.mcp-system.svc:4317"})}
        )

    def preview(self, target: Target, pulumi: Path, say: Say, *, expect_no_changes: bool = False) -> Result:
        del target, pulumi, say
        self._do("preview, no changes expected" if expect_no_changes else "preview")
        return Result()

    def destroy(self, target: Target, pulumi: Path, say: Say) -> Result:
        del target, pulumi, say
        self._do("destroy")
        return Result()

    def demo(self, target: Target) -> Trace:
        assert target == TARGET
        self._do("demo")
        return trace(span("a", operation="POST /api/workflows"))


def _environment(parts: Parts, *, hint: str = "") -> tuple[Environment, io.StringIO]:
    output = io.StringIO()
    made = Environment(
        stack="dev",
        site=parts,
        platform=parts,
        settings=parts.settings,
        demo=parts.demo,
        console=Console(file=output, width=100, color_system=None),
        hint=hint,
    )
    return made, output


def test_up_goes_from_settings_to_a_drawn_trace_in_order() -> None:
    parts = Parts()
    made, output = _environment(parts)
    made.up()
    assert parts.did == ["settings", "programs", "ready", "up", "demo"]
    text = output.getvalue()
    assert "[1/5] settings of stack dev" in text
    assert "[5/5] " in text
    assert "POST /api/workflows" in text
    assert "otlp-grpc  otel-collector-gateway.mcp-system.svc:4317" in text
    assert f".venv/bin/tracectl trace {TRACE_ID}" in text
    assert "make down" in text


@pytest.mark.parametrize("broken", ["settings", "programs", "ready", "up", "demo"])
def test_failed_step_ends_it_all_and_says_which_why_and_how_to_go_on(broken: str) -> None:
    parts = Parts(broken)
    made, _ = _environment(parts, hint="CONTEXT=kind-x")
    with pytest.raises(OperationError) as failed:
        made.up()
    assert parts.did[-1] == broken
    assert f": {broken} is broken\nTo go on from here: make up CONTEXT=kind-x" in str(failed.value)


def test_interruption_stays_one_through_the_steps() -> None:
    made, _ = _environment(Parts("up", error=InterruptedOperationError))
    with pytest.raises(InterruptedOperationError):
        made.up()


def test_preview_builds_and_starts_nothing() -> None:
    parts = Parts()
    _environment(parts)[0].preview(expect_no_changes=True)
    assert parts.did == ["settings", "found", "tools", "preview, no changes expected"]


def test_down_removes_the_stack_before_its_cluster() -> None:
    parts = Parts()
    _environment(parts)[0].down()
    assert parts.did == ["found", "tools", "destroy", "remove"]


def test_down_needs_no_valid_settings() -> None:
    parts = Parts("settings")
    _environment(parts)[0].down()
    assert "settings" not in parts.did


@pytest.mark.parametrize("broken", ["found", "tools", "destroy"])
def test_down_removes_an_embedded_cluster_also_if_the_stack_in_it_cannot_be_removed(broken: str) -> None:
    parts = Parts(broken)
    made, output = _environment(parts)
    made.down()
    assert parts.did[-1] == "remove"
    assert f"{broken} is broken" in output.getvalue()


def test_down_of_a_cluster_that_is_down_gives_no_advice_to_start_it() -> None:
    parts = Parts("found", error=NotRunningError)
    made, output = _environment(parts)
    made.down()
    assert parts.did == ["found", "remove"]
    assert "nothing to remove: the embedded cluster does not run\n" in output.getvalue()


def test_preview_of_a_cluster_that_is_down_does_not_say_to_preview_again() -> None:
    made, _ = _environment(Parts("found", error=NotRunningError))
    with pytest.raises(NotRunningError) as failed:
        made.preview()
    assert str(failed.value) == "found is broken"


@pytest.mark.parametrize("broken", ["found", "tools", "destroy"])
def test_down_fails_on_a_cluster_of_ones_own_where_the_stack_stays(broken: str) -> None:
    parts = Parts(broken)
    parts.goes_with_the_stack = False
    with pytest.raises(OperationError, match=f"{broken} is broken"):
        _environment(parts)[0].down()
    assert "remove" not in parts.did


def test_interrupted_down_goes_no_further() -> None:
    parts = Parts("destroy", error=InterruptedOperationError)
    with pytest.raises(InterruptedOperationError):
        _environment(parts)[0].down()
    assert "remove" not in parts.did


def test_steps_tell_their_time_and_the_whole() -> None:
    moments = iter([0.0, 1.0, 3.5, 10.0])
    output = io.StringIO()
    steps = Steps(Console(file=output, width=80), 1, "make up", clock=lambda: next(moments))
    with steps.step("programs"):
        steps.say("one\ntwo")
    assert output.getvalue() == "[1/1] programs\n      one\n      two\n      done in 2.50 s\n"
    assert steps.elapsed == "10.0 s"


def test_long_line_of_a_step_stays_one_line_for_copying() -> None:
    output = io.StringIO()
    Steps(Console(file=output, width=40), 1, "make up").say("x" * 200)
    assert output.getvalue().count("\n") == 1


def test_stacks_of_one_name_in_two_contexts_have_states_of_their_own(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    console = Console(file=io.StringIO())
    states = {
        OwnCluster(name, environ, console).state_environ()["XDG_STATE_HOME"] for name in ("a/b", "a:b", "a-b")
    }
    assert len(states) == 3
    assert all(Path(state).is_relative_to(tmp_path) for state in states)
