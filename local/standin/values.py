"""The engine's property values on the wire, and as plain Python values.

Objects with a signature key stand for secrets and outputs, fixed texts for values that a preview cannot
know (Pulumi's "property value wire format", proto documentation of `provider.proto`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from google.protobuf import struct_pb2

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker of the protocol
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS: Final = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
_EXACT: Final = 2**53
"""Numbers travel as doubles; beyond this they are no exact integers."""


class Unknown(Enum):
    """A value that only the real run will tell."""

    VALUE = "unknown"


UNKNOWN: Final = Unknown.VALUE


@dataclass(frozen=True)
class Secret:
    """A value that the state holds encrypted, and no log shows."""

    value: Any = field(repr=False)


def decode(value: struct_pb2.Value) -> Any:
    """The plain value; numbers without a fraction become `int`."""
    match value.WhichOneof("kind"):
        case "struct_value":
            return decode_object(value.struct_value)
        case "list_value":
            return [decode(item) for item in value.list_value.values]
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() and abs(number) <= _EXACT else number
        case "string_value":
            return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
        case "bool_value":
            return value.bool_value
        case _:
            return None


def decode_object(struct: struct_pb2.Struct) -> Any:
    """A `dict`, or what a signed object stands for."""
    found = {name: decode(value) for name, value in struct.fields.items()}
    if found.get(SIGNATURE) == SECRET:
        return Secret(found.get("value"))
    if found.get(SIGNATURE) == OUTPUT:
        inner = found.get("value", UNKNOWN)
        return Secret(inner) if found.get("secret") else inner
    return found


def decode_inputs(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The properties of a resource: always an object."""
    return {name: decode(value) for name, value in struct.fields.items()}


def encode(value: Any) -> struct_pb2.Value:
    """The wire form of a plain value.

    Raises:
        TypeError: a value that has none.
    """
    match value:
        case Secret():
            found: dict[str, Any] = {"struct_value": encode_object({SIGNATURE: SECRET, "value": value.value})}
        case Mapping():
            found = {"struct_value": encode_object(value)}
        case list() | tuple():
            found = {"list_value": struct_pb2.ListValue(values=[encode(item) for item in value])}
        case _:
            found = _scalar(value)
    return struct_pb2.Value(**found)


def _scalar(value: Any) -> dict[str, Any]:
    match value:
        case None:
            return {"null_value": struct_pb2.NULL_VALUE}
        case Unknown.VALUE:
            return {"string_value": UNKNOWN_STRING}
        case bool():
            return {"bool_value": value}
        case int() | float():
            return {"number_value": value}
        case str():
            return {"string_value": value}
        case _:
            raise TypeError(f"{type(value).__name__} has no form on the wire")


def encode_object(value: Mapping[str, Any]) -> struct_pb2.Struct:
    """The wire form of an object."""
    return struct_pb2.Struct(fields={name: encode(item) for name, item in value.items()})


def reveal(value: Any) -> Any:
    """The value with no `Secret` around any part of it."""
    match value:
        case Secret():
            return reveal(value.value)
        case dict():
            return {name: reveal(item) for name, item in value.items()}
        case list():
            return [reveal(item) for item in value]
        case _:
            return value


def has_unknown(value: Any) -> bool:
    """Whether any part of the value is not known yet."""
    match value:
        case Secret():
            return has_unknown(value.value)
        case dict():
            return any(has_unknown(item) for item in value.values())
        case list():
            return any(has_unknown(item) for item in value)
        case _:
            return value is UNKNOWN


def keep_secret(outputs: Any, inputs: Any) -> Any:
    """`outputs` with every place secret that is secret in `inputs`."""
    if isinstance(inputs, Secret):
        return Secret(reveal(outputs))
    if isinstance(inputs, dict) and isinstance(outputs, dict):
        return {name: keep_secret(item, inputs.get(name)) for name, item in outputs.items()}
    if isinstance(inputs, list) and isinstance(outputs, list):
        beside = [*inputs, *[None] * len(outputs)]
        return [keep_secret(item, beside[place]) for place, item in enumerate(outputs)]
    return outputs
