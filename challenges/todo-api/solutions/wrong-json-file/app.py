"""A to-do list API: Flask and a JSON file."""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from flask import Flask, Response, abort, json, request, url_for
from werkzeug.exceptions import HTTPException, UnprocessableEntity

DEFAULTS = {"notes": "", "done": False, "due": None}
ORDERS = {
    "id": lambda todo: todo["id"],
    "-id": lambda todo: -todo["id"],
    "due": lambda todo: (todo["due"] is None, todo["due"] or "", todo["id"]),
}
ERROR_CODES = {
    400: "malformed",
    404: "not_found",
    405: "method_not_allowed",
    415: "unsupported_media_type",
    422: "invalid",
}

Todo = dict[str, Any]
Readers = Mapping[str, Callable[[Any], Any]]  # name -> returns the cleaned value, or raises ValueError

app = Flask(__name__)
app.json.sort_keys = False


# --- HTTP ---


@app.post("/todos")
def create_todo() -> tuple[Todo, int, dict[str, str]]:
    values = DEFAULTS | fields_of_body(required=["title"])
    stored = load()
    stored["last_id"] += 1
    todo = {"id": stored["last_id"], **values}
    stored["todos"].append(todo)
    save(stored)
    return todo, 201, {"Location": url_for("read_todo", todo_id=todo["id"])}


@app.get("/todos")
def list_todos() -> dict[str, Any]:
    page = {"done": None, "q": "", "sort": "id", "limit": 20, "offset": 0} | cleaned(request.args, PARAMETERS)
    text = page["q"].lower()
    todos = [todo for todo in load()["todos"] if page["done"] in (None, todo["done"]) and text in todo["title"].lower()]
    todos.sort(key=ORDERS[page["sort"]])
    limit, offset = page["limit"], page["offset"]
    return {"items": todos[offset : offset + limit], "total": len(todos), "limit": limit, "offset": offset}


@app.get("/todos/<int:todo_id>")
def read_todo(todo_id: int) -> Todo:
    return find(load(), todo_id)


@app.patch("/todos/<int:todo_id>")
def change_todo(todo_id: int) -> Todo:
    return write(todo_id, fields_of_body())


@app.put("/todos/<int:todo_id>")
def replace_todo(todo_id: int) -> Todo:
    return write(todo_id, DEFAULTS | fields_of_body(required=["title"]))


@app.delete("/todos/<int:todo_id>")
def delete_todo(todo_id: int) -> tuple[str, int]:
    stored = load()
    stored["todos"].remove(find(stored, todo_id))
    time.sleep(0.05)  # as in save()
    save(stored)
    return "", 204


@app.errorhandler(HTTPException)
def answer_error(error: HTTPException) -> Response:
    body = {"code": ERROR_CODES.get(error.code, "error"), "message": error.description}
    if isinstance(error, Invalid):
        body["fields"] = error.fields
    response = error.get_response()  # with its headers, such as Allow
    response.data = json.dumps({"error": body})
    response.content_type = "application/json"
    return response


# --- validation ---


class Invalid(UnprocessableEntity):
    """Some fields or parameters have values that are not allowed."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("Some values were not accepted.")
        self.fields = fields


def title(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    stripped = value.strip()
    if not 1 <= len(stripped) <= 200:
        raise ValueError("must have 1 to 200 characters, besides white space at its ends")
    return stripped


def notes(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 2000:
        raise ValueError("must be a string of at most 2000 characters")
    return value


def done(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def due(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("must be null or a date written YYYY-MM-DD")
    date.fromisoformat(value)
    return value


def integer(lowest: int, highest: float = math.inf) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch("[0-9]+", text) or not lowest <= int(text) <= highest:
            raise ValueError(f"must be an integer, at least {lowest}, at most {highest}")
        return int(text)

    return parse


def one_of(choices: Mapping[str, Any]) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        if text not in choices:
            raise ValueError(f"must be one of: {', '.join(choices)}")
        return choices[text]

    return parse


FIELDS: Readers = {"title": title, "notes": notes, "done": done, "due": due}
PARAMETERS: Readers = {
    "done": one_of({"true": True, "false": False}),
    "q": str,
    "sort": one_of({name: name for name in ORDERS}),
    "limit": integer(1, 100),
    "offset": integer(0),
}


def fields_of_body(required: Collection[str] = ()) -> dict[str, Any]:
    """Return the fields that the request sets, checked and cleaned."""
    if request.mimetype != "application/json":
        abort(415)
    body = request.get_json()
    if not isinstance(body, dict):
        abort(400, "The body must be a JSON object.")
    return cleaned(body, FIELDS, required)


def cleaned(values: Mapping[str, Any], readers: Readers, required: Collection[str] = ()) -> dict[str, Any]:
    """Return the values that have a reader, each as its reader returns it; raise `Invalid` with all problems."""
    result: dict[str, Any] = {}
    problems = {name: "is required" for name in required if name not in values}
    for name in readers.keys() & values.keys():
        try:
            result[name] = readers[name](values[name])
        except ValueError as error:
            problems[name] = str(error)
    if problems:
        raise Invalid(problems)
    return result


# --- storage ---

FILE = Path("todos.json")


def load() -> dict[str, Any]:
    if not FILE.exists():
        return {"last_id": 0, "todos": []}
    return json.loads(FILE.read_text())


def save(stored: dict[str, Any]) -> None:
    with NamedTemporaryFile("w", dir=".", delete=False) as file:
        json.dump(stored, file)
    time.sleep(0.005)  # as on a slow disk, so that the race shows every time
    os.replace(file.name, FILE)


def write(todo_id: int, values: dict[str, Any]) -> Todo:
    stored = load()
    todo = find(stored, todo_id)
    todo.update(values)
    save(stored)
    return todo


def find(stored: dict[str, Any], todo_id: int) -> Todo:
    for todo in stored["todos"]:
        if todo["id"] == todo_id:
            return todo
    abort(404, "There is no such to-do.")


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ["PORT"]), threaded=True)
