"""What is wrong with a stack's settings, all of it at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_LONGEST_VALUE: Final = 80
"""Characters of a value that a message quotes; the rest adds nothing to finding it."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing to repair: the key (or the file), the value as it stands, and what would be right."""

    key: str
    value: object = None
    remedy: str
    secret: bool = False
    """The value must not be shown, whatever it is."""

    def __str__(self) -> str:
        if self.secret or self.value is None:
            return f"{self.key}: {self.remedy}"
        return f"{self.key}: {_shown(self.value)}: {self.remedy}"


class SettingsError(Exception):
    """A stack cannot be used as it is declared; the text has one line per problem, ready to be printed."""

    def __init__(self, problems: Sequence[Problem], stack: str | None = None) -> None:
        self.problems = tuple(problems)
        self.stack = stack
        super().__init__(self._text())

    def _text(self) -> str:
        whose = "the settings" if self.stack is None else f"the settings of stack {self.stack}"
        count = len(self.problems)
        head = f"{whose} have {'a problem' if count == 1 else f'{count} problems'}:"
        return "\n".join([head, *(f"  {problem}" for problem in self.problems)])


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
