"""PATCH and PUT /todos/{id}."""

import pytest
from grader_checks import expect
from support import address, anything, create, page, refused, some_day, unchanged, word


@pytest.mark.check(
    points=4,
    group="update",
    hint="Start from what is stored and lay only the keys of the request over it.",
)
def test_patch_changes_only_what_was_sent(api, rng):
    """PATCH sets the fields of the request, leaves the others alone, and answers 200 with the whole to-do."""
    neighbour = create(api, title=f"neighbour {word(rng)}")
    todo = create(api, **anything(rng))
    for change in ({"title": f"new {word(rng)}"}, {"notes": word(rng), "due": some_day(rng)}, {"done": False}):
        todo = {**todo, **change}
        api.patch(address(todo), json=change).expect(200, todo)
    unchanged(api, todo, "three PATCHes")
    unchanged(api, neighbour, "PATCHes of another to-do")


@pytest.mark.check(
    points=3,
    group="update",
    hint='"Was the key sent?" and "is its value true?" are two questions.',
)
def test_patch_tells_absent_from_empty(api, rng):
    """PATCH sets a field to null, false or an empty text when that was sent, and changes nothing when nothing was."""
    todo = create(api, **anything(rng))
    api.patch(address(todo), json={}).expect(200, todo)
    for change in ({"due": None}, {"done": False}, {"notes": ""}):
        todo = {**todo, **change}
        api.patch(address(todo), json=change).expect(200, todo)
    unchanged(api, todo, "these PATCHes")


@pytest.mark.check(
    points=3, group="update", hint="The result of a PUT depends on the request alone, not on what was stored before."
)
def test_put_replaces_the_whole_todo(api, rng):
    """PUT answers 200 and gives each field that the request leaves out the value it has in a new to-do."""
    todo = create(api, **anything(rng))
    title = f"put {word(rng)}"
    bare = {"id": todo["id"], "title": title, "notes": "", "done": False, "due": None}
    api.put(address(todo), json={"title": f" {title} "}).expect(200, bare)
    unchanged(api, bare, "a PUT")
    full = anything(rng)
    api.put(address(todo), json=full).expect(200, {"id": todo["id"], **full})


@pytest.mark.check(
    points=3, group="update", hint="PUT changes a to-do that exists. What does your statement do when there is none?"
)
def test_put_is_idempotent(api, rng):
    """PUT of a to-do as it was received, once or twice, has the same effect and answer, and never creates one."""
    todo = create(api, **anything(rng))
    before = page(api, limit=1)["total"]
    changed = {**todo, "notes": word(rng), "done": False}
    for _ in range(2):
        api.put(address(todo), json=changed).expect(200, changed)
    unknown = f"/todos/{todo['id'] + 10**6}"
    refused(api.put(unknown, json={"title": word(rng)}), 404, "an unknown id")
    unchanged(api, changed, "two equal PUTs")
    expect(page(api, limit=1)["total"] == before, "GET /todos after PUTs: expected no new to-do")


@pytest.mark.check(
    points=3, group="update", hint="Check the whole request first, then store the whole change: all of it, or nothing."
)
def test_refused_update_changes_nothing(api, rng):
    """PATCH and PUT with a value that is not allowed answer 422 and leave the to-do as it was."""
    todo = create(api, **anything(rng))
    path = address(todo)
    refused(api.patch(path, json={"notes": word(rng), "done": "yes"}), 422, "a good and a bad field")
    refused(api.patch(path, json={"title": "  "}), 422, "a blank title")
    refused(api.patch(path, json={"due": "2027-02-30"}), 422, "a date that does not exist")
    refused(api.put(path, json={"notes": word(rng)}), 422, "no title")
    refused(api.put(path, json={"title": word(rng), "done": 1}), 422, "a number as done")
    unchanged(api, todo, "changes that were refused")
    fields = anything(rng)
    api.patch(path, json=fields).expect(200, fields)
