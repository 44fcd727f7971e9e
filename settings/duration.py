"""Durations as Kubernetes, cert-manager and the collector write them: `90s`, `1h30m`, `72h`."""

import re
from dataclasses import dataclass
from typing import Final, Self

_UNITS: Final = {"h": 3600, "m": 60, "s": 1}
_TEXT: Final = re.compile(r"(?:(?P<h>[0-9]+)h)?(?:(?P<m>[0-9]+)m)?(?:(?P<s>[0-9]+)s)?")


@dataclass(frozen=True, order=True)
class Duration:
    """A length of time in whole seconds; `str()` gives Go's text with the zero parts left out."""

    seconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The duration that `text` writes in hours, minutes and seconds, in this order.

        Raises ValueError for anything else: fractions and days have no place in Go's `time.ParseDuration`
        as Kubernetes uses it, or differ between programs.
        """
        found = _TEXT.fullmatch(text)
        if not text or found is None:
            raise ValueError(f"{text!r} is no duration")
        return cls(sum(int(count) * _UNITS[unit] for unit, count in found.groupdict("0").items()))

    def __str__(self) -> str:
        hours, rest = divmod(self.seconds, _UNITS["h"])
        minutes, seconds = divmod(rest, _UNITS["m"])
        parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
        return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"
