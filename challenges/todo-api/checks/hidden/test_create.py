"""POST /todos."""

import pytest
from grader_checks import expect
from support import FIELDS, POSITIVE, address, anything, create, word


@pytest.mark.check(
    points=3,
    group="create",
    hint="Read the JSON body, fill in a default for each field that it leaves out, and answer with what you stored.",
)
def test_create_answers_201(api, rng):
    """POST /todos with only a title answers 201 with the whole to-do, its other fields at their defaults."""
    title = f"buy {word(rng)}"
    reply = api.post("/todos", json={"title": title})
    reply.expect(201, {"id": POSITIVE, "title": title, "notes": "", "done": False, "due": None})
    expect(set(reply.json()) == FIELDS, "POST /todos: expected the five fields of a to-do and no other")


@pytest.mark.check(
    points=2,
    group="create",
    hint="Every field but the id may come with the POST. Are all of them stored, and does GET read what POST wrote?",
)
def test_create_stores_every_field(api, rng):
    """A to-do that was created with all fields is read back with the same values."""
    fields = anything(rng)
    todo = create(api, **fields)
    api.get(address(todo)).expect(200, {"id": todo["id"], **fields})


@pytest.mark.check(
    points=1, group="create", hint="A 201 has a header that says where the new thing lives; RFC 9110 names it."
)
def test_create_says_where(api, rng):
    """POST /todos answers with a Location header that leads to the new to-do."""
    reply = api.post("/todos", json={"title": f"find {word(rng)}"}).expect(201, {"id": POSITIVE})
    todo = reply.json()
    location = reply.headers.get("Location", "")
    expect(location, "POST /todos: expected a Location header, but there is none")
    expect(location.endswith(address(todo)), "POST /todos: expected the Location header to end with /todos/{id}")
    api.get(address(todo)).expect(200, todo)


@pytest.mark.check(
    points=2, group="create", hint="Clean the title before you check and store it, and leave its inside alone."
)
def test_create_trims_the_title(api, rng):
    """White space around a title is removed, white space inside it is kept."""
    title = f"call  {word(rng)}\tback"
    reply = api.post("/todos", json={"title": f" \t{title}\n "})
    todo = reply.expect(201, {"id": POSITIVE, "title": title}).json()
    api.get(address(todo)).expect(200, {"title": title})


@pytest.mark.check(
    points=2,
    group="create",
    hint="Pick the fields that you know out of the body instead of storing whatever a client sends.",
)
def test_create_ignores_unknown_keys(api, rng):
    """Keys that a client may not set, such as id, are neither stored nor answered."""
    wanted = 1_000_000_000 + rng.randrange(10**6)
    body = {"title": f"own {word(rng)}", "id": wanted, word(rng): True, "total": 1}
    reply = api.post("/todos", json=body).expect(201, {"id": POSITIVE, "title": body["title"]})
    todo = reply.json()
    expect(set(todo) == FIELDS, "POST /todos with unknown keys: expected the five fields of a to-do and no other")
    expect(todo["id"] != wanted, "POST /todos with an id: expected your app to give the id, not the client")
    api.get(f"/todos/{wanted}").expect(404)
    api.get(address(todo)).expect(200, todo)


@pytest.mark.check(
    points=3,
    group="create",
    hint="The largest id that is stored now need not be the largest that was ever given out.",
)
def test_ids_are_never_reused(api, rng):
    """Every new id is larger than all before, even after the newest to-do was deleted."""
    first = create(api, title=f"one {word(rng)}")
    second = create(api, title=f"two {word(rng)}")
    expect(second["id"] > first["id"], "POST /todos: expected a larger id than that of the to-do before")
    api.delete(address(second)).expect(204)
    third = create(api, title=f"three {word(rng)}")
    expect(third["id"] > second["id"], "POST /todos after a DELETE: expected an id larger than the deleted one")
