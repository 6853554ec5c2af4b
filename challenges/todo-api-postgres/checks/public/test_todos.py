"""Five checks to start with. The hidden ones are written in the same manner and go through the whole statement."""

import time
from functools import partial

import pytest
from grader_checks import expect, together


@pytest.mark.check(points=20, group="basics", hint="This is what the starter can do already.")
def test_create_a_todo(api, rng):
    """POST /todos with a title answers 201 with the new to-do."""
    title = f"buy {rng.randrange(10**9)} apples"
    reply = api.post("/todos", json={"title": title})
    reply.expect(201, {"id": int, "title": title, "done": False, "tags": [], "votes": 0, "version": 1})
    api.get(f"/todos/{reply.json()['id']}").expect(200, reply.json())


@pytest.mark.check(points=20, group="concurrency", hint="Let the database do the sum.")
def test_count_votes(api, rng):
    """Votes that come at the same time all count."""
    todo = api.post("/todos", json={"title": f"vote {rng.random()}"}).expect(201, {"id": int}).json()
    vote = partial(api.post, f"/todos/{todo['id']}/votes")
    for reply in together([vote] * 5):
        reply.expect(200, {"id": todo["id"], "version": 1})
    api.get(f"/todos/{todo['id']}").expect(200, {"votes": 5})


@pytest.mark.check(points=20, group="transactions", hint="Commit once, after the last of them.")
def test_create_many_or_none(api, rng):
    """POST /todos/bulk stores all to-dos, or none if one of them is refused."""
    tag = f"tag {rng.randrange(10**9)}"
    good = [{"title": f"{number} {rng.random()}", "tags": [tag]} for number in range(3)]
    api.post("/todos/bulk", json={"items": [*good, {"title": ""}]}).expect(422, {"error": {"code": "invalid"}})
    api.get("/todos", params={"tag": tag}).expect(200, {"items": []})
    api.post("/todos/bulk", json={"items": good}).expect(201, {"items": [{"id": int, "tags": [str]}]})
    found = api.get("/todos", params={"tag": tag}).expect(200, {"items": [dict]}).json()["items"]
    expect(len(found) == 3, f"GET /todos?tag=...: expected the 3 to-dos of the bulk, got {len(found)}")


@pytest.mark.check(points=20, group="concurrency", hint="Compare If-Match with the version that is stored.")
def test_change_what_was_seen(api, rng):
    """PATCH changes the version that If-Match names, and answers 412 when the to-do has another one."""
    todo = api.post("/todos", json={"title": f"paint {rng.random()}"}).expect(201, {"id": int}).json()
    path, seen = f"/todos/{todo['id']}", {"If-Match": '"1"'}
    api.patch(path, json={"done": True}, headers=seen).expect(200, {**todo, "done": True, "version": 2})
    api.patch(path, json={"done": False}, headers=seen).expect(412, {"error": {"code": "version_mismatch"}})
    api.get(path).expect(200, {**todo, "done": True, "version": 2})


@pytest.mark.check(points=20, group="outages", hint="Every error of the connection becomes a 503, in one place.")
def test_say_when_the_database_is_away(api, service, rng):
    """While the database is away, GET /todos/{id} answers 503 with Retry-After, and 200 after it came back."""
    todo = api.post("/todos", json={"title": f"wait {rng.random()}"}).expect(201, {"id": int}).json()
    path = f"/todos/{todo['id']}"
    api.get(path).expect(200, todo)
    service("db").stop()
    reply = api.get(path).expect(503, {"error": {"code": "unavailable", "message": str}})
    expect(reply.headers.get("Retry-After", "").isdigit(), f"{reply.label}: expected a Retry-After header with seconds")
    service("db").start()
    deadline = time.monotonic() + 5
    while api.get(path).status != 200 and time.monotonic() < deadline:
        time.sleep(0.1)
    api.get(path).expect(200, todo)
