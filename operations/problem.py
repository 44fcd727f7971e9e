"""The one error that a command shows to a person."""


class OperationError(Exception):
    """What went wrong and what to do about it, in words for a person: no traceback follows."""
