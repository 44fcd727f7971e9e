"""Programs are found or built, once, and placed whole or not at all."""

import fcntl
import threading
from io import StringIO

import pytest

from local.toolchain.errors import ToolchainError
from local.toolchain.report import Report

from .workshop import PAIR, TOY, Workshop


def test_a_missing_program_is_built_and_stands_in_the_cache_under_its_name(shop: Workshop) -> None:
    found = shop.toolchain().ensure(["toy-server"])
    assert found["toy-server"].read_text() == "program\n"
    assert found["toy-server"].is_relative_to(shop.paths.cache / "tools")
    assert found["toy-server"].parent.parent.name in shop.placed()


def test_programs_of_one_group_are_built_by_one_call(shop: Workshop) -> None:
    found = shop.toolchain().ensure(["left", "right"])
    assert {path.name for path in found.values()} == {"left", "right"}
    assert len(shop.calls("build")) == 1


def test_the_build_is_told_version_tags_and_to_keep_this_machine_out_of_the_program(shop: Workshop) -> None:
    shop.toolchain().ensure(["toy-server"])
    (call,) = shop.calls("build")
    assert call.startswith(f"{shop.sources / 'toy'} build -v")
    assert "-trimpath -buildvcs=false -tags=small,quick -ldflags=-s -w -X main.version=1.2" in call
    assert call.endswith("example.org/toy/cmd/server")


def test_files_of_a_module_are_joined_in_order_as_documents(shop: Workshop) -> None:
    found = shop.toolchain().ensure(["toy.yaml"])
    assert found["toy.yaml"].read_text() == "kind: A\n---\nkind: B\n"


def test_files_that_a_module_does_not_have_are_a_failure_that_names_them(shop: Workshop) -> None:
    for path in (shop.go / "module" / "crds").iterdir():
        path.unlink()
    with pytest.raises(ToolchainError, match=r"finding crds/\*\.yaml in example\.org/toy failed"):
        shop.toolchain().ensure(["toy-server"])
    assert shop.placed() == []


def test_a_second_call_builds_nothing_and_says_nothing(shop: Workshop) -> None:
    first = shop.toolchain().ensure(["toy-server", "left"])
    said = StringIO()
    assert shop.toolchain(said).ensure(["toy-server", "left"]) == first
    assert len(shop.calls("build")) == 2
    assert said.getvalue() == ""


def test_a_changed_go_sum_is_built_anew_and_the_former_build_stays(shop: Workshop) -> None:
    before = shop.toolchain().ensure(["toy-server"])["toy-server"]
    (shop.sources / "toy" / "go.sum").write_text("example.org/toy v1.2.0 h1:other=\n")
    after = shop.toolchain().ensure(["toy-server"])["toy-server"]
    assert before != after
    assert before.exists()
    assert len(shop.calls("build")) == 2


def test_a_damaged_build_is_not_taken_but_built_anew(shop: Workshop) -> None:
    program = shop.toolchain().ensure(["toy-server"])["toy-server"]
    program.write_text("half a pro")
    assert shop.toolchain().where("toy-server") is None
    assert shop.toolchain().ensure(["toy-server"])["toy-server"].read_text() == "program\n"


def test_where_gives_a_path_only_of_what_is_built(shop: Workshop) -> None:
    assert shop.toolchain().where("left") is None
    built = shop.toolchain().ensure(["left"])["left"]
    assert shop.toolchain().where("left") == built


def test_an_unknown_program_is_refused_with_the_known_ones_before_anything_is_built(shop: Workshop) -> None:
    with pytest.raises(ToolchainError, match="no program 'tox'; known are left, right, toy-server, toy"):
        shop.toolchain().ensure(["left", "tox"])
    assert shop.calls("build") == []


def test_a_failed_build_tells_group_last_lines_log_and_how_to_resume(shop: Workshop) -> None:
    (shop.go / "fails").write_text("".join(f"main.go:{line}: wrong\n" for line in range(1, 31)))
    with pytest.raises(ToolchainError) as failure:
        shop.toolchain().ensure(["toy-server"])
    text = str(failure.value)
    (log,) = (shop.paths.cache / "logs").glob("toy-*.log")
    assert "toy 1.2 cannot be built: compiling it failed with exit status 1" in text
    assert "main.go:30: wrong" in text
    assert "main.go:11: wrong" in text
    assert "main.go:10: wrong" not in text
    assert str(log) in text
    assert "main.go:1: wrong" in log.read_text()
    assert "The same command resumes" in text
    assert shop.placed() == []


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("write /x: no space left on device", "free some space"),
        ("dial tcp: lookup proxy: no such host", "set GOPROXY"),
        ("compile: signal: killed", "lack of memory"),
        ("verifying m: SECURITY ERROR", "do not use the proxy"),
    ],
)
def test_a_failure_with_a_usual_reason_tells_the_remedy(shop: Workshop, line: str, remedy: str) -> None:
    (shop.go / "fails").write_text(f"{line}\n")
    with pytest.raises(ToolchainError, match=remedy):
        shop.toolchain().ensure(["toy-server"])


def test_what_was_built_before_a_failure_is_not_built_again(shop: Workshop) -> None:
    shop.toolchain().ensure(["left"])
    (shop.go / "fails").write_text("wrong\n")
    with pytest.raises(ToolchainError):
        shop.toolchain().ensure(["left", "toy-server"])
    (shop.go / "fails").unlink()
    shop.toolchain().ensure(["left", "toy-server"])
    assert len([call for call in shop.calls("build") if "./left" in call]) == 1


def test_an_interrupted_build_leaves_nothing_in_place_and_the_next_one_works(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_report: Report) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Report, "compiled", interrupt)
        with pytest.raises(KeyboardInterrupt):
            shop.toolchain().ensure(["toy-server"])
    assert shop.placed() == []
    assert shop.toolchain().ensure(["toy-server"])["toy-server"].exists()


def test_what_a_killed_run_left_half_done_does_not_get_into_the_build(shop: Workshop) -> None:
    (build,) = shop.toolchain().builds([PAIR]).values()
    left = build.place.with_name(f".{build.place.name}.part") / "bin" / "rubbish"
    left.parent.mkdir(parents=True)
    left.write_text("half")
    shop.toolchain().ensure(["left"])
    assert shop.placed() == [build.place.name]
    assert sorted(path.name for path in (build.place / "bin").iterdir()) == ["left", "right"]


def test_a_build_that_another_run_is_at_is_waited_for_and_not_repeated(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (build,) = shop.toolchain().builds([TOY]).values()
    build.place.parent.mkdir(parents=True)
    lock = build.place.with_name(f".{build.place.name}.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    lock.write("4711")
    lock.flush()
    said: list[str] = []

    def other_run_ends(_report: Report, text: str) -> None:
        said.append(text)
        if "waiting" in text:
            # As the other run would: in place first, the lock freed last.
            build._build_in(build.place, Report.on(shop.toolchain().console))
            threading.Timer(0.01, lock.close).start()

    monkeypatch.setattr(Report, "note", other_run_ends)
    shop.toolchain().ensure(["toy-server"])
    assert "process 4711 builds toy 1.2: waiting for it" in said
    assert len(shop.calls("build")) == 1


@pytest.mark.parametrize(
    ("cores", "cold", "told"), [(1, True, "1 min on 1 core"), (2, False, "15 s on 2 cores")]
)
def test_the_estimate_counts_cores_and_what_go_has_not_compiled_yet(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, cores: int, told: str, *, cold: bool
) -> None:
    # The table says 60 s of CPU time. Without the modules nothing is known; with them half is compiled.
    monkeypatch.setattr("local.toolchain.toolchain._cores", lambda: cores)
    if cold:
        (shop.go / "cold").touch()
    said = StringIO()
    shop.toolchain(said).ensure(["left"])
    assert said.getvalue().startswith(f"1 to build: pair; about {told}, once\n")


def test_go_must_be_new_enough_for_every_group_that_is_built(shop: Workshop) -> None:
    (shop.sources / "pair" / "go.mod").write_text("module pair\n\ngo 1.27.1\n")
    with pytest.raises(ToolchainError, match=r"Go 1\.27\.1 or newer is needed"):
        shop.toolchain().ensure(["toy-server", "left"])
    assert shop.toolchain().ensure(["toy-server"])


def test_the_report_hears_of_downloads_and_compiled_packages_and_of_nothing_else(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(Report, "downloading", lambda _report: heard.append("download"))
    monkeypatch.setattr(Report, "surveyed", lambda _report, stale: heard.append(f"{stale} to do"))
    monkeypatch.setattr(Report, "compiled", lambda _report: heard.append("package"))
    shop.toolchain().ensure(["left"])
    assert heard == ["download", "2 to do", "package", "package"]


def test_nothing_is_built_when_the_disk_is_too_full(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "local.toolchain.space.shutil.disk_usage", lambda _path: type("", (), {"free": 2**20})()
    )
    with pytest.raises(ToolchainError, match=r"building needs \d\.\d GiB of disk; free are 0\.0 GiB"):
        shop.toolchain().ensure(["toy-server"])
    assert shop.calls("build") == []
