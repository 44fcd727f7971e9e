"""What goes wrong on the way to a program, said to people."""


class ToolchainError(Exception):
    """A program cannot be had. The text says why and what to do; it is all a person needs to see."""
