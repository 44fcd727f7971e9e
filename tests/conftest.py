"""What all tests have in common."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# No test fails for being slow: other work on the machine decides on that.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")


@pytest.fixture(autouse=True)
def _own_event_loop() -> Iterator[None]:
    """Each test has its own event loop: Pulumi's outputs want one, and `asyncio.run` leaves none."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    # An output that nobody waited for would complain in whichever test the garbage is collected.
    if left:
        loop.run_until_complete(asyncio.wait(left))
    asyncio.set_event_loop(None)
    loop.close()
