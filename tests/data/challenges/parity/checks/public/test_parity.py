"""What the learner may run."""

import pytest


@pytest.mark.check(points=1, group="numbers", hint="What is left when it is divided by two?")
def test_two(api):
    """Two is even."""
    api.get("/2").expect(200, {"even": True})
