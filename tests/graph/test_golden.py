"""What every stack renders is in the repository: a review shows the effect of a change beside its cause."""

import pytest

from tests.golden import kept, rendered

REMEDY = "look at the difference; if it is meant, say make golden"


def test_every_golden_file_is_there_and_none_is_left_over() -> None:
    assert kept().keys() == rendered().keys(), REMEDY


@pytest.mark.parametrize("name", sorted(rendered()))
def test_what_is_rendered_is_what_was_reviewed(name: str) -> None:
    assert rendered()[name] == kept().get(name), REMEDY
