"""The contract of components, for each that there is: a new one is held to it from its first day."""

import dataclasses
import importlib
import inspect
import pkgutil
from typing import Any

import pulumi
import pytest

import components
import names
from operations.recording import Registration
from tests.graph.recorded import VARIANTS, children, recording

LABELS = ("app.kubernetes.io/name", "app.kubernetes.io/part-of", "app.kubernetes.io/managed-by")


def discovered() -> list[type[pulumi.ComponentResource]]:
    """Component classes that a module of `components` defines itself."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(components.__path__, f"{components.__name__}.")
    ]
    return [
        member
        for module in modules
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, pulumi.ComponentResource) and member.__module__ == module.__name__
    ]


def instances(component: type) -> list[tuple[str, Registration]]:
    return [
        (variant, made)
        for variant in VARIANTS
        for made in recording(variant).registrations
        if made.type == f"{names.PROJECT}:index:{component.__name__}"
    ]


def arguments(component: type) -> Any:
    return getattr(inspect.getmodule(component), f"{component.__name__}Args")


every_component = pytest.mark.parametrize("component", discovered(), ids=lambda found: found.__name__)


def test_components_are_discovered() -> None:
    assert {found.__name__ for found in discovered()} >= {
        "Foundation",
        "TrustChain",
        "CollectorGateway",
        "Jaeger",
    }


@every_component
def test_some_stack_has_it_under_its_type_token(component: type) -> None:
    assert instances(component)


@every_component
def test_children_s_names_begin_with_its_own(component: type) -> None:
    for variant, made in instances(component):
        found = [child.name for child in children(variant, made)]
        assert found
        assert [name for name in found if not name.startswith(made.name)] == []


@every_component
def test_children_have_the_platform_s_labels(component: type) -> None:
    for variant, made in instances(component):
        for child in children(variant, made):
            labels = child.inputs["metadata"]["labels"]
            assert [label for label in LABELS if not labels.get(label)] == [], child.urn


@every_component
def test_registered_outputs_are_its_typed_attributes(component: type) -> None:
    annotated = {name for name in vars(component)["__annotations__"] if not name.startswith("_")}
    for _, made in instances(component):
        assert set(made.outputs) == annotated


@every_component
def test_it_is_made_from_a_name_arguments_and_options(component: type) -> None:
    parameters = list(inspect.signature(component).parameters.values())
    assert [parameter.name for parameter in parameters] == ["name", "args", "opts"]
    assert parameters[1].annotation is arguments(component)


@every_component
def test_its_arguments_are_frozen_and_named(component: type) -> None:
    found = arguments(component)
    assert found.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(found))


@every_component
def test_it_stores_no_inputs_of_its_own_in_the_state(component: type) -> None:
    for _, made in instances(component):
        assert made.inputs == {}
