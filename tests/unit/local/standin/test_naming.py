"""Automatic names."""

import pytest

from local.standin.errors import CheckError
from local.standin.naming import Naming, is_automatic, named
from local.standin.resource import Resource

WEB = Resource.of("urn:pulumi:dev::project::a:b:C$kubernetes:apps/v1:Deployment::web")


def test_a_resource_is_read_from_its_urn() -> None:
    assert (WEB.api_version, WEB.kind, WEB.name) == ("apps/v1", "Deployment", "web")
    core = Resource.of("urn:pulumi:dev::project::kubernetes:core/v1:ConfigMap::a::b")
    assert (core.api_version, core.name) == ("v1", "a::b")


def test_an_unnamed_object_gets_the_resources_name_and_a_suffix_that_the_seed_decides() -> None:
    first, again, other = (named(WEB, {}, {}, Naming(seed=seed)) for seed in (b"1", b"1", b"2"))
    assert first == again != other
    assert first["metadata"]["name"].startswith("web-")
    assert is_automatic(first)


def test_an_automatic_name_is_kept_by_the_next_update() -> None:
    old = named(WEB, {}, {}, Naming(seed=b"1"))
    assert named(WEB, {}, old, Naming(seed=b"2"))["metadata"]["name"] == old["metadata"]["name"]


def test_a_fixed_name_that_was_taken_away_is_not_kept() -> None:
    old = {"metadata": {"name": "fixed"}}
    assert named(WEB, {}, old, Naming())["metadata"]["name"] != "fixed"


def test_a_given_name_is_left_alone() -> None:
    inputs = {"metadata": {"name": "web"}}
    assert named(WEB, inputs, {}, Naming()) == inputs


def test_generate_name_is_the_prefix() -> None:
    found = named(WEB, {"metadata": {"generateName": "run-"}}, {}, Naming())["metadata"]
    assert found["name"].startswith("run-")
    assert "generateName" not in found


def test_the_engines_proposal_wins() -> None:
    assert named(WEB, {}, {}, Naming(proposed="chosen"))["metadata"]["name"] == "chosen"


def test_a_missing_name_is_refused_where_automatic_names_are_switched_off() -> None:
    with pytest.raises(CheckError, match="give a name") as caught:
        named(WEB, {}, {}, Naming(forbidden=True))
    assert caught.value.field == "metadata.name"
