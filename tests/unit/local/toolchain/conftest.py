"""Fixtures of the toolchain's tests."""

from pathlib import Path

import pytest

from .workshop import Workshop


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """Everything that a toolchain touches, in a folder of its own."""
    return Workshop.made(tmp_path)
