"""Numbers and foreign text in a form that can be read, and printed safely."""

_MILLISECOND = 1_000
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE


def duration(microseconds: int, *, unicode: bool = True) -> str:
    """A duration of three digits: `850 us`, `12.3 ms`, `2.31 s`, `3 min 12 s`, `1 h 05 min`."""
    if microseconds < _MILLISECOND:
        return f"{microseconds} {'µs' if unicode else 'us'}"
    # Half a unit of the last digit below the next unit reads as that unit: 999.96 ms is 1.00 s.
    if microseconds < _SECOND - _MILLISECOND // 2:
        return f"{_three_digits(microseconds / _MILLISECOND)} ms"
    if microseconds < _MINUTE - _SECOND // 20:
        return f"{_three_digits(microseconds / _SECOND)} s"
    seconds = round(microseconds / _SECOND)
    if microseconds < _HOUR - _SECOND // 2:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"


def _three_digits(value: float) -> str:
    for limit, digits in ((9.995, 2), (99.95, 1)):
        if value < limit:
            return f"{value:.{digits}f}"
    return f"{value:.0f}"


def count(number: int, noun: str) -> str:
    """`1 span`, `2 spans`, `1,024 spans`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def printable(text: str, *, unicode: bool = True) -> str:
    """The text on one line without anything that a terminal obeys: senders choose the names in a trace."""
    cleaned = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
    return cleaned if unicode else cleaned.encode("ascii", "replace").decode("ascii")
