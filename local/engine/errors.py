"""What goes wrong while a stack is driven, said to people."""


class EngineError(Exception):
    """An operation on a stack did not succeed. The text says what and why, and is all that a person needs."""


class ChangesFoundError(EngineError):
    """No change was expected, and there is one; nothing was changed."""


class StoppedError(EngineError):
    """The operation was stopped from outside (Ctrl-C); the state holds what was done until then."""
