"""What the learner may try at home."""

import pytest


@pytest.mark.check(points=1, group="public")
def test_first(api):
    """GET /first answers with its name."""
    api.get("/first").expect(200, {"name": "first"})
