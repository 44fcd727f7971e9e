"""The documents speak of what exists, and the repository keeps its own rules."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^)#\s]+)")
MAKE = re.compile(r"\bmake ([a-z0-9]+)\b")
LONGEST = 300
"""Lines of a Python file: above that it does more than one thing."""


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows or would add, so that a new file is checked before it is committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [path for line in sorted(set(listed.splitlines())) if (path := ROOT / line).is_file()]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands(text: str) -> set[str]:
    """Targets of `make` that stand in code, not in a sentence."""
    code = re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
    return {name for piece in code for name in MAKE.findall(piece)}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", tracked("*.md"), ids=relative)
def test_every_relative_link_of_a_document_leads_to_a_file(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text()) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", tracked("*.md"), ids=relative)
def test_every_make_command_of_a_document_is_a_target(document: Path) -> None:
    assert commands(document.read_text()) - targets() == set()


def test_a_command_that_is_no_target_would_be_found() -> None:
    assert commands("say `make everything` or\n```\nmake tea\n```\nto make sure") == {"everything", "tea"}
    assert "up" in targets()


@pytest.mark.parametrize("source", tracked("*.py", ":!tests/*"), ids=relative)
def test_no_source_file_is_longer_than_the_limit(source: Path) -> None:
    assert len(source.read_text().splitlines()) <= LONGEST


def test_lock_files_pin_every_package_with_hashes_and_name_no_address() -> None:
    for lock in tracked("requirements/*.txt"):
        text = lock.read_text()
        pinned = re.findall(r"^[A-Za-z0-9._-]+==", text, re.MULTILINE)
        assert pinned, lock
        assert len(re.findall(r"(?:^|\n)[A-Za-z0-9._-]+==[^\n]*\\\n    --hash=sha256:", text)) == len(pinned)
        assert "://" not in text
