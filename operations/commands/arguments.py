"""Forms of arguments that several commands take."""

import re
from typing import Any

import click

_MICROSECONDS = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h|d)")
_TRACE_ID = re.compile(r"[0-9a-f]{1,32}")


class Duration(click.ParamType[int]):
    """A number with one unit, as microseconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Microseconds; a default is an integer already."""
        if isinstance(value, int):
            return value
        found = _DURATION.fullmatch(str(value).strip())
        if found is None:
            self.fail(
                f"{value!r} is no duration: a number and one of {', '.join(_MICROSECONDS)} (150ms, 2h)",
                param,
                ctx,
            )
        return round(float(found[1]) * _MICROSECONDS[found[2]])


class TraceId(click.ParamType[str]):
    """Up to 32 hexadecimal digits; leading zeros may be missing, as in Jaeger's own links."""

    name = "trace id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id in lower case."""
        found = str(value).strip().lower()
        if not _TRACE_ID.fullmatch(found):
            self.fail(f"{value!r} is no trace id: 1 to 32 hexadecimal digits", param, ctx)
        return found


class Tag(click.ParamType[tuple[str, str]]):
    """`key=value`."""

    name = "key=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Key and value; a value may hold `=` itself."""
        if isinstance(value, tuple):
            return value
        key, equals, content = str(value).partition("=")
        if not (key and equals):
            self.fail(
                f"{value!r} is no tag: key=value, for example mcp.operation=model_inference", param, ctx
            )
        return key, content
