"""A build is known by everything that decides its bytes, and by nothing else."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from local.toolchain.golang import Go, find_go
from local.toolchain.group import Program
from local.toolchain.key import build_key

from .workshop import TOY, Workshop


@pytest.fixture
def go(shop: Workshop) -> Go:
    return find_go(shop.environ, "1.26", ())


def test_a_key_is_the_group_and_twelve_digits(shop: Workshop, go: Go) -> None:
    name, digits = build_key(TOY, shop.sources, go).rsplit("-", 1)
    assert name == "toy"
    assert len(digits) == 12
    assert set(digits) <= set("0123456789abcdef")


@pytest.mark.parametrize("changed", ["go.mod", "go.sum", "main.go", "inner/part.go"])
def test_a_change_of_a_source_changes_the_key(shop: Workshop, go: Go, changed: str) -> None:
    before = build_key(TOY, shop.sources, go)
    path = shop.sources / "toy" / changed
    path.parent.mkdir(exist_ok=True)
    path.write_text("// changed\n")
    assert build_key(TOY, shop.sources, go) != before


def test_a_renamed_source_changes_the_key(shop: Workshop, go: Go) -> None:
    source = shop.sources / "toy" / "main.go"
    source.write_text("package main\n")
    before = build_key(TOY, shop.sources, go)
    source.rename(source.with_name("main_test.go"))
    assert build_key(TOY, shop.sources, go) != before


def test_a_file_that_holds_what_two_files_said_is_another_module(shop: Workshop, go: Go) -> None:
    folder = shop.sources / "toy"
    (folder / "a.go").write_text("1")
    (folder / "b.go").write_text("2")
    before = build_key(TOY, shop.sources, go)
    (folder / "a.go").write_text("1b.go2")
    (folder / "b.go").unlink()
    assert build_key(TOY, shop.sources, go) != before


def test_a_change_of_the_recipe_changes_the_key(shop: Workshop, go: Go) -> None:
    recipes = [
        TOY,
        replace(TOY, tags=("small",)),
        replace(TOY, variables=(("main.version", "1.3"),)),
        replace(TOY, programs=(Program(name="other", package="example.org/toy/cmd/server"),)),
        replace(TOY, files=()),
    ]
    assert len({build_key(recipe, shop.sources, go) for recipe in recipes}) == len(recipes)


def test_another_go_or_platform_changes_the_key(shop: Workshop, go: Go) -> None:
    compilers = [go, replace(go, version="1.26.9"), replace(go, platform="linux/arm64")]
    assert len({build_key(TOY, shop.sources, compiler) for compiler in compilers}) == 3


def test_the_key_is_the_same_in_another_checkout_beside_other_files(
    shop: Workshop, go: Go, tmp_path: Path
) -> None:
    shutil.copytree(shop.sources, tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "toy" / "README.md").write_text("words\n")
    moved = replace(go, program=tmp_path / "go2", build_cache=tmp_path)
    assert build_key(TOY, tmp_path / "elsewhere", moved) == build_key(TOY, shop.sources, go)
