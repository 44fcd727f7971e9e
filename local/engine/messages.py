"""Turns what the engine says when it fails into one message for a person."""

import re
from collections.abc import Sequence
from typing import Final

_LOCK: Final = re.compile(r"created by (?P<who>[^\s@]+)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<when>\S+)")
_INLINE: Final = "python inline source runtime error: "
_COUNT: Final = re.compile(r"\d+ errors? occurred:\n\t\* ")
_BULLET: Final = re.compile(r"\n\t\* ")
_NOISE: Final = (
    "update failed",
    "preview failed",
    "resource operation failed",
    "destroy failed",
    "refresh failed",
)


def lock_holder(said: str) -> re.Match[str] | None:
    """Who holds the lock of a stack (groups who, host, pid, when), if that is its complaint."""
    return _LOCK.search(said) if "currently locked" in said else None


def failure(operation: str, stack: str, said: str, errors: Sequence[str]) -> str:
    """Why `operation` on `stack` failed: from its last words `said`, and the errors of its events."""
    for recognise in (_passphrase, _locked):
        if message := recognise(stack, said):
            return message
    reasons = [reason for reason in map(_without_traceback, errors) if reason] or _last_words(said)
    reasons = [reason for reason in reasons if reason not in _NOISE] or reasons
    if not reasons:
        return f"{operation} of stack {stack} failed, and the engine gave no reason"
    if len(reasons) == 1:
        return f"{operation} of stack {stack} failed: {reasons[0]}"
    return "\n  ".join([f"{operation} of stack {stack} failed, for {len(reasons)} reasons:", *reasons])


def _passphrase(stack: str, said: str) -> str | None:
    if "incorrect passphrase" not in said and "passphrase must be set" not in said:
        return None
    return (
        f"wrong passphrase: the secrets of stack {stack} are encrypted with another one; "
        "set PULUMI_CONFIG_PASSPHRASE (or PULUMI_CONFIG_PASSPHRASE_FILE) to the one it was made with"
    )


def _locked(stack: str, said: str) -> str | None:
    holder = lock_holder(said)
    if holder is None:
        return None
    return (
        f"stack {stack} is in use by {holder['who']} on {holder['host']} (process {holder['pid']}, "
        f"since {holder['when']}); wait until that ends, or, if it is gone, remove its lock with `cancel`"
    )


def _without_traceback(error: str) -> str:
    """The error without the Python frames that the inline mode appends, a list of errors one a line."""
    text = (
        error.replace(_INLINE, "")
        .replace("Preview failed: ", "")
        .partition("\nTraceback (most recent call last)")[0]
    )
    return _BULLET.sub("\n    ", _COUNT.sub("", text)).strip()


def _last_words(said: str) -> list[str]:
    """The engine's `error:` lines, with the lines that belong to each."""
    found: list[str] = []
    for line in said.splitlines():
        if line.startswith("error: "):
            found.append(line.removeprefix("error: "))
        elif found and line.strip():
            found[-1] += f"\n  {line.strip()}"
    return found or [line for line in [said.strip()] if line]
