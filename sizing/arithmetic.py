"""Whole numbers only: a float's last digit must never replace a Pod."""


def ceil_div(dividend: int, divisor: int) -> int:
    """The quotient, rounded up."""
    return -(-dividend // divisor)


def round_up(value: int, step: int) -> int:
    """The next multiple of a step."""
    return ceil_div(value, step) * step
