"""A to-do list API: Flask and SQLite.

Every request that writes is one SQL statement, so it is atomic, whatever else is going on.
"""

from __future__ import annotations

import math
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from flask import Flask, Response, abort, json, request, url_for
from werkzeug.exceptions import HTTPException, UnprocessableEntity

LARGEST_INTEGER = 2**63 - 1  # of SQLite; no to-do is beyond it
SCHEMA = """
CREATE TABLE IF NOT EXISTS todos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- without AUTOINCREMENT, SQLite gives the id of a deleted to-do again
    title TEXT NOT NULL,
    notes TEXT NOT NULL,
    done INTEGER NOT NULL,
    due TEXT
)
"""
DEFAULTS = {"notes": "", "done": False, "due": None}
ORDERS = {"id": "id", "-id": "id DESC", "due": "due IS NULL, due, id"}
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
    insert = "INSERT INTO todos (title, notes, done, due) VALUES (:title, :notes, :done, :due) RETURNING *"
    todo = the_todo(query(insert, values))
    return todo, 201, {"Location": url_for("read_todo", todo_id=todo["id"])}


@app.get("/todos")
def list_todos() -> dict[str, Any]:
    page = {"done": None, "q": "", "sort": "id", "limit": 20, "offset": 0} | cleaned(request.args, PARAMETERS)
    # SQLite's lower() folds A to Z only, which is what we promise; instr() knows no wildcards
    matching = "FROM todos WHERE (:done IS NULL OR done = :done) AND instr(lower(title), lower(:q))"
    (count,) = query(f"SELECT count(*) AS total {matching}", page)
    select = f"SELECT * {matching} ORDER BY {ORDERS[page['sort']]} LIMIT :limit OFFSET :offset"
    items = [as_todo(row) for row in query(select, page | {"offset": min(page["offset"], LARGEST_INTEGER)})]
    return {"items": items, "total": count["total"], "limit": page["limit"], "offset": page["offset"]}


@app.get(f"/todos/<int(max={LARGEST_INTEGER}):todo_id>")
def read_todo(todo_id: int) -> Todo:
    return the_todo(query("SELECT * FROM todos WHERE id = :id", {"id": todo_id}))


@app.patch(f"/todos/<int(max={LARGEST_INTEGER}):todo_id>")
def change_todo(todo_id: int) -> Todo:
    values = fields_of_body()
    return write(todo_id, values) if values else read_todo(todo_id)


@app.put(f"/todos/<int(max={LARGEST_INTEGER}):todo_id>")
def replace_todo(todo_id: int) -> Todo:
    return write(todo_id, DEFAULTS | fields_of_body(required=["title"]))


@app.delete(f"/todos/<int(max={LARGEST_INTEGER}):todo_id>")
def delete_todo(todo_id: int) -> tuple[str, int]:
    the_todo(query("DELETE FROM todos WHERE id = :id RETURNING *", {"id": todo_id}))
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


def open_database() -> sqlite3.Connection:
    connection = sqlite3.connect("todos.db", isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    # survives a killed process and is never corrupt; only a power cut could take the last writes
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(SCHEMA)
    return connection


DATABASE = open_database()
ONE_AT_A_TIME = threading.Lock()


def query(sql: str, parameters: Mapping[str, Any]) -> list[sqlite3.Row]:
    """Run one statement as a transaction of its own; return all its rows."""
    with ONE_AT_A_TIME:
        return DATABASE.execute(sql, parameters).fetchall()


def write(todo_id: int, values: dict[str, Any]) -> Todo:
    """Set only these columns, so that a parallel request that sets others is not undone."""
    assignments = ", ".join(f"{name} = :{name}" for name in values)  # names of ours, not the client's
    return the_todo(query(f"UPDATE todos SET {assignments} WHERE id = :id RETURNING *", {**values, "id": todo_id}))


def the_todo(rows: list[sqlite3.Row]) -> Todo:
    """Return the only row as a to-do; answer 404 if there is none."""
    if not rows:
        abort(404, "There is no such to-do.")
    return as_todo(rows[0])


def as_todo(row: sqlite3.Row) -> Todo:
    todo = {**dict(row), "done": bool(row["done"])}
    return {name: value for name, value in todo.items() if value is not None}


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ["PORT"]), threaded=True)
