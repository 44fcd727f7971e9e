"""The engine's property values: what goes out comes in again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.standin.values import (
    OUTPUT,
    SECRET,
    SIGNATURE,
    UNKNOWN,
    UNKNOWN_STRING,
    Secret,
    decode,
    decode_object,
    encode,
    encode_object,
    has_unknown,
    keep_secret,
    reveal,
)

_TEXT = st.text(max_size=12).filter(lambda text: text != UNKNOWN_STRING)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT
    | st.just(UNKNOWN)
)


def _grown(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = _TEXT.filter(lambda text: text != SIGNATURE)
    return st.lists(children, max_size=3) | st.dictionaries(keys, children, max_size=3) | children.map(Secret)


VALUES = st.recursive(_SCALARS, _grown, max_leaves=12)


@given(VALUES)
def test_a_value_is_the_same_after_a_trip_over_the_wire(value: Any) -> None:
    assert decode(encode(value)) == value


def test_whole_numbers_arrive_as_integers_because_kubernetes_refuses_floats() -> None:
    arrived = decode(encode({"replicas": 2, "half": 0.5}))
    assert (type(arrived["replicas"]), type(arrived["half"])) == (int, float)


def test_an_output_value_is_read_as_what_it_stands_for() -> None:
    known = encode_object({SIGNATURE: OUTPUT, "value": "x"})
    secret = encode_object({SIGNATURE: OUTPUT, "value": "x", "secret": True})
    unknown = encode_object({SIGNATURE: OUTPUT})
    assert [decode_object(each) for each in (known, secret, unknown)] == ["x", Secret("x"), UNKNOWN]


def test_a_secret_travels_with_its_mark() -> None:
    assert encode(Secret("s")).struct_value.fields[SIGNATURE].string_value == SECRET


def test_a_secret_does_not_show_in_its_representation() -> None:
    assert "s3cr3t" not in repr(Secret("s3cr3t"))


@given(VALUES)
def test_a_revealed_value_has_no_secret_left(value: Any) -> None:
    assert "Secret(" not in repr(reveal(value))


def test_an_unknown_is_found_at_any_depth() -> None:
    assert has_unknown({"a": [{"b": Secret([UNKNOWN])}]})
    assert not has_unknown({"a": [{"b": Secret(["x"])}]})


def test_outputs_are_secret_where_the_inputs_are() -> None:
    inputs = {"env": [{"value": Secret("s")}, {"value": "plain"}], "data": Secret({"a": "1"})}
    live = {"env": [{"value": "s"}, {"value": "plain"}, {"value": "more"}], "data": {"a": "1"}, "new": 1}
    assert keep_secret(live, inputs) == {
        "env": [{"value": Secret("s")}, {"value": "plain"}, {"value": "more"}],
        "data": Secret({"a": "1"}),
        "new": 1,
    }


def test_a_value_without_a_wire_form_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no form on the wire"):
        encode(object())
