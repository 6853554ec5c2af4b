"""All or nothing."""

import pytest
from grader_checks import expect
from support import create, create_many, ids, listed, patch, refused, tags, unchanged, word


@pytest.mark.check(
    points=6,
    group="transactions",
    hint="What belongs together is committed together: one transaction around all of it, and no commit inside.",
)
def test_bulk_is_all_or_nothing(api, rng):
    """POST /todos/bulk with one to-do that is refused stores none of them, wherever it stands."""
    (tag,) = tags(rng, 1)
    taken = create(api, title=word(rng))
    before = create_many(api, _items(rng, tag))
    bad_ones = [
        (409, "conflict", "a title that is taken", lambda _: {"title": taken["title"], "tags": [tag]}),
        (409, "conflict", "a title that comes twice", lambda items: {"title": items[0]["title"], "tags": [tag]}),
        (422, "invalid", "an item without a title", lambda _: {"done": True, "tags": [tag]}),
    ]
    for status, code, what, bad_one in bad_ones:
        items = _items(rng, tag)
        items.insert(2, bad_one(items))
        refused(api.post("/todos/bulk", json={"items": items}), status, code, what)
        stored = len(listed(api, tag=tag)) - len(before)
        expect(stored == 0, f"POST /todos/bulk with {what}: expected none of {len(items)} to be stored, got {stored}")
        create(api, title=items[0]["title"])
    after = create_many(api, _items(rng, tag))
    expect(
        sorted(ids(listed(api, tag=tag))) == sorted(ids(before + after)),
        "POST /todos/bulk after others were refused: expected all of the new to-dos to be stored",
    )


@pytest.mark.check(
    points=3,
    group="transactions",
    hint="A to-do and its tags may be rows of two tables, but they are one change.",
)
def test_refused_change_changes_nothing(api, rng):
    """A PATCH whose title is taken leaves title, done, tags and version as they were."""
    taken, todo = create(api, title=word(rng)), create(api, title=word(rng), tags=tags(rng))
    refused(patch(api, todo, tags=tags(rng), done=True, title=taken["title"]), 409, "conflict", "a title that is taken")
    unchanged(api, todo, "a PATCH that was refused")
    refused(patch(api, todo, title=word(rng), tags=[*tags(rng), 5]), 422, "invalid", "a number as tag")
    unchanged(api, todo, "a PATCH that was refused")
    change = {"title": word(rng), "done": True, "tags": tags(rng, 1)}
    patch(api, todo, **change).expect(200, {**change, "version": 2})


def _items(rng, tag):
    return [{"title": f"{number} {word(rng)}", "tags": [tag]} for number in range(4)]
