"""What learners get, may read and run: `grader grade CHALLENGE SUBMISSION --public`.

For the author: a check or two that show how checks talk to the app. They give no points in the end, and must give
nothing away that only the hidden suite asks.
"""

import pytest


@pytest.mark.check(points=50, group="bookmarks", hint="The starter can do this already.")
def test_first_bookmark(api):
    """POST /bookmarks answers 201 with the new bookmark and its id."""
    sent = {"url": "https://example.org/", "title": "An example"}
    api.post("/bookmarks", json=sent).expect(201, {"id": int, **sent})


@pytest.mark.check(points=50, group="bookmarks", hint="An empty list is a list, too.")
def test_list_is_a_list(api):
    """GET /bookmarks answers 200 with a list of bookmarks."""
    api.get("/bookmarks").expect(200, [{"id": int, "url": str, "title": str}])
