"""Which Go is taken, and what of the user's environment reaches it."""

from pathlib import Path

import pytest

from local.toolchain.errors import ToolchainError
from local.toolchain.golang import find_go, needed_version, numbers

from .workshop import Workshop


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.26.8", (1, 26, 8)),
        ("1.27rc1", (1, 27)),
        ("1.26.8 X:nodwarf5", (1, 26, 8)),
        ("1.32.4-dispatcher", (1, 32, 4)),
        ("devel", ()),
        ("", ()),
    ],
)
def test_versions_compare_by_their_leading_numbers(version: str, expected: tuple[int, ...]) -> None:
    assert numbers(version) == expected


def test_the_first_go_on_path_that_is_new_enough_is_taken(shop: Workshop, tmp_path: Path) -> None:
    shop.add_go(tmp_path / "old", "go1.19.8")
    environ = {**shop.environ, "PATH": f"{tmp_path / 'old'}:{shop.environ['PATH']}"}
    go = find_go(environ, "1.26.4", ())
    assert (go.program, go.version, go.platform) == (shop.go / "go", "1.26.8", "linux/amd64")


def test_go_is_also_found_where_its_installer_puts_it(shop: Workshop) -> None:
    assert find_go({"PATH": "/nowhere"}, "1.26", [shop.go]).program == shop.go / "go"


def test_without_go_one_message_says_what_is_needed_and_where_was_looked(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError) as failure:
        find_go({"PATH": str(tmp_path)}, "1.26.4", [tmp_path / "usual"])
    assert "Go 1.26.4 or newer is needed to build programs: none was found" in str(failure.value)
    assert f"Looked on PATH and in {tmp_path / 'usual'}" in str(failure.value)
    assert "https://go.dev/dl" in str(failure.value)


def test_a_go_that_is_too_old_is_named_in_the_message(shop: Workshop, tmp_path: Path) -> None:
    shop.add_go(tmp_path / "old", "go1.19.8")
    with pytest.raises(ToolchainError, match=f"{tmp_path}/old/go is Go 1.19.8"):
        find_go({"PATH": str(tmp_path / "old")}, "1.26", ())


@pytest.mark.parametrize("body", ["exit 1", "echo no json", "echo '{}'"])
def test_a_program_named_go_that_does_not_answer_like_one_is_passed_over(tmp_path: Path, body: str) -> None:
    (tmp_path / "go").write_text(f"#!/bin/sh\n{body}\n")
    (tmp_path / "go").chmod(0o755)
    with pytest.raises(ToolchainError, match="none was found"):
        find_go({"PATH": str(tmp_path)}, "1.26", ())


def test_flags_of_the_user_do_not_reach_the_build_and_their_proxy_does(shop: Workshop) -> None:
    shop.toolchain(
        GOFLAGS="-insecure",
        GONOSUMDB="*",
        GOSUMDB="off",
        GOINSECURE="*",
        GOTOOLCHAIN="auto",
        CGO_ENABLED="1",
        GOOS="plan9",
        LD_PRELOAD="",
        GOPROXY="https://proxy.example.org",
    ).ensure(["left"])
    seen = dict(line.split("=", 1) for line in (shop.go / "environment").read_text().splitlines())
    assert {name: seen[name] for name in ("GOFLAGS", "GOTOOLCHAIN", "CGO_ENABLED", "GOOS", "GOPROXY")} == {
        "GOFLAGS": "-mod=readonly",
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
        "GOOS": "linux",
        "GOPROXY": "https://proxy.example.org",
    }
    assert not {"GONOSUMDB", "GOSUMDB", "GOINSECURE"} & set(seen)


def test_the_oldest_go_that_may_build_a_module_is_read_from_it(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.26.4\n\nrequire a v1\n")
    assert needed_version(tmp_path / "go.mod") == "1.26.4"


def test_a_module_file_without_that_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module m\n")
    with pytest.raises(ToolchainError, match=f"{tmp_path}/go.mod has no line `go VERSION`"):
        needed_version(tmp_path / "go.mod")
