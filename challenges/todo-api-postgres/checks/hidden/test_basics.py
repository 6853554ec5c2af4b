"""What the API does on a good day. Nearly everything else depends on it."""

import pytest
from grader_checks import expect
from support import POSITIVE, address, create, create_many, ids, listed, read, refused, tags, word


@pytest.mark.check(
    points=3, group="basics", hint="Answer with what was stored, the version in double quotes in the ETag header."
)
def test_create_answers_201(api, rng):
    """POST /todos with only a title answers 201 with the whole to-do and its ETag."""
    title = f"buy {word(rng)}"
    fresh = {"title": title, "done": False, "tags": [], "votes": 0, "version": 1}
    reply = api.post("/todos", json={"title": title}).expect(201, {"id": POSITIVE, **fresh})
    expect(set(reply.json()) == {"id", *fresh}, "POST /todos: expected the six fields of a to-do and no other")
    _has_etag(reply, '"1"')


@pytest.mark.check(
    points=3, group="basics", hint="Every field that a client may set has to reach the database, and come back from it."
)
def test_fields_are_stored(api, rng):
    """A to-do is read back with all that was sent with POST, with POST /todos/bulk and with PATCH."""
    first = create(api, title=f"one {word(rng)}", done=True, tags=sorted(tags(rng, 3)))
    expect(read(api, first) == first, f"GET {address(first)}: expected what POST /todos answered")
    wanted = [{"title": f"{number} {word(rng)}", "done": number == 1, "tags": sorted(tags(rng))} for number in range(2)]
    for sent, todo in zip(wanted, create_many(api, wanted), strict=True):
        api.get(address(todo)).expect(200, {"title": sent["title"], "done": sent["done"], "votes": 0, "version": 1})
        expect(read(api, todo)["tags"] == sent["tags"], f"GET {address(todo)}: expected the tags sent in the bulk")
    change = {"title": f"new {word(rng)}", "done": False}
    reply = api.patch(address(first), json=change, headers={"If-Match": '"1"'})
    reply.expect(200, {"id": first["id"], **change, "votes": 0, "version": 2})
    _has_etag(reply, '"2"')
    expect(
        read(api, first) == {**first, **change, "version": 2},
        f"GET {address(first)}: expected the PATCH to change what it was sent, and no more",
    )
    _has_etag(api.get(address(first)), '"2"')


@pytest.mark.check(
    points=4, group="basics", hint="Order and limit belong into the query; a tag matches as a whole, not in part."
)
def test_list_is_newest_first(api, rng):
    """GET /todos lists complete to-dos, the newest first, limited and filtered by tag as asked."""
    common, *others = tags(rng, 3)
    first = create(api, title=word(rng), tags=[common, others[0]])
    second = create(api, title=word(rng), tags=[f"{common}2"])
    third = create(api, title=word(rng), tags=[others[1], common])
    expect(
        listed(api, limit=3) == [third, second, first], "GET /todos?limit=3: expected the newest three, newest first"
    )
    expect(listed(api, tag=common) == [third, first], "GET /todos?tag=...: expected those that have it, complete")
    expect(listed(api, tag=common, limit=1) == [third], "GET /todos?tag=...&limit=1: expected the newest with this tag")
    expect(listed(api, tag=word(rng)) == [], "GET /todos?tag=...: expected no items for a tag that no to-do has")
    create_many(api, [{"title": word(rng)} for _ in range(60)])
    newest = ids(listed(api))
    expect(len(newest) == 50, f"GET /todos: expected 50 of more than 60 to-dos, got {len(newest)}")
    expect(newest == sorted(newest, reverse=True), "GET /todos: expected the largest id first")


@pytest.mark.check(
    points=3, group="basics", hint="One place that turns every error into the documented form is enough."
)
def test_errors_have_one_form(api, rng):
    """What is not there answers 404, what is not allowed 422, a title that is taken 409, all in the documented form."""
    todo = create(api, title=word(rng), tags=[])
    for path in ("/todos/0", "/todos/abc", f"/todos/{todo['id'] + 10**6}"):
        refused(api.get(path), 404, "not_found", "an id that belongs to no to-do")
    refused(api.post("/todos/0/votes"), 404, "not_found", "an id that belongs to no to-do")
    refused(api.post("/todos", json={"done": True}), 422, "invalid", "no title")
    refused(api.post("/todos", json={"title": "x" * 201}), 422, "invalid", "a title of 201 characters")
    refused(api.post("/todos", json={"title": word(rng), "done": "yes"}), 422, "invalid", 'the string "yes" as done')
    refused(api.post("/todos", json={"title": word(rng), "tags": word(rng)}), 422, "invalid", "a string as tags")
    refused(api.post("/todos/bulk", json={"items": []}), 422, "invalid", "no items")
    refused(api.get("/todos", params={"limit": "0"}), 422, "invalid", "0 as limit")
    refused(api.post("/todos", json={"title": todo["title"]}), 409, "conflict", "a title that is taken")
    create(api, title="x" * 180 + word(rng), done=True, tags=tags(rng, 10))


def _has_etag(reply, etag):
    found = reply.headers.get("ETag")
    expect(found == etag, f"{reply.label}: expected the header ETag: {etag}, got {found or 'none'}")
