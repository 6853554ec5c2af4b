"""Five checks to start with. The hidden ones are written in the same manner and go through the whole statement."""

import pytest
from grader_checks import expect


@pytest.mark.check(points=20, group="create", hint="This is what the starter can do already.")
def test_create_a_todo(api, rng):
    """POST /todos with a title answers 201 with the new to-do."""
    title = f"buy {rng.randrange(10**9)} apples"
    reply = api.post("/todos", json={"title": title})
    reply.expect(201, {"id": int, "title": title, "notes": "", "done": False, "due": None})


@pytest.mark.check(points=20, group="read", hint="Look the id up; if there is no such to-do, say so with a 404.")
def test_read_a_todo(api, rng):
    """GET /todos/{id} answers 200 with the to-do, and 404 if there is none."""
    todo = api.post("/todos", json={"title": f"read {rng.randrange(10**9)} books"}).expect(201, {"id": int}).json()
    api.get(f"/todos/{todo['id']}").expect(200, todo)
    api.get("/todos/0").expect(404)


@pytest.mark.check(points=20, group="validate", hint="Check the body before you store it.")
def test_refuse_a_missing_title(api, rng):
    """POST /todos stores done as sent; without a title it answers 422 with an error that names the field."""
    api.post("/todos", json={"title": f"call {rng.randrange(10**9)}", "done": True}).expect(201, {"done": True})
    refusal = {"error": {"code": "invalid", "message": str, "fields": {"title": str}}}
    api.post("/todos", json={"notes": "who?"}).expect(422, refusal)
    api.post("/todos", json={"title": f"call {rng.randrange(10**9)}", "done": False}).expect(201, {"done": False})


@pytest.mark.check(points=20, group="update", hint="Lay the fields that were sent over the stored ones.")
def test_change_and_delete_a_todo(api, rng):
    """PATCH changes the field that was sent and no other; after DELETE the to-do is gone."""
    title = f"water {rng.randrange(10**9)} plants"
    todo = api.post("/todos", json={"title": title, "due": "2031-05-01"}).expect(201, {"id": int}).json()
    path = f"/todos/{todo['id']}"
    api.patch(path, json={"done": True}).expect(200, {"title": title, "done": True, "due": "2031-05-01"})
    api.get(path).expect(200, {"title": title, "done": True, "due": "2031-05-01"})
    api.delete(path).expect(204)
    api.get(path).expect(404)


@pytest.mark.check(points=20, group="list", hint="total counts all that match, items holds at most limit of them.")
def test_list_todos(api, rng):
    """GET /todos answers a page of the to-dos that match, in order of id."""
    made = [api.post("/todos", json={"title": f"{n} {rng.random()}"}).expect(201, {"id": int}).json() for n in range(3)]
    first = api.get("/todos", params={"limit": 1}).expect(200, {"items": [dict], "total": int, "limit": 1, "offset": 0})
    total = first.json()["total"]
    page = api.get("/todos", params={"limit": 3, "offset": total - 3}).expect(200, {"items": [dict], "total": total})
    expect(page.json()["items"] == made, "GET /todos: expected the three newest to-dos at the end of the list, by id")
