"""What differs, by path."""

from typing import Any

from hypothesis import given

from local.standin.changes import Change, changes, is_under, join, top
from local.standin.values import UNKNOWN, Secret, has_unknown
from tests.unit.local.standin.test_values import VALUES


def test_each_difference_is_named_by_its_path() -> None:
    old = {"spec": {"replicas": 1, "ports": [{"port": 80}], "gone": "x"}, "same": 1}
    new = {"spec": {"replicas": 2, "ports": [{"port": 80}, {"port": 81}]}, "same": 1, "new": True}
    assert dict(changes(old, new)) == {
        "spec.replicas": Change.UPDATE,
        "spec.ports[1]": Change.ADD,
        "spec.gone": Change.DELETE,
        "new": Change.ADD,
    }


def test_keys_with_dots_are_quoted_as_the_engine_reads_them() -> None:
    assert join("metadata.labels", "app.kubernetes.io/name") == 'metadata.labels["app.kubernetes.io/name"]'
    assert join("data", 'a"b') == 'data["a\\"b"]'


def test_none_counts_as_absent() -> None:
    assert not dict(changes({"a": None}, {}))


def test_a_secret_is_compared_by_its_value() -> None:
    assert not dict(changes({"a": Secret("x")}, {"a": "x"}))
    assert dict(changes({"a": Secret("x")}, {"a": Secret("y")})) == {"a": Change.UPDATE}


def test_an_unknown_counts_as_changed() -> None:
    assert dict(changes({"a": UNKNOWN}, {"a": UNKNOWN})) == {"a": Change.UPDATE}


@given(VALUES)
def test_a_known_value_does_not_differ_from_itself(value: Any) -> None:
    assert bool(dict(changes(value, value))) == has_unknown(value)


def test_a_path_lies_under_a_root_only_at_a_boundary() -> None:
    assert is_under("spec.selector.matchLabels", ("spec.selector",))
    assert is_under("spec.ports[0]", ("spec.ports",))
    assert not is_under("spec.selectors", ("spec.selector",))


def test_the_top_property_of_a_path_is_found() -> None:
    assert [top(path) for path in ("spec.a.b", "data[0]", "kind")] == ["spec", "data", "kind"]
