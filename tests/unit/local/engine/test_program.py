"""Running a program in this process."""

import asyncio
import os
import sys
from pathlib import Path

import pulumi
import pytest

from local.engine.program import Program, explain


def _run(folder: Path, text: str, environ: dict[str, str] | None = None, **modules: str) -> None:
    """Run a program as the SDK does: in an event loop."""
    (folder / "__main__.py").write_text(text)
    for name, content in modules.items():
        (folder / f"{name}.py").write_text(content)
    program = Program(folder)

    async def inside() -> None:
        program()

    loop = asyncio.new_event_loop()
    with program.surroundings({**os.environ, **(environ or {})}):
        loop.run_until_complete(inside())
    assert loop.is_closed()


def test_the_program_sees_its_directory_its_modules_and_its_environment(tmp_path: Path) -> None:
    text = (
        "import os, sys, beside, pathlib\n"
        "seen = f'{beside.VALUE} {os.environ[\"COLOR\"]} {sys.path[0]} {__name__}'\n"
        "pathlib.Path('seen').write_text(seen)\n"
    )
    _run(tmp_path, text, {"COLOR": "red"}, beside="VALUE = 1\n")
    assert (tmp_path / "seen").read_text() == f"1 red {tmp_path} __main__"


def test_the_process_is_as_before_afterwards(tmp_path: Path) -> None:
    before = (Path.cwd(), list(sys.path), dict(os.environ))
    with pytest.raises(pulumi.RunError):
        _run(tmp_path, "import beside\n1 / 0\n", {"COLOR": "red"}, beside="")
    assert (Path.cwd(), list(sys.path), dict(os.environ)) == before
    assert "beside" not in sys.modules


def test_a_module_that_changed_is_seen_changed(tmp_path: Path) -> None:
    for value in ("one", "another"):
        _run(
            tmp_path,
            "import beside, pathlib\npathlib.Path('seen').write_text(beside.VALUE)\n",
            beside=f"VALUE = {value!r}\n",
        )
        assert (tmp_path / "seen").read_text() == value


def test_modules_of_the_caller_below_the_project_are_the_same_objects_afterwards(tmp_path: Path) -> None:
    (tmp_path / "callers.py").write_text("")
    sys.path.insert(0, str(tmp_path))
    try:
        import callers  # type: ignore[import-not-found]  # noqa: PLC0415 - made by this test

        _run(tmp_path, "import callers\ncallers.MARK = 1\n")
        assert sys.modules["callers"] is callers
        assert not hasattr(callers, "MARK")
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("callers", None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1\nraise ValueError('too much')\n", "__main__.py, line 2: ValueError: too much"),
        ("def f(:\n", "__main__.py, line 1: SyntaxError: invalid syntax"),
        ("import pulumi\nraise pulumi.RunError('settings are wrong')\n", "settings are wrong"),
        ("import sys\nsys.exit(3)\n", "the program ended with status 3"),
        ("import beside\nbeside.fail()\n", "beside.py, line 2: KeyError: 'k'"),
    ],
)
def test_a_failing_program_is_told_by_its_own_innermost_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        _run(tmp_path, text, beside="def fail():\n    {}['k']\n")
    assert str(caught.value) == told


def test_a_program_may_end_itself_successfully(tmp_path: Path) -> None:
    _run(tmp_path, "import sys\nsys.exit(0)\n")


def test_an_error_from_outside_the_project_has_no_line(tmp_path: Path) -> None:
    assert explain(ValueError("x"), tmp_path) == "ValueError: x"
