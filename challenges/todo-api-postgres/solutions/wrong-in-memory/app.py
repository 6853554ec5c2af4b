"""A to-do list API: Flask and a dictionary."""

from __future__ import annotations

import copy
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, Response, abort, json, request
from werkzeug.exceptions import HTTPException

LARGEST_ID = 2**63 - 1
DEFAULTS = {"done": False, "tags": []}
ERROR_CODES = {
    404: "not_found",
    409: "conflict",
    412: "version_mismatch",
    422: "invalid",
    428: "version_required",
    503: "unavailable",
}

Todo = dict[str, Any]
T = TypeVar("T")

app = Flask(__name__)
app.json.sort_keys = False


# --- HTTP ---


@app.get("/live")
def live() -> Todo:
    return {"status": "alive"}


@app.get("/ready")
def ready() -> Todo:
    return {"status": "ready"}


@app.post("/todos")
def create_todo() -> tuple[Todo, int, dict[str, str]]:
    values = new_todo(body_of_request())
    (todo,) = transaction(lambda database: insert(database, [values]))
    return with_etag(todo, 201)


@app.post("/todos/bulk")
def create_todos() -> tuple[Todo, int]:
    items = body_of_request().get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= 100:
        abort(422, "items must be a list of 1 to 100 to-dos.")
    values = [new_todo(item) for item in items]
    return {"items": transaction(lambda database: insert(database, values))}, 201


@app.get("/todos")
def list_todos() -> Todo:
    limit = request.args.get("limit", "50")
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= 100:
        abort(422, "limit must be an integer from 1 to 100.")
    tag = request.args.get("tag")
    if tag is not None and not storable(tag):
        return {"items": []}
    return {"items": transaction(lambda database: select_newest(database, int(limit), tag))}


@app.get(f"/todos/<int(max={LARGEST_ID}):todo_id>")
def read_todo(todo_id: int) -> tuple[Todo, int, dict[str, str]]:
    return with_etag(transaction(lambda database: select(database, todo_id)))


@app.patch(f"/todos/<int(max={LARGEST_ID}):todo_id>")
def change_todo(todo_id: int) -> tuple[Todo, int, dict[str, str]]:
    change = cleaned(body_of_request())
    if "If-Match" not in request.headers:
        abort(428, "Say in If-Match which version you change.")
    version = re.fullmatch('"([0-9]{1,18})"', request.headers["If-Match"])
    if version is None:
        abort(412, "The to-do has no such version.")
    return with_etag(transaction(lambda database: update(database, todo_id, int(version[1]), change)))


@app.post(f"/todos/<int(max={LARGEST_ID}):todo_id>/votes")
def vote(todo_id: int) -> tuple[Todo, int, dict[str, str]]:
    return with_etag(transaction(lambda database: add_vote(database, todo_id)))


@app.errorhandler(HTTPException)
def answer_error(error: HTTPException) -> Response:
    response = error.get_response()  # with its headers, such as Allow
    response.data = json.dumps({"error": {"code": ERROR_CODES.get(error.code, "error"), "message": error.description}})
    response.content_type = "application/json"
    if error.code == 503:
        response.headers["Retry-After"] = "2"
    return response


def with_etag(todo: Todo, status: int = 200) -> tuple[Todo, int, dict[str, str]]:
    return todo, status, {"ETag": f'"{todo["version"]}"'}


# --- validation ---


def body_of_request() -> Mapping[str, Any]:
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        abort(422, "The body must be a JSON object.")
    return body


def new_todo(body: Any) -> Todo:
    """Return the values of a new to-do."""
    if not isinstance(body, dict) or "title" not in body:
        abort(422, "A to-do is an object with a title.")
    return DEFAULTS | cleaned(body)


def cleaned(body: Mapping[str, Any]) -> Todo:
    """Return those values that a client may set; answer 422 if one of them is not allowed."""
    values = {name: body[name] for name in ("title", "done", "tags") if name in body}
    if "title" in values and not is_text(values["title"], 200):
        abort(422, "title must be a string of 1 to 200 characters, none of them U+0000.")
    if "done" in values and not isinstance(values["done"], bool):
        abort(422, "done must be true or false.")
    if "tags" in values and not are_tags(values["tags"]):
        abort(422, "tags must be at most 10 different strings of 1 to 30 characters, none of them U+0000.")
    return values


def are_tags(value: Any) -> bool:
    if not isinstance(value, list) or len(value) > 10 or not all(is_text(tag, 30) for tag in value):
        return False
    return len(set(value)) == len(value)


def is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= longest and storable(value)


def storable(value: str) -> bool:
    """Tell whether PostgreSQL can hold it: no U+0000, and no half of a surrogate pair, which JSON can spell."""
    return not re.search("[\0\ud800-\udfff]", value)


# --- storage: functions that run inside a transaction ---

Todos = dict[int, Todo]

stored: Todos = {}
one_at_a_time = threading.Lock()


def transaction(work: Callable[[Todos], T]) -> T:
    """Return what `work` returns; what it changed is kept if it raises nothing."""
    global stored
    with one_at_a_time:
        changed = copy.deepcopy(stored)
        result = copy.deepcopy(work(changed))
        stored = changed
        return result


def insert(database: Todos, todos: list[Todo]) -> list[Todo]:
    for todo in todos:
        refuse_taken(database, todo["title"], 0)
        todo_id = len(database) + 1
        database[todo_id] = {"id": todo_id, **todo, "votes": 0, "version": 1}
    return list(database.values())[-len(todos) :]


def refuse_taken(database: Todos, title: str, todo_id: int) -> None:
    if any(todo["title"] == title and todo["id"] != todo_id for todo in database.values()):
        abort(409, "There is a to-do with this title already.")


def select(database: Todos, todo_id: int) -> Todo:
    return database.get(todo_id) or abort(404, "There is no such to-do.")


def select_newest(database: Todos, limit: int, tag: str | None) -> list[Todo]:
    found = [todo for todo in database.values() if tag is None or tag in todo["tags"]]
    return found[::-1][:limit]


def update(database: Todos, todo_id: int, version: int, change: Todo) -> Todo:
    todo = select(database, todo_id)
    if todo["version"] != version:
        abort(412, "The to-do has another version by now.")
    if "title" in change:
        refuse_taken(database, change["title"], todo_id)
    todo.update(change, version=version + 1)
    return todo


def add_vote(database: Todos, todo_id: int) -> Todo:
    todo = select(database, todo_id)
    todo["votes"] += 1
    return todo
