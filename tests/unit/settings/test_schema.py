"""Pulumi.yaml and the dataclasses are one: every key is declared once, described once and read once."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from settings import Settings, SettingsError, load_schema, parse
from settings.duration import Duration
from settings.fields import FIELDS
from settings.schema import PROJECT_DIRECTORY

REQUIRED = {"environment": "dev", "cluster.name": "mcp-dev", "traffic.spans_per_second": 100}
ENGINE_TYPES = {bool: "boolean", int: "integer", tuple[str, ...]: "array"}
"""Everything else is a string to the engine."""


def declared() -> dict[str, dict[str, Any]]:
    document: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(
        (PROJECT_DIRECTORY / "Pulumi.yaml").read_text()
    )
    return {key.strip("[]'\""): entry for key, entry in document["config"].items()}


def areas() -> Iterator[type]:
    yield Settings
    for field in dataclasses.fields(Settings):
        if dataclasses.is_dataclass(field.type) and isinstance(field.type, type):
            yield field.type


def test_every_key_is_read_and_nothing_else_is() -> None:
    assert list(FIELDS) == list(declared())


def test_every_key_is_described_in_sentences_and_only_what_a_stack_must_say_is_required() -> None:
    for key, entry in declared().items():
        assert entry["description"].endswith("."), key
        assert len(entry["description"]) > 40, key
    assert {key for key, entry in declared().items() if "default" not in entry} == REQUIRED.keys()


def test_the_type_that_the_engine_checks_is_the_type_of_the_field() -> None:
    for key, field in FIELDS.items():
        wanted = None if field.secret else ENGINE_TYPES.get(field.type, "string")
        assert declared()[key].get("type") == wanted, key
        assert ("secret" in declared()[key]) == field.secret, key


def test_defaults_stand_in_the_schema_alone() -> None:
    for area in areas():
        for field in dataclasses.fields(area):
            assert field.default is dataclasses.MISSING, field.name
            assert field.default_factory is dataclasses.MISSING, field.name


def test_areas_are_frozen_and_keyword_only() -> None:
    for area in areas():
        assert area.__dataclass_params__.frozen, area  # type: ignore[attr-defined]  # dataclasses have no public way
        assert all(field.kw_only for field in dataclasses.fields(area)), area


def test_the_defaults_pass_their_own_rules() -> None:
    settings = parse(REQUIRED, {}, load_schema())

    assert settings.trust.leaf_duration == Duration(72 * 3600)
    assert settings.receivers.jaeger_udp is False
    assert settings.images.pull_secret is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("config: {}\n", "Pulumi.yaml: needs `name: PROJECT`"),
        (
            "name: x\nconfig: {environment: {type: string}}\n",
            "environment: needs a description in Pulumi.yaml",
        ),
        ("name: x\nconfig: {a: {description: b, kind: c}}\n", "a: ['kind']: Pulumi.yaml knows"),
        ("name: x\nconfig: {a: 5}\n", "a: must be `KEY: VALUE` lines, is a number"),
        ("name: [\n", "Pulumi.yaml: line 2:"),
    ],
)
def test_a_broken_schema_is_told(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(text)

    with pytest.raises(SettingsError) as caught:
        load_schema(tmp_path)

    assert says in str(caught.value)


def test_the_schema_of_another_version_is_told(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: x\nconfig: {environment: {type: string, description: d}}\n")

    with pytest.raises(SettingsError) as caught:
        parse({"environment": "dev"}, {}, load_schema(tmp_path))

    assert "topology: Pulumi.yaml does not declare this key; take the Pulumi.yaml of this version" in str(
        caught.value
    )
