"""The one error that users of this package see."""

from pathlib import Path


class ClusterError(Exception):
    """Something about the embedded cluster failed; the text is one message for a person, with the remedy."""

    def __init__(self, reason: str, log: Path | None = None) -> None:
        super().__init__(reason if log is None else f"{reason}\n  log: {log}")
        self.reason = reason
        self.log = log
