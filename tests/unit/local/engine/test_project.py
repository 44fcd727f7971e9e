"""The project's files, and the copies that the engine may write to."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from local.engine.errors import EngineError
from local.engine.project import Project

STACK = """# a comment
config:
  toy:answer: yes
  toy:mode: 0755
  other:key: {a: [1, 2]}
"""


def _project(
    folder: Path, stack: str | None = STACK, settings: str = "name: toy\nruntime: python\n"
) -> Project:
    folder.mkdir(exist_ok=True)
    (folder / "Pulumi.yaml").write_text(settings)
    (folder / "__main__.py").write_text("")
    if stack is not None:
        (folder / "Pulumi.dev.yaml").write_text(stack)
    return Project.at(folder)


def _staged(project: Project, work: Path, **config: Any) -> str:
    work.mkdir(exist_ok=True)
    return (project.stage(work, "dev", config) / "Pulumi.dev.yaml").read_text()


def test_the_projects_own_file_is_never_written(tmp_path: Path) -> None:
    project = _project(tmp_path / "p")
    _staged(project, tmp_path / "w", answer="no")
    assert (tmp_path / "p" / "Pulumi.dev.yaml").read_text() == STACK


def test_scalars_keep_their_spelling(tmp_path: Path) -> None:
    text = _staged(_project(tmp_path / "p"), tmp_path / "w")
    assert "toy:answer: yes\n" in text
    assert "toy:mode: 0755\n" in text


def test_overrides_win_and_get_the_projects_namespace(tmp_path: Path) -> None:
    project = _project(tmp_path / "p")
    text = _staged(project, tmp_path / "w", answer="no", more=["a"], **{"other:key": 3})
    config = yaml.safe_load(text)["config"]
    assert config == {"toy:mode": 0o755, "toy:answer": "no", "toy:more": ["a"], "other:key": 3}
    assert yaml.safe_load(_staged(project, tmp_path / "w"))["config"]["other:key"] == {"a": [1, 2]}


def test_the_salt_that_the_engine_saved_is_found_again(tmp_path: Path) -> None:
    project, work = _project(tmp_path / "p"), tmp_path / "w"
    _staged(project, work)
    with (work / "toy" / "Pulumi.dev.yaml").open("a") as file:
        file.write("encryptionsalt: v1:saved\n")
    for _ in range(2):
        assert yaml.safe_load(_staged(project, work))["encryptionsalt"] == "v1:saved"


@pytest.mark.parametrize("own", ["encryptionsalt: v1:theirs\n", "secretsprovider: awskms://key\n"])
def test_a_salt_or_provider_of_the_user_wins_over_the_saved_salt(tmp_path: Path, own: str) -> None:
    work = tmp_path / "w"
    _staged(_project(tmp_path / "p"), work)
    (work / "toy" / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:saved\n")
    text = _staged(_project(tmp_path / "p", STACK + own), work)
    assert own in text
    assert "v1:saved" not in text


@pytest.mark.parametrize("stack", [None, "", "config:\n", "{}\n"])
def test_a_stack_file_may_be_absent_or_empty(tmp_path: Path, stack: str | None) -> None:
    text = _staged(_project(tmp_path / "p", stack), tmp_path / "w", key=1)
    assert yaml.safe_load(text)["config"] == {"toy:key": 1}


@pytest.mark.parametrize(
    ("stack", "words"),
    [
        ("config: [\n", "is not valid YAML: .*line 2"),
        ("- a\n", "must be a mapping"),
        ("a: b: c\n", "is not valid YAML"),
    ],
)
def test_a_broken_stack_file_is_told_in_a_sentence(tmp_path: Path, stack: str, words: str) -> None:
    with pytest.raises(EngineError, match=rf"Pulumi\.dev\.yaml {words}"):
        _staged(_project(tmp_path / "p", stack), tmp_path / "w")


def test_a_directory_that_is_no_project_is_told_with_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"Pulumi\.yaml cannot be read"):
        Project.at(tmp_path)
    with pytest.raises(EngineError, match="`name` is missing"):
        _project(tmp_path / "p", settings="runtime: python\n")
    (tmp_path / "Pulumi.yaml").write_text("name: x\n")
    with pytest.raises(EngineError, match=r"has no __main__\.py"):
        Project.at(tmp_path)
