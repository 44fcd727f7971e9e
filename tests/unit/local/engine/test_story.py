"""Events as lines."""

from typing import Any

from pulumi.automation import EngineEvent

from local.engine.result import Output, Result
from local.engine.story import Story, resource

WEB = "urn:pulumi:dev::toy::my:index:Web$kubernetes:apps/v1:Deployment::web"
STACK = "urn:pulumi:dev::toy::pulumi:pulumi:Stack::toy-dev"


def _story(*events: dict[str, Any]) -> tuple[Story, list[str]]:
    told: list[str] = []
    story = Story(told.append)
    for number, event in enumerate(events):
        story.hear(EngineEvent.from_json({"sequence": number, "timestamp": 0, **event}))
    return story, told


def _step(
    kind: str, operation: str, urn: str = WEB, *, planning: bool = False, **more: Any
) -> dict[str, Any]:
    metadata = {
        "op": operation,
        "urn": urn,
        "type": urn.split("::")[2].rpartition("$")[2],
        "provider": "",
        **more,
    }
    return {kind: {"metadata": metadata, "planning": planning}}


def _said(text: str, severity: str, urn: str = WEB) -> dict[str, Any]:
    return {"diagnosticEvent": {"message": text, "color": "never", "severity": severity, "urn": urn}}


def test_a_resource_is_named_by_kind_and_name() -> None:
    assert resource(WEB) == "Deployment web"
    assert resource("urn:pulumi:dev::toy::pulumi:providers:kubernetes::k") == "provider kubernetes k"
    assert resource("no urn") == "no urn"


def test_a_preview_tells_each_change_once() -> None:
    _, told = _story(
        _step("resourcePreEvent", "replace", planning=True),
        _step("resourcePreEvent", "create-replacement", planning=True),
        _step("resOutputsEvent", "create-replacement", planning=True),
        _step("resourcePreEvent", "same", planning=True),
    )
    assert told == ["± replace Deployment web"]


def test_an_update_tells_a_change_when_it_is_done_with_the_changed_fields() -> None:
    fields = {name: {"diffKind": "update", "inputDiff": True} for name in "abcdef"}
    begun = _step("resourcePreEvent", "update", detailedDiff=fields)
    done = _step("resOutputsEvent", "update", detailedDiff=fields)
    assert _story(begun)[1] == []
    assert _story(begun, done)[1] == ["~ update Deployment web [a, b, c, d and 2 more]"]


def test_the_stack_itself_is_not_told() -> None:
    assert _story(_step("resOutputsEvent", "create", STACK))[1] == []


def test_errors_are_kept_once_without_colours_and_without_the_stack() -> None:
    story, told = _story(
        _said("<{%fg 1%}>no image<{%reset%}>", "error"),
        _said("no image", "error"),
        _said("bad settings", "error", STACK),
    )
    assert story.errors == ["Deployment web: no image", "bad settings"]
    assert told == []


def test_what_is_waited_for_is_told_when_it_changes() -> None:
    _, told = _story(_said("waiting: a", "info"), _said("waiting: a", "info"), _said("waiting: b", "info"))
    assert told == ["  Deployment web: waiting: a", "  Deployment web: waiting: b"]


def test_an_interrupted_update_is_told_in_a_line() -> None:
    text = f"Attempting to deploy with pending operations\n  * {WEB}, interrupted while creating\nlong advice"
    _, told = _story(_said(text, "warning", ""))
    assert told == [
        "! an earlier run was interrupted while creating Deployment web; refresh finds out what became of it"
    ]


def test_the_summary_counts_operations_and_changes() -> None:
    summary = {
        "maybeCorrupt": False,
        "durationSeconds": 1,
        "resourceChanges": {"create": 2, "same": 5},
        "policyPacks": {},
    }
    story, _ = _story({"summaryEvent": summary})
    assert story.changes == {"create": 2, "same": 5}
    assert Result(changes=story.changes).changed == 2


def test_a_secret_output_does_not_show_in_a_result() -> None:
    assert "s3cr3t" not in repr(Result(outputs={"token": Output("s3cr3t", secret=True)}))
