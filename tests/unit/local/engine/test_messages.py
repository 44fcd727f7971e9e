"""What people read when an operation fails."""

import pytest

from local.engine.messages import failure, lock_holder

LOCKED = """error: the stack is currently locked by 1 lock(s). Either wait or delete it.
  file:///state/.pulumi/locks/x.json: created by ann@host.example (pid 123) at 2026-01-02T03:04:05Z
"""


def test_a_wrong_passphrase_names_the_remedy() -> None:
    said = "error: getting secrets manager: passphrase: incorrect passphrase"
    message = failure("preview", "dev", said, [])
    assert message.startswith("wrong passphrase: the secrets of stack dev")
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" in message


def test_a_locked_stack_names_the_holder_and_the_remedy() -> None:
    message = failure("update", "dev", LOCKED, [])
    assert "in use by ann on host.example (process 123, since 2026-01-02T03:04:05Z)" in message
    assert "`cancel`" in message
    holder = lock_holder(LOCKED)
    assert holder is not None
    assert holder["pid"] == "123"


def test_no_other_complaint_is_taken_for_a_lock() -> None:
    assert lock_holder("error: created by ann@host (pid 1) at x") is None


def test_the_errors_of_resources_come_before_the_engines_last_words() -> None:
    message = failure("update", "dev", "error: update failed", ["Deployment web: no image", "update failed"])
    assert message == "update of stack dev failed: Deployment web: no image"


def test_several_errors_are_one_a_line() -> None:
    message = failure("update", "dev", "", ["A a: one", "B b: two"])
    assert message.splitlines() == ["update of stack dev failed, for 2 reasons:", "  A a: one", "  B b: two"]


def test_a_list_of_reasons_is_indented_below_the_first() -> None:
    message = failure("update", "dev", "", ["A a: 2 errors occurred:\n\t* one\n\t* two"])
    assert message == "update of stack dev failed: A a: one\n    two"


def test_a_traceback_of_the_program_is_left_out() -> None:
    error = "python inline source runtime error: no\nTraceback (most recent call last):\n  File x"
    assert failure("preview", "dev", "", [error]) == "preview of stack dev failed: no"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("warning: x\nerror: no such thing\n  more about it\n", "no such thing\n  more about it"),
        ("strange words", "strange words"),
        ("error: update failed", "update failed"),
    ],
)
def test_without_errors_of_resources_the_engines_last_words_are_told(said: str, told: str) -> None:
    assert failure("update", "dev", said, []) == f"update of stack dev failed: {told}"


def test_an_engine_that_says_nothing_is_told_too() -> None:
    assert "gave no reason" in failure("update", "dev", "", [])
