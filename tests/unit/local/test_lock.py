"""Two runs do not do the same work at the same time."""

import os
import threading
from pathlib import Path

import pytest

from local.lock import locked


def unexpected(pid: str) -> None:
    pytest.fail(f"waited for {pid}")


def test_a_free_lock_is_taken_at_once_and_names_its_holder(tmp_path: Path) -> None:
    with locked(tmp_path / "folder" / "lock", unexpected):
        assert (tmp_path / "folder" / "lock").read_text() == str(os.getpid())


def test_a_lock_is_free_after_its_holder_failed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="wrong"), locked(tmp_path / "lock", unexpected):
        raise ValueError("wrong")
    with locked(tmp_path / "lock", unexpected):
        pass


def test_a_held_lock_is_waited_for_and_its_holder_is_named_once(tmp_path: Path) -> None:
    happened: list[str] = []
    holder = locked(tmp_path / "lock", unexpected)
    holder.__enter__()

    def end() -> None:
        happened.append("freed")
        holder.__exit__(None, None, None)

    def waiting(pid: str) -> None:
        happened.append(pid)
        threading.Timer(0.05, end).start()

    with locked(tmp_path / "lock", waiting):
        assert happened == [str(os.getpid()), "freed"]
