"""Room on disk is looked at per file system, before it is needed."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from local.toolchain.errors import ToolchainError
from local.toolchain.golang import find_go
from local.toolchain.space import check_space, room_for

from .workshop import Workshop

GIB = 2**30


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A disk of which `free` bytes are free."""
    disk = SimpleNamespace(free=3 * GIB)

    def usage(path: Path) -> SimpleNamespace:
        # As the system does: of a folder that is not there nothing is known.
        path.stat()
        return disk

    monkeypatch.setattr("local.toolchain.space.shutil.disk_usage", usage)
    return disk


@pytest.mark.usefixtures("free")
def test_enough_room_is_no_message(tmp_path: Path) -> None:
    check_space({tmp_path: 2 * GIB, tmp_path / "not" / "there": GIB})


@pytest.mark.usefixtures("free")
def test_folders_of_one_disk_need_their_room_together(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError) as failure:
        check_space({tmp_path / "go": 2 * GIB, tmp_path / "ours": 2 * GIB})
    text = str(failure.value)
    assert f"building needs 4.0 GiB of disk; free are 3.0 GiB for {tmp_path}/go, {tmp_path}/ours" in text
    assert "GOCACHE" in text
    assert "XDG_CACHE_HOME" in text


def test_the_need_grows_with_the_work_and_is_spread_over_the_three_caches(shop: Workshop) -> None:
    go = find_go(shop.environ, "1.26", ())
    once = room_for([100.0], go, shop.paths.cache)
    twice = room_for([100.0, 100.0], go, shop.paths.cache)
    assert set(once) == {go.build_cache, go.module_cache, shop.paths.cache}
    assert twice == {folder: 2 * need for folder, need in once.items()}
