"""What the learner may run."""

import pytest


@pytest.mark.check(points=1, group="numbers")
def test_two(api):
    """Two is even."""
    api.get("/2").expect(200, {"even": True})
