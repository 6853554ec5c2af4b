"""What the hidden checks share. The app is full of other checks' bookmarks, so each looks only at those it made itself.

For the author: modules of a suite import each other by name, as in `from support import create`.
"""

from grader_checks import expect, that

ID = that("a positive integer", lambda value: type(value) is int and value > 0)
ERROR = {"error": str}


def word(rng):
    """Return twelve letters that nothing else holds: `rng` is seeded by the run, so no answer can be hard-coded."""
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=12))


def anything(rng):
    """Return the fields of a valid bookmark."""
    return {"url": f"https://{word(rng)}.example/", "title": word(rng)}


def odd(rng):
    """Return the fields of a bookmark that is valid, too, and that apps like to tidy up."""
    return {"url": f"http://{word(rng)}.example/?Q=%41&q= ", "title": f" <{word(rng)}> & “{word(rng)}” "}


def create(api, fields):
    """Create a bookmark that is valid, and return it as the app answered it."""
    return api.post("/bookmarks", json=fields).expect(201, {"id": ID, **fields}).json()


def address(bookmark):
    """Return the path of a bookmark."""
    return f"/bookmarks/{bookmark['id']}"


def listed(api, own):
    """Return those bookmarks of the whole list that are `own`, in its order."""
    ids = {bookmark["id"] for bookmark in own}
    return [item for item in api.get("/bookmarks").expect(200, [{"id": ID}]).json() if item["id"] in ids]


def refuses(api, what, **body):
    """Fail the check unless a POST of this body answers 422.

    `what` tells the learner which request it was: nobody but the author sees the suite.
    """
    reply = api.post("/bookmarks", **body)
    expect(reply.status == 422, f"POST /bookmarks with {what}: expected status 422, got {reply.status}")
    reply.expect(422, ERROR)
