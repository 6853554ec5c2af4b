"""What the learner may run."""

import pytest


@pytest.mark.check(points=1, group="public")
def test_an_entry_is_stored(api):
    """POST /entries stores a text."""
    api.post("/entries", data="hello").expect(201)
